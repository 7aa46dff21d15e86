"""Pooling: the maximum, the average or the lp norm of each window.

    max: Val[i] = max_a x[i·s + a·d − p]      average: Val[i] = (Σ_a x[i·s + a·d − p]) / n
    lp:  Val[i] = (Σ_a |x[i·s + a·d − p]|^p)^(1/p)

x input (*, *n), s stride (the window's size unless told), p padding before, d dilation.
Padding of max pooling is minus infinity; for lp it counts for nothing. n counts the
window's places in the padded input, with `count_include_pad` false in the input alone;
places past the padding, which `ceil_mode` allows, never count. As PyTorch's max_pool2d and
avg_pool2d, and ONNX's MaxPool and AveragePool. Where a maximum stands is told as PyTorch's
`return_indices` has it, in its channel without padding and of equal ones the first, but as
an index and not as a flat position.

lp is ONNX's LpPool. PyTorch's lp_pool2d takes x^p and not |x|^p, so that for odd p negative
values take away from the sum (the root of a sum below 0 is NaN there), knows no padding or
dilation, and under `ceil_mode` makes up for the places past the end, as if each held the
average of the others. For even p and whole windows the two agree.

`global` puts one window over everything: the output's size is 1 in every dimension, as
ONNX's GlobalMaxPool, GlobalAveragePool and GlobalLpPool. `output_size` shares the input among
so many windows, from ⌊i·N/O⌋ to ⌈(i + 1)·N/O⌉ − 1, as PyTorch's adaptive_avg_pool2d and
adaptive_max_pool2d; it may be above N.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnnsteps.model.solution import Gradient
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.operators._contract import Node
from cnnsteps.operators._windows import CEIL_MODE, DILATION, INPUT
from cnnsteps.operators.pool.lp_norm import MOST_POWER_DIGITS
from cnnsteps.operators.pool.problem import Pool, adaptive_line, pool_line
from cnnsteps.operators.pool.steps import PoolSteps, Side
from cnnsteps.reading.axes import input_of
from cnnsteps.reading.backward import BACKWARD, fitting
from cnnsteps.reading.field_types import TITLE, Choice, Flag, Padding, PaddingValue, PerDimension, Whole
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.report import Report
from cnnsteps.text import abbreviate
from cnnsteps.windows.adaptive import AdaptiveAxis
from cnnsteps.windows.axis import Axis, axes_of, fitted
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import Shape, State

SUMMARY = "Works out a max, average or lp pooling, window by window."
EXAMPLES = (
    "cnnsteps pool samples/pool-max.json",
    "cnnsteps pool samples/pool-average.json -f markdown --flavor github",
)
ALIASES = (
    "maxpool", "maxpool1d", "maxpool2d", "maxpool3d", "maxpooling2d", "max_pool", "max_pool2d", "pooling", "avgpool",
    "avgpool1d", "avgpool2d", "avgpool3d", "averagepool", "averagepooling2d", "avg_pool2d", "max", "average",
    "globalmaxpool", "globalaveragepool", "globalmaxpooling2d", "globalaveragepooling2d", "globallppool",
    "adaptiveavgpool2d", "adaptivemaxpool2d", "adaptiveaveragepool2d", "lppool", "lppool1d", "lppool2d",
)  # fmt: skip
MODE = Key(
    "mode", Choice(("max", "average", "lp"), (("avg", "average"), ("mean", "average"))), "what is taken of a window",
    default="max", near=("pool_type", "pooling", "pool_mode", "reduction"),
)  # fmt: skip
KERNEL_SIZE = Key(
    "kernel_size", PerDimension(1), "the size of the window; without it say global or output_size",
    also=("pool_size", "kernel_shape"), near=("kernel", "window", "window_size", "size", "ksize"),
)  # fmt: skip
STRIDE = Key(
    "stride", PerDimension(1), "how far the window moves; kernel_size unless told",
    also=("strides",), near=("step", "subsample"),
)  # fmt: skip
PADDING: Key[PaddingValue] = Key(
    "padding", Padding(), "how many places are put around the input: minus infinity for max, else zeros", default=0,
    also=("auto_pad",), near=("pads", "pad", "zero_padding", "border_mode"),
)  # fmt: skip
COUNT_INCLUDE_PAD = Key(
    "count_include_pad", Flag(), "average: padding counts in the divisor", default=True,
    near=("count_include_padding", "include_pad", "include_padding"),
)  # fmt: skip
P = Key("p", Whole(1, 100), "lp: the power and the root", default=2, also=("norm_type",))
GLOBAL = Key(
    "global", Flag(), "one window over everything", default=False, near=("global_pooling", "global_pool", "is_global")
)
OUTPUT_SIZE = Key(
    "output_size", PerDimension(1), "adaptive pooling to this size, max or average", near=("out_size", "target_size")
)

KEYS = (
    INPUT, MODE, KERNEL_SIZE, STRIDE, PADDING, DILATION, CEIL_MODE, COUNT_INCLUDE_PAD, P, GLOBAL, OUTPUT_SIZE, BACKWARD,
)  # fmt: skip
SIZE_KEYS = KEYS[1:-1]
TAKES = "planes"
ADVICE = {
    "return_indices": "where each maximum stands is always told",
    "storage_order": "where a maximum stands is counted row by row",
    "divisor_override": "the divisor is the number of places that count",
}
ARGUMENTS = {"global_": "global"}
ONNX: dict[str, tuple[int, ...]] = dict.fromkeys(
    ("MaxPool", "AveragePool", "LpPool", "GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool"), ()
)
ONE_OF = (KERNEL_SIZE, GLOBAL, OUTPUT_SIZE)
"""What says the window: one of these is required, and `global` only says it where it is true."""
OF_WINDOWS = (KERNEL_SIZE, STRIDE, PADDING, DILATION, CEIL_MODE)
OF_MODE = {COUNT_INCLUDE_PAD: "average", P: "lp"}


def read(given: Given, report: Report) -> Pool | None:
    """The problem, where the window fits the input; else the mistakes."""
    check_mode(given, report)
    check_window_keys(given, report)
    if not given.has(INPUT):
        return None
    if given.get(MODE) == "lp" and given.has(P):
        check_powers(given, report)
    x = given[INPUT]
    extra = len(x.shape) - given.dims
    windows = fit(given, x.shape[extra:], report)
    if report or windows is None:
        return None
    axes, shares = windows
    padding = given[PADDING]
    values = input_of(NamedTensor(x, ("batch item", "channel")[2 - extra :]))
    pool = Pool(
        given.get(TITLE),
        (values,),
        given[MODE],
        axes,
        shares,
        given[COUNT_INCLUDE_PAD],
        padding if isinstance(padding, str) else None,
        given[P],
        given[GLOBAL],
        back=back,
    )
    backward = fitting(given, pool.output_shape, pool.given.dims, report, x)
    if report or backward is None:
        return None if report else pool
    return pool._replace(backward=backward, operands=(values, backward.operand))


def sizes(given: Given, state: State, report: Report) -> Layer | None:
    """The line of a layer of which only sizes are known."""
    check_mode(given, report)
    check_window_keys(given, report)
    windows = fit(given, state.spatial, report)
    if report or windows is None:
        return None
    return pool_line(state, *windows, given[GLOBAL])


def fit(given: Given, n: Shape, report: Report) -> tuple[tuple[Axis, ...], tuple[AdaptiveAxis, ...]] | None:
    """The dimensions n under windows of one size, or shared out; None where a window does not fit."""
    if not given.has(PADDING, DILATION) or given.spoiled(KERNEL_SIZE, STRIDE, OUTPUT_SIZE, GLOBAL, CEIL_MODE):
        return None
    k, out = given.get(KERNEL_SIZE), given.get(OUTPUT_SIZE)
    if given[GLOBAL]:
        return tuple(Axis(size, size) for size in n), ()
    if out is not None:
        return (), tuple(AdaptiveAxis(size, o) for size, o in zip(n, out, strict=True))
    if k is None:
        return None
    axes = axes_of(n, k, given.get(STRIDE) or k, given[PADDING], given[DILATION], given[CEIL_MODE])
    if fitted(axes, KERNEL_SIZE.name, report) is not None:
        check_padding(given, axes, report)
    return axes, ()


def check_padding(given: Given, axes: tuple[Axis, ...], report: Report) -> None:
    """Every window holds a place of the input: of padding alone there is no maximum and no average. A sum of powers
    is 0 there, as ONNX's LpPool has it."""
    if given.get(MODE) == "lp":
        return
    each = isinstance(given.raw.get("padding"), list)
    for i, axis in enumerate(axes):
        if axis.misses:
            wide, most = max(axis.before, axis.after), axis.span - 1
            f, span = abbreviate(str(axis.f)), abbreviate(str(axis.span))
            size = f if axis.d == 1 else f"{f}, spread to {span},"
            message = f"padding is {abbreviate(str(wide))}, so that a window of size {size} lies in padding alone"
            hint = (
                f"padding is at most {abbreviate(str(most))} here"
                if wide > most
                else "use a smaller padding or dilation"
            )
            report.add(("padding", i) if each else ("padding",), message, hint)
            if not each:
                return


