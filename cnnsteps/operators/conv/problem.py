"""A convolution that fits, and how it is solved."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from cnnsteps.arithmetic.convolution import ConvSteps, convolve
from cnnsteps.i18n import phrase
from cnnsteps.model.chain_rule import INPUT as SPACE
from cnnsteps.model.chain_rule import KERNEL as KERNEL_SPACE
from cnnsteps.model.chain_rule import Named, Place, at, leading, sum_of_products, without
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.settings import Setting, setting
from cnnsteps.model.solution import Gradient, Limits, Solution
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.numbers.exact import Showing
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.reading.backward import Backward, steps_of
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import MODES, Axis, groups_of, settings_of
from cnnsteps.windows.costs import Layer, Places, window_costs, window_line
from cnnsteps.windows.field_rows import field_rows

if TYPE_CHECKING:
    from cnnsteps.windows.receptive_field import State

NAME = phrase("Convolution")
Back = Callable[["Conv", Operand, Operand, Operand], Mapping[str, Gradient]]
"""The gradients by that of the output, with the padded x and the turned w that led to it."""


class Conv(NamedTuple):
    """x is (N, C, *n) and w (F, C/groups, *k), whatever was left out in the file."""

    title: str | None
    operands: tuple[Operand, ...]
    """Input, kernel, and where they are given bias and the output's gradient."""
    x: Tensor
    w: Tensor
    b: Tensor | None
    axes: tuple[Axis, ...]
    groups: int
    flip: bool
    padding: str | None
    """The word, where the file has one."""
    padding_mode: str
    output_dims: tuple[str, ...]
    output_shape: tuple[int, ...]
    backward: Backward | None
    back: Back
    kind: str = "conv"
    name: str = NAME
    sections: tuple[Section, ...] = ()

    @property
    def largest(self) -> int:
        """The cells of the largest tensor that solving it makes."""
        padded = math.prod(self.x.shape[:2]) * math.prod(axis.padded for axis in self.axes)
        return max(padded, math.prod(self.output_shape))

    @property
    def settings(self) -> list[Setting]:
        """What is not the default."""
        settings = settings_of(self.axes, self.padding, (1,) * len(self.axes))
        if self.padding_mode != "zeros":
            settings.append(setting("padding_mode", phrase("padding mode"), self.padding_mode))
        settings += groups_of(self.groups)
        return settings + ([Setting("flip", "true", phrase("kernel turned by 180°"))] if self.flip else [])

    @property
    def given(self) -> NamedTensor:
        return self.operands[0].values

    @property
    def given_kernel(self) -> NamedTensor:
        return self.operands[1].values

    @property
    def bias(self) -> NamedTensor | None:
        return NamedTensor(self.b) if self.b else None

    def line(self, state: State) -> Layer:
        """Its line as a layer of a network."""
        return conv_line(state, self.axes, self.w.shape[0], self.groups, self.b is not None)

    @property
    def is_padded(self) -> bool:
        return any(axis.before or axis.after for axis in self.axes)

    @property
    def repeats(self) -> bool:
        """In the padding stand values of the input."""
        return self.padding_mode != "zeros" and self.is_padded

    @property
    def expansions(self) -> int:
        return steps_of(self.output_shape, self.backward)

    def rule(self, base: int) -> Equation:
        """x is the padded input, counted from its own first place, and w the kernel as it is used."""
        d = len(self.axes)
        out_lead, x_lead, w_lead = map(leading, (self.output_dims, self.given.dims, self.given_kernel.dims))
        met = [Place(((a.step, o), (a.gap, u))) for a, o, u in zip(self.axes, SPACE[d], KERNEL_SPACE[d], strict=True)]
        over = without(x_lead + w_lead, out_lead) + KERNEL_SPACE[d]
        x, w = Named("x", (*at(x_lead), *met)), Named("w", at(w_lead + KERNEL_SPACE[d]))
        b = Named("b", at("f" if "f" in out_lead else "")) if self.b else None
        return sum_of_products(Named("Val", at(out_lead + SPACE[d])), over, x, w, b, base)

    def solve(self, limits: Limits) -> Solution:
        made = self.made()
        x, w = made.get("padded", self.operands[0]), made.get("turned", self.operands[1])
        whole_x = x.tensor.reshape(*self.x.shape[:2], *(axis.padded for axis in self.axes))
        out = convolve(whole_x, w.tensor.reshape(*self.w.shape), self.b, self.axes, self.groups)
        b = next((operand for operand in self.operands if operand.role == "bias"), None)
        return Solution(
            self,
            NamedTensor(out.reshape(*self.output_shape), self.output_dims),
            ConvSteps(x, w, b, out, self.axes, self.groups),
            made,
            gradients=self.back(self, self.backward.operand, x, w) if self.backward else {},
        )

    def other(self, solution: Solution, base: int, shown: Showing) -> str | None:
        """What the kernel turned, or not turned, would give."""
        from cnnsteps.operators.conv.conventions import other_convolution

        assert isinstance(solution.steps, ConvSteps)
        return other_convolution(solution.steps, self.flip, base, shown)

    def made(self) -> dict[str, Operand]:
        """The turned kernel and the padded input, where they are."""
        found: dict[str, Operand] = {}
        if self.flip:
            kernel = self.given_kernel._replace(tensor=turned(self.given_kernel))
            found["turned"] = Operand("kernel", "w", phrase("Kernel, turned by 180°"), kernel)
        if self.is_padded:
            pairs = [(0, 0)] * len(self.given.dims) + [(axis.before, axis.after) for axis in self.axes]
            values = self.given._replace(tensor=padded(self.given.tensor, pairs, self.padding_mode))
            found["padded"] = Operand("input", "x", phrase("Padded input"), values)
        return found


def conv_line(state: State, axes: tuple[Axis, ...], filters: int, groups: int, has_bias: bool) -> Layer:
    """A convolution's line: F·(C/groups·∏k + 1) parameters, one product for each at every output place."""
    from cnnsteps.windows.receptive_field import window_reads

    out = tuple(axis.out for axis in axes)
    after = state.through([window_reads(axis) for axis in axes], (filters, *out))
    window = tuple(axis.f for axis in axes)
    costs = window_costs(state.shape[0], window, filters, groups, has_bias, Places(out))
    return window_line(axes, after, costs, field_rows(state, after, axes))


def turned(w: NamedTensor) -> Tensor:
    """The kernel turned by 180°."""
    num = np.flip(w.tensor.num, tuple(range(len(w.dims), w.tensor.num.ndim))).copy()
    return w.tensor._replace(num=num)


def padded(x: Tensor, pairs: list[tuple[int, int]], mode: str) -> Tensor:
    """The input with its padding: zeros, or values of the input."""
    if mode == "zeros":
        return x.padded(pairs)
    flags = None if x.irrational_mask is None else np.pad(x.irrational_mask, pairs, mode=MODES[mode])
    return Tensor(np.pad(x.num, pairs, mode=MODES[mode]), x.den, flags, x.fractions)
