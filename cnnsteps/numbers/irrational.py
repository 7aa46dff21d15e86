"""Roots, exponentials and what is made of them, to more digits than are printed.

Each function takes exact numbers and gives a ratio with `digits()` significant digits, and as
many after the point. Its last digits may be wrong; those that are printed are not: `right_to`
keeps GUARD digits more than are asked for, and as many as the given numbers have besides, for
a number of n digits can be chosen so that its exponential comes as close as 10⁻ⁿ to where
rounding changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

from cnnsteps.numbers.exact import Ratio, reduce_ratio

LEAST = 80
SURE = 40
"""Places after the point that are right unless more are asked for."""
GUARD = 30
LARGEST_EXPONENT = 10_000
"""e to more than this has over 4,300 digits before the point."""
KEPT: ContextVar[int] = ContextVar("digits", default=LEAST)


class TooLarge(ValueError):
    """An exponential that no one could print."""


def digits() -> int:
    """How many are kept here."""
    return KEPT.get()


@contextmanager
def keeping(count: int) -> Iterator[None]:
    """So many digits are kept within."""
    token = KEPT.set(count)
    try:
        yield
    finally:
        KEPT.reset(token)


def enough(printed: int | None, given: int) -> int:
    """The digits to keep where `printed` are asked for, of numbers with `given` digits."""
    return max(LEAST, (printed or 0) + given + GUARD)


@lru_cache(maxsize=64)
def context(precision: int) -> Context:
    return Context(prec=precision, rounding=ROUND_HALF_EVEN, Emax=MAX_EMAX, Emin=MIN_EMIN)


def to_decimal(value: Ratio, more: int = 0) -> Decimal:
    """To 20 digits more than are kept, and `more`."""
    return context(digits() + 20 + more).divide(Decimal(value[0]), Decimal(value[1]))


def to_ratio(value: Decimal, more: int = 0) -> Ratio:
    return context(digits() + more + max(0, value.adjusted())).plus(value).as_integer_ratio()


def exp(value: Ratio, more: int = 0) -> Ratio:
    """e to the value, with `more` digits than are kept; TooLarge beyond ±LARGEST_EXPONENT."""
    if abs(value[0]) > LARGEST_EXPONENT * value[1]:
        raise TooLarge
    # Digits before the point, which those after it come on top of: log10 e is below 1/2.
    whole = max(0, value[0] // (2 * value[1]) + 1) + more
    return to_ratio(context(digits() + 20 + whole).exp(to_decimal(value, whole)), more)


def divide(over: Ratio, under: Ratio) -> Ratio:
    """over/under, rounded."""
    whole = max(0, len_of(over) - len_of(under) + 1)
    return to_ratio(context(digits() + 20 + whole).divide(to_decimal(over, whole), to_decimal(under, whole)))


def len_of(value: Ratio) -> int:
    """About how many digits stand before the point; below 0 where zeros follow it."""
    return int((abs(value[0]).bit_length() - value[1].bit_length()) * 0.30103) + 1


def root(value: Ratio, degree: int) -> tuple[Ratio, bool]:
    """The degree-th root of a number that is not negative, rounded down, and whether it is exact."""
    over, under = whole_root(value[0], degree), whole_root(value[1], degree)
    if over**degree == value[0] and under**degree == value[1]:
        return (over, under), True
    # (over/under)^(1/p) = (over · under^(p−1))^(1/p) / under, with enough digits behind the point.
    scale = 10 ** (digits() + max(0, -len_of(value)) // degree + 1)
    found = whole_root(value[0] * value[1] ** (degree - 1) * scale**degree, degree)
    return reduce_ratio(found, scale * value[1]), False


def whole_root(value: int, degree: int) -> int:
    """The largest integer whose degree-th power is at most the value (Newton)."""
    if value < 2 or degree == 1:
        return value
    guess = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better
