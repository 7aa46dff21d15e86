"""Sums of products over windows: the answer all at once, and each step by its positions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import product
from typing import Any

import numpy as np

from cnnsteps.model.expr import Bracket, Chain, Expr, Product, Slot, Sum
from cnnsteps.model.steps import Band, Column, Columns, JsonFields, Operand, Run, Window, answer, between
from cnnsteps.numbers.certain_digits import settled_products
from cnnsteps.numbers.tensor import Integers, Positions, Tensor, irrational_if, narrowed, unravel, wide_enough
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import Axis

EXACT_IN_FLOAT = 2**53
"""Below this every integer is a float64, so that BLAS adds them exactly."""


def convolve(x: Tensor, w: Tensor, b: Tensor | None, axes: tuple[Axis, ...], groups: int) -> Tensor:
    """Σ x·w + b over windows of the padded x (N, C, *n) with w (F, C/groups, *k): (N, F, *out)."""
    per_group = w.shape[1]
    bias = b if b is not None else Tensor(np.zeros(w.shape[0], np.int64))
    den = math.lcm(x.den * w.den, bias.den)
    scale, bias_scale = den // (x.den * w.den), den // bias.den
    bound = math.prod(w.shape[1:]) * x.bound() * w.bound() * scale + bias.bound() * bias_scale
    dot = blas_dot if per_group > 4 and bound < EXACT_IN_FLOAT else plain_dot
    dtype = wide_enough(bound)
    out = np.empty((x.shape[0], w.shape[0], *(axis.out for axis in axes)), dtype)
    for g, filters in enumerate(np.split(w.num, groups)):
        channels = x.num[:, g * per_group : (g + 1) * per_group]
        for f, total in enumerate(dot(channels, filters, axes, dtype), g * len(filters)):
            shift = int(bias.num[f]) * bias_scale
            out[:, f] = total * scale + shift if (scale, shift) != (1, 0) else total
    again = partial(convolve, axes=axes, groups=groups)
    return settled_products(Tensor(narrowed(out), den), again, x, w, b)


def plain_dot(x: Integers, w: Integers, axes: tuple[Axis, ...], dtype: np.dtype[Any]) -> Iterator[Integers]:
    """Filter by filter over x (N, C, *n): (N, *out) each, in integers of `dtype`."""
    fitting = x.astype(dtype, copy=False)
    for weights in w:
        out = np.zeros((x.shape[0], *(axis.out for axis in axes)), dtype)
        scratch = np.empty_like(out)
        for place in product(*(range(axis.f) for axis in axes)):
            seen = fitting[seen_at(axes, place)]
            for c in range(x.shape[1]):
                if weight := int(weights[(c, *place)]):
                    out += np.multiply(seen[:, c], dtype.type(weight) if dtype.kind != "O" else weight, out=scratch)
        yield out


def blas_dot(x: Integers, w: Integers, axes: tuple[Axis, ...], dtype: np.dtype[Any]) -> Iterator[Integers]:
    """All filters at once where many channels are added: matrix products, exact below EXACT_IN_FLOAT."""
    out = np.zeros((w.shape[0], x.shape[0], *(axis.out for axis in axes)))
    for place in product(*(range(axis.f) for axis in axes)):
        seen = x[seen_at(axes, place)]
        out += np.tensordot(weights_at(w, place).astype(float), seen.astype(float), (1, 1))
    for total in out:
        yield total.astype(dtype)


def weights_at(w: Integers, place: tuple[int, ...]) -> Integers:
    """The weights (F, C) of one place of the window."""
    found: Integers = w.reshape(*w.shape[:2], -1)[:, :, np.ravel_multi_index(place, w.shape[2:])]
    return found


def seen_at(axes: tuple[Axis, ...], place: tuple[int, ...]) -> tuple[slice, ...]:
    """What one place of the window meets in x (N, C, *n)."""
    return (slice(None), slice(None), *(reach(axis, a) for axis, a in zip(axes, place, strict=True)))


def reach(axis: Axis, place: int) -> slice:
    """What a place of the window meets as the window moves along."""
    start = place * axis.gap
    return slice(start, start + (axis.out - 1) * axis.step + 1, axis.step)


class ConvSteps(NamedTuple):
    """Val = Σ x·w (+ b): by channel in brackets, with each channel's part, where there are several."""

    x: Operand
    w: Operand
    b: Operand | None
    out: Tensor
    """(N, F, *out)"""
    axes: tuple[Axis, ...]
    groups: int

    @property
    def terms(self) -> int:
        return self.w.tensor.num.size // self.out.shape[1]

    @property
    def channels(self) -> int:
        """Of the kernel: those of a group."""
        return self.terms // math.prod(axis.f for axis in self.axes)

    def offsets(self) -> Positions:
        """Flat positions within one batch item of a group's first window, in the order of the kernel."""
        sizes = [axis.padded for axis in self.axes]
        strides = [math.prod(sizes[i + 1 :]) for i in range(len(sizes))]
        place = np.zeros((1,), np.int64)
        for axis, stride in zip(self.axes, strides, strict=True):
            place = (place[:, None] + np.arange(axis.f) * axis.gap * stride).reshape(-1)
        channel = np.arange(self.channels) * math.prod(sizes)
        return (channel[:, None] + place).reshape(-1)

    def starts(self, cells: Positions) -> tuple[Positions, int]:
        """Where each cell's window starts in the flat x, and the filter of these cells."""
        plane = math.prod(axis.out for axis in self.axes)
        lead = int(cells[0]) // plane
        item, f = divmod(lead, self.out.shape[1])
        group = f // (self.out.shape[1] // self.groups)
        indices = unravel(cells - lead * plane, [axis.out for axis in self.axes])
        start = np.zeros_like(cells)
        stride = 1
        for axis, i in zip(reversed(self.axes), reversed(indices), strict=True):
            start += i * (axis.step * stride)
            stride *= axis.padded
        return start + (item * self.groups + group) * self.channels * stride, f

    def runs(self, cells: Positions) -> Iterator[Run]:
        start, f = self.starts(cells)
        x_at = self.offsets()[:, np.newaxis] + start
        terms = len(x_at)
        w_at = np.arange(f * terms, (f + 1) * terms)
        bands = Band(self.x, x_at), Band(self.w, w_at)
        columns = [] if self.b is None else [Column(self.b, f)]
        channels = self.channels
        if 1 < channels < terms:
            columns += channel_parts(self.x.tensor, x_at, self.w.tensor, w_at[:, np.newaxis], channels)
        columns.append(Column(answer(self.out), cells, reusable=False))
        key = (terms // channels, channels, self.b is not None)
        chain, facts = shape_of(*key)
        yield Run(key, chain, facts, Columns(bands, columns), cells, self.axes[-1].f)

    def window(self, cell: int) -> Window:
        start, _ = self.starts(np.array([cell]))
        return Window(self.x, start[0] + self.offsets())


def channel_parts(x: Tensor, x_at: Positions, w: Tensor, w_at: Positions, channels: int) -> list[Column]:
    """Each channel's part of the sum of x·w at these places, worked out for these cells only.

    x_at (terms, cells) · w_at (terms, cells or 1): (cells) for each channel.
    """
    terms = len(x_at) // channels
    every = np.arange(x_at.shape[1])
    columns = []
    for c in range(channels):
        own = slice(c * terms, (c + 1) * terms)
        seen, weights = x.take(x_at[own]), w.take(w_at[own])
        dtype = wide_enough(terms * seen.bound() * weights.bound())
        factors = seen.num.astype(dtype), weights.num.astype(dtype)
        one_for_all = w_at.shape[1] == 1
        total = factors[1][:, 0] @ factors[0] if one_for_all else (factors[0] * factors[1]).sum(axis=0, dtype=dtype)
        part = Tensor(total, x.den * w.den, irrational_if(every.shape, x, w))
        columns.append(Column(between(part), every, reusable=False))
    return columns


@lru_cache(maxsize=64)
def shape_of(terms: int, channels: int, has_bias: bool) -> tuple[Chain, dict[str, JsonFields]]:
    """The chain of a step with `terms` products a channel, and its facts; nothing may land there."""
    if not terms and not has_bias:
        return (Slot(0, operand=False),), {"terms": (), "bias": None, "value": 0}
    products = [Product((Slot(2 * k), Slot(2 * k + 1))) for k in range(terms * channels)]
    count = 2 * len(products)
    bias: tuple[Expr, ...] = (Slot(count),) if has_bias else ()
    count += has_bias
    if channels > 1 and terms > 1:
        groups = tuple(Bracket(Sum(tuple(products[c * terms : (c + 1) * terms]))) for c in range(channels))
        sums = tuple(Slot(count + c) for c in range(channels))
        links: Chain = (Sum((*groups, *bias)), Sum((*sums, *bias)))
        count += channels
    else:
        links = (Sum((*products, *bias)),)
    facts: dict[str, JsonFields] = {
        "terms": tuple((2 * k, 2 * k + 1) for k in range(terms * channels)),
        "bias": 2 * terms * channels if has_bias else None,
        "value": count,
    }
    return (*links, Slot(count, operand=False)), facts