def back(steps: PoolSteps, grad: Operand, given: NamedTensor, sides: Sequence[Side]) -> Mapping[str, Gradient]:
    """Of the input; what it needs is imported only here."""
    from cnnsteps.operators.pool.gradients import pool_gradient

    return {"input": pool_gradient(steps, grad, given, sides)}


def check_mode(given: Given, report: Report) -> None:
    """Keys that belong to another mode."""
    mode = given.get(MODE)
    for key, own in OF_MODE.items():
        if mode not in (own, None) and key.name in given.raw:
            report.add((key.name,), f"{key.name} is for {own} pooling, and mode is {mode}", of_key=True)
    if mode == "lp" and OUTPUT_SIZE.name in given.raw:
        message = "output_size is for max and average pooling, and mode is lp"
        report.add((OUTPUT_SIZE.name,), message, of_key=True)
    if mode == "lp" and BACKWARD.name in given.raw:
        message = "backward is for max and average pooling, and mode is lp"
        report.add((BACKWARD.name,), message, of_key=True)


def check_window_keys(given: Given, report: Report) -> None:
    """The window is said by kernel_size and what goes with it, by global, or by output_size."""
    adaptive = OUTPUT_SIZE.name in given.values
    if given.get(GLOBAL):
        own, hint = "global", "one window lies over the whole input"
    elif adaptive:
        own, hint = "output_size", "the windows follow from the sizes of input and output"
    elif KERNEL_SIZE.name not in given.values:
        report.add((), f"{KERNEL_SIZE.name} is missing: {KERNEL_SIZE.doc}")
        return
    else:
        return
    excluded = [*OF_WINDOWS, *([OUTPUT_SIZE] if own == "global" else [])]
    for name in [key.name for key in excluded if key.name in given.raw]:
        report.add((name,), f"{name} can't be given together with {own}", hint, of_key=True)


