"""What a layer does to a shape, and what it costs: output size, parameters, multiply-adds, receptive field.

For a network of which only sizes are known. The receptive field r and the jump j between
neighbours follow Araujo, Norris and Sim (2019): r' = r + (F − 1)·j with F the dilated window,
j' = j·S, beginning with r = j = 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from cnnsteps.arithmetic.scatter import Spread
from cnnsteps.expr import Chain, Count, Expr, Minus, Num, Product, Sum, Sym, Word
from cnnsteps.geometry import Axis, axes_of, misfit, per_dimension, resolve_padding
from cnnsteps.reading.given import Given
from cnnsteps.reading.kinds import (
    Choice,
    Flag,
    Key,
    Padding,
    PaddingValue,
    PerDimension,
    Whole,
)  # fmt: skip
from cnnsteps.reading.report import Report

KERNEL = Key("kernel", PerDimension(1), "the window's size, a number or one a dimension", required=True)
FILTERS = Key("filters", Whole(1), "how many channels the output has", required=True)
BIAS = Key("bias", Flag(), "whether there is one, a number a filter", default=True)
STRIDE = Key("stride", PerDimension(1), "how far the window moves; a pool's: its window")
PADDING: Key[PaddingValue] = Key("padding", Padding(), "how many places are put around the input", default=0)
DILATION = Key("dilation", PerDimension(1), "the distance between the window's places", default=1)
GROUPS = Key("groups", Whole(1), "into how many groups channels and filters are divided", default=1)
OUTPUT_PADDING = Key("output_padding", PerDimension(0), "what is added at the output's end", default=0)
KERNEL_SIZE = Key("kernel_size", PerDimension(1), "the size of the window")
MODE = Key("mode", Choice(("max", "average", "lp")), "what is taken of a window", default="max")
CEIL_MODE = Key("ceil_mode", Flag(), "the output size is rounded up", default=False)
COUNT_INCLUDE_PAD = Key("count_include_pad", Flag(), "average: padding counts in the divisor", default=True)
GLOBAL = Key("global", Flag(), "one window over everything", default=False)
OUTPUT_SIZE = Key("output_size", PerDimension(1), "adaptive pooling to this size")
OUT_FEATURES = Key("out_features", Whole(1), "how many numbers the layer gives", required=True)

Shape = tuple[int, ...]


class State(NamedTuple):
    """What stands between two layers: a shape, channels first, and the field that one place of it sees."""

    shape: Shape
    input: Shape
    """The spatial sizes of the network's input."""
    field: tuple[Fraction, ...]
    jump: tuple[Fraction, ...]

    @property
    def spatial(self) -> Shape:
        return self.shape[1:]


class Layer(NamedTuple):
    """A line of the table, and the equations that lead to it."""

    kind: str
    state: State
    kernel: str = "–"
    stride: str = "–"
    padding: str = "–"
    parameters: int = 0
    multiply_adds: int = 0
    equations: tuple[tuple[tuple[Expr, ...], Chain], ...] = ()
    name: str = ""

    @property
    def field(self) -> list[int]:
        """The receptive field in whole places of the input."""
        return [math.ceil(r) for r in self.state.field]


Work = Callable[[Given, State, Report], "Layer | None"]


def named(words: str, *chain: Expr) -> tuple[tuple[Expr, ...], Chain]:
    return (Word(words),), chain


def needs_planes(state: State, kind: str, report: Report) -> bool:
    if len(state.shape) > 1:
        return True
    report.add(
        (), f"a {kind} layer needs channels and planes, but what comes before has the shape {shown(state.shape)}"
    )
    return False


def shown(shape: Shape) -> str:
    return " × ".join(map(str, shape))


def seen(state: State, spans: Shape, steps: tuple[Fraction, ...]) -> State:
    """The field after windows of these spans, `steps` apart."""
    field = tuple(r + (span - 1) * j for r, span, j in zip(state.field, spans, state.jump, strict=True))
    jump = tuple(j * step for j, step in zip(state.jump, steps, strict=True))
    return state._replace(field=field, jump=jump)


def field_rows(before: State, after: State, spans: Shape, steps: Shape) -> list[tuple[tuple[Expr, ...], Chain]]:
    """r + (F − 1)·j and j·S for each dimension, equal ones once."""
    rows: dict[tuple[tuple[Expr, ...], Chain], None] = {}
    for r, j, span, step, out, jump in zip(
        before.field, before.jump, spans, steps, after.field, after.jump, strict=True
    ):
        if any(v.denominator > 1 for v in (r, j, out, jump)):
            return []
        grown = Sum((Num(int(r)), Product((Sum((Num(span), Minus(Num(1)))), Num(int(j))))))
        letters = Sum((Sym("r"), Product((Sum((Sym("F"), Minus(Num(1)))), Sym("j")))))
        rows[named("receptive field", letters, grown, Count(int(out)))] = None
        rows[named("jump", Product((Sym("j"), Sym("S"))), Product((Num(int(j)), Num(step))), Count(int(jump)))] = None
    return list(rows)


