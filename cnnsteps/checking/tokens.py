"""The shape of a statement, as tokens: LaTeX, Markdown, Unicode and plain signs become the same few.

A shape is a text with the sign 0 for every number. Many lines have one shape; what was made of it is kept.
One pass, each token bounded: linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnsteps.checking.notations.signs import ASIDES, SIGNS, WRAPPERS
from cnnsteps.checking.notations.words import FUNCTIONS
from cnnsteps.records import NamedTuple

TOKEN = re.compile(
    r"0|\\\\\*?(?:\[[^\]\n]{0,20}\])?(?:\\noalign\{[^}\n]{0,40}\})?|\\left\.|\\right\.|\\[A-Za-z]+|\\.|"
    r"&[a-z]+;|[⁰¹²³⁴⁵⁶⁷⁸⁹₀-₉]|[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹₀-₉]+|"
    r"[ \t\u00a0\u202f\u2009]+|\.\.\.|[=!<>:~+\-*/]=|==|//|=>|->|\*\*|.",
    re.DOTALL,
)
MEANS = {row.written: row.means for row in SIGNS}
FUNCTION = {row.written: row.means for row in FUNCTIONS}
WRAPPED = {row.written for row in WRAPPERS}
SKIPPED = {row.written for row in ASIDES}
SECOND = {r"\underset", r"\overset", r"\stackrel", r"\textcolor", r"\colorbox", r"\href"}
"""Commands of two arguments, of which the second stands in the sum."""
UNDER = {r"\underbrace", r"\overbrace"}
NUMBERED = {"alignat", "alignedat"}
"""Environments that are given the number of their columns."""
WALLS = {"\n", "$", "`", r"\\", r"\cr", r"\newline"}
"""What separates two statements, unless a sign joins them."""
COMMENTS = ("#", "//", ">", "%")
WIDE = ("，", "、", "；", "。", "：")
"""Signs that bring their own space."""
FALSE_FRIENDS = {"!=", "<=", ">=", "+=", "-=", "*=", "/="}


class Token(NamedTuple):
    """A sign, a word or a number of a shape; `at` is its place there, `gap` how wide a space is before it."""

    kind: str
    text: str
    at: int
    gap: int = 0
    number: int = -1
    """Of a number, which of the statement's it is."""


def tokens(shape: str) -> list[Token]:
    """The tokens of a shape, markup left out."""
    return list(Scanner(shape).scan())


class Scanner:
    """Walks over a shape once; `hidden` says of each open brace what it closes."""

    def __init__(self, shape: str) -> None:
        self.found = [(match.group(), match.start()) for match in TOKEN.finditer(shape)]
        self.i = 0
        self.count = 0
        self.braces: list[str] = []

    def scan(self) -> Iterator[Token]:
        gap = 0
        while self.i < len(self.found):
            text, at = self.found[self.i]
            self.i += 1
            if text[0] in " \t\u00a0\u202f\u2009":
                gap = max(gap, 2 if len(text) > 1 or text == "\t" else 1)
                continue
            kind = self.kind_of(text)
            if text == r"\ ":
                gap = max(gap, 1)
            if kind:
                yield Token(kind, text, at, gap, self.count - 1 if kind == "0" else -1)
                gap = int(text in WIDE)

    def kind_of(self, text: str) -> str:
        """What a token means; empty where it says nothing."""
        if text == "0":
            self.count += 1
            return "0"
        if text == "{":
            return self.open("{")
        if text == "}":
            return self.close()
        if text.startswith("\\\\"):
            self.count += text.count("0")
            return "\n"
        if text in WALLS:
            return "$" if text in ("$", "`") else "\n"
        if text == "**":
            return "^" if self.between_operands() else ""
        if text == "_" and not self.is_subscript():
            return ""
        if text == r"\," and self.between_operands():
            return "*"
        if text == "~" and self.before()[0] == " " and self.spaces():
            return "≈"
        if text in COMMENTS and self.line_begins():
            return ""
        if text in FUNCTION:
            return "f"
        if text in MEANS:
            return MEANS[text]
        if text[0] == "\\":
            return self.command(text)
        if text in FALSE_FRIENDS:
            return "?"
        if text == ":=":
            return "="
        if text.isalpha():
            return "w" if text not in ("x", "X") or not self.between_operands(loosely=True) else "*"
        return text if len(text) == 1 else "?"

    def command(self, text: str) -> str:
        if text in WRAPPED or text in SECOND:
            if text in SECOND:
                self.skip_argument()
            if self.peek() == "{":
                self.i += self.spaces() + 1
                self.braces.append("under" if text in UNDER else "")
            return ""
        if text in SKIPPED:
            self.skip_argument()
            return ""
        if text in (r"\begin", r"\end"):
            counted = any(name in NUMBERED for name, _ in self.found[self.i : self.i + 3])
            self.skip_argument()
            if counted:
                self.skip_argument()
            return "\n"
        return {r"\_": "_", r"\%": "%", r"\$": "?", r"\#": "#", r"\&": "?"}.get(text, "w")

    def open(self, kind: str) -> str:
        if self.peek() == "}":
            self.i += 1
            return ""
        self.braces.append(kind)
        return kind

    def close(self) -> str:
        kind = self.braces.pop() if self.braces else "{"
        if kind == "under" and self.peek() in ("_", "^"):
            self.i += 1
            self.skip_argument()
        return "}" if kind == "{" else ""

    def spaces(self) -> int:
        """How many tokens of white space come next: none or one."""
        return int(self.i < len(self.found) and self.found[self.i][0][0] in " \t")

    def peek(self) -> str:
        i = self.i + self.spaces()
        return self.found[i][0] if i < len(self.found) else ""

    def skip_argument(self) -> None:
        """A pair of braces with all that is in it; its numbers are counted."""
        if self.peek() != "{":
            return
        depth = 0
        while self.i < len(self.found):
            text = self.found[self.i][0]
            self.i += 1
            depth += (text == "{") - (text == "}")
            self.count += text == "0"
            if depth == 0 and text == "}":
                return

    def line_begins(self) -> bool:
        """Nothing but space stands before it on its line, and a line before that."""
        i = self.i - 2
        while i >= 0 and self.found[i][0][0] in " \t":
            i -= 1
        return i >= 0 and self.found[i][0] == "\n"

    def before(self) -> str:
        return self.found[self.i - 2][0] if self.i > 1 else " "

    def between_operands(self, loosely: bool = False) -> bool:
        """A number or bracket on either side, with no space but where `loosely`."""
        back = 3 if loosely and self.i > 2 and self.before()[0] == " " else 2
        left = self.found[self.i - back][0] if self.i >= back else ""
        i = self.i + (self.spaces() if loosely else 0)
        right = self.found[i][0] if i < len(self.found) else ""
        return left in ("0", ")", "]", "}") and right in ("0", "(", "-", "−", "[")

    def is_subscript(self) -> bool:
        """An underscore that joins: no space around it, but behind a brace one may stand before the next."""
        if self.before() == "}" and self.peek() == "{":
            return True
        after = self.found[self.i][0] if self.i < len(self.found) else " "
        return self.before()[0] not in " \t*(" and after[0] not in " \t*.,;:\n"
