"""Formulas: once in letters, then with numbers for the letters, then worked out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from cnnsteps.model.expr import (
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
    Placed,
    Power,
    Product,
    Root,
    Slot,
    Sum,
    Sym,
)
from cnnsteps.records import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

Values: TypeAlias = Mapping[Expr, Expr]


class Equation(NamedTuple):
    """`names` = … = … : what is worked out, under one name or several, and how."""

    names: tuple[Expr, ...]
    chain: Chain


class Section(NamedTuple):
    """Equations that belong together, under a title, and a line on what they are of."""

    title: str
    about: str
    equations: tuple[Equation, ...]


class NotANumber(ValueError):
    """The expression holds a letter, or is irrational."""


def substitute(expr: Expr, values: Values) -> Expr:
    """The expression with `values` for its letters, slots and entries, each number where its letter stood.

    >>> substitute(Multiple(2, Sym("P")), {Sym("P"): Num(1)}) == Product((Num(2), Num(1)))
    True
    """
    if isinstance(expr, Sym | Slot | Entry) and expr in values:
        return values[expr]
    made = cast("Callable[..., Expr]", type(expr))
    found = made(*(replaced(field, values) for field in expr))
    if isinstance(found, Multiple) and isinstance(found.part, Num):
        return Product((Num(found.factor), found.part))
    return found


def replaced(field: object, values: Values) -> object:
    """A field of an expression: a part, several, or what is no expression."""
    if isinstance(field, Expr):
        return substitute(field, values)
    return tuple(replaced(part, values) for part in field) if isinstance(field, tuple) else field


def evaluate(expr: Expr) -> Fraction:
    """What an expression of numbers comes to; NotANumber where it has letters, or no exact value."""
    # fractions brings decimal with it, and a plain convolution evaluates nothing.
    from fractions import Fraction

    match expr:
        case Num(over, under, False):
            return Fraction(over, under)
        case Count(value):
            return Fraction(value)
        case Sum(parts):
            return sum(map(evaluate, parts), Fraction(0))
        case Product(parts):
            return math.prod(map(evaluate, parts), start=Fraction(1))
        case Minus(part):
            return -evaluate(part)
        case Bracket(part) | Placed(part, _):
            return evaluate(part)
        case Multiple(factor, part):
            return factor * evaluate(part)
        case Over(top, bottom):
            return evaluate(top) / evaluate(bottom)
        case Floor(part):
            return Fraction(math.floor(evaluate(part)))
        case Ceil(part):
            return Fraction(math.ceil(evaluate(part)))
        case Power(base, exponent):
            return power(evaluate(base), evaluate(exponent))
        case Root(part, degree):
            return exact_root(evaluate(part), degree)
        case Call(name, parts):
            return called(name, [evaluate(part) for part in parts])
    raise NotANumber(f"{expr!r} has no exact value")


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """Also to 1/p, as a long root is written."""
    part = base if exponent.denominator == 1 else exact_root(base, exponent.denominator)
    return part**exponent.numerator


def exact_root(value: Fraction, degree: int) -> Fraction:
    from cnnsteps.numbers.irrational import root

    found, is_exact = root((value.numerator, value.denominator), degree)
    if not is_exact:
        raise NotANumber(f"the root of {value} of degree {degree} is irrational")
    return type(value)(*found)


def called(name: str, values: list[Fraction]) -> Fraction:
    """`max` or `average`."""
    if name not in ("max", "average"):
        raise NotANumber(f"{name} of {len(values)} numbers is not known")
    return max(values) if name == "max" else sum(values) / type(values[0])(len(values))
