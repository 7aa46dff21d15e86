"""An array of exact numbers that shows itself as numbers do: `array([[0.04, 1]])`, `array([1/3, 1/2])`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from cnnsteps.api.types import Array
from cnnsteps.numbers.exact import decimal_places, integer_text, number
from cnnsteps.text import abbreviate

MOST_SHOWN = 24
"""Characters of a number; of a longer one its nearest float is shown."""


class ExactArray(np.ndarray[Any, np.dtype[Any]]):
    """Its numbers are Python's own: int, Fraction, and float where they are irrational."""

    def __repr__(self) -> str:
        return f"array({self.shown(', ', 'array(')})" if self.dtype == object else repr(self.view(np.ndarray))

    def __str__(self) -> str:
        return self.shown(" ", "") if self.dtype == object else str(self.view(np.ndarray))

    def shown(self, separator: str, prefix: str) -> str:
        """The numbers in columns: decimals where all that are shown can be written so, else fractions."""
        plain = self.view(np.ndarray)
        numbers: list[object] = []

        def looked_at(value: object) -> str:
            numbers.append(value)
            return "0"

        # Of a large array NumPy shows a part: the numbers that it asks for are looked at first.
        np.array2string(plain, formatter={"object": looked_at})
        as_decimals = all(map(is_decimal, numbers))
        width = max((len(text_of(value, as_decimals)) for value in numbers), default=0)

        def aligned(value: object) -> str:
            return text_of(value, as_decimals).rjust(width)

        return np.array2string(plain, separator=separator, prefix=prefix, formatter={"object": aligned})

    def __array_wrap__(self, array: Array, context: Any = None, return_scalar: bool = False) -> Any:
        """What is computed of it: one number by itself, and exact arrays as this is one."""
        if array.ndim == 0:
            return array[()]
        return array.view(ExactArray) if array.dtype == object else array.view(np.ndarray)


def is_decimal(value: object) -> bool:
    return not isinstance(value, Fraction) or decimal_places(value.denominator) is not None


def text_of(value: object, as_decimals: bool) -> str:
    """The number as it is written on paper; of a long or an irrational one some digits."""
    if isinstance(value, float):
        return nearly(value)
    if not isinstance(value, int | Fraction):
        return str(value)
    over, under = value.as_integer_ratio()
    text = number(over, under).text if as_decimals or under == 1 else f"{integer_text(over)}/{integer_text(under)}"
    if len(text) <= MOST_SHOWN:
        return text
    try:
        return nearly(over / under) if under > 1 else abbreviate(text, MOST_SHOWN)
    except OverflowError:
        return abbreviate(text, MOST_SHOWN)


def nearly(value: float) -> str:
    """As many digits as NumPy is set to show."""
    return f"{value:.{np.get_printoptions()['precision']}g}"
