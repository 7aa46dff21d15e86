"""An expression in a format's notation, written with the macros of the format's template.

Slots are written as placeholder characters, so that one text serves all steps of a shape;
BREAK marks where a long sum may go on in the next line, PREFER where it had better.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from cnnsteps.i18n import Words
from cnnsteps.model.expr import (
    AtMost,
    Below,
    Bracket,
    Call,
    Ceil,
    Chain,
    Count,
    Entry,
    Expr,
    Floor,
    Minus,
    Multiple,
    Num,
    Over,
    Partial,
    Placed,
    Power,
    Product,
    Root,
    Sigma,
    Slot,
    Sum,
    Sym,
    Word,
)  # fmt: skip
from cnnsteps.numbers.exact import Number
from cnnsteps.render.fractions import FractionRule
from cnnsteps.render.standing import ALONE, BASE, OPERAND, TERM, Standing, first_factor

BREAK, PREFER, BETWEEN = "\ue000", "\ue001", "\ue002"
"""Where a line may break, from anywhere to the best: at a term, at a row of the window, at a channel."""
AT_TERM = re.compile(f"[{BREAK}{PREFER}{BETWEEN}]")
MOST_LINES = 20
"""Under a root sign, where no page can break."""
AT_ONCE = 10_000
MOST_DIGITS = 12
INNER_BREAK, INNER_PREFER = "\ue003", "\ue004"
"""The same within brackets; what goes on there stands further in."""
FACTOR = "\ue005"
"""The last resort: between factors of very many digits."""
FEW_DIGITS = 10
MOST_AMONG = 18
"""Templates shorten numbers of more characters, where they stand among others."""
"""Products of numbers with so many digits after the point always fit into a line."""
FIRST_RELATION, FIRST_SLOT, FIRST_INDEX = 0xE100, 0xF0000, 0x100000
"""Placeholders are private characters; texts of a problem that hold such are escaped."""


def slot_mark(column: int) -> str:
    return chr(FIRST_SLOT + column)


def relation_mark(link: int) -> str:
    return chr(FIRST_RELATION + link)


class Notation:
    """What a format's template defines, called with plain texts and Numbers."""

    def __init__(
        self,
        macros: Any,
        call: Callable[..., Any],
        rule: FractionRule,
        words: Words | None = None,
        shipped: bool = False,
    ) -> None:
        """`shipped`: the macros are our own, and to those of numbers one digit is like another."""
        self.macros = macros
        self.call = call
        self.rule, self.digits = rule, rule.digits
        self.fraction_bar = bool(self.setting("fraction_bar"))
        """Fractions stand on one another, where a line cannot break; otherwise as in (a + b)/c."""
        self.words = words or Words()
        self.shipped = shipped
        self.texts: dict[str, str] = {}
        self.explained: set[Sym | str] = set()
        """Letters whose meaning was said in this document, and names of what is said once."""

    def ruled(self, rule: FractionRule) -> Notation:
        """The same for a page whose numbers have this rule."""
        other = Notation.__new__(Notation)
        vars(other).update(vars(self))
        other.rule, other.digits = rule, rule.digits
        return other

    def text(self, name: str) -> str:
        """A piece of notation that the template sets, such as `plus`."""
        if name not in self.texts:
            self.texts[name] = str(self.call(lambda: str(getattr(self.macros, name)), name))
        return self.texts[name]

    def setting(self, name: str) -> object:
        """A value that the template sets, such as `frame_lines`."""
        return self.call(lambda: getattr(self.macros, name), name)

    def whole(self, name: str) -> int:
        """A whole number that the template sets."""

        def found() -> int:
            value = str(getattr(self.macros, name)).strip()
            if not (value.isdigit() and len(value) < MOST_DIGITS):
                raise ValueError(f"{name} is {value[:MOST_DIGITS]!r}, not a whole number")
            return int(value)

        return int(self.call(found, name))

    def macro(self, name: str, *arguments: object) -> str:
        return str(self.call(lambda: str(getattr(self.macros, name)(*arguments)), name))

    def number(self, shown: Number, at: Standing = ALONE) -> str:
        return self.numbers([shown], at)[0]

    def numbers(self, shown: list[Number], at: Standing) -> list[str]:
        """Numbers that stand so."""

        def write(some: list[Number]) -> list[str]:
            number, operand = self.macros.number, self.macros.operand
            return [str((operand if self.is_bracketed(n, at) else number)(n)) for n in some]

        written: list[str] = []
        for start in range(0, len(shown), AT_ONCE):
            written += self.call(partial(write, shown[start : start + AT_ONCE]), "operand" if at else "number")
        if at != BASE or not self.fraction_bar:
            return written
        return [self.macro("bracket", text) if n.fraction and not n.negative else text
                for n, text in zip(shown, written, strict=True)]  # fmt: skip

    def is_bracketed(self, shown: Number, at: Standing) -> bool:
        """The template's `operand` writes it, which knows when it needs brackets; long numbers it shortens."""
        if at == ALONE:
            return False
        if at in (OPERAND, BASE) or len(shown.text) > MOST_AMONG:
            return True
        return shown.negative if at == TERM else shown.fraction and not self.fraction_bar

    def shown(self, over: int, under: int, irrational: bool = False, written: bool | None = None) -> Number:
        """A number as it is printed here; `written` says of one that was read whether it was a fraction."""
        return self.rule.shown(over, under, irrational, written)

    def entry(self, name: str, index: list[str]) -> str:
        """An entry of a tensor, whose letter may be a Greek one."""
        return self.macro("entry", self.macro("symbol", name, ""), index)

    def write(self, expr: Expr, row: int = 0, at: Standing = ALONE) -> str:
        """The expression; `row` terms of a sum make a row of the window."""
        match expr:
            case Slot():
                return slot_mark(expr.column)
            case Num():
                return self.number(self.shown(*expr), at)
            case Count():
                return self.macro("count", grouped(expr.value))
            case Word():
                return self.macro("word", self.words.of(expr.text))
            case Sym():
                return self.macro("symbol", expr.name, expr.sub)
            case Entry():
                return self.entry(expr.name, [unbroken(self.write(place)) for place in expr.places])
            case Partial():
                return self.macro("partial", self.write(expr.part))
            case Sigma():
                return self.macro("sigma", list(expr.over), self.write(expr.part))
            case Sum():
                return self.sum(expr, row)
            case Product():
                places = first_factor(at), *[OPERAND] * (len(expr.parts) - 1)
                first, *others = map(self.factor, expr.parts, places)
                mark = FACTOR if self.digits and self.digits > FEW_DIGITS else ""
                return self.macro("product", [first, *(mark + other for other in others)])
            case Multiple():
                return f"{expr.factor}{self.write(expr.part)}"
            case Minus():
                return self.text("minus") + self.factor(expr.part, TERM)
            case Over():
                places = (ALONE, ALONE) if self.fraction_bar else (first_factor(at), OPERAND)
                top, bottom = map(self.write, (expr.top, expr.bottom), (0, 0), places)
                sums = isinstance(expr.top, Sum), isinstance(expr.bottom, Sum)
                written = self.macro("over", top, bottom, *sums)
                return unbroken(written) if self.fraction_bar else inner(written)
            case Power():
                base = self.write(expr.base, at=BASE)
                simple = isinstance(expr.base, Num | Slot | Sym)
                base = base if simple else self.macro("bracket", base)
                exponent = self.write(expr.exponent)
                return unbroken(self.macro("power", base, exponent, isinstance(expr.exponent, Num | Slot | Sym)))
            case Root():
                return self.root(expr, row)
            case Floor():
                return inner(self.macro("floor", self.write(expr.part)))
            case AtMost() | Below():
                return self.write(expr.part)
            case Ceil():
                return inner(self.macro("ceil", self.write(expr.part)))
            case Bracket():
                return inner(self.macro("bracket", self.write(expr.part, row)))
            case Placed():
                return self.macro("placed", self.write(expr.part), [self.write(place) for place in expr.places])
            case Call():
                parts = self.joined([self.write(part) for part in expr.parts], self.text("comma"), row, after=True)
                return self.macro("call", expr.name, parts)

    def rounds(self, part: object) -> bool:
        """A number in this expression is rounded where it is printed."""
        if isinstance(part, Num):
            return self.shown(*part).rounded
        return isinstance(part, tuple) and any(self.rounds(inner) for inner in part)

    def relations(self, links: Chain) -> dict[int, str]:
        """`=`, or `≈` where a link, or the one before it, holds a rounded number; `≤` or `<` where the link says so."""
        signs = self.text("equals"), self.text("approx")
        rounded = [self.rounds(link) for link in links]
        either = [here or before for here, before in zip(rounded, [False, *rounded], strict=False)]
        found = {ord(relation_mark(i)): signs[loose] for i, loose in enumerate(either)}
        for i, link in enumerate(links):
            if isinstance(link, AtMost | Below):
                found[ord(relation_mark(i))] = self.text("at_most" if isinstance(link, AtMost) else "below")
        return found

    def factor(self, expr: Expr, at: Standing) -> str:
        written = self.write(expr, at=at)
        return self.macro("bracket", written) if isinstance(expr, Sum) else written

    def sum(self, expr: Sum, row: int) -> str:
        plus = self.text("plus")
        brackets = any(isinstance(part, Bracket) for part in expr.parts)
        parts = [self.write(part, row, at=TERM if i else ALONE) for i, part in enumerate(expr.parts)]
        joints = ["" if isinstance(part, Minus) else plus for part in expr.parts]
        joints[0] = ""
        marks = [BETWEEN if brackets else PREFER if row and i % row == 0 else BREAK for i in range(len(parts))]
        marks[0] = ""
        return "".join(f"{mark}{joint}{part}" for mark, joint, part in zip(marks, joints, parts, strict=True))

    def root(self, expr: Root, row: int) -> str:
        """A sum too long for one line goes on in the next, under the same sign; too long for a page, it is a power."""
        if not expr.line or not isinstance(expr.part, Sum):
            return unbroken(self.macro("root", self.write(expr.part), expr.degree))
        written = self.write(expr.part, row)
        if not self.fraction_bar:
            return inner(self.macro("root", written, expr.degree))
        lines = lines_of(AT_TERM.split(written), expr.line, row)
        if len(lines) > MOST_LINES:
            return self.macro("power", inner(self.macro("bracket", written)), f"1/{expr.degree}", False)
        return self.macro("root", self.macro("stacked", lines), expr.degree)

    def joined(self, parts: list[str], joint: str, row: int, after: bool = False) -> str:
        """Parts with a joint before or after the place where the line may break."""
        out = parts[0]
        for i, part in enumerate(parts[1:], 1):
            mark = PREFER if row and i % row == 0 else BREAK
            out += joint + mark + part if after else mark + joint + part
        return out


def lines_of(terms: list[str], most: int, row: int) -> list[str]:
    """Lines of at most so many terms, of whole rows of the window where one fits."""
    count = most // row * row if 0 < row <= most else most
    return ["".join(terms[i : i + count]).lstrip(" ") for i in range(0, len(terms), count)]


def grouped(value: int) -> list[str]:
    """The digits of a count in groups of three, where it has more than four."""
    text = str(value)
    return [text] if len(text) < 5 else f"{value:,}".split(",")


def inner(text: str) -> str:
    """What stands within brackets."""
    return text.translate(
        {ord(BREAK): INNER_BREAK, ord(PREFER): INNER_PREFER, ord(BETWEEN): INNER_PREFER, ord(FACTOR): INNER_BREAK}
    )


def unbroken(text: str) -> str:
    """Without the places to break: inside a fraction there are none."""
    return text.translate(dict.fromkeys(map(ord, (BREAK, PREFER, BETWEEN, FACTOR, INNER_BREAK, INNER_PREFER))))
