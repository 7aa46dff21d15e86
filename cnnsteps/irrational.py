"""Roots, exponentials and what is made of them, to more digits than anyone prints.

Each function takes exact numbers and gives a ratio that is right to PRECISION significant
digits, so that rounding it to the printed digits gives what rounding the true value would.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal

from cnnsteps.exact import Ratio, reduce_ratio

PRECISION = 80
LARGEST_EXPONENT = 10_000
"""e to more than this has over 4,300 digits before the point."""
CONTEXT = Context(prec=PRECISION + 20, rounding=ROUND_HALF_EVEN, Emax=MAX_EMAX, Emin=MIN_EMIN)


class TooLarge(ValueError):
    """An exponential that no one could print."""


def to_decimal(value: Ratio) -> Decimal:
    return CONTEXT.divide(Decimal(value[0]), Decimal(value[1]))


def to_ratio(value: Decimal) -> Ratio:
    return Context(prec=PRECISION, Emax=MAX_EMAX, Emin=MIN_EMIN).plus(value).as_integer_ratio()


def exp(value: Ratio) -> Ratio:
    """e to the value; TooLarge beyond ±LARGEST_EXPONENT."""
    if abs(value[0]) > LARGEST_EXPONENT * value[1]:
        raise TooLarge
    return to_ratio(CONTEXT.exp(to_decimal(value)))


def divide(over: Ratio, under: Ratio) -> Ratio:
    """over/under, rounded to PRECISION digits."""
    return to_ratio(CONTEXT.divide(to_decimal(over), to_decimal(under)))


def root(value: Ratio, degree: int) -> tuple[Ratio, bool]:
    """The degree-th root of a number that is not negative, and whether it is exact."""
    over, under = whole_root(value[0], degree), whole_root(value[1], degree)
    if over**degree == value[0] and under**degree == value[1]:
        return (over, under), True
    # (over/under)^(1/p) = (over · under^(p−1))^(1/p) / under, with enough digits behind the point.
    scale = 10**PRECISION * value[1]
    found = whole_root(value[0] * value[1] ** (degree - 1) * (scale // value[1]) ** degree, degree)
    return reduce_ratio(found, scale), False


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
