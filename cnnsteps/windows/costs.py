"""What a layer does to a shape, and what it costs: output size, parameters, multiply-adds, receptive field.

For a network of which only sizes are known. Multiply-adds count one for each product in a
convolution or linear layer; biases cost none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from cnnsteps.arithmetic.transposed_convolution import Spread
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Count, Expr, Num, Product, Sum, Sym
from cnnsteps.networks.layer_keys import (
    BIAS,
    CEIL_MODE,
    DILATION,
    FILTERS,
    GLOBAL,
    GROUPS,
    KERNEL,
    KERNEL_SIZE,
    OUT_FEATURES,
    OUTPUT_PADDING,
    OUTPUT_SIZE,
    PADDING,
    STRIDE,
)  # fmt: skip
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.windows.axis import Axis, axes_of, misfit, per_dimension, resolve_padding
from cnnsteps.windows.receptive_field import (
    Row,
    Shape,
    State,
    everything,
    field_rows,
    named,
    seen,
    shown,
    spread_rows,
    whole,
)


class Layer(NamedTuple):
    """A line of the table, and the equations that lead to it; None is what nobody knows."""

    kind: str
    state: State
    kernel: str = "–"
    stride: str = "–"
    padding: str = "–"
    parameters: int | None = 0
    multiply_adds: int | None = 0
    equations: tuple[Row, ...] = ()
    name: str = ""
    inputs: tuple[str, ...] = ()
    """What it takes, where that is not the line before."""
    known: bool = True
    """The output's shape is."""

    @property
    def field(self) -> list[int] | None:
        """The receptive field in whole places of the input."""
        return whole(self.state.field)

    @property
    def output(self) -> str:
        return (shown(self.state.shape) or "1") if self.known else "?"

    @property
    def seen(self) -> str:
        """The receptive field as it stands in the table."""
        found = self.field
        if found is None:
            return "?"
        return shown(tuple(found) if len(set(found)) > 1 else tuple(found[:1])) or "–"


Work = Callable[[Given, State, Report], "Layer | None"]


def needs_planes(state: State, kind: str, report: Report) -> bool:
    if len(state.shape) > 1:
        return True
    report.add((), f"a {kind} layer needs channels and planes, but {state.told}")
    return False


def groups_divide(given: Given, state: State, report: Report) -> bool:
    channels, filters, groups = state.shape[0], given[FILTERS], given[GROUPS]
    if channels % groups == 0 and filters % groups == 0:
        return True
    message = f"groups is {groups}, which does not divide {channels} channels and {filters} filters"
    report.add(("groups",), f"{message}; {state.told}")
    return False


def conv(given: Given, state: State, report: Report) -> Layer | None:
    """F × (C/groups × window + 1) parameters, one product each for every output place."""
    if not needs_planes(state, "conv", report) or not given.has(KERNEL, FILTERS, PADDING, DILATION, GROUPS, BIAS):
        return None
    if not groups_divide(given, state, report):
        return None
    axes = windows(given, given[KERNEL], state, "kernel", report)
    if axes is None:
        return None
    out, spans, steps = tuple(a.out for a in axes), tuple(a.span for a in axes), tuple(a.s for a in axes)
    after = seen(state, spans, tuple(map(Fraction, steps)))._replace(shape=(given[FILTERS], *out))
    rows = (*size_equations(axes), *cost_rows(given, state, axes, out), *field_rows(state, after, taps(axes), steps))
    return counted("conv", given, state, axes, out)._replace(state=after, equations=rows)


