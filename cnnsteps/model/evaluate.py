"""What an expression comes to, where its slots hold these numbers.

    evaluate(x₀·x₁ + x₂, (2, 3, 1)) = 7

Exact where it is a rational number; powers of e and roots come to as many digits as
`numbers.irrational` keeps. Untrusted text is worked out here: the size of every number is
capped before it is made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce

from cnnsteps.model import expr
from cnnsteps.model.expr import Expr
from cnnsteps.model.identity import cached_by_identity
from cnnsteps.numbers import irrational
from cnnsteps.numbers.interval import Exact, Interval, exactly

MOST_BITS = 40_000
"""A number of more is not worked out."""
MOST_EXPONENT = 10_000


class Unknown(ValueError):
    """It holds a letter, a division by 0, or numbers too large to be worked out."""


def evaluate(part: Expr, numbers: Sequence[Exact]) -> Exact:
    """The value of an expression over its numbers; Unknown where it has none."""
    match part:
        case expr.Slot(column=column):
            return numbers[column]
        case expr.Sum() if pairs := products(part):
            return capped(sum(numbers[a] * numbers[b] for a, b in pairs))
        case expr.Sum(parts=parts):
            return capped(sum(evaluate(p, numbers) for p in parts))
        case expr.Product(parts=parts):
            return reduce(lambda a, b: capped(a * b), (evaluate(p, numbers) for p in parts))
        case expr.Minus(part=inner):
            return -evaluate(inner, numbers)
        case expr.Bracket(part=inner):
            return evaluate(inner, numbers)
        case expr.Over(top=top, bottom=bottom):
            return capped(divided(evaluate(top, numbers), evaluate(bottom, numbers)))
        case expr.Num(over=over, under=under):
            return over if under == 1 else Fraction(over, under)
        case expr.Call(name=name, parts=parts):
            return called(name, [evaluate(p, numbers) for p in parts])
        case expr.Floor(part=inner):
            return math.floor(evaluate(inner, numbers))
        case expr.Ceil(part=inner):
            return math.ceil(evaluate(inner, numbers))
        case expr.Power(base=expr.Sym(name="e"), exponent=exponent):
            return exponential(evaluate(exponent, numbers))
        case expr.Power(base=base, exponent=exponent):
            return power(evaluate(base, numbers), evaluate(exponent, numbers))
        case expr.Root(part=inner, degree=degree):
            return root(evaluate(inner, numbers), degree)
        case _:
            raise Unknown


@cached_by_identity
def products(part: expr.Sum) -> tuple[tuple[int, int], ...]:
    """The slots of a sum of products of two numbers each, which most sums are; empty of any other."""
    pairs = []
    for p in part.parts:
        match p:
            case expr.Product(parts=(expr.Slot(column=a), expr.Slot(column=b))):
                pairs.append((a, b))
            case _:
                return ()
    return tuple(pairs)


def capped(value: Exact) -> Exact:
    if value.numerator.bit_length() > MOST_BITS or value.denominator.bit_length() > MOST_BITS:
        raise Unknown
    return value.numerator if value.denominator == 1 else value


def divided(top: Exact, bottom: Exact) -> Exact:
    if bottom == 0:
        raise Unknown
    return Fraction(top) / bottom


def power(base: Exact, exponent: Exact) -> Exact:
    """base^exponent for a whole exponent or a half, the square root."""
    if exponent == Fraction(1, 2):
        return root(base, 2)
    if exponent.denominator != 1 or not -MOST_EXPONENT <= exponent <= MOST_EXPONENT or (base == 0 and exponent < 0):
        raise Unknown
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if size * abs(int(exponent)) > MOST_BITS:
        raise Unknown
    return capped(Fraction(base) ** int(exponent))


def exponential(exponent: Exact) -> Exact:
    if not -1000 <= exponent <= 1000:
        raise Unknown
    return Fraction(*irrational.exp((exponent.numerator, exponent.denominator))) if exponent else 1


def root(value: Exact, degree: int) -> Exact:
    if value < 0 or not 2 <= degree <= 100:
        raise Unknown
    return capped(Fraction(*irrational.root((value.numerator, value.denominator), degree)[0]))


def mean(values: Sequence[Exact]) -> Exact:
    return Fraction(sum(values)) / len(values)


def of_one(function: Callable[[Exact], Exact]) -> Callable[[Sequence[Exact]], Exact]:
    """A function of one number, which is Unknown of several."""

    def work(values: Sequence[Exact]) -> Exact:
        if len(values) != 1:
            raise Unknown
        return function(values[0])

    return work


def sigmoid(x: Exact) -> Exact:
    return divided(1, 1 + exponential(-x))


def tanh(x: Exact) -> Exact:
    rising, falling = exponential(x), exponential(-x)
    return divided(rising - falling, rising + falling)


FUNCTIONS: dict[str, Callable[[Sequence[Exact]], Exact]] = {
    "max": max,
    "min": min,
    "average": mean,
    "sum": sum,
    "relu": of_one(lambda x: max(x, 0)),
    "abs": of_one(lambda x: max(x, -x)),
    "floor": of_one(math.floor),
    "ceil": of_one(math.ceil),
    "sqrt": of_one(lambda x: root(x, 2)),
    "exp": of_one(exponential),
    "sigmoid": of_one(sigmoid),
    "tanh": of_one(tanh),
}


def called(name: str, values: Sequence[Exact]) -> Exact:
    if name not in FUNCTIONS or not values:
        raise Unknown
    return capped(FUNCTIONS[name](values))


RISING = ("max", "min", "average", "sum", "relu", "floor", "ceil", "sqrt", "exp", "sigmoid", "tanh")
"""Functions that grow with each argument: bounds go to bounds."""


def enclose(part: Expr, numbers: Sequence[Interval]) -> Interval:
    """The bounds of an expression over numbers that are known within bounds."""
    match part:
        case expr.Slot(column=column):
            return numbers[column]
        case expr.Sum(parts=parts):
            return reduce(Interval.plus, (enclose(p, numbers) for p in parts))
        case expr.Product(parts=parts):
            return reduce(Interval.times, (enclose(p, numbers) for p in parts))
        case expr.Minus(part=inner):
            return exactly(0).minus(enclose(inner, numbers))
        case expr.Bracket(part=inner):
            return enclose(inner, numbers)
        case expr.Over(top=top, bottom=bottom):
            try:
                return enclose(top, numbers).over(enclose(bottom, numbers))
            except ZeroDivisionError:
                raise Unknown from None
        case expr.Call(name=name, parts=parts) if name in RISING:
            bounds = [enclose(p, numbers) for p in parts]
            return Interval(called(name, [b.low for b in bounds]), called(name, [b.high for b in bounds]))
        case expr.Floor(part=inner):
            bound = enclose(inner, numbers)
            return Interval(math.floor(bound.low), math.floor(bound.high))
        case expr.Ceil(part=inner):
            bound = enclose(inner, numbers)
            return Interval(math.ceil(bound.low), math.ceil(bound.high))
        case expr.Power(base=expr.Sym(name="e"), exponent=exponent):
            bound = enclose(exponent, numbers)
            return Interval(exponential(bound.low), exponential(bound.high))
        case expr.Power(base=base, exponent=exponent):
            return raised(enclose(base, numbers), enclose(exponent, numbers))
        case expr.Root(part=inner, degree=degree):
            bound = enclose(inner, numbers)
            return Interval(root(max(bound.low, 0), degree), root(bound.high, degree))
        case _:
            return exactly(evaluate(part, ()))


def raised(base: Interval, exponent: Interval) -> Interval:
    """base^exponent for an exponent that is known."""
    if exponent.low != exponent.high:
        raise Unknown
    ends = [power(base.low, exponent.low), power(base.high, exponent.low)]
    low = 0 if base.low < 0 < base.high else min(ends)
    return Interval(low, max(ends))
