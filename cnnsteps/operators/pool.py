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

import math
from collections.abc import Mapping
from typing import NamedTuple

from cnnsteps.arithmetic.lp_norm import MOST_POWER_DIGITS
from cnnsteps.arithmetic.pool_windows import Reach, Windows, reach_of
from cnnsteps.arithmetic.pooling import PoolSteps, Side, padded, pool_rule, pooled
from cnnsteps.i18n import phrase
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.solution import Gradient, Limits, Solution
from cnnsteps.model.steps import Blank, NamedTensor, Operand
from cnnsteps.numbers import irrational
from cnnsteps.reading.axes import input_of
from cnnsteps.reading.backward import BACKWARD, Backward, fitting, steps_of
from cnnsteps.reading.field_types import TITLE, Choice, Flag, Key, Numbers, Padding, PaddingValue, PerDimension, Whole
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.windows.adaptive import Row, Share, formulas
from cnnsteps.windows.axis import Axis, axes_of, misfit, per_dimension, settings_of

SUMMARY = "Works out a max, average or lp pooling, window by window."
EXAMPLES = (
    "cnnsteps pool samples/pool-max.json",
    "cnnsteps pool samples/pool-average.json -f markdown --flavor github",
)
MOST_NUMBERS = 60_000
"""A step of more is not written down."""

INPUT = Key("input", Numbers(), "rank d: one channel; d+1: channels first; d+2: batch, channels", required=True)
MODE = Key("mode", Choice(("max", "average", "lp")), "what is taken of a window", default="max")
KERNEL_SIZE = Key("kernel_size", PerDimension(1), "the size of the window; without it say global or output_size")
STRIDE = Key("stride", PerDimension(1), "how far the window moves; kernel_size unless told")
PADDING: Key[PaddingValue] = Key(
    "padding", Padding(), "at most half a window for max and average; minus infinity for max, else zeros", default=0
)
DILATION = Key("dilation", PerDimension(1), "the distance between the window's places", default=1)
CEIL_MODE = Key("ceil_mode", Flag(), "the output size is rounded up", default=False)
COUNT_INCLUDE_PAD = Key("count_include_pad", Flag(), "average: padding counts in the divisor", default=True)
P = Key("p", Whole(1, 100), "lp: the power and the root", default=2)
GLOBAL = Key("global", Flag(), "one window over everything", default=False)
OUTPUT_SIZE = Key("output_size", PerDimension(1), "adaptive pooling to this size, max or average")

KEYS = (
    INPUT, MODE, KERNEL_SIZE, STRIDE, PADDING, DILATION, CEIL_MODE, COUNT_INCLUDE_PAD, P, GLOBAL, OUTPUT_SIZE, BACKWARD,
)  # fmt: skip
ONE_OF = (KERNEL_SIZE, GLOBAL, OUTPUT_SIZE)
"""What says the window: one of these is required, and `global` only says it where it is true."""
OF_WINDOWS = (KERNEL_SIZE, STRIDE, PADDING, DILATION, CEIL_MODE)
BLANKS: dict[str, Blank] = {"max": "infinity"}
"""What stands in a padding that does not count."""
OF_MODE = {COUNT_INCLUDE_PAD: "average", P: "lp"}

NAMES = {
    ("", "max"): phrase("Max pooling"), ("", "average"): phrase("Average pooling"), ("", "lp"): phrase("L{p} pooling"),
    ("global", "max"): phrase("Global max pooling"), ("global", "average"): phrase("Global average pooling"),
    ("global", "lp"): phrase("Global L{p} pooling"), ("adaptive", "max"): phrase("Adaptive max pooling"),
    ("adaptive", "average"): phrase("Adaptive average pooling"),
}  # fmt: skip


