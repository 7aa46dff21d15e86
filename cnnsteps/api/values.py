"""Python's values as a problem file has them: numbers exactly, arrays and tensors as nested lists.

PyTorch's tensors are known by what they can do, so that PyTorch is never imported here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isfinite
from numbers import Integral, Rational
from typing import Any

import numpy as np

from cnnsteps.errors import Path
from cnnsteps.numbers.exact import MAX_DIGITS, Ratio, TooLong, WrittenFraction, parse_decimal, reduce_ratio
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.reading.matrix import MOST_NESTED, path_name
from cnnsteps.report import Report
from cnnsteps.text import abbreviate, excerpt

MOST_DEEP = 3 * MOST_NESTED
"""Lists and mappings inside one another: past it nothing is right, and a list may hold itself."""


class Plain:
    """Makes plain values, and reports what has none."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.has_booleans = False

    def value(self, value: object, path: Path) -> Value:
        """The value as `cnnsteps.reading.json.text` has it; BROKEN where a mistake was reported."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            self.has_booleans = True
            return value
        if isinstance(value, float):
            return self.decimal(float.__repr__(value), path)
        if isinstance(value, Decimal):
            return self.decimal(str(value), path)
        if isinstance(value, Integral):
            return int(value)
        if isinstance(value, Rational):
            return self.fraction(value, path)
        return self.several(value, path)

    def several(self, value: object, path: Path) -> Value:
        """Lists and what is like them."""
        if len(path) > MOST_DEEP:
            return []
        if isinstance(value, Mapping):
            return {str(key): self.value(part, (*path, str(key))) for key, part in value.items()}
        if isinstance(value, list | tuple):
            if all(type(part) is int for part in value):
                return list(value)
            if all(type(part) is float and isfinite(part) for part in value):
                return [parse_decimal(repr(part)) for part in value]
            return [self.value(part, (*path, i)) for i, part in enumerate(value)]
        if any(hasattr(value, name) for name in ("__array__", "__array_interface__", "detach")):
            return self.array(value, path)
        if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
            return [self.value(part, (*path, i)) for i, part in enumerate(value)]
        return self.wrong(path, f"{kind_of(value)} is not a number, a list or an array")

    def decimal(self, text: str, path: Path) -> Value:
        """What is printed is what is meant: 0.1 is one tenth."""
        try:
            over, under = parse_decimal(text)
        except TooLong as error:
            return self.wrong(path, f"{abbreviate(text)} is {error}; at most {MAX_DIGITS:,} are allowed")
        except ValueError:
            return self.wrong(path, f"{text} is not a number that can be computed with")
        return over if under == 1 else (over, under)

    def fraction(self, value: Rational, path: Path) -> Value:
        ratio: Ratio = reduce_ratio(int(value.numerator), int(value.denominator))
        if max(map(int.bit_length, ratio)) > MAX_DIGITS * 3.32:
            return self.wrong(path, f"a fraction has more than {MAX_DIGITS:,} digits")
        return ratio[0] if ratio[1] == 1 else WrittenFraction(*ratio)

    def array(self, value: Any, path: Path) -> Value:
        try:
            array = array_of(value)
        except Exception as error:
            # Whatever another library raises, it is this argument that can't be used.
            return self.wrong(path, f"{kind_of(value)} can't be read as an array: {excerpt(str(error))}")
        if isinstance(array, np.ma.MaskedArray) and np.any(np.ma.getmaskarray(array)):
            return self.wrong(path, "the array has masked values", "fill them first: .filled(0)")
        if array.ndim == 0 and array.dtype.kind == "O":
            return self.wrong(path, f"{kind_of(value)} is not a number, a list or an array")
        return self.elements(array, path)

    def elements(self, array: np.ndarray[Any, np.dtype[Any]], path: Path) -> Value:
        """An array by what it holds; where it holds no numbers, that is one mistake and not one an element."""
        kind = array.dtype.kind
        if kind in "iu":
            return array.tolist()
        if kind == "f":
            # The shortest text that gives the same number in the array's own precision.
            return self.value(array.tolist() if array.itemsize == 8 else decimals(array), path)
        if kind in "OU":
            return self.value(array.tolist(), path)
        if kind == "b" and array.ndim == 0:
            return self.value(bool(array), path)
        hint = "numbers are wanted: .astype(int)" if kind == "b" else None
        return self.wrong(path, f"the array holds {array.dtype.name}, not numbers", hint)

    def wrong(self, path: Path, message: str, hint: str | None = None) -> Value:
        self.report.add(path, f"{path_name(path)}: {message}", hint)
        return BROKEN


def array_of(value: Any) -> np.ndarray[Any, np.dtype[Any]]:
    """The numbers of an array or of a tensor, wherever it lies and whatever it remembers."""
    if not hasattr(value, "detach"):
        return value if isinstance(value, np.ndarray) else np.asarray(value)
    value = value.detach().cpu()
    try:
        return np.asarray(value.numpy())
    except TypeError:
        # bfloat16 and the like, which NumPy does not have; each of their numbers is a float32.
        return np.asarray(value.float().numpy())


def decimals(array: np.ndarray[Any, np.dtype[Any]]) -> Any:
    """Nested lists of Decimals, each the shortest that gives the float back."""
    texts = [Decimal(str(number)) for number in array.reshape(-1)]
    nested = np.empty(len(texts), object)
    nested[:] = texts
    return nested.reshape(array.shape).tolist()


def kind_of(value: object) -> str:
    name = excerpt(type(value).__name__)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
