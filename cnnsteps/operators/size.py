"""Output sizes from sizes alone.

    out = ⌊(N − D(F − 1) − 1 + P_before + P_after)/S⌋ + 1

N input, F kernel, P padding, S stride, D dilation, along each dimension; ⌈ ⌉ with
`ceil_mode`. As the formulas on PyTorch's pages of Conv2d and MaxPool2d. Where the input's
channels and `filters` are given, it is a convolution's: parameters, multiply-adds and the
receptive field are worked out too.
"""

from __future__ import annotations

from cnnsteps.errors import Path
from cnnsteps.i18n import phrase
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.expr import Num, Product, Word
from cnnsteps.model.solution import Limits, Solution
from cnnsteps.model.steps import Operand
from cnnsteps.operators._windows import CEIL_MODE, DILATION, GROUPS, PADDING, STRIDE, check_groups
from cnnsteps.operators.conv.problem import conv_line
from cnnsteps.reading.describe import describe
from cnnsteps.reading.field_types import (
    TITLE,
    Context,
    Flag,
    Key,
    PerDimension,
    Schema,
    Whole,
    list_of,
    whole,
)  # fmt: skip
from cnnsteps.reading.fields import Given
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.axis import Axis, axes_of, fitted, per_dimension, settings_of
from cnnsteps.windows.costs import Layer, size_equations
from cnnsteps.windows.field_rows import Row
from cnnsteps.windows.receptive_field import begin

NAME = phrase("Output size")
SUMMARY = "Works out an output size: the formula with its numbers."
EXAMPLES = (
    """echo '{"input": 227, "kernel": 11, "stride": 4}' | cnnsteps size -""",
    "cnnsteps size samples/size-alexnet.json -f json",
)
ALIASES = ("output_size", "shape", "outputsize", "conv_size")


class Shape(NamedTuple):
    """A size for all dimensions, one a dimension, or channels and one a dimension."""

    def read(self, value: Value, path: Path, context: Context) -> tuple[int, ...] | None:
        if not isinstance(value, list):
            return PerDimension(1).read(value, path, context)
        d = context.dims
        if len(value) not in (d, d + 1):
            message = f"{path[-1]} has {pluralize(len(value), 'number')}, but there are {pluralize(d, 'dimension')}"
            hint = f"give one size, {d} sizes, or the channels and {d} sizes"
            if any(isinstance(v, list) for v in value):
                message, hint = f"{path[-1]} is a matrix, and a size problem takes sizes", "give 227 or [3, 227, 227]"
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
BIAS = Key("bias", Flag(), "whether each filter has one, which counts as a parameter", default=True)

KEYS = (INPUT, KERNEL, FILTERS, STRIDE, PADDING, DILATION, CEIL_MODE, GROUPS, BIAS)


