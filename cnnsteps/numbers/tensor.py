"""Tensors of exact numbers: integers over one common denominator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from cnnsteps.numbers.exact import Number, Ratio, WrittenFraction, number, reduce_ratio
from cnnsteps.records import NamedTuple

Integers: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
"""int8 … int64 where the values fit, Python integers (dtype object) where they do not."""

Flags: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"
Positions: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"


class Tensor(NamedTuple):
    """num / den, element by element; den is positive."""

    num: Integers
    den: int = 1
    irrational_mask: Flags | None = None
    """Where num / den stands for an irrational number, to as many digits as `irrational` keeps; None where nowhere."""
    fractions: frozenset[Ratio] | None = None
    """Of a tensor that was read: its numbers that were written as fractions. None of one that was worked out."""

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = self.num.shape
        return shape

    def reshape(self, *shape: int) -> Tensor:
        mask = None if self.irrational_mask is None else self.irrational_mask.reshape(shape)
        return Tensor(self.num.reshape(shape), self.den, mask, self.fractions)

    def written(self, over: int) -> bool | None:
        """Whether over/den was written as a fraction; None where nobody wrote it."""
        return None if self.fractions is None else reduce_ratio(over, self.den) in self.fractions

    @property
    def worked_out(self) -> Tensor:
        """The same numbers as a result, however they were written."""
        return self._replace(fractions=None)

    def take(self, at: Positions) -> Tensor:
        """The elements at these flat positions."""
        inexact = None if self.irrational_mask is None else self.irrational_mask.reshape(-1)[at]
        return Tensor(self.num.reshape(-1)[at], self.den, inexact, self.fractions)

    def part(self, *index: int | slice) -> Tensor:
        """The elements at an index, as numpy has it."""
        mask = None if self.irrational_mask is None else self.irrational_mask[index]
        return Tensor(self.num[index], self.den, mask, self.fractions)

    def padded(self, pairs: Sequence[tuple[int, int]]) -> Tensor:
        """With zeros before and after, a pair a dimension. `np.pad` puts numpy's own integers
        among Python's, and their sums overflow."""
        shape = [before + size + after for size, (before, after) in zip(self.shape, pairs, strict=True)]
        inner = tuple(slice(before, before + size) for size, (before, _) in zip(self.shape, pairs, strict=True))
        num = np.zeros(shape, self.num.dtype)
        num[inner] = self.num
        inexact = None if self.irrational_mask is None else np.zeros(shape, bool)
        if inexact is not None:
            inexact[inner] = self.irrational_mask
        return Tensor(num, self.den, inexact, self.fractions)

    def bound(self) -> int:
        """The largest |numerator|, a Python integer; at least 1, so that a product's bound holds its factors too."""
        if self.num.size == 0:
            return 1
        return max(abs(int(self.num.max())), abs(int(self.num.min())), 1)

    @property
    def longest(self) -> int:
        """About how many digits its longest number has; irrational ones have none of their own."""
        if self.irrational_mask is not None and self.irrational_mask.any():
            return 0
        return int((self.bound().bit_length() + self.den.bit_length()) * 0.30103) + 1

    def number(self, *index: int, digits: int | None = None) -> Number:
        inexact = self.irrational_mask is not None and bool(self.irrational_mask[index])
        return number(int(self.num[index]), self.den, digits, inexact)

    @property
    def never_ends(self) -> bool:
        """A number of it, and not an irrational one, never ends as a decimal."""
        rest = self.den
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return False
        endless = np.not_equal(self.num % rest, 0).astype(bool)
        return bool((endless if self.irrational_mask is None else endless & ~self.irrational_mask).any())

    @property
    def irrational(self) -> frozenset[int]:
        """The numerators that stand for irrational numbers."""
        return frozenset() if self.irrational_mask is None else frozenset(self.num[self.irrational_mask].tolist())

    def irrational_among(self, num: Integers) -> Flags:
        """Which of these numerators, all of them its own, stand for irrational numbers."""
        among = self.irrational
        return np.array([n in among for n in num.reshape(-1).tolist()], bool).reshape(num.shape)


def irrational_if(shape: tuple[int, ...], *tensors: Tensor | None) -> Flags | None:
    """What is made of irrational numbers counts as irrational, everywhere."""
    loose = any(t is not None and t.irrational_mask is not None and t.irrational_mask.any() for t in tensors)
    return np.ones(shape, bool) if loose else None


def unravel(cells: Positions, shape: Sequence[int]) -> list[Positions]:
    """The index of each flat position; several times faster than numpy's own, for division by a scalar is."""
    found: list[Positions] = []
    rest = cells
    for size in reversed(shape):
        quotient = rest // size
        found.insert(0, rest - quotient * size)
        rest = quotient
    return found


def wide_enough(bound: int) -> np.dtype[Any]:
    """The dtype in which sums of at most `bound` in size are exact."""
    for name in ("int16", "int32", "int64"):
        if bound <= np.iinfo(name).max:
            return np.dtype(name)
    return np.dtype(object)


def narrowed(num: Integers) -> Integers:
    """The same integers in the smallest dtype that holds them: four filters cost little more than one."""
    if num.dtype == object or num.size == 0:
        return num
    low, high = int(num.min()), int(num.max())
    fitting = (t for t in (np.int8, np.int16, np.int32, np.int64) if np.iinfo(t).min <= low and high <= np.iinfo(t).max)
    return num.astype(next(fitting), copy=False)


def from_ratios(ratios: list[Ratio], shape: tuple[int, ...]) -> Tensor:
    """A tensor from single numbers, brought to their least common denominator."""
    den = common_denominator([under for _, under in ratios])
    values = [over * (den // under) for over, under in ratios]
    bound = max((abs(v) for v in values), default=0)
    flat = np.empty(len(values), np.int64 if bound < 2**63 else object)
    flat[:] = values
    return Tensor(flat.reshape(shape), den)


def from_written(ratios: list[Ratio], shape: tuple[int, ...]) -> Tensor:
    """A tensor of numbers that were read, which remembers those that were written as fractions."""
    fractions = frozenset(ratio for ratio in ratios if isinstance(ratio, WrittenFraction))
    return from_ratios(ratios, shape)._replace(fractions=fractions)


class NoCommonDenominator(ValueError):
    """The fractions' least common denominator is longer than anyone would read."""


def common_denominator(unders: list[int], most_digits: int = 4000) -> int:
    """The least common multiple; NoCommonDenominator past `most_digits`."""
    common = 1
    for under in set(unders):
        common = math.lcm(common, under)
        if common.bit_length() > most_digits * 3.33:
            raise NoCommonDenominator(f"more than {most_digits:,} digits")
    return common


def to_common(*tensors: Tensor) -> list[Tensor]:
    """The same tensors over one denominator."""
    den = math.lcm(*(t.den for t in tensors))
    return [t if t.den == den else scaled(t, den // t.den) for t in tensors]


def scaled(tensor: Tensor, factor: int) -> Tensor:
    """Numerator and denominator times `factor`: the same numbers."""
    dtype = wide_enough(tensor.bound() * factor)
    return Tensor(tensor.num.astype(dtype) * factor, tensor.den * factor)
