"""A layer's line in the table of a network, and what windows cost: parameters and multiply-adds.

Multiply-adds count one for each product in a convolution or linear layer; biases cost none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Count, Expr, Num, Product, Sum, Sym
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import Axis, per_dimension
from cnnsteps.windows.field_rows import Row, named
from cnnsteps.windows.receptive_field import Shape, State, shown, sizes_of
from cnnsteps.windows.transposed import TransposedAxis

Axes = Sequence[Axis | TransposedAxis]
LETTERS = {1: "L", 2: "HW", 3: "DHW"}


class Layer(NamedTuple):
    """A line of the table, and the equations that lead to it; None is what nobody knows."""

    state: State
    kernel: str = "–"
    stride: str = "–"
    padding: str = "–"
    parameters: int | None = 0
    multiply_adds: int | None = 0
    equations: tuple[Row, ...] = ()
    kind: str = ""
    name: str = ""
    inputs: tuple[str, ...] = ()
    """What it takes, where that is not the line before."""
    known: bool = True
    """The output's shape is."""

    @property
    def field(self) -> list[int] | None:
        """The receptive field along each dimension."""
        return sizes_of(self.state.fields)

    @property
    def start(self) -> list[int | None] | None:
        """Where the first place's field begins, 0 at the input's first place."""
        fields = self.state.fields
        return None if fields is None or not self.state.placed else [field.first[0] for field in fields]

    @property
    def field_padding(self) -> list[int | None] | None:
        """How far that lies before the input, as TensorFlow's receptive-field tool has it."""
        return self.start and [None if start is None else -start for start in self.start]

    @property
    def output(self) -> str:
        return (shown(self.state.shape) or "1") if self.known else "?"

    @property
    def seen(self) -> str:
        """The receptive field as it stands in the table."""
        sizes = self.field
        if sizes is None:
            return "?"
        return shown(tuple(sizes) if len(set(sizes)) > 1 else tuple(sizes[:1])) or "–"


class Costs(NamedTuple):
    """Parameters and multiply-adds, with their equations."""

    parameters: int
    multiply_adds: int
    rows: tuple[Row, ...]


def window_costs(window: Shape, filters: int, has_bias: bool, places: Shape) -> Costs:
    """F filters of one window (channels/groups, *k), each used at every place: F·(∏window + 1), F·∏window·∏places."""
    weights = math.prod(window)
    products: Expr = Product(tuple(map(Num, window))) if len(window) > 1 else Num(window[0])
    one = Sum((products, Num(1))) if has_bias else products
    flat = (Num(filters), *one.parts) if isinstance(one, Product) else (Num(filters), one)
    parameters, adds = filters * (weights + has_bias), filters * weights * math.prod(places)
    rows = (
        named(phrase("parameters"), Product(flat), Count(parameters)),
        named(phrase("multiply-adds"), Product(tuple(map(Num, (filters, *window, *places)))), Count(adds)),
    )
    return Costs(parameters, adds, rows)


def window_line(axes: Axes, state: State, costs: Costs | None, field_rows: Sequence[Row]) -> Layer:
    """The line of windows that fit; `state` is that behind them."""
    window, strides = (per_dimension(sizes) for sizes in zip(*((axis.f, axis.s) for axis in axes), strict=True))
    rows = (*size_equations(axes), *(costs.rows if costs else ()), *field_rows)
    parameters, adds = (costs.parameters, costs.multiply_adds) if costs else (0, 0)
    return Layer(state, window, strides, pads(axes), parameters, adds, rows)


def size_equations(axes: Axes) -> list[Row]:
    """The output's size along each dimension; equal ones share a row."""
    rows: dict[Axis | TransposedAxis, tuple[Expr, ...]] = {}
    for letter, axis in zip(LETTERS.get(len(axes), "N" * len(axes)), axes, strict=True):
        rows[axis] = (*rows.get(axis, ()), Sym(letter, "out"))
    return [(names, axis.chain()) for axis, names in rows.items()]


def pads(axes: Axes) -> str:
    """1, or [1, 2] one a dimension; 0+1 where before and after differ."""
    sides = [str(a.before) if a.before == a.after else f"{a.before}+{a.after}" for a in axes]
    return sides[0] if len(set(sides)) == 1 else f"[{', '.join(sides)}]"
