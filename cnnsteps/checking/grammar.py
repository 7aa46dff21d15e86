"""Tokens → an expression with a slot for each number, as far as one goes.

    sum    = [sign] term { ("+" | "-") [sign] term }
    term   = power { ["*" | "/"] power }              (2)(3) and 2(3) are products
    power  = factor ["^" factor]
    factor = number ["%"] | "(" sum ")" | "⌊" sum "⌋" | "\frac" factor factor | "√" factor | word "(" list ")"

A letter makes the expression None: nothing can be said of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnnsteps.checking.notations.words import SCALES
from cnnsteps.checking.tokens import FUNCTION, Token
from cnnsteps.model import expr
from cnnsteps.model.expr import Expr

DEEPEST = 60
CLOSING = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "⌈": "⌉"}
END = Token("end", "", -1)
STARTS = frozenset("0([{⌊⌈F√f")
"""What a factor begins with."""
JOINED = frozenset("+-*/^_%!×w?…√<>#~")
"""What can't stand behind a value that is read to its end."""
SUPERSCRIPT = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
SUBSCRIPT = frozenset("₀₁₂₃₄₅₆₇₈₉")
SEPARATORS = (",", ";", "\n", "/")
COUNTED = ("in", "of", "out", "per", "von", "auf", "sur", "de")
"""1 in 20, 3 of 4"""


class Unreadable(ValueError):
    """What stands here is no expression over numbers alone."""


