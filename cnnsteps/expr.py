"""Arithmetic as it is written on paper: small trees that know no format.

Operators build them, `render.notation` writes them with a format's macros. A `Slot` is a
place that each step fills with its own number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Num:
    """over/under, a number."""

    over: int
    under: int = 1


@dataclass(frozen=True)
class Sym:
    """A letter of a formula, with its subscript."""

    name: str
    sub: str = ""


@dataclass(frozen=True)
class Slot:
    """The place of column `column`; an operand's negative numbers stand in brackets."""

    column: int
    operand: bool = True


@dataclass(frozen=True)
class Sum:
    parts: tuple[Expr, ...]


@dataclass(frozen=True)
class Minus:
    """A part of a sum that is taken away."""

    part: Expr


@dataclass(frozen=True)
class Product:
    parts: tuple[Expr, ...]


@dataclass(frozen=True)
class Multiple:
    """A letter with its factor, as in 2P."""

    factor: int
    part: Expr


@dataclass(frozen=True)
class Over:
    """top / bottom"""

    top: Expr
    bottom: Expr


@dataclass(frozen=True)
class Floor:
    part: Expr


@dataclass(frozen=True)
class Ceil:
    part: Expr


@dataclass(frozen=True)
class Bracket:
    """A part that stands in brackets and may be long: one channel's products."""

    part: Expr


@dataclass(frozen=True)
class Call:
    """max(a, b, …)"""

    name: str
    parts: tuple[Expr, ...]


Expr: TypeAlias = Num | Sym | Slot | Sum | Minus | Product | Multiple | Over | Floor | Ceil | Bracket | Call
Chain: TypeAlias = tuple[Expr, ...]
"""Equal to one another, in the order in which they are written down."""