def counted(kind: str, given: Given, state: State, axes: tuple[Axis, ...], places: Shape) -> Layer:
    """A (transposed) convolution's line; products are counted at `places`."""
    window = tuple(axis.f for axis in axes)
    weights = given[FILTERS] * (state.shape[0] // given[GROUPS]) * math.prod(window)
    sizes = per_dimension(window), per_dimension(tuple(axis.s for axis in axes)), pads(axes)
    return Layer(kind, state, *sizes, weights + given[FILTERS] * given[BIAS], weights * math.prod(places))


def cost_rows(given: Given, state: State, axes: tuple[Axis, ...], places: Shape) -> tuple[Row, Row]:
    """Parameters and multiply-adds with their numbers."""
    filters, window = given[FILTERS], (state.shape[0] // given[GROUPS], *(axis.f for axis in axes))
    weights = Product(tuple(map(Num, window)))
    parameters: Expr = Product((Num(filters), *weights.parts))
    if given[BIAS]:
        parameters = Product((Num(filters), Sum((weights, Num(1)))))
    found = filters * (math.prod(window) + given[BIAS])
    products = Product(tuple(map(Num, (filters, *window, *places))))
    total = filters * math.prod(window) * math.prod(places)
    return named(phrase("parameters"), parameters, Count(found)), named(phrase("multiply-adds"), products, Count(total))


def taps(axes: tuple[Axis, ...]) -> list[tuple[int, int]]:
    """F and D of each dimension."""
    return [(axis.f, axis.d) for axis in axes]


def letters(dims: int) -> str:
    return {1: "L", 2: "HW", 3: "DHW"}.get(dims, "N" * dims)


def size_equations(axes: tuple[Axis, ...]) -> list[Row]:
    """The output's size along each dimension; equal ones share a row."""
    rows: dict[Axis, tuple[Expr, ...]] = {}
    for letter, axis in zip(letters(len(axes)), axes, strict=True):
        rows[axis] = (*rows.get(axis, ()), Sym(letter, "out"))
    return [(names, axis.chain()) for axis, names in rows.items()]


def pads(axes: tuple[Axis, ...]) -> str:
    """1, or [1, 2] one a dimension; 0+1 where before and after differ."""
    sides = [str(a.before) if a.before == a.after else f"{a.before}+{a.after}" for a in axes]
    return sides[0] if len(set(sides)) == 1 else f"[{', '.join(sides)}]"


def windows(given: Given, window: Shape, state: State, key: str, report: Report) -> tuple[Axis, ...] | None:
    """One Axis a dimension, where the window fits."""
    default = window if key == "kernel_size" else (1,) * len(window)
    stride = given.get(STRIDE) or default
    ceil = given.has(CEIL_MODE) and given[CEIL_MODE]
    axes = axes_of(state.spatial, window, stride, given[PADDING], given[DILATION], ceil)
    wrong = next((axis for axis in axes if not axis.fits), None)
    if wrong is not None:
        report.add((key,), f"{key}: {misfit(wrong, 'a window')}; {state.told}")
    return axes if wrong is None else None


def conv_transpose(given: Given, state: State, report: Report) -> Layer | None:
    """As many parameters as a convolution; each input place is multiplied with the whole window."""
    wanted = (KERNEL, FILTERS, PADDING, DILATION, GROUPS, BIAS, OUTPUT_PADDING)
    if not needs_planes(state, "conv_transpose", report) or not given.has(*wanted):
        return None
    if not groups_divide(given, state, report):
        return None
    stride = given.get(STRIDE) or (1,) * len(state.spatial)
    pairs = resolve_padding(given[PADDING], state.spatial, given[KERNEL], stride, given[DILATION])
    sides = zip(state.spatial, given[KERNEL], stride, pairs, given[DILATION], given[OUTPUT_PADDING], strict=True)
    spreads = [Spread(n, f, s, pair[0], pair[1], d, extra) for n, f, s, pair, d, extra in sides]
    return spread(spreads, given, state, report)


def spread(sides: list[Spread], given: Given, state: State, report: Report) -> Layer | None:
    """A transposed convolution's line, where padding and output_padding fit."""
    if not stamps_fit(sides, state, report):
        return None
    axes = tuple(Axis(side.n, side.f, side.s, side.before, side.after, side.d) for side in sides)
    steps = tuple(axis.s for axis in axes)
    after = seen(state, tuple(-(-axis.span // axis.s) for axis in axes), tuple(Fraction(1, s) for s in steps))
    sizes: dict[Spread, tuple[Expr, ...]] = {}
    for letter, side in zip(letters(len(sides)), sides, strict=True):
        sizes[side] = (*sizes.get(side, ()), Sym(letter, "out"))
    rows = [(names, side.chain()) for side, names in sizes.items()]
    rows += (*cost_rows(given, state, axes, state.spatial), *spread_rows(state, taps(axes), steps))
    after = after._replace(shape=(given[FILTERS], *(side.out for side in sides)))
    layer = counted("conv_transpose", given, state, axes, state.spatial)
    return layer._replace(state=after, equations=tuple(rows))


def stamps_fit(sides: list[Spread], state: State, report: Report) -> bool:
    for side in sides:
        if side.extra >= max(side.s, side.d):
            message = f"output_padding is {side.extra}, but it is below the stride {side.s} or the dilation {side.d}"
            report.add(("output_padding",), message)
        elif side.out < 1:
            message = f"padding takes {side.before + side.after} of the {side.full} places that the stamps cover"
            report.add(("padding",), f"{message}; {state.told}")
        else:
            continue
        return False
    return True


def pool(given: Given, state: State, report: Report) -> Layer | None:
    """Costs nothing; `global` and `output_size` choose their own windows."""
    if not needs_planes(state, "pool", report) or not given.has(PADDING, DILATION, CEIL_MODE, GLOBAL):
        return None
    if given.get(OUTPUT_SIZE) or given[GLOBAL]:
        return shared_out(given.get(OUTPUT_SIZE) or (1,) * len(state.spatial), state)
    if not given.has(KERNEL_SIZE):
        if KERNEL_SIZE.name not in given.raw:
            report.add((), "kernel_size is missing: the size of the window")
        return None
    axes = windows(given, given[KERNEL_SIZE], state, "kernel_size", report)
    if axes is None:
        return None
    for axis in axes:
        most = max(axis.before, axis.after)
        if most > axis.span // 2:
            report.add(("padding",), f"padding is {most}, more than half of the window's size {axis.f}")
            return None
    return pooled(axes, state)


def pooled(axes: tuple[Axis, ...], state: State) -> Layer:
    """The line of windows that fit."""
    spans, steps = tuple(axis.span for axis in axes), tuple(axis.s for axis in axes)
    after = seen(state, spans, tuple(map(Fraction, steps)))._replace(shape=(state.shape[0], *(a.out for a in axes)))
    rows = (*size_equations(axes), *field_rows(state, after, taps(axes), steps))
    window = per_dimension(tuple(axis.f for axis in axes))
    return Layer("pool", after, window, per_dimension(steps), pads(axes), equations=rows)


def shared_out(out: Shape, state: State) -> Layer:
    """Adaptive and global pooling: windows from ⌊i·N/O⌋ to ⌈(i + 1)·N/O⌉."""
    spans = tuple(widest(n, o) for n, o in zip(state.spatial, out, strict=True))
    steps = tuple(Fraction(n, o) for n, o in zip(state.spatial, out, strict=True))
    after = seen(state, spans, steps)._replace(shape=(state.shape[0], *out))
    even = all(step.denominator == 1 for step in steps)
    rows = field_rows(state, after, [(span, 1) for span in spans], tuple(map(int, steps))) if even else []
    return Layer("pool", after, per_dimension(spans), equations=tuple(rows))


def widest(n: int, out: int) -> int:
    """The largest of `out` windows over n places; their sizes repeat after out/gcd(n, out)."""
    n, out = n // math.gcd(n, out), out // math.gcd(n, out)
    return n if out == 1 else -(-n // out) + (out < n and (n % out) > 1) + (out > n > 1)


def linear(given: Given, state: State, report: Report) -> Layer | None:
    """out × (in + 1) parameters; every number sees the whole input."""
    if not given.has(OUT_FEATURES, BIAS):
        return None
    if len(state.shape) != 1:
        message = f"a linear layer takes a row of numbers, but {state.told}"
        report.add((), message, 'put {"type": "flatten"} before it')
        return None
    features, out = state.shape[0], given[OUT_FEATURES]
    parameters = out * (features + given[BIAS])
    cost: Expr = Sum((Num(features), Num(1))) if given[BIAS] else Num(features)
    rows = (
        named(phrase("parameters"), Product((Num(out), cost)), Count(parameters)),
        named(phrase("multiply-adds"), Product((Num(out), Num(features))), Count(out * features)),
    )
    after = everything(state)._replace(shape=(out,))
    return Layer("linear", after, parameters=parameters, multiply_adds=out * features, equations=rows)


def batch_norm(given: Given, state: State, report: Report) -> Layer | None:
    """gamma and beta for each channel."""
    channels = state.shape[0]
    row = named(phrase("parameters"), Product((Num(2), Num(channels))), Count(2 * channels))
    return Layer("batch_norm", state, parameters=2 * channels, equations=(row,))


def flatten(given: Given, state: State, report: Report) -> Layer | None:
    size = math.prod(state.shape)
    row = named(phrase("size"), Product(tuple(map(Num, state.shape))), Count(size))
    return Layer("flatten", state._replace(shape=(size,)), equations=(row,) if len(state.shape) > 1 else ())


WORK: dict[str, Work] = {
    "conv": conv, "conv_transpose": conv_transpose, "pool": pool, "linear": linear,
    "batch_norm": batch_norm, "flatten": flatten,
}  # fmt: skip
"""Any other layer leaves the shape as it is and costs nothing."""
