"""Pooling: the maximum or the average of each window.

    Val[i] = max_a x[i·s + a·d − p]        Val[i] = (Σ_a x[i·s + a·d − p]) / n

x input (*, *n), s stride (the window's size unless told), p padding before, d dilation.
Padding of max pooling is minus infinity. n counts the window's places in the padded input,
with `count_include_pad` false in the input alone; places past the padding, which
`ceil_mode` allows, never count. As PyTorch's max_pool2d and avg_pool2d, and ONNX's MaxPool
and AveragePool.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cnnsteps.arithmetic.windows import PoolSteps, Reach, fold, reach_of
from cnnsteps.errors import InputError, Mistake
from cnnsteps.geometry import Axis, axes_of, misfit, per_dimension, settings_of
from cnnsteps.reading.given import Given
from cnnsteps.reading.kinds import TITLE, Choice, Flag, Key, Numbers, Padding, PaddingValue, PerDimension
from cnnsteps.reading.report import Report
from cnnsteps.solution import Labelled, Limits, Solution
from cnnsteps.tensor import Tensor, wide_enough

SUMMARY = "Works out a max or average pooling: every Val[i,j] with its window."

INPUT = Key("input", Numbers(), "rank d: one channel; d+1: channels first; d+2: batch, channels", required=True)
MODE = Key("mode", Choice(("max", "average")), "what is taken of a window", default="max")
KERNEL_SIZE = Key("kernel_size", PerDimension(1), "the size of the window", required=True)
STRIDE = Key("stride", PerDimension(1), "how far the window moves; kernel_size unless told")
PADDING: Key[PaddingValue] = Key(
    "padding", Padding(), "at most half a window; minus infinity for max, zeros for average", default=0
)
DILATION = Key("dilation", PerDimension(1), "the distance between the window's places", default=1)
CEIL_MODE = Key("ceil_mode", Flag(), "the output size is rounded up", default=False)
COUNT_INCLUDE_PAD = Key("count_include_pad", Flag(), "average: padding counts in the divisor", default=True)

KEYS = (INPUT, MODE, KERNEL_SIZE, STRIDE, PADDING, DILATION, CEIL_MODE, COUNT_INCLUDE_PAD)


class Pool(NamedTuple):
    """A pooling whose window fits."""

    title: str | None
    given: Labelled
    mode: str
    axes: tuple[Axis, ...]
    count_include_pad: bool
    padding: str | None
    """The word, where the file has one."""
    kind: str = "pool"

    @property
    def output_shape(self) -> tuple[int, ...]:
        lead = self.given.shape[: len(self.given.axes)]
        return (*lead, *(axis.out for axis in self.axes))

    @property
    def lead(self) -> int:
        return math.prod(self.given.shape[: len(self.given.axes)])

    @property
    def largest(self) -> int:
        """The cells of the largest tensor that solving it makes."""
        padded = self.lead * math.prod(axis.padded for axis in self.axes)
        return max(padded, math.prod(self.output_shape))

    @property
    def settings(self) -> list[tuple[str, str]]:
        """The window, and what is not the default, by its key."""
        window = tuple(axis.f for axis in self.axes)
        found = [("kernel_size", per_dimension(window)), *settings_of(self.axes, self.padding, ())]
        found += [("ceil_mode", "true")] if self.axes[0].ceil_mode else []
        return found if self.count_include_pad else [*found, ("count_include_pad", "false")]

    def solve(self, limits: Limits) -> Solution:
        x = self.given.tensor.reshape(self.lead, *self.given.spatial)
        pairs = [(axis.before, axis.after) for axis in self.axes]
        is_padded = any(pair != (0, 0) for pair in pairs)
        padded = x.padded([(0, 0), *pairs]) if is_padded else x
        counts_padding = self.mode == "average" and self.count_include_pad
        source = padded if counts_padding else x
        reaches = [reach_of(axis, counts_padding) for axis in self.axes]
        self.check_windows(reaches)
        total, counts = fold(source, reaches, "max" if self.mode == "max" else "sum")
        out = total if self.mode == "max" else divided(total, counts)
        border = np.pad(np.zeros(x.shape, bool), [(0, 0), *pairs], constant_values=True)
        absent = None if counts_padding else border.reshape(*self.lead_shape, *padded.shape[1:])
        shown = Labelled(padded.reshape(*self.lead_shape, *padded.shape[1:]), self.given.axes, absent)
        seen = shown if counts_padding else self.given
        return Solution(
            self,
            Labelled(out.reshape(*self.output_shape), self.given.axes),
            PoolSteps(source, tuple(reaches), self.mode, total, counts, out, seen),
            {"padded": shown if is_padded else None},
        )

    @property
    def lead_shape(self) -> tuple[int, ...]:
        return self.given.shape[: len(self.given.axes)]

    def check_windows(self, reaches: list[Reach]) -> None:
        """A dilated window can miss the input altogether; its maximum would be minus infinity."""
        if any((reach.counts == 0).any() for reach in reaches):
            message = "padding: a window holds nothing but padding, so that it has no value"
            raise InputError([Mistake(message, "use a smaller padding or dilation", ("padding",))])


def divided(total: Tensor, counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Tensor:
    """total / counts, over one denominator."""
    common = math.lcm(*(int(n) for n in np.unique(counts)))
    dtype = wide_enough(total.bound() * common)
    factors = common // counts.astype(dtype)
    return Tensor(total.num.astype(dtype) * factors, total.den * common)


def read(given: Given, report: Report) -> Pool | None:
    """The problem, where the window fits the input; else the mistakes."""
    if given.get(MODE) == "max" and COUNT_INCLUDE_PAD.name in given.raw:
        report.add((COUNT_INCLUDE_PAD.name,), "count_include_pad is for average pooling, and mode is max", of_key=True)
    if not given.has(INPUT, KERNEL_SIZE, PADDING, DILATION) or given.spoiled(STRIDE):
        return None
    x, k, padding, dilation = given[INPUT], given[KERNEL_SIZE], given[PADDING], given[DILATION]
    extra = len(x.shape) - given.dims
    axes = axes_of(
        x.shape[extra:], k, given.get(STRIDE) or k, padding, dilation, given.has(CEIL_MODE) and given[CEIL_MODE]
    )
    for i, axis in enumerate(axes):
        if not axis.fits:
            report.add(("kernel_size",), f"kernel_size: {misfit(axis, 'a window')}")
        elif max(axis.before, axis.after) > axis.span // 2:
            most, size = axis.span // 2, f"{axis.f}" if axis.d == 1 else f"{axis.f}, spread to {axis.span}"
            wide = max(axis.before, axis.after)
            message = f"padding is {wide}, more than half of the window's size {size}: at most {most}"
            report.add(("padding", i) if isinstance(given.raw.get("padding"), list) else ("padding",), message)
            if not isinstance(given.raw.get("padding"), list):
                break
    if report:
        return None
    word = padding if isinstance(padding, str) else None
    labelled = Labelled(x, ("batch item", "channel")[2 - extra :])
    return Pool(given.get(TITLE), labelled, given[MODE], axes, given[COUNT_INCLUDE_PAD], word)