class Size(NamedTuple):
    """Sizes that fit."""

    title: str | None
    axes: tuple[Axis, ...]
    channels: int | None
    filters: int | None
    padding: str | None
    layer: Layer | None = None
    """The convolution's line, where channels and filters are given."""
    groups: int = 1
    has_bias: bool = True
    kind: str = "size"
    name: str = NAME
    operands: tuple[Operand, ...] = ()
    largest: int = 1
    expansions: int = 0

    @property
    def output_shape(self) -> tuple[int, ...]:
        lead = () if self.filters is None else (self.filters,)
        return (*lead, *(axis.out for axis in self.axes))

    @property
    def output_dims(self) -> tuple[str, ...]:
        return () if self.filters is None else ("filter",)

    @property
    def sections(self) -> tuple[Section, ...]:
        rows = (*size_equations(self.axes), *self.costs)
        return (Section(self.title or NAME, "formulas", tuple(Equation(*row) for row in rows)),)

    def rule(self, base: int) -> None:
        return None

    @property
    def settings(self) -> list[tuple[str, str]]:
        """What is given, by its key."""
        shape = tuple(axis.n for axis in self.axes)
        lead = [
            ("input", per_dimension(shape) if self.channels is None else f"[{self.channels}, {str(list(shape))[1:]}")
        ]
        kernel = [("kernel", per_dimension(tuple(axis.f for axis in self.axes)))]
        filters = [("filters", str(self.filters))] if self.filters else []
        rest = [("ceil_mode", "true")] if self.axes[0].ceil_mode else []
        rest += [("groups", str(self.groups))] if self.groups > 1 else []
        rest += [] if self.has_bias else [("bias", "false")]
        return lead + kernel + filters + settings_of(self.axes, self.padding, (1,) * len(self.axes)) + rest

    @property
    def costs(self) -> list[Row]:
        """Parameters, multiply-adds, receptive field and jump, behind the rows of the output's size."""
        return [row for row in self.layer.equations if isinstance(row[0][0], Word)] if self.layer else []

    @property
    def volume(self) -> Product:
        """55 × 55 × 96: the output's channels last, as it is written on paper."""
        lead = () if self.filters is None else (self.filters,)
        return Product(tuple(Num(n) for n in (*(axis.out for axis in self.axes), *lead)))

    @property
    def short_costs(self) -> list[Row]:
        """Their results alone."""
        return [(names, chain[-1:]) for names, chain in self.costs]

    def solve(self, limits: Limits) -> Solution:
        if self.layer is None:
            return Solution(self)
        costs: dict[str, object] = {"parameters": self.layer.parameters, "multiply_adds": self.layer.multiply_adds}
        field = self.layer.field, self.layer.start, self.layer.field_padding
        keys = "receptive_field", "receptive_field_start", "receptive_field_padding"
        return Solution(self, extras=costs | dict(zip(keys, field, strict=True)))


def read(given: Given, report: Report) -> Size | None:
    """The problem, where the window fits; else the mistakes."""
    if not given.has(INPUT, KERNEL):
        return None
    d = given.dims
    x, k = given[INPUT], given[KERNEL]
    if not given.has(STRIDE, PADDING, DILATION, CEIL_MODE, GROUPS, BIAS):
        check_channels(x, k, 1, d, report)
        return None
    check_channels(x, k, given[GROUPS], d, report)
    padding = given[PADDING]
    axes = axes_of(x[-d:], k[-d:], given[STRIDE], padding, given[DILATION], given[CEIL_MODE])
    fitted(axes, KERNEL.name, report)
    if report:
        return None
    channels = channels_of(x, k, given[GROUPS], d)
    layer = None if channels is None else convolution(given, axes, channels, report)
    word = padding if isinstance(padding, str) else None
    told = x[0] if len(x) > d else None
    size = Size(given.get(TITLE), axes, told, given.get(FILTERS), word, layer, given[GROUPS], given[BIAS])
    return None if report else size


def check_channels(x: tuple[int, ...], k: tuple[int, ...], groups: int, d: int, report: Report) -> None:
    if len(x) > d and len(k) > d and k[0] * groups != x[0]:
        has, of = pluralize(k[0], "channel"), f" in each of {groups} groups" if groups > 1 else ""
        report.add(("kernel",), f"kernel has {has}{of}, but the input has {pluralize(x[0], 'channel')}")


def channels_of(x: tuple[int, ...], k: tuple[int, ...], groups: int, d: int) -> int | None:
    """The input's channels, told by the input or by the kernel."""
    if len(x) > d:
        return x[0]
    return k[0] * groups if len(k) > d else None


def convolution(given: Given, axes: tuple[Axis, ...], channels: int, report: Report) -> Layer | None:
    """The line of a convolution of these sizes in a network, where the number of filters is given."""
    filters, groups = given.get(FILTERS), given[GROUPS]
    if filters is None:
        return None
    check_groups(channels, filters, groups, report)
    state = begin((channels, *(axis.n for axis in axes)), given.dims)
    return None if report else conv_line(state, axes, filters, groups, given[BIAS])
