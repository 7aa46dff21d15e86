r"""Reads back what was printed, from the text alone: steps, size formulas and matrices.

One grammar for all formats, after LaTeX's commands are put into plain signs:

    step   = name, relation, sum, { relation, sum }, [ ", at [", index, "]" ]       relation = "=" | "≈"
    sum    = [ "-" ], term, { "+" | "-", term }            so an operand below 0 needs brackets
    term   = factor, { "×" | "/", factor }
    factor = number | letter | "(" sum ")" | word "(" sum { "," sum } ")" | "⌊" sum "⌋" | "⌈" sum "⌉"
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

Letters = Mapping[str, int]

NAME = re.compile(r"(?:\\mathrm\{)?Val\}?(?:\[([\d,]+)\]|_ ?\{\[([\d,]+)\]\})\s*&?(?=\s*(?:=|≈|~|\\approx))")
SIZE_NAMES = re.compile(r"(?m)^[ ]*(?:[LDHW]_(?:out|\{\\mathrm\{out\}\})(?: = )?)+(?=\s*&?\s*=)")
SIZE_NAME = re.compile(r"([LDHW])_")
END = re.compile(r"\n[ \t]*\n|\\end\{")
"""An empty line, or the end of an environment."""

PLAIN = [
    (r"\{\}|\\\\\*?(?:\[[^\]]*\])?(?:\\noalign\{[^}]*\})?|\\cr\b|\\q?quad|&", " "),
    (r"(?<![a-z}])\{(-?[\d.]+)\}", r"\1"),
    (r"\\tfrac\{(\d+)\}\{(\d+)\}", r"\1/\2"),
    (r"\\left\\lfloor", "⌊"), (r"\\right\\rfloor", "⌋"), (r"\\left\\lceil", "⌈"), (r"\\right\\rceil", "⌉"),
    (r"\\text\{, at \}", ", at "),
    (r"\\operatorname\{(\w+)\}", r"\1"), (r"\\max\b", "max"), (r"_\{\\mathrm\{(\w+)\}\}", r"_\1"),
    (r"\\times\b|(?<=[\d)D])x(?=[\d(])", "×"), (r"\\approx\b|~", "≈"), ("−", "-"),
]  # fmt: skip
TOKEN = re.compile(
    r", at \[[\d,]+\]|\d+/\d+(?![.\d])|\d+(?:\.\d+)?|[NFSDP](?:_\w+)?|max|average|floor|ceil|\\frac|[-+×/=≈(){},⌊⌋⌈⌉]"
)
CLOSING = {"(": ")", "⌊": "⌋", "⌈": "⌉", "{": "}"}


ABRIDGED = re.compile(r"\\underbrace\{(-?)([\d.]*)\\ldots ?([\d.]*)\}_\{(?:\\text\{)?(\d+)(?:\\text\{)? digits\}\}?")


def unabridged(text: str, numbers: Iterable[Fraction], places: int = 0) -> str:
    """The text with all digits of its long numbers, which must be among these: 100…000 (71 digits).

    Rounded numbers are written with so many places.
    """
    written = {digits for number in numbers for digits in digits_of(abs(number), places)}

    def whole(match: re.Match[str]) -> str:
        first, last, count = match[2], match[3], int(match[4])
        (found,) = [w for w in written if w.startswith(first) and w.endswith(last) and len(w.replace(".", "")) == count]
        return match[1] + found

    return ABRIDGED.sub(whole, text)


def digits_of(number: Fraction, least: int) -> list[str]:
    """How it may be written: numerator and denominator, and as a decimal where it is one."""
    rest, places = number.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    ratio = [str(number.numerator), str(number.denominator)]
    return ratio if rest > 1 else [*ratio, point_text(number, places), point_text(number, max(places, least))]


def point_text(number: Fraction, places: int) -> str:
    whole, part = divmod(int(number * 10**places), 10**places)
    return f"{whole}.{part:0{places}}" if places else str(whole)


class Read(NamedTuple):
    """A part of a text: what it comes to, and the numbers in it in order."""

    value: Fraction
    numbers: list[Fraction]


class Step(NamedTuple):
    """Val[place] = link = link ≈ link, at [stands]: as many relations as links."""

    place: tuple[int, ...]
    relations: list[str]
    links: list[Read]
    stands: tuple[int, ...] | None = None
    """Where a maximum stands."""


class Parser:
    """Recursive descent over the tokens of one chain."""

    def __init__(self, text: str, letters: Letters) -> None:
        for pattern, sign in PLAIN:
            text = re.sub(pattern, sign, text)
        rest = TOKEN.sub("", text).strip()
        assert not rest, f"{rest!r} is not understood in {text!r}"
        self.tokens, self.at, self.letters, self.text = [*TOKEN.findall(text), ""], 0, letters, text

    @property
    def next(self) -> str:
        token: str = self.tokens[self.at]
        return token

    def take(self, *expected: str) -> str:
        found = self.next
        assert not expected or found in expected, f"{found!r} in place of {expected} in {self.text!r}"
        self.at += 1
        return found

    def chain(self) -> tuple[list[str], list[Read]]:
        relations, links = [], []
        while self.next and not self.next.startswith(", at"):
            relations.append(self.take("=", "≈"))
            links.append(self.sum())
        return relations, links

    def step(self, place: tuple[int, ...]) -> Step:
        relations, links = self.chain()
        stands = tuple(map(int, re.findall(r"\d+", self.take()))) if self.next else None
        assert not self.next, self.text
        return Step(place, relations, links, stands)

    def sum(self) -> Read:
        negative = self.next == "-" and bool(self.take())
        value, numbers = self.term()
        if negative:
            value, numbers = -value, [-numbers[0], *numbers[1:]]
        while self.next in ("+", "-") and self.next:
            sign = -1 if self.take() == "-" else 1
            more = self.term()
            value, numbers = value + sign * more.value, numbers + more.numbers
        return Read(value, numbers)

    def term(self) -> Read:
        value, numbers = self.factor()
        while self.next in ("×", "/") or self.next[:1].isupper():
            operator = self.take("×", "/") if not self.next[0].isupper() else "×"
            more = self.factor()
            value = value * more.value if operator == "×" else value / more.value
            numbers = numbers + more.numbers
        return Read(value, numbers)

    def factor(self) -> Read:
        token = self.take()
        if token[:1].isdigit():
            return Read(Fraction(token), [Fraction(token)])
        if token[:1].isupper():
            return Read(Fraction(self.letters[token]), [])
        if token == "\\frac":
            top, bottom = self.enclosed("{"), self.enclosed("{")
            return Read(top.value / bottom.value, top.numbers + bottom.numbers)
        if token in ("max", "average", "floor", "ceil"):
            return self.call(token)
        self.at -= 1
        found = self.enclosed("(", "⌊", "⌈")
        rounding = {"⌊": math.floor, "⌈": math.ceil}.get(token)
        return found if rounding is None else Read(Fraction(rounding(found.value)), found.numbers)

    def enclosed(self, *opening: str) -> Read:
        closing = CLOSING[self.take(*opening)]
        found = self.sum()
        self.take(closing)
        return found

    def call(self, word: str) -> Read:
        self.take("(")
        parts = [self.sum()]
        while self.take(",", ")") == ",":
            parts.append(self.sum())
        values, numbers = [part.value for part in parts], [n for part in parts for n in part.numbers]
        if word == "max":
            return Read(max(values), numbers)
        if word == "average":
            return Read(sum(values, Fraction(0)) / len(values), numbers)
        return Read(Fraction(math.floor(values[0]) if word == "floor" else math.ceil(values[0])), numbers)


def body(text: str, start: int, stop: int) -> str:
    """A chain's text: to the next one, or to where its block ends."""
    end = END.search(text, start, stop)
    return text[start : end.start() if end else stop]