class Pool(NamedTuple):
    """A pooling whose window fits."""

    title: str | None
    operands: tuple[Operand, ...]
    """The input, and where it is given the output's gradient."""
    mode: str
    axes: tuple[Axis, ...]
    """Of one window size; empty where windows are shared out."""
    shares: tuple[Share, ...] = ()
    count_include_pad: bool = True
    padding: str | None = None
    """The word, where the file has one."""
    p: int = 2
    is_global: bool = False
    backward: Backward | None = None
    kind: str = "pool"
    sections: tuple[Section, ...] = ()

    @property
    def given(self) -> NamedTensor:
        return self.operands[0].values

    @property
    def output_dims(self) -> tuple[str, ...]:
        return self.given.dims

    @property
    def expansions(self) -> int:
        return steps_of(self.output_shape, self.backward)

    @property
    def lead_shape(self) -> tuple[int, ...]:
        return self.given.shape[: len(self.given.dims)]

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (*self.lead_shape, *(side.out for side in self.axes or self.shares))

    @property
    def largest(self) -> int:
        """The cells of the largest tensor that solving it makes."""
        # Dimension after dimension is folded: between them one may have grown, the next not yet shrunk.
        sides = [max(axis.padded, axis.out) for axis in self.axes] + [max(side) for side in self.shares]
        return math.prod(self.lead_shape) * math.prod(sides)

    @property
    def settings(self) -> list[tuple[str, str]]:
        """The window, and what is not the default, by its key."""
        if self.is_global:
            found = [("global", "true")]
        elif self.shares:
            found = [("output_size", per_dimension(tuple(share.out for share in self.shares)))]
        else:
            window = tuple(axis.f for axis in self.axes)
            found = [("kernel_size", per_dimension(window)), *settings_of(self.axes, self.padding, ())]
            found += [("ceil_mode", "true")] if self.axes[0].ceil_mode else []
        found += [("p", str(self.p))] if self.mode == "lp" else []
        return found if self.count_include_pad else [*found, ("count_include_pad", "false")]

    @property
    def name(self) -> str:
        """What it is called where the problem has no title."""
        which = "global" if self.is_global else "adaptive" if self.shares else ""
        return phrase(NAMES[which, self.mode], p=self.p)

    @property
    def drops_signs(self) -> bool:
        """|x|^p is not x^p for some value."""
        return self.mode == "lp" and self.p % 2 == 1 and bool(self.given.tensor.num.min() < 0)

    def formulas(self, base: int) -> list[Row]:
        """Of adaptive pooling, where each window begins and ends."""
        return formulas(base)

    @property
    def counts_padding(self) -> bool:
        """Its zeros belong to the windows."""
        return self.mode == "average" and self.count_include_pad

    @property
    def sides(self) -> tuple[Side, ...]:
        return tuple(Side(axis.n, axis.before) for axis in self.axes) or tuple(Side(share.n) for share in self.shares)

    def rule(self, base: int) -> Equation:
        return pool_rule(self.given, self.mode, self.p, self.axes, self.counts_padding, base)

    def reaches(self) -> tuple[Reach, ...]:
        """The windows over the padded input."""
        if self.shares:
            return tuple(share.reach for share in self.shares)
        if self.counts_padding:
            return tuple(reach_of(axis, True) for axis in self.axes)
        return tuple(reach_of(axis, False).padded(axis.before, axis.padded) for axis in self.axes)

    def solve(self, limits: Limits) -> Solution:
        is_padded = any(axis.before or axis.after for axis in self.axes)
        blank = None if self.counts_padding else BLANKS.get(self.mode, "nothing")
        made = {"padded": padded(self.operands[0], self.axes, blank)} if is_padded else {}
        operand, reaches = made.get("padded", self.operands[0]), self.reaches()
        x = operand.tensor.reshape(math.prod(self.lead_shape), *operand.values.spatial)
        windows = Windows(x, reaches, operand)
        with irrational.keeping(max(irrational.digits(), irrational.enough(limits.digits, 0))):
            steps = pooled(windows, self.mode, self.p, self.sides)
        output = NamedTensor(steps.out.reshape(*self.output_shape), self.given.dims)
        numbers = windows.most * (3 if self.mode == "lp" else 1)
        told = steps if numbers <= MOST_NUMBERS else None
        return Solution(self, output, told, made, gradients=self.gradients(steps))

    def gradients(self, steps: PoolSteps) -> Mapping[str, Gradient]:
        """From that of the output."""
        if self.backward is None:
            return {}
        from cnnsteps.arithmetic.gradients.pool import pool_gradient

        return {"input": pool_gradient(steps, self.backward.operand, self.given, self.sides)}


def read(given: Given, report: Report) -> Pool | None:
    """The problem, where the window fits the input; else the mistakes."""
    check_mode(given, report)
    check_window_keys(given, report)
    if not given.has(INPUT, PADDING, DILATION) or given.spoiled(KERNEL_SIZE, STRIDE, OUTPUT_SIZE, GLOBAL, CEIL_MODE):
        return None
    if given.get(MODE) == "lp" and given.has(P):
        check_powers(given, report)
    x = given[INPUT]
    extra = len(x.shape) - given.dims
    n, out = x.shape[extra:], given.get(OUTPUT_SIZE)
    shares = () if out is None else tuple(Share(size, o) for size, o in zip(n, out, strict=True))
    axes = () if shares else axes_in(given, n, report)
    if report or not (shares or axes):
        return None
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
    )
    backward = fitting(given, pool.output_shape, pool.given.dims, report, x)
    if report or backward is None:
        return None if report else pool
    return pool._replace(backward=backward, operands=(values, backward.operand))


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


def axes_in(given: Given, n: tuple[int, ...], report: Report) -> tuple[Axis, ...]:
    """The dimensions under a window of one size, which has to fit; padding is at most half of it but for lp."""
    if given.get(GLOBAL):
        return tuple(Axis(size, size) for size in n)
    k = given.get(KERNEL_SIZE)
    if k is None:
        return ()
    ceil_mode = given.has(CEIL_MODE) and given[CEIL_MODE]
    axes = axes_of(n, k, given.get(STRIDE) or k, given[PADDING], given[DILATION], ceil_mode)
    for i, axis in enumerate(axes):
        if not axis.fits:
            report.add(("kernel_size",), f"kernel_size: {misfit(axis, 'a window')}")
        elif given.get(MODE) != "lp" and max(axis.before, axis.after) > axis.span // 2:
            most, size = axis.span // 2, f"{axis.f}" if axis.d == 1 else f"{axis.f}, spread to {axis.span}"
            wide = max(axis.before, axis.after)
            message = f"padding is {wide}, more than half of the window's size {size}: at most {most}"
            each = isinstance(given.raw.get("padding"), list)
            report.add(("padding", i) if each else ("padding",), message)
            if not each:
                break
    return axes