def check_powers(given: Given, report: Report) -> None:
    """Counts the digits of the largest power before it is made."""
    x, p = given[INPUT], given[P]
    digits = int(p * max(x.bound(), x.den).bit_length() * 0.30103) + 1
    if digits > MOST_POWER_DIGITS:
        message = f"the powers of p = {p} have up to {digits:,} digits; at most {MOST_POWER_DIGITS:,} are allowed"
        place = P.name if P.name in given.raw else INPUT.name
        report.add((place,), message, "round the numbers first, or use a smaller p")


def onnx(node: Node, state: State, report: Report) -> Layer | None:
    """A pool of an ONNX model, which may have windows of padding alone."""
    n, d = state.spatial, len(state.spatial)
    is_global = node.op.startswith("Global")
    if d < 1 or not (is_global or node.has_attribute("kernel_shape")):
        report.add((), f"it needs a kernel_shape and planes, but {node.given}")
        return None
    if is_global:
        return adaptive_line(state, [AdaptiveAxis(size, 1) for size in n])
    k, s, gaps = (node.numbers(name, d) for name in ("kernel_shape", "strides", "dilations"))
    axes = axes_of(n, k, s, node.padding(d), gaps, bool(node.number("ceil_mode")))
    return None if fitted(axes, KERNEL_SIZE.name, report) is None else pool_line(state, axes, (), False)
