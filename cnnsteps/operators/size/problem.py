"""An output size from sizes alone, and what a convolution of them costs."""

from __future__ import annotations

from cnnsteps.i18n import phrase
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.expr import Num, Product, Word
from cnnsteps.model.solution import Limits, Solution
from cnnsteps.model.steps import Operand
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import Axis, per_dimension, settings_of
from cnnsteps.windows.costs import Layer, size_equations
from cnnsteps.windows.field_rows import Row

NAME = phrase("Output size")


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
    form: str = "numbers"
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
