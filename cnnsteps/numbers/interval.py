"""Numbers that are known within bounds: what was rounded, and what is worked out from it."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from cnnsteps.records import NamedTuple

Exact: TypeAlias = "int | Fraction"


class Interval(NamedTuple):
    """Every number from low to high."""

    low: Exact
    high: Exact

    @property
    def middle(self) -> Fraction:
        return Fraction(self.low + self.high) / 2

    def plus(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def minus(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def times(self, other: Interval) -> Interval:
        if self.low == self.high and other.low == other.high:
            return exactly(self.low * other.low)
        products = [a * b for a in self for b in other]
        return Interval(min(products), max(products))

    def over(self, other: Interval) -> Interval:
        """ZeroDivisionError where the divisor may be 0."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError
        return self.times(Interval(1 / Fraction(other.high), 1 / Fraction(other.low)))

    def overlaps(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high


def exactly(value: Exact) -> Interval:
    return Interval(value, value)


def around(value: Exact, radius: Exact) -> Interval:
    return Interval(value - radius, value + radius)
