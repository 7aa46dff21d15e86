r"""A text → its statements: what stands on a line or a row of an environment, with the lines that continue it.

    Y[0,0] = 1*1 + 2*0         \begin{aligned} Val_{[1,1]} &= (1 \times 2) \\
           + 3*1 + 4*1         &\quad + (3 \times 4) \\
           = 8                 &= 2 + 12 = 14 \\ Val_{[1,2]} &= …
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cnnsteps.records import NamedTuple

SPLIT = re.compile(
    r"\n|\\\\\*?(?:\[[^\]\n]{0,20}\])?(?:\\noalign\{[^}\n]{0,40}\})?|\$\$|\\(?:begin|end)\{[A-Za-z]+\*?\}|(?<![A-Za-z\\])egin\{[A-Za-z]+\*?\}|</?[A-Za-z][^<>\n]{0,80}>|\\cr\b|\\item\b"
)
DIGIT = re.compile("[0-9]")
RELATION = re.compile(r"=|≈|＝|≃|≅|≒|~|∼|&asymp;|\\(?:approx|simeq|cong|thickapprox)\b")
LEAD = r"(?:[ \t&$`>{}#%]|//|\\qquad\b|\\quad\b|\\[ ,;:!\[(]|\\(?:left|right)\.|&nbsp;)*"
OPENS_WITH_RELATION = re.compile(LEAD + r"(?:=(?![=>])|==[ \t]|≈|＝|≃|≅|≒|~=|\\(?:approx|simeq|cong)\b)")
OPENS_WITH_SIGN = re.compile(LEAD + r"(?:[+×·÷*/−–-]|\\(?:times|cdot|div)\b)[^*-]")
WORDS = re.compile(r"(?:(?<=\n)[ \t>]*[^\W\d_][^\n0-9=≈＝≃≅≒~∼\\<&$`*+×·÷/−–|]*(?:\n|\Z))+")
"""Lines that begin with a word and have no number, relation, operator or markup."""
BULLET = re.compile(r"[ \t>]*[-*+][ \t]")
TRAILING = " \t\r&$`>}{"
SIGNS = ("+", "×", "·", "*", "/", "−", "-", "=", "≈", "(", r"\times", r"\cdot", r"\approx", r"\left", r"\quad", ",")
OPEN_ENDS = ("+", "×", "·", "*", "/", "−", "-", "=", "≈", "(", r"\times", r"\cdot", r"\approx", "(", "[")
VALUE = re.compile(r"[-−]?[0-9][0-9.,]*[ .,;]*\Z")
WORKED = re.compile(r"[0-9)\]}][ \t]*(?:[+×·*/÷]|\\times|\\cdot|\\frac|-[ \t(]|−)|max|\\frac|average|avg|mean")
MOST_BLANK = 2


class Statement(NamedTuple):
    """A part of the text that is read as one."""

    start: int
    end: int


class Piece(NamedTuple):
    start: int
    end: int
    by: str
    """What ended it: a line's end, a row's, an environment's."""


def pieces(text: str, start: int, stop: int) -> Iterator[Piece]:
    """The parts between line ends, row ends and environments."""
    at = start
    for match in SPLIT.finditer(text, start, stop):
        yield Piece(at, match.start(), match.group())
        at = match.end()
    yield Piece(at, stop, "\n")


def statements(text: str, holes: Iterable[tuple[int, int]] = ()) -> Iterator[Statement]:
    """All statements with a number and a relation; `holes` are the places of matrices, ascending."""
    at = 0
    for start, stop in [*holes, (len(text), len(text))]:
        for begin, end in parts_between_words(text, at, start) if start > at else ():
            if RELATION.search(text, begin, end):
                yield from joined(text, begin, end)
        at = max(at, stop)


def parts_between_words(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """What is left where lines of nothing but words are taken out, which no statement goes over."""
    for words in WORDS.finditer(text, start, stop):
        yield start, words.start()
        start = words.end()
    yield start, stop


def joined(text: str, start: int, stop: int) -> Iterator[Statement]:
    """Pieces put together where one continues the other."""
    begun: Statement | None = None
    blank, row = 0, False
    for piece in pieces(text, start, stop):
        part = text[piece.start : piece.end]
        if not DIGIT.search(part) and not part.strip(" \t\r$&`#/>%*"):
            blank += piece.by == "\n"
            row |= piece.by != "\n"
            continue
        if begun is not None and blank <= MOST_BLANK and continues(text[begun.start : begun.end], part, row, blank):
            begun = Statement(begun.start, piece.end)
        else:
            if begun is not None and RELATION.search(text, begun.start, begun.end):
                yield begun
            begun = (
                Statement(piece.start, piece.end) if DIGIT.search(part) or part.rstrip(TRAILING).endswith("=") else None
            )
        blank, row = 0, piece.by != "\n"
    if begun is not None and RELATION.search(text, begun.start, begun.end):
        yield begun


def continues(before: str, part: str, row: bool, blank: int) -> bool:
    """Whether a piece goes on with the statement before it; `row` where a row's end stands between them."""
    tail = plain_end(before[-400:])
    if OPENS_WITH_RELATION.match(part):
        return not blank or row or not is_complete(tail)
    if tail.endswith(OPEN_ENDS):
        return DIGIT.search(tail) is not None or tail.endswith("=")
    if tail.endswith(",") and tail.count("(") > tail.count(")"):
        return True
    if not OPENS_WITH_SIGN.match(part) or is_complete(tail):
        return False
    return row or not BULLET.match(part) or (part.lstrip().startswith("+") and WORKED.search(tail) is not None)


def plain_end(text: str) -> str:
    """The text without the space and markup at its end; two stars close what is bold."""
    text = text.rstrip(TRAILING)
    return text[:-2].rstrip(TRAILING) if text.endswith("**") else text


def is_complete(tail: str) -> bool:
    """The last thing said is a value, and something was worked out before it."""
    head, sign, last = tail.rpartition("=")
    return bool(sign) and VALUE.match(last.strip(" \t*_")) is not None and WORKED.search(head) is not None
