"""The gradient of a convolution's input: each gradient of an output goes back along the kernel.

    ∂L/∂x[i] = Σ_o Σ_a ∂L/∂Val[o] · w[a]   over all o, a that met at i: o·s + a·d = a padded place of i

This is the transposed convolution of the output's gradient, cut or extended to the input's
size. In padding that repeats the input, a value stands at several places, and all of them count.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from cnnsteps.arithmetic.transposed_convolution import stamp
from cnnsteps.numbers.tensor import Integers, Positions, Tensor, irrational_if, narrowed, wide_enough
from cnnsteps.windows.axis import MODES, Axis
from cnnsteps.windows.transposed import TransposedAxis


class Return:
    """One dimension, the way back: n gradients of outputs, `out` places of the input."""

    def __init__(self, axis: Axis, mode: str) -> None:
        self.n, self.f, self.s, self.out = axis.out, axis.f, axis.s, axis.n
        self.axis, self.mode = axis, mode

    @cached_property
    def held(self) -> Positions:
        """For each place of the padded input which value stands there, -1 for a zero of the padding."""
        pair = (self.axis.before, self.axis.after)
        if self.mode in MODES:
            return np.pad(np.arange(self.out), pair, mode=MODES[self.mode])
        return np.pad(np.arange(self.out), pair, constant_values=-1)

    @property
    def spread(self) -> TransposedAxis:
        """The transposed convolution that gives a gradient for every padded place."""
        axis = self.axis
        unread = axis.padded - ((axis.out - 1) * axis.s + axis.span)
        return TransposedAxis(axis.out, axis.f, axis.s, 0, 0, axis.d, unread)

    def landing(self) -> tuple[Positions, Positions, Positions]:
        """For each value how many outputs it went into, through which places of the kernel, and which
        outputs, in their order."""
        outs = np.repeat(np.arange(self.n), self.f)
        places = np.tile(np.arange(self.f), self.n)
        met = self.held[outs * self.axis.step + places * self.axis.gap]
        counts, (through, which) = by_target(met, self.out, places, outs)
        return counts, through, which


def by_target(met: Positions, size: int, *values: Positions) -> tuple[Positions, list[Positions]]:
    """How many of these met each of `size` targets (none where -1), and the values of those, a row a target."""
    order = np.argsort(met, kind="stable")[int((met < 0).sum()) :]
    met, counts = met[order], np.bincount(met[met >= 0], minlength=size)
    nth = np.arange(len(met)) - (np.cumsum(counts) - counts)[met]
    tables = []
    for value in values:
        table = np.zeros((size, max(int(counts.max()), 1)), np.int64)
        table[met, nth] = value[order]
        tables.append(table)
    return counts, tables


def collected(num: Integers, dimension: int, met: Positions, size: int) -> Integers:
    """Along one dimension each number is added to the target that it met, if any; `num` has room for the sums."""
    kept = np.flatnonzero(met >= 0)
    moved = np.moveaxis(num, dimension, 0)
    into = np.zeros((size, *moved.shape[1:]), num.dtype)
    np.add.at(into, met[kept], moved[kept])
    found: Integers = np.moveaxis(into, 0, dimension)
    return found


def returned(grad: Tensor, w: Tensor, axes: tuple[Return, ...], groups: int) -> Tensor:
    """The gradient (N, C, *n) by the input, of the output's (N, F, *out) and the kernel (F, C/groups, *k)."""
    spread = stamp(grad, w, None, tuple(axis.spread for axis in axes), groups)
    num = spread.num.astype(wide_enough(spread.bound() * math.prod(axis.axis.padded for axis in axes)), copy=False)
    for dimension, axis in enumerate(axes, 2):
        num = collected(num, dimension, axis.held, axis.out)
    num = narrowed(np.ascontiguousarray(num))
    return Tensor(num, spread.den, irrational_if(num.shape, spread))
