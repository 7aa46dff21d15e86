"""Tensors as NumPy arrays: exactly, or by the nearest floats."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from cnnsteps.api.exact_array import ExactArray
from cnnsteps.api.types import Array, Exact
from cnnsteps.numbers.tensor import Tensor

EXACT_IN_FLOAT = 1 << 53


def number_of(over: int, under: int, irrational: bool = False) -> Exact:
    """An int or a Fraction; what is irrational is the nearest float."""
    if irrational:
        return nearest(over, under)
    return over // under if over % under == 0 else Fraction(over, under)


def nearest(over: int, under: int) -> float:
    """The nearest float, infinite where there is none."""
    try:
        return over / under
    except OverflowError:
        return float("inf") if over > 0 else float("-inf")


def exact_array(tensor: Tensor) -> Array:
    """int64 where all numbers are whole and fit; else Python's own, shown as numbers: int, Fraction, float."""
    whole = whole_numbers(tensor)
    if whole is not None:
        return whole
    found = np.empty(tensor.num.size, object)
    flags = [False] * found.size if tensor.irrational_mask is None else tensor.irrational_mask.reshape(-1).tolist()
    numbers = zip(tensor.num.reshape(-1).tolist(), flags, strict=True)
    found[:] = [number_of(over, tensor.den, loose) for over, loose in numbers]
    return found.reshape(tensor.shape).view(ExactArray)


def nearest_array(tensor: Tensor) -> Array:
    """int64 where that is exact, else float64, each number the nearest to its exact value."""
    whole = whole_numbers(tensor)
    if whole is not None:
        return whole
    if tensor.num.dtype != object and max(tensor.bound(), tensor.den) < EXACT_IN_FLOAT:
        # One division of two floats that are exact themselves is rounded once.
        return tensor.num / np.float64(tensor.den)
    found = [nearest(over, tensor.den) for over in tensor.num.reshape(-1).tolist()]
    return np.array(found, np.float64).reshape(tensor.shape)


def whole_numbers(tensor: Tensor) -> Array | None:
    """The numbers as int64, where they are all whole and fit."""
    num, den = tensor.num, tensor.den
    if (tensor.irrational_mask is not None and tensor.irrational_mask.any()) or tensor.bound() >= den << 63:
        return None
    wide = num if num.dtype == object or den < 1 << 63 else num.astype(object)
    wide = wide if wide.dtype == object else wide.astype(np.int64)
    return (wide // den).astype(np.int64) if not np.any(wide % den) else None