def conv(given: Given, state: State, report: Report) -> Layer | None:
    """F × (C/groups × window + 1) parameters, one product each for every output place."""
    if not needs_planes(state, "conv", report) or not given.has(KERNEL, FILTERS, PADDING, DILATION, GROUPS, BIAS):
        return None
    channels, filters, groups = state.shape[0], given[FILTERS], given[GROUPS]
    if channels % groups or filters % groups:
        report.add(("groups",), f"groups is {groups}, which does not divide {channels} channels and {filters} filters")
        return None
    axes = windows(given, given[KERNEL], state, "kernel", report)
    if axes is None:
        return None
    return counted_conv("conv", given, state, axes, [axis.out for axis in axes], [axis.out for axis in axes])


def counted_conv(
    kind: str, given: Given, state: State, axes: tuple[Axis, ...], out: list[int], places: list[int]
) -> Layer:
    """A (transposed) convolution's line; products are counted at `places`."""
    filters, groups = given[FILTERS], given[GROUPS]
    window = [axis.f for axis in axes]
    per_group = state.shape[0] // groups
    weights = Product(tuple(Num(n) for n in (per_group, *window)))
    inner: Expr = Sum((weights, Num(1))) if given[BIAS] else weights
    parameters = filters * (per_group * math.prod(window) + given[BIAS])
    multiply_adds = filters * per_group * math.prod(window) * math.prod(places)
    spans = tuple(axis.span for axis in axes)
    after = seen(state, spans, tuple(Fraction(axis.s) for axis in axes))._replace(shape=(filters, *out))
    products = Product(tuple(Num(n) for n in (filters, per_group, *window, *places)))
    cost = Product((Num(filters), inner)) if given[BIAS] else Product((Num(filters), *weights.parts))
    return Layer(
        kind, after, per_dimension(tuple(window)), per_dimension(tuple(axis.s for axis in axes)), pads(axes),
        parameters, multiply_adds,
        (
            *size_equations(axes, kind),
            named("parameters", cost, Count(parameters)),
            named("multiply-adds", products, Count(multiply_adds)),
            *field_rows(state, after, spans, tuple(axis.s for axis in axes)),
        ),
    )  # fmt: skip


def size_equations(axes: tuple[Axis, ...], kind: str) -> list[tuple[tuple[Expr, ...], Chain]]:
    rows: dict[Axis, tuple[Expr, ...]] = {}
    for letter, axis in zip({1: "L", 2: "HW", 3: "DHW"}[len(axes)], axes, strict=True):
        rows[axis] = (*rows.get(axis, ()), Sym(letter, "out"))
    return [(names, axis.chain()) for axis, names in rows.items()] if kind != "conv_transpose" else []


def pads(axes: tuple[Axis, ...]) -> str:
    pairs = [(axis.before, axis.after) for axis in axes]
    if all(before == after for before, after in pairs):
        return per_dimension(tuple(before for before, _ in pairs))
    return str([list(pair) for pair in pairs])


def windows(given: Given, window: Shape, state: State, key: str, report: Report) -> tuple[Axis, ...] | None:
    """One Axis a dimension, where the window fits."""
    default = window if key == "kernel_size" else (1,) * len(window)
    stride = given.get(STRIDE) or default
    ceil = given.has(CEIL_MODE) and given[CEIL_MODE]
    axes = axes_of(state.spatial, window, stride, given[PADDING], given[DILATION], ceil)
    for axis in axes:
        if not axis.fits:
            report.add(
                (key,), f"{key}: {misfit(axis, 'a window')}; what comes before has the shape {shown(state.shape)}"
            )
            return None
    return axes