def steps(text: str) -> list[Step]:
    """Every step of a document, in the order of its lines."""
    found = list(NAME.finditer(text))
    stops = [match.start() for match in found[1:]] + [len(text)]
    return [
        Parser(body(text, match.end(), stop), {}).step(tuple(map(int, (match[1] or match[2]).split(","))))
        for match, stop in zip(found, stops, strict=True)
    ]


def sizes(text: str, letters: Mapping[str, Letters]) -> dict[str, tuple[list[str], list[Read]]]:
    """The chain of each size by its letter (H of H_out); `letters` gives what N, F, … are for each."""
    found = list(SIZE_NAMES.finditer(text))
    stops = [match.start() for match in found[1:]] + [len(text)]
    return {
        name: Parser(body(text, match.end(), stop), letters[name]).chain()
        for match, stop in zip(found, stops, strict=True)
        for name in SIZE_NAME.findall(match[0])
    }


LATEX_MATRIX = re.compile(
    r"\\begin\{(?:bmatrix|array)\}(?:\{\*\{\d+\}\{r\}\})?(.*?)\\end\{(?:bmatrix|array)\}", re.DOTALL
)
STRUT = re.compile(r"\\vphantom\{\\Big\|\}")
"""Room between rows of fractions."""
TEXT_ROW = re.compile(r"([⎡⎢⎣\[]) (.*?) [⎤⎥⎦\]]")


def matrices(text: str) -> list[list[list[Fraction]]]:
    """All matrices of a text, in order."""
    if "\\begin{" in text:
        rows = [re.split(r"\\\\|\\cr\b", inner) for inner in LATEX_MATRIX.findall(text)]
        return [
            [[cell(c) for c in STRUT.sub("", row).replace("{}", "").split("&")] for row in matrix] for matrix in rows
        ]
    found: list[list[list[Fraction]]] = []
    line_before, beside = "", 0
    for line in text.split("\n"):
        parts = TEXT_ROW.findall(line)
        # ASCII has one bracket for all rows: a new matrix begins where the line before had none.
        if parts and (parts[0][0] == "⎡" or (parts[0][0] == "[" and not TEXT_ROW.search(line_before))):
            beside = len(found)
            found += [[] for _ in parts]
        for matrix, (_, row) in zip(found[beside:], parts, strict=False):
            matrix.append([cell(c) for c in row.split()])
        line_before = line
    return found


def cell(text: str) -> Fraction:
    """One number of a matrix."""
    return Parser(text, {}).sum().value
