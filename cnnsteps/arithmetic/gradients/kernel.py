"""The gradient of a kernel: each weight meets every window, and collects there.

    ∂L/∂w[f,c,a] = Σ_n Σ_o ∂L/∂Val[n,f,o] · x[n, c, o·s + a·d]   over the padded x

The same sums give the kernel of a transposed convolution, with the roles of x and ∂L/∂Val exchanged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

import numpy as np

from cnnsteps.arithmetic.convolution import EXACT_IN_FLOAT, channel_parts, seen_at, shape_of
from cnnsteps.model.steps import Band, Column, Columns, Operand, Run, Window, answer
from cnnsteps.numbers.tensor import Positions, Tensor, irrational_if, narrowed, unravel, wide_enough
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import Axis


def weight_gradient(small: Tensor, big: Tensor, axes: tuple[Axis, ...], groups: int, flip: bool) -> Tensor:
    """(A, B/groups, *k) of small (N, A, *out) and big (N, B, *padded), where window o of big met small's o."""
    a, b = small.shape[1] // groups, big.shape[1] // groups
    bound = small.shape[0] * math.prod(small.shape[2:]) * small.bound() * big.bound()
    exact = wide_enough(bound)
    dtype = np.dtype(float) if bound < EXACT_IN_FLOAT else exact
    num = np.zeros((small.shape[1], b, *(axis.f for axis in axes)), dtype)
    summed = [0, *range(2, 2 + len(axes))]
    left = small.num.astype(dtype)
    for place in product(*(range(axis.f) for axis in axes)):
        met = big.num[seen_at(axes, place)].astype(dtype)
        for g in range(groups):
            own, others = slice(g * a, (g + 1) * a), slice(g * b, (g + 1) * b)
            into: tuple[slice | int, ...] = (own, slice(None), *place)
            num[into] = np.tensordot(left[:, own], met[:, others], (summed, summed))
    num = narrowed(num.astype(exact))
    num = np.ascontiguousarray(np.flip(num, tuple(range(2, num.ndim)))) if flip else num
    return Tensor(num, small.den * big.den, irrational_if(num.shape, small, big))


class WeightSteps(NamedTuple):
    """∂L/∂w = Σ ∂L/∂Val·x: by batch item in brackets where there are several."""

    small: Operand
    big: Operand
    out: Tensor
    """(A, B/groups, *k)"""
    axes: tuple[Axis, ...]
    groups: int
    flip: bool = False
    """The kernel was turned before it was used."""
    small_first: bool = True
    """`small` is the output's gradient; else `big` is."""

    @property
    def terms(self) -> int:
        return self.small.tensor.num.size // self.out.shape[0]

    @property
    def items(self) -> int:
        """Of the batch."""
        return self.terms // math.prod(axis.out for axis in self.axes)

    @property
    def big_channels(self) -> int:
        return self.out.shape[1] * self.groups

    def starts(self, cells: Positions) -> tuple[Positions, int, int]:
        """Where each weight first reads in a flat channel of `big`; the channels of `small` and `big`."""
        window = [axis.f for axis in self.axes]
        a, own = divmod(int(cells[0]) // math.prod(window), self.out.shape[1])
        group = a // (self.out.shape[0] // self.groups)
        indices = unravel(cells % math.prod(window), window)
        start, stride = np.zeros_like(cells), 1
        for axis, i in zip(reversed(self.axes), reversed(indices), strict=True):
            start = start + (axis.f - 1 - i if self.flip else i) * (axis.gap * stride)
            stride *= axis.padded
        return start, a, group * self.out.shape[1] + own

    def offsets(self) -> Positions:
        """How far each window in turn lies from the first, in a flat channel of `big`."""
        offset = np.zeros(1, np.int64)
        for axis in self.axes:
            offset = (offset[:, None] * axis.padded + np.arange(axis.out) * axis.step).reshape(-1)
        return offset

    def places(self, cells: Positions) -> tuple[Positions, Positions]:
        """Where each term's numbers stand: in `small` (terms, 1), in `big` (terms, cells)."""
        start, a, b = self.starts(cells)
        offsets, plane = self.offsets(), math.prod(axis.padded for axis in self.axes)
        item = np.arange(self.items)[:, np.newaxis]
        small_at = (item * self.out.shape[0] + a) * len(offsets) + np.arange(len(offsets))
        big_at = (item * self.big_channels + b) * plane + offsets
        return small_at.reshape(-1, 1), big_at.reshape(-1, 1) + start

    def runs(self, cells: Positions) -> Iterator[Run]:
        small_at, big_at = self.places(cells)
        bands = Band(self.small, np.broadcast_to(small_at, big_at.shape)), Band(self.big, big_at)
        columns, items = [], self.items
        if 1 < items < len(big_at):
            columns = channel_parts(self.big.tensor, big_at, self.small.tensor, small_at, items)
        columns.append(Column(answer(self.out), cells, reusable=False))
        chain, facts = shape_of(len(big_at) // items, items, False)
        pairs = Columns(bands if self.small_first else bands[::-1], columns)
        yield Run("weight", chain, facts, pairs, cells, self.axes[-1].out)

    def products(self, cell: int) -> tuple[Column, Column]:
        """The terms of one cell, the numbers to the left and those to the right of the sign."""
        small_at, big_at = self.places(np.array([cell]))
        two = Column(self.small, small_at.reshape(-1)), Column(self.big, big_at.reshape(-1))
        return two if self.small_first else two[::-1]

    def window(self, cell: int) -> Window | None:
        return None