class Parser:
    """Recursive descent over the tokens from `start` to `stop`."""

    def __init__(self, tokens: Sequence[Token], start: int, stop: int) -> None:
        self.tokens, self.i, self.stop, self.depth = tokens, start, stop, 0
        self.rows = False
        """Whether a slash with spaces around it separates rows: max(1,4 / 5,8)."""

    @property
    def next(self) -> Token:
        return self.tokens[self.i] if self.i < self.stop else END

    def take(self, kind: str) -> Token:
        token = self.next
        if token.kind != kind:
            raise Unreadable
        self.i += 1
        return token

    def sum(self) -> Expr:
        parts: list[Expr] = [self.signed()]
        while self.next.kind in ("+", "-"):
            minus = self.take(self.next.kind).kind == "-"
            part = self.signed()
            parts.append(expr.Minus(part) if minus else part)
        return parts[0] if len(parts) == 1 else expr.Sum(tuple(parts))

    def signed(self) -> Expr:
        minus = False
        while self.next.kind in ("+", "-"):
            minus ^= self.take(self.next.kind).kind == "-"
        return expr.Minus(self.term()) if minus else self.term()

    def term(self) -> Expr:
        parts: list[Expr] = [self.power()]
        while True:
            kind = self.next.kind
            if kind == "*" and self.i + 1 < self.stop:
                self.i += 1
                parts.append(self.factor_signed())
            elif kind == "/" and self.i + 1 < self.stop and not self.is_row_end():
                self.i += 1
                over: Expr = parts[0] if len(parts) == 1 else expr.Product(tuple(parts))
                parts = [expr.Over(over, self.factor_signed())]
            elif not self.is_product() or not self.multiplied(parts):
                return parts[0] if len(parts) == 1 else expr.Product(tuple(parts))

    def multiplied(self, parts: list[Expr]) -> bool:
        """Takes the bracket behind a factor, where it holds numbers and no remark."""
        at, depth = self.i, self.depth
        try:
            parts.append(self.power())
        except Unreadable:
            if not self.tokens[at].gap:
                raise
            self.i, self.depth = at, depth
            return False
        return True

    def is_row_end(self) -> bool:
        return self.rows and self.next.gap > 0 and self.tokens[self.i + 1].gap > 0

    def is_product(self) -> bool:
        """(2)(3), 2(3), \\frac{1}{4}(…): a bracket right behind a factor."""
        return self.next.kind in ("(", "F", "√") and self.next.gap < 2 and not self.is_percent_aside()

    def is_percent_aside(self) -> bool:
        """0.134 (13.4%): the same once more."""
        kinds = [token.kind for token in self.tokens[self.i : min(self.i + 4, self.stop)]]
        return self.next.gap > 0 and kinds in (["(", "0", "%", ")"], ["(", "≈", "0", "%"])

    def factor_signed(self) -> Expr:
        minus = False
        while self.next.kind in ("-", "+"):
            minus ^= self.take(self.next.kind).kind == "-"
        part = self.power()
        return expr.Minus(part) if minus else part

    def power(self) -> Expr:
        base = self.factor()
        if self.next.kind in SUPERSCRIPT:
            digits = ""
            while self.next.kind in SUPERSCRIPT:
                digits += SUPERSCRIPT[self.take(self.next.kind).text]
            return expr.Power(base, expr.Num(int(digits[:6])))
        if self.next.kind == "^":
            self.i += 1
            return expr.Power(base, self.factor_signed())
        return base

    def factor(self) -> Expr:
        token = self.next
        if token.kind not in STARTS and not (token.kind == "w" and token.text in ("e", r"\mathrm")):
            raise Unreadable
        self.i += 1
        if token.kind == "0":
            if self.next.kind == "%" and self.next.gap == 0:
                self.i += 1
                return expr.Over(expr.Slot(token.number), expr.Num(100))
            return expr.Slot(token.number)
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable
        part = self.nested(token)
        self.depth -= 1
        return part

    def nested(self, token: Token) -> Expr:
        if token.kind == "F":
            top = self.argument()
            return expr.Over(top, self.argument())
        if token.kind == "√":
            return expr.Root(self.argument())
        if token.kind == "f":
            return self.call(FUNCTION[token.text])
        if token.kind == "w":
            self.take("^")
            return expr.Power(expr.Sym("e"), self.factor_signed())
        inner = self.sum()
        if token.kind == "{" and self.next.kind == "over":
            self.i += 1
            inner = expr.Over(inner, self.sum())
        self.take(CLOSING[token.kind])
        if token.kind == "{":
            return inner
        if token.kind in ("⌊", "⌈"):
            return expr.Floor(inner) if token.kind == "⌊" else expr.Ceil(inner)
        return expr.Bracket(inner)

    def argument(self) -> Expr:
        """Of \\frac: braces, or one factor."""
        return self.factor_signed() if self.next.kind == "-" else self.factor()

    def call(self, name: str) -> Expr:
        opening = self.next.kind
        if opening not in ("(", "[", "{"):
            raise Unreadable
        self.i += 1
        before, self.rows = self.rows, self.has_rows()
        parts = self.listed(CLOSING[opening], opening)
        self.rows = before
        return expr.Call(name, tuple(parts))

    def has_rows(self) -> bool:
        """A comma before a slash and one behind it, all in this call."""
        seen = ""
        for token in self.tokens[self.i : min(self.stop, self.i + 200)]:
            if token.kind in (")", "("):
                break
            seen += token.kind if token.kind in (",", "/") else ""
        return ",/" in seen and "/," in seen

    def listed(self, closing: str, opening: str) -> list[Expr]:
        """Numbers with commas, semicolons or rows between them, also in brackets of their own."""
        parts: list[Expr] = []
        while True:
            if self.next.kind in ("[", "{") and opening in ("(", "["):
                inner = self.take(self.next.kind).kind
                parts += self.listed(CLOSING[inner], inner)
            else:
                parts.append(self.sum())
            while self.next.kind in SEPARATORS:
                self.i += 1
            if self.next.kind == closing:
                self.i += 1
                return parts
            if self.tokens[self.i - 1].kind not in SEPARATORS:
                raise Unreadable


def parse(tokens: Sequence[Token], start: int, stop: int) -> tuple[Expr, int] | None:
    """The expression that begins here and where it ends; None where there is none over numbers alone."""
    parser = Parser(tokens, start, stop)
    try:
        found = parser.sum()
    except (Unreadable, RecursionError):
        return None
    return found, parser.i


def ends_cleanly(tokens: Sequence[Token], at: int, stop: int) -> bool:
    """Nothing that belongs to a value stands behind it: no operator, letter, unit or scale."""
    if at >= stop:
        return True
    token = tokens[at]
    if token.kind == "w":
        after = tokens[at + 1] if at + 1 < stop else END
        if token.text in COUNTED and after.kind == "0":
            return False
        is_name = after.gap == 0 and (after.kind in ("_", "[", "(") or after.kind in SUBSCRIPT)
        return token.gap > 0 and (is_name or (token.text not in SCALES and len(token.text) > 1))
    if token.kind in (",", ".") and at + 1 < stop and tokens[at + 1].kind == "0" and not tokens[at + 1].gap:
        return False
    if token.kind == "(" and token.gap and at + 1 < stop and tokens[at + 1].kind in ("w", "f"):
        return True
    return token.kind not in JOINED and not (token.kind in STARTS and token.gap < 2)
