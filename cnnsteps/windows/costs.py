"""A layer's line in the table of a network, and what windows cost: parameters and multiply-adds.

Multiply-adds count one for each product in a convolution or linear layer; biases cost none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from cnnsteps.i18n import phrase
from cnnsteps.model.equation import substitute
from cnnsteps.model.expr import Count, Expr, Num, Over, Product, Sum, Sym
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import Axis, per_dimension
from cnnsteps.windows.field_rows import Row, named
from cnnsteps.windows.letters import OUT, SIZES, C, F, G, K, M, N, side_symbols

if TYPE_CHECKING:
    from cnnsteps.windows.receptive_field import Shape, State
    from cnnsteps.windows.transposed import TransposedAxis

Axes: TypeAlias = "Sequence[Axis | TransposedAxis]"


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
    axes: Axes = ()
    """Of its windows."""
    biases: int = 0
    """How many of the parameters are biases."""

    @property
    def field(self) -> list[int] | None:
        """The receptive field along each dimension."""
        from cnnsteps.windows.receptive_field import sizes_of

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
        from cnnsteps.windows.receptive_field import shown

        return (shown(self.state.shape) or "1") if self.known else "?"

    @property
    def seen(self) -> str:
        """The receptive field as it stands in the table."""
        from cnnsteps.windows.receptive_field import shown

        sizes = self.field
        if sizes is None:
            return "?"
        return shown(tuple(sizes) if len(set(sizes)) > 1 else tuple(sizes[:1])) or "–"


class Places(NamedTuple):
    """Where a window is used: sizes, and their letters."""

    sizes: Shape = ()
    sub: str = OUT

    @property
    def symbols(self) -> tuple[Sym, ...]:
        return side_symbols(len(self.sizes), self.sub) if self.sizes else ()


class Costs(NamedTuple):
    """Parameters and multiply-adds, with their equations."""

    parameters: int
    multiply_adds: int
    rows: tuple[Row, ...]
    biases: int


def window_costs(channels: int, window: Shape, filters: int, groups: int, has_bias: bool, places: Places) -> Costs:
    """K filters of one window (C/G, *F), each used at every place: K·(C/G·∏F + 1), K·C/G·∏F·∏places."""
    parts: tuple[Expr, ...] = (C if groups == 1 else Over(C, G), *window_symbols(window))
    values: dict[Expr, Expr] = {C: Num(channels), G: Num(groups), K: Num(filters)}
    values |= dict(zip((*window_symbols(window), *places.symbols), map(Num, (*window, *places.sizes)), strict=True))
    weights = channels // groups * math.prod(window)
    return costs(K, parts, values, weights, filters, has_bias, places)


def costs(
    each: Sym, parts: tuple[Expr, ...], values: dict[Expr, Expr], weights: int, filters: int, has_bias: bool,
    places: Places,
) -> Costs:  # fmt: skip
    """Of `filters` sums of the product of `parts` and perhaps a bias, at every place."""
    one: Expr = Product(parts) if len(parts) > 1 else parts[0]
    factors = (Sum((one, Num(1))),) if has_bias else parts
    parameters, adds = Product((each, *factors)), Product((each, *parts, *places.symbols))
    counts = filters * (weights + has_bias), filters * weights * math.prod(places.sizes)
    rows = (
        named(phrase("parameters"), parameters, substitute(parameters, values), Count(counts[0])),
        named(phrase("multiply-adds"), adds, substitute(adds, values), Count(counts[1])),
    )
    return Costs(*counts, rows, filters if has_bias else 0)


def linear_costs(ins: int, outs: int, has_bias: bool) -> Costs:
    """M·(N + 1) and M·N"""
    return costs(M, (N,), {N: Num(ins), M: Num(outs)}, ins, outs, has_bias, Places())


def window_symbols(window: Shape) -> tuple[Sym, ...]:
    """F × F, or F_H × F_W where the sides differ."""
    if len(set(window)) == 1:
        return (F,) * len(window)
    return tuple(Sym("F", letter) for letter in SIZES.get(len(window), "N" * len(window)))


def window_line(axes: Axes, state: State, costs: Costs | None, field_rows: Sequence[Row]) -> Layer:
    """The line of windows that fit; `state` is that behind them."""
    window, strides = (per_dimension(sizes) for sizes in zip(*((axis.f, axis.s) for axis in axes), strict=True))
    rows = (*size_equations(axes), *(costs.rows if costs else ()), *field_rows)
    parameters, adds = (costs.parameters, costs.multiply_adds) if costs else (0, 0)
    biases = costs.biases if costs else 0
    return Layer(state, window, strides, pads(axes), parameters, adds, rows, axes=axes, biases=biases)


def size_equations(axes: Axes) -> list[Row]:
    """The output's size along each dimension; equal ones share a row."""
    rows: dict[Axis | TransposedAxis, tuple[Expr, ...]] = {}
    for symbol, axis in zip(side_symbols(len(axes), OUT), axes, strict=True):
        rows[axis] = (*rows.get(axis, ()), symbol)
    return [(names, axis.chain()) for axis, names in rows.items()]


def pads(axes: Axes) -> str:
    """1, or [1, 2] one a dimension; 0+1 where before and after differ."""
    sides = [str(a.before) if a.before == a.after else f"{a.before}+{a.after}" for a in axes]
    return sides[0] if len(set(sides)) == 1 else f"[{', '.join(sides)}]"