def conv_transpose(given: Given, state: State, report: Report) -> Layer | None:
    """As many parameters as a convolution; each input place is multiplied with the whole window."""
    wanted = (KERNEL, FILTERS, PADDING, DILATION, GROUPS, BIAS, OUTPUT_PADDING)
    if not needs_planes(state, "conv_transpose", report) or not given.has(*wanted):
        return None
    channels, groups = state.shape[0], given[GROUPS]
    if channels % groups or given[FILTERS] % groups:
        report.add(
            ("groups",), f"groups is {groups}, which does not divide {channels} channels and {given[FILTERS]} filters"
        )
        return None
    stride = given.get(STRIDE) or (1,) * len(state.spatial)
    pairs = resolve_padding(given[PADDING], state.spatial, given[KERNEL], stride, given[DILATION])
    spreads = [
        Spread(n, f, s, pair[0], pair[1], d, extra)
        for n, f, s, pair, d, extra in zip(
            state.spatial, given[KERNEL], stride, pairs, given[DILATION], given[OUTPUT_PADDING], strict=True
        )
    ]
    for spread in spreads:
        if spread.out < 1 or spread.extra >= max(spread.s, spread.d):
            report.add(("output_padding" if spread.out >= 1 else "padding",), "padding and output_padding do not fit")
            return None
    axes = tuple(Axis(a.n, a.f, a.s, a.before, a.after, a.d) for a in spreads)
    layer = counted_conv("conv_transpose", given, state, axes, [a.out for a in spreads], list(state.spatial))
    reach = tuple(-(-axis.span // axis.s) for axis in axes)
    after = seen(state, reach, tuple(Fraction(1, axis.s) for axis in axes))._replace(shape=layer.state.shape)
    rows = [
        ((Sym(letter, "out"),), a.chain())
        for letter, a in zip({1: "L", 2: "HW", 3: "DHW"}[len(axes)], spreads, strict=True)
    ]
    costs = [row for row in layer.equations if row[0][0] in (Word("parameters"), Word("multiply-adds"))]
    return layer._replace(state=after, equations=(*rows, *costs))


def pool(given: Given, state: State, report: Report) -> Layer | None:
    """Costs nothing; `global` and `output_size` choose their own windows."""
    if not needs_planes(state, "pool", report) or not given.has(PADDING, DILATION, CEIL_MODE, GLOBAL):
        return None
    if given.get(OUTPUT_SIZE):
        return adaptive(given[OUTPUT_SIZE], state)
    if given[GLOBAL]:
        return adaptive((1,) * len(state.spatial), state)
    if not given.has(KERNEL_SIZE):
        if KERNEL_SIZE.name not in given.raw:
            report.add((), "kernel_size is missing: the size of the window")
        return None
    axes = windows(given, given[KERNEL_SIZE], state, "kernel_size", report)
    if axes is None:
        return None
    for axis in axes:
        if max(axis.before, axis.after) > axis.span // 2:
            report.add(
                ("padding",), f"padding is {max(axis.before, axis.after)}, more than half of the window's size {axis.f}"
            )
            return None
    spans, steps = tuple(axis.span for axis in axes), tuple(axis.s for axis in axes)
    after = seen(state, spans, tuple(map(Fraction, steps)))._replace(shape=(state.shape[0], *(a.out for a in axes)))
    rows = (*size_equations(axes, "pool"), *field_rows(state, after, spans, steps))
    window = per_dimension(tuple(axis.f for axis in axes))
    return Layer("pool", after, window, per_dimension(steps), pads(axes), equations=rows)


def adaptive(out: Shape, state: State) -> Layer:
    """Windows from ⌊i·N/O⌋ to ⌈(i + 1)·N/O⌉."""
    spans = tuple(
        max(-(-(i + 1) * n // o) - i * n // o for i in range(o)) for n, o in zip(state.spatial, out, strict=True)
    )
    steps = tuple(Fraction(n, o) for n, o in zip(state.spatial, out, strict=True))
    after = seen(state, spans, steps)._replace(shape=(state.shape[0], *out))
    return Layer("pool", after, per_dimension(spans), equations=())


def linear(given: Given, state: State, report: Report) -> Layer | None:
    """out × (in + 1) parameters; every number sees the whole input."""
    if not given.has(OUT_FEATURES, BIAS):
        return None
    if len(state.shape) != 1:
        message = f"a linear layer takes a row of numbers, but what comes before has the shape {shown(state.shape)}"
        report.add((), message, 'put {"type": "flatten"} before it')
        return None
    features, out = state.shape[0], given[OUT_FEATURES]
    parameters = out * (features + given[BIAS])
    cost: Expr = Sum((Num(features), Num(1))) if given[BIAS] else Num(features)
    whole = tuple(max(Fraction(n), r) for n, r in zip(state.input, state.field, strict=True))
    after = state._replace(shape=(out,), field=whole)
    rows = (
        named("parameters", Product((Num(out), cost)), Count(parameters)),
        named("multiply-adds", Product((Num(out), Num(features))), Count(out * features)),
    )
    return Layer("linear", after, parameters=parameters, multiply_adds=out * features, equations=rows)


def batch_norm(given: Given, state: State, report: Report) -> Layer | None:
    """gamma and beta for each channel."""
    channels = state.shape[0]
    row = named("parameters", Product((Num(2), Num(channels))), Count(2 * channels))
    return Layer("batch_norm", state, parameters=2 * channels, equations=(row,))


def flatten(given: Given, state: State, report: Report) -> Layer | None:
    size = math.prod(state.shape)
    row = named("size", Product(tuple(map(Num, state.shape))), Count(size))
    return Layer("flatten", state._replace(shape=(size,)), equations=(row,) if len(state.shape) > 1 else ())


WINDOW = (KERNEL, FILTERS, BIAS, STRIDE, PADDING, DILATION, GROUPS)
KEYS: dict[str, tuple[Key[object], ...]] = {
    "conv": WINDOW,
    "conv_transpose": (*WINDOW, OUTPUT_PADDING),
    "pool": (KERNEL_SIZE, MODE, STRIDE, PADDING, DILATION, CEIL_MODE, COUNT_INCLUDE_PAD, GLOBAL, OUTPUT_SIZE),
    "linear": (OUT_FEATURES, BIAS),
}
"""What a layer of sizes may say; any other layer takes its operator's own keys."""
WORK: dict[str, Work] = {
    "conv": conv, "conv_transpose": conv_transpose, "pool": pool, "linear": linear,
    "batch_norm": batch_norm, "flatten": flatten,
}  # fmt: skip
"""Any other layer leaves the shape as it is and costs nothing."""
