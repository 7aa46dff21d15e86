"""Output sizes from sizes alone.

    out = ⌊(N − D(F − 1) − 1 + P_before + P_after)/S⌋ + 1

N input, F kernel, P padding, S stride, D dilation, along each dimension; ⌈ ⌉ with
`ceil_mode`. As the formulas on PyTorch's pages of Conv2d and MaxPool2d.
"""

from __future__ import annotations

from typing import NamedTuple

from cnnsteps.errors import Path
from cnnsteps.expr import Num, Product
from cnnsteps.geometry import Axis, axes_of, misfit, per_dimension, settings_of
from cnnsteps.reading.given import Given
from cnnsteps.reading.json_text import BROKEN, Value
from cnnsteps.reading.kinds import (
    TITLE,
    Context,
    Flag,
    Key,
    Padding,
    PaddingValue,
    PerDimension,
    Schema,
    Whole,
    list_of,
    whole,
)  # fmt: skip
from cnnsteps.reading.report import Report
from cnnsteps.reading.words import counted, describe
from cnnsteps.solution import Limits, Solution

SUMMARY = "Works out an output size: the formula, its numbers, the result."


class Shape(NamedTuple):
    """A size for all dimensions, one a dimension, or channels and one a dimension."""

    def read(self, value: Value, path: Path, context: Context) -> tuple[int, ...] | None:
        if not isinstance(value, list):
            return PerDimension(1).read(value, path, context)
        d = context.dims
        if len(value) not in (d, d + 1):
            message = f"{path[-1]} has {counted(len(value), 'number')}, but there are {counted(d, 'dimension')}"
            hint = f"give one size, {d} sizes, or the channels and {d} sizes"
            context.report.add(path, message, hint)
            return None
        found = [self.one(v, (*path, i), str(path[-1]), context) for i, v in enumerate(value)]
        return tuple(f for f in found if f) if all(found) else None

    def one(self, value: Value, path: Path, name: str, context: Context) -> int | None:
        size = whole(value)
        if size is None and isinstance(value, list):
            hint = "a size problem has sizes, not matrices; for numbers use `cnnsteps conv` or `cnnsteps pool`"
            context.report.add(path, f"{name} holds {describe(value)} where a size should stand", hint)
        elif size is None and value is not BROKEN:
            context.report.add(path, f"{name} is {describe(value)}, not a whole number")
        elif size is not None and size < 1:
            context.report.add(path, f"{name} is {describe(size)}, but a size is at least 1")
            return None
        return size

    def schema(self) -> Schema:
        one: Schema = {"type": "integer", "minimum": 1}
        return {"anyOf": [one, list_of(one)]}


INPUT = Key("input", Shape(), "a size, one a dimension, or channels and one a dimension", required=True)
KERNEL = Key("kernel", Shape(), "a size, one a dimension, or channels and one a dimension", required=True)
FILTERS = Key("filters", Whole(1), "how many channels the output has")
STRIDE = Key("stride", PerDimension(1), "how far the window moves", default=1)
PADDING: Key[PaddingValue] = Key("padding", Padding(), "how many places are put around the input", default=0)
DILATION = Key("dilation", PerDimension(1), "the distance between the window's places", default=1)
CEIL_MODE = Key("ceil_mode", Flag(), "the output size is rounded up", default=False)

KEYS = (INPUT, KERNEL, FILTERS, STRIDE, PADDING, DILATION, CEIL_MODE)


class Size(NamedTuple):
    """Sizes that fit."""

    title: str | None
    axes: tuple[Axis, ...]
    channels: int | None
    filters: int | None
    padding: str | None
    kind: str = "size"
    largest: int = 1

    @property
    def output_shape(self) -> tuple[int, ...]:
        lead = () if self.filters is None else (self.filters,)
        return (*lead, *(axis.out for axis in self.axes))

    @property
    def settings(self) -> list[tuple[str, str]]:
        """What is given, by its key."""
        shape = tuple(axis.n for axis in self.axes)
        lead = [
            ("input", per_dimension(shape) if self.channels is None else f"[{self.channels}, {str(list(shape))[1:]}")
        ]
        kernel = [("kernel", per_dimension(tuple(axis.f for axis in self.axes)))]
        filters = [("filters", str(self.filters))] if self.filters else []
        ceil = [("ceil_mode", "true")] if self.axes[0].ceil_mode else []
        return lead + kernel + filters + settings_of(self.axes, self.padding, (1,) * len(self.axes)) + ceil

    @property
    def volume(self) -> Product:
        """55 × 55 × 96: the output's channels last, as it is written on paper."""
        lead = () if self.filters is None else (self.filters,)
        return Product(tuple(Num(n) for n in (*(axis.out for axis in self.axes), *lead)))

    def solve(self, limits: Limits) -> Solution:
        return Solution(self)


def read(given: Given, report: Report) -> Size | None:
    """The problem, where the window fits; else the mistakes."""
    if not given.has(INPUT, KERNEL):
        return None
    d = given.dims
    x, k = given[INPUT], given[KERNEL]
    channels = x[0] if len(x) > d else None
    if len(k) > d and channels is not None and k[0] != channels:
        has = counted(k[0], "channel")
        report.add(("kernel",), f"kernel has {has}, but the input has {counted(channels, 'channel')}")
    if not given.has(STRIDE, PADDING, DILATION, CEIL_MODE):
        return None
    padding = given[PADDING]
    axes = axes_of(x[-d:], k[-d:], given[STRIDE], padding, given[DILATION], given[CEIL_MODE])
    for axis in axes:
        if not axis.fits:
            report.add(("kernel",), f"kernel: {misfit(axis, 'a window')}")
        elif axis.out < 1:
            report.add(("ceil_mode",), "the only window would start in the padding after the input")
    word = padding if isinstance(padding, str) else None
    return None if report else Size(given.get(TITLE), axes, channels, given.get(FILTERS), word)
