"""Transposed convolution: each input value stamps its scaled kernel onto the output.

    Val[n,f,o] = b[f] + Σ_c Σ_k x[n,c,i] · w[c,f,k]   over all i, k with i·s + k·d − p = o

The products that land on a cell differ in number from cell to cell; cells on which as many
land have steps of one shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product
from typing import Any, Protocol

import numpy as np

from cnnsteps.arithmetic.convolution import channel_parts, shape_of, weights_at
from cnnsteps.model.steps import Band, Column, Columns, Operand, Run, Window, answer
from cnnsteps.numbers.certain_digits import settled_products
from cnnsteps.numbers.tensor import Integers, Positions, Tensor, narrowed, unravel, wide_enough
from cnnsteps.records import NamedTuple
from cnnsteps.windows.transposed import TransposedAxis


class Side(Protocol):
    """One dimension: n input values, f places of the kernel, s from stamp to stamp, out cells."""

    @property
    def n(self) -> int: ...
    @property
    def f(self) -> int: ...
    @property
    def s(self) -> int: ...
    @property
    def out(self) -> int: ...
    def landing(self) -> tuple[Positions, Positions, Positions]:
        """As TransposedAxis has it."""
        ...


def stamp(x: Tensor, w: Tensor, b: Tensor | None, axes: tuple[TransposedAxis, ...], groups: int) -> Tensor:
    """The answer (N, F, *out) of x (N, C, *n) with w (C, F/groups, *k)."""
    filters = w.shape[1] * groups
    bias = b if b is not None else Tensor(np.zeros(filters, np.int64))
    den = math.lcm(x.den * w.den, bias.den)
    scale, bias_scale = den // (x.den * w.den), den // bias.den
    bound = x.shape[1] * math.prod(w.shape[2:]) * x.bound() * w.bound() * scale + bias.bound() * bias_scale
    dtype = wide_enough(bound)
    full = [max(axis.full + axis.extra, axis.before + axis.out) for axis in axes]
    total = np.zeros((x.shape[0], filters, *full), dtype)
    for g, (channels, weights) in enumerate(zip(np.split(x.num, groups, 1), np.split(w.num, groups), strict=True)):
        into = total[:, g * w.shape[1] : (g + 1) * w.shape[1]]
        for place in product(*(range(axis.f) for axis in axes)):
            onto = tuple(
                slice(a * axis.gap, a * axis.gap + (axis.n - 1) * axis.step + 1, axis.step)
                for a, axis in zip(place, axes, strict=True)
            )
            into[(slice(None), slice(None), *onto)] += mixed(weights_at(weights, place), channels, dtype)
    kept = tuple(slice(axis.before, axis.before + axis.out) for axis in axes)
    shift = (bias.num.astype(dtype) * bias_scale).reshape(-1, *(1,) * len(axes))
    num = narrowed(total[(slice(None), slice(None), *kept)] * scale + shift)
    return settled_products(Tensor(num, den), partial(stamp, axes=axes, groups=groups), x, w, b)


def mixed(weights: Integers, channels: Integers, dtype: np.dtype[Any]) -> Integers:
    """Σ_c weights[c, f] · channels[n, c, …], as (N, F, …)."""
    found: Integers = np.moveaxis(np.tensordot(weights.astype(dtype), channels.astype(dtype), (0, 1)), 0, 1)
    return found


class ScatterSteps(NamedTuple):
    """Val = the sum of the products that land there (+ b)."""

    x: Operand
    w: Operand
    b: Operand | None
    out: Tensor
    """(N, F, *out)"""
    axes: Sequence[Side]
    groups: int

    @property
    def filters(self) -> int:
        """Those of a group."""
        return self.out.shape[1] // self.groups

    @property
    def channels(self) -> int:
        """Those of a group."""
        return self.w.tensor.num.size // (self.out.shape[1] * math.prod(axis.f for axis in self.axes))

    @property
    def terms(self) -> int:
        per_channel = math.prod(-(-axis.f // axis.s) if axis.s > 1 else axis.f for axis in self.axes)
        return self.channels * per_channel

    def runs(self, cells: Positions) -> Iterator[Run]:
        lead, indices = self.indices(cells)
        landings = [axis.landing() for axis in self.axes]
        counts = np.stack([count[i] for (count, _, _), i in zip(landings, indices, strict=True)], axis=1)
        shapes, which = np.unique(counts, axis=0, return_inverse=True)
        for n, shape in enumerate(shapes.tolist()):
            part = which.reshape(-1) == n
            found = [
                (places[i[part]], inputs[i[part]]) for (_, places, inputs), i in zip(landings, indices, strict=True)
            ]
            yield self.run(cells[part], lead, found, shape)

    def indices(self, cells: Positions) -> tuple[int, list[Positions]]:
        outs = [axis.out for axis in self.axes]
        lead = int(cells[0]) // math.prod(outs)
        return lead, unravel(cells - lead * math.prod(outs), outs)

    def run(self, cells: Positions, lead: int, found: list[tuple[Positions, Positions]], shape: list[int]) -> Run:
        """Cells on which as many products land along each dimension."""
        item, f = divmod(lead, self.out.shape[1])
        group, own = divmod(f, self.filters)
        channels = self.channels
        channel = np.arange(group * channels, (group + 1) * channels)[:, np.newaxis]
        x_at = item * self.groups * channels + channel + np.zeros_like(cells)
        w_at = channel * self.filters + own + np.zeros_like(cells)
        for axis, (kernel, inputs), count in zip(self.axes, found, shape, strict=True):
            x_at = (x_at[:, np.newaxis] * axis.n + inputs[:, :count].T).reshape(-1, len(cells))
            w_at = (w_at[:, np.newaxis] * axis.f + kernel[:, :count].T).reshape(-1, len(cells))
        columns = [] if self.b is None else [Column(self.b, f)]
        terms = math.prod(shape)
        if channels > 1 and terms > 1:
            columns += channel_parts(self.x.tensor, x_at, self.w.tensor, w_at, channels)
        columns.append(Column(answer(self.out), cells, reusable=False))
        key = (terms, channels if terms else 1, self.b is not None)
        chain, facts = shape_of(*key)
        return Run(
            (*key, *shape), chain, facts, Columns((Band(self.x, x_at), Band(self.w, w_at)), columns), cells, shape[-1]
        )

    def window(self, cell: int) -> Window | None:
        """Which input values stamp onto the cell."""
        lead, indices = self.indices(np.array([cell]))
        inputs = []
        for axis, i in zip(self.axes, indices, strict=True):
            count, _, found = axis.landing()
            inputs.append(np.unique(found[i[0], : count[i[0]]]))
        if not all(len(found) for found in inputs):
            return None
        item, f = divmod(lead, self.out.shape[1])
        first = f // self.filters * self.channels
        grid = np.meshgrid(*inputs, indexing="ij")
        flat = np.ravel_multi_index(tuple(grid), [axis.n for axis in self.axes]).reshape(-1)
        size = math.prod(axis.n for axis in self.axes)
        return Window(self.x, flat + (item * self.groups * self.channels + first) * size)
