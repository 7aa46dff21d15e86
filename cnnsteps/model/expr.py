"""Arithmetic as it is written on paper: small trees that know no format.

Operators build them, `render.notation` writes them with a format's macros. A `Slot` is a
place that each step fills with its own number.
"""

from __future__ import annotations

from typing import TypeAlias

from cnnsteps.records import NamedTuple


class Num(NamedTuple):
    """over/under, a number."""

    over: int
    under: int = 1
    irrational: bool = False
    """It stands for an irrational number, and is rounded always."""
    written: bool | None = None
    """Of a number that was read: whether it was written as a fraction."""


class Count(NamedTuple):
    """A count, its digits in groups where it is long."""

    value: int


class Sym(NamedTuple):
    """A letter of a formula, with its subscript."""

    name: str
    sub: str = ""


class Word(NamedTuple):
    """What an equation is about, in words."""

    text: str


class Entry(NamedTuple):
    """An entry of a tensor, as in x[i, 2j − 1]."""

    name: str
    places: tuple[Expr, ...]


class Partial(NamedTuple):
    """∂L/∂part: how the loss changes with it."""

    part: Expr


class Sigma(NamedTuple):
    """Σ part over the letters of `over`."""

    over: str
    part: Expr


class Slot(NamedTuple):
    """The place of column `column`; an operand's negative numbers stand in brackets."""

    column: int
    operand: bool = True


class Sum(NamedTuple):
    parts: tuple[Expr, ...]


class Minus(NamedTuple):
    """A part of a sum that is taken away."""

    part: Expr


class Product(NamedTuple):
    parts: tuple[Expr, ...]


class Multiple(NamedTuple):
    """A letter with its factor, as in 2P."""

    factor: int
    part: Expr


class Over(NamedTuple):
    """top / bottom"""

    top: Expr
    bottom: Expr


class Power(NamedTuple):
    """base to the exponent"""

    base: Expr
    exponent: Expr


class Root(NamedTuple):
    """The degree-th root of part; a square root where the degree is 2."""

    part: Expr
    degree: int = 2
    line: int = 0
    """Of a sum that is too long for one line, how many terms a line under the sign holds; 0 where all fit."""


class Floor(NamedTuple):
    part: Expr


class Ceil(NamedTuple):
    part: Expr


class AtMost(NamedTuple):
    """A link of a chain that what stands before it is at most."""

    part: Expr


class Below(NamedTuple):
    """A link of a chain that what stands before it is below."""

    part: Expr


class Bracket(NamedTuple):
    """A part that stands in brackets and may be long: one channel's products."""

    part: Expr


class Placed(NamedTuple):
    """A number and where it stands in the input: 8, at [2,2]"""

    part: Expr
    places: tuple[Expr, ...]


class Call(NamedTuple):
    """max(a, b, …)"""

    name: str
    parts: tuple[Expr, ...]


Expr: TypeAlias = (
    Num
    | Count
    | Word
    | Sym
    | Entry
    | Partial
    | Sigma
    | Slot
    | Sum
    | Minus
    | Product
    | Multiple
    | Over
    | Power
    | Root
    | Floor
    | Ceil
    | AtMost
    | Below
    | Bracket
    | Placed
    | Call
)
Chain: TypeAlias = tuple[Expr, ...]
"""Equal to one another, in the order in which they are written down."""
