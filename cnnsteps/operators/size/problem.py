"""An output size from sizes alone, and what a convolution of them costs."""

from __future__ import annotations

from cnnsteps.i18n import phrase
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.expr import Num, Product, Word
from cnnsteps.model.settings import Setting, by_shape, by_sizes, setting
from cnnsteps.model.solution import Limits, Solution
from cnnsteps.model.steps import Operand
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import Axis, ceil_of, groups_of, per_dimension, settings_of
from cnnsteps.windows.costs import Layer, size_equations
from cnnsteps.windows.field_rows import Row

NAME = phrase("Output size")
ORDERS = {1: phrase("length"), 2: phrase("height × width"), 3: phrase("depth × height × width")}


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
    def settings(self) -> list[Setting]:
        """What is given."""
        n, f = tuple(axis.n for axis in self.axes), tuple(axis.f for axis in self.axes)
        given = n if self.channels is None else (self.channels, *n)
        sizes = per_dimension(n) if self.channels is None else str(list(given))
        found = [Setting("input", sizes, phrase("input"), by_shape(given)),
                 Setting("kernel", per_dimension(f), phrase("window"), by_sizes(f))]  # fmt: skip
        found += [setting("filters", phrase("filters"), str(self.filters))] if self.filters else []
        found += settings_of(self.axes, self.padding, (1,) * len(self.axes))
        found += ceil_of(self.axes[0].ceil_mode) + groups_of(self.groups)
        return found + ([] if self.has_bias else [Setting("bias", "false", phrase("no bias"))])

    @property
    def costs(self) -> list[Row]:
        """Parameters, multiply-adds, receptive field and jump, behind the rows of the output's size."""
        return [row for row in self.layer.equations if isinstance(row[0][0], Word)] if self.layer else []

    @property
    def volume(self) -> Product:
        """96 × 55 × 55, channels first."""
        return Product(tuple(map(Num, self.output_shape)))

    @property
    def order(self) -> str | None:
        """Which of the numbers is which, and how it is written with the channels last."""
        sides = ORDERS[len(self.axes)]
        if self.filters is None:
            return phrase("That is {sides}.", sides=sides) if len(self.axes) > 1 else None
        last = by_shape((*(axis.out for axis in self.axes), self.filters))
        return phrase(
            "That is filters × {sides}; where the filters are written last, it is {last}, {sides} × filters.",
            sides=sides, last=last,
        )  # fmt: skip

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
