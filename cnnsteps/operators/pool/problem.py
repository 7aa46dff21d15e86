"""A pooling whose window fits, and how it is solved."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from cnnsteps.i18n import phrase
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.settings import Setting, by_sizes, setting
from cnnsteps.model.solution import MOST_NUMBERS, Gradient, Limits, Solution
from cnnsteps.model.steps import Blank, NamedTensor, Operand
from cnnsteps.numbers import irrational
from cnnsteps.operators.pool.steps import PoolSteps, Side, padded, pool_rule, pooled
from cnnsteps.operators.pool.windows import Windows
from cnnsteps.reading.backward import Backward, steps_of
from cnnsteps.records import NamedTuple
from cnnsteps.windows.adaptive import AdaptiveAxis, formulas
from cnnsteps.windows.axis import Axis, ceil_of, per_dimension, settings_of
from cnnsteps.windows.costs import Layer, window_line
from cnnsteps.windows.extents import WindowExtents, reach_of
from cnnsteps.windows.field_rows import Row, adaptive_rows, field_rows
from cnnsteps.windows.receptive_field import State, adaptive_reads, window_reads

Back = Callable[[PoolSteps, Operand, NamedTensor, Sequence[Side]], Mapping[str, Gradient]]
"""The gradients by the steps, that of the output, the input, and its sides."""
BLANKS: dict[str, Blank] = {"max": "infinity"}
"""What stands in a padding that does not count."""
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
    shares: tuple[AdaptiveAxis, ...] = ()
    count_include_pad: bool = True
    padding: str | None = None
    """The word, where the file has one."""
    p: int = 2
    is_global: bool = False
    backward: Backward | None = None
    back: Back | None = None
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
    def settings(self) -> list[Setting]:
        """The window, and what is not the default."""
        found = self.windows
        if self.mode == "lp":
            found.append(setting("p", phrase("p ="), str(self.p)))
        if not self.count_include_pad:
            found.append(Setting("count_include_pad", "false", phrase("padding not counted")))
        return found

    @property
    def windows(self) -> list[Setting]:
        """Over what they lie."""
        if self.is_global:
            return [Setting("global", "true", phrase("one window over the whole input"))]
        if self.shares:
            out = tuple(share.out for share in self.shares)
            return [Setting("output_size", per_dimension(out), phrase("output"), by_sizes(out))]
        window = tuple(axis.f for axis in self.axes)
        found = [Setting("kernel_size", per_dimension(window), phrase("window"), by_sizes(window))]
        found += settings_of(self.axes, self.padding, ())
        return found + ceil_of(self.axes[0].ceil_mode)

    @property
    def name(self) -> str:
        """What it is called where the problem has no title."""
        which = "global" if self.is_global else "adaptive" if self.shares else ""
        return phrase(NAMES[which, self.mode], p=self.p)

    @property
    def drops_signs(self) -> bool:
        """|x|^p is not x^p for some value."""
        return self.mode == "lp" and self.p % 2 == 1 and bool(self.given.tensor.num.min() < 0)

    @property
    def narrow(self) -> int | None:
        """The padding that PyTorch allows at most, half of the window, where there is more."""
        most = [axis.span // 2 for axis in self.axes if max(axis.before, axis.after) > axis.span // 2]
        return min(most) if most and self.mode != "lp" else None

    def line(self, state: State) -> Layer:
        """Its line as a layer of a network."""
        return pool_line(state, self.axes, self.shares, self.is_global)

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

    def reaches(self) -> tuple[WindowExtents, ...]:
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
        gradients = (
            self.back(steps, self.backward.operand, self.given, self.sides) if self.back and self.backward else {}
        )
        return Solution(self, output, told, made, gradients=gradients)


def pool_line(state: State, axes: tuple[Axis, ...], shares: tuple[AdaptiveAxis, ...], is_global: bool) -> Layer:
    """A pooling's line, which costs nothing; `global` has a window from ⌊i·N/O⌋ to ⌈(i + 1)·N/O⌉ − 1 for O = 1."""
    shares = tuple(AdaptiveAxis(axis.n, 1) for axis in axes) if is_global else shares
    if shares:
        return adaptive_line(state, shares)
    after = state.through([window_reads(axis) for axis in axes], (state.shape[0], *(axis.out for axis in axes)))
    return window_line(axes, after, None, field_rows(state, after, axes))


def adaptive_line(state: State, shares: Sequence[AdaptiveAxis]) -> Layer:
    """That of windows that are shared out."""
    reads = [adaptive_reads(share.n, share.out) for share in shares]
    after = state.through(reads, (state.shape[0], *(share.out for share in shares)))
    window = per_dimension(tuple(share.widest for share in shares))
    return Layer(after, window, equations=tuple(adaptive_rows(state, after, shares)))
