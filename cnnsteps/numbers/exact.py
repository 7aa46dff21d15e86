"""Exact numbers: read as they are written, printed as they are, rounded only where asked.

A number is a pair (numerator, denominator) of Python integers. `0.1` is (1, 10), from
its text and never through a float.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TypeAlias

from cnnsteps.records import NamedTuple

MAX_DIGITS = 1000
"""How many digits a number of a problem file may have, written out in full."""

Ratio = tuple[int, int]


class WrittenFraction(NamedTuple):
    """A ratio that was written as a fraction, and stands as one where it is printed."""

    over: int
    under: int


LITERAL = re.compile(r"(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?")
FRACTION = re.compile(r"(-?\d+)/(\d+)", re.ASCII)


class TooLong(ValueError):
    """A number with more digits than MAX_DIGITS; nothing was converted."""

    def __init__(self, digits: int | None) -> None:
        self.digits = digits
        super().__init__("a number with " + (f"{digits:,} digits" if digits else "far too many digits"))


def count_digits(text: str) -> int:
    """How many digits a JSON number has when its exponent is written out; converts nothing long."""
    found = LITERAL.fullmatch(text)
    if found is None:
        raise ValueError(text)
    _, whole, part, exponent = found.groups("")
    if len(exponent.lstrip("+-0")) > 9:
        raise TooLong(None)
    shift = int(exponent or 0)
    return max(len(whole) + shift, 1) + max(len(part) - shift, 0)


def parse_decimal(text: str) -> Ratio:
    """The exact value of a JSON number with a point or an exponent; TooLong past the cap."""
    digits = count_digits(text)
    if digits > MAX_DIGITS:
        raise TooLong(digits)
    found = LITERAL.fullmatch(text)
    assert found is not None
    sign, whole, part, exponent = found.groups("")
    shift = int(exponent or 0) - len(part)
    value = int(sign + whole + part)
    return (value * 10**shift, 1) if shift >= 0 else reduce_ratio(value, 10**-shift)


def parse_fraction(text: str) -> WrittenFraction | None:
    """`"1/3"` as (1, 3); None where the text is no fraction; ZeroDivisionError, TooLong."""
    found = FRACTION.fullmatch(text.strip(" "))
    if found is None:
        return None
    longest = max(len(part.lstrip("-")) for part in found.groups())
    if longest > MAX_DIGITS:
        raise TooLong(longest)
    over, under = map(int, found.groups())
    if under == 0:
        raise ZeroDivisionError(text)
    return WrittenFraction(*reduce_ratio(over, under))


def reduce_ratio(over: int, under: int) -> Ratio:
    """In lowest terms, the denominator positive."""
    common = math.gcd(over, under)
    if under < 0:
        common = -common
    return over // common, under // common


def integer_text(value: int) -> str:
    """All digits of an integer; Python's own `str` refuses beyond 4,300."""
    if value.bit_length() < 14_000:
        return str(value)
    from decimal import Decimal

    return format(Decimal(value), "f")


def decimal_places(under: int) -> int | None:
    """How many places 1/under has as a decimal; None where it never ends."""
    twos = (under & -under).bit_length() - 1
    rest = under >> twos
    fives = 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    return max(twos, fives) if rest == 1 else None


def point_text(scaled: int, places: int) -> str:
    """scaled / 10**places in plain digits: (425, 2) is 4.25."""
    digits = integer_text(abs(scaled))
    if places:
        digits = digits.rjust(places + 1, "0")
        digits = f"{digits[:-places]}.{digits[-places:]}"
    return "-" + digits if scaled < 0 else digits


class Number(NamedTuple):
    """A number as it is printed; what the templates see."""

    text: str
    negative: bool = False
    numerator: str = ""
    """Of a fraction; empty where `text` is an integer or a decimal."""
    denominator: str = ""
    rounded: bool = False

    @property
    def fraction(self) -> bool:
        return bool(self.denominator)


IRRATIONAL_DIGITS = 4
"""How many places of an irrational number are printed unless told."""


def number(over: int, under: int = 1, digits: int | None = None, irrational: bool = False) -> Number:
    """over/under for printing: an integer or decimal where one can write it, else a fraction.

    With `digits`, what has more places is rounded to that many, half away from zero; what
    stands for an irrational number is rounded always.
    """
    if irrational:
        return round_number(over, under, IRRATIONAL_DIGITS if digits is None else digits)
    if under == 1:
        return Number(integer_text(over), over < 0)
    over, under = reduce_ratio(over, under)
    places = decimal_places(under)
    if digits is not None and (places is None or places > digits):
        return round_number(over, under, digits)
    if places is not None:
        text = point_text(over * 10**places // under, places)
        return Number(text, over < 0)
    return fraction(over, under)


def fraction(over: int, under: int) -> Number:
    """over/under as a fraction in lowest terms, or as the integer that it is."""
    over, under = reduce_ratio(over, under)
    top, bottom = integer_text(over), integer_text(under)
    return Number(top, over < 0) if under == 1 else Number(f"{top}/{bottom}", over < 0, top, bottom)


def as_written(value: Ratio) -> str:
    """A setting as the file has it, a fraction or a decimal."""
    return (fraction if isinstance(value, WrittenFraction) else number)(*value).text


Showing: TypeAlias = Callable[..., Number]
"""How a page shows over/under: by `number`, or by the rule of its fractions."""


def round_number(over: int, under: int, digits: int) -> Number:
    """over/under to `digits` places, half away from zero, marked as rounded."""
    doubled = 2 * abs(over) * 10**digits + under
    scaled = doubled // (2 * under)
    if over < 0:
        scaled = -scaled
    return Number(point_text(scaled, digits), scaled < 0, rounded=True)


def nearest_17(over: int, under: int) -> str:
    """The nearest decimal of 17 significant digits, in plain digits, as JSON has an irrational number."""
    from decimal import Context, Decimal

    context = Context(prec=17, Emax=999_999, Emin=-999_999)
    return format(context.divide(Decimal(over), Decimal(under)).normalize(context), "f")
