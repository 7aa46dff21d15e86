"""Convolution, as CNNs have it: cross-correlation, and with `flip` the textbook's convolution.

    Val[n,f,i] = b[f] + Σ_c Σ_a x[n, c, i·s + a·d − p] · w[f, c, a]

x input (N, C, *n), w kernel (F, C/groups, *k), b bias (F), s stride, p padding before,
d dilation, one of each a dimension; c runs over the channels of f's group. Output
(N, F, *out), out = ⌊(n − d(k − 1) − 1 + p + p')/s⌋ + 1. As PyTorch's conv1d, conv2d, conv3d
and ONNX's Conv.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cnnsteps.arithmetic.convolution import ConvSteps, convolve
from cnnsteps.i18n import phrase
from cnnsteps.model.chain_rule import INPUT as SPACE
from cnnsteps.model.chain_rule import KERNEL as KERNEL_SPACE
from cnnsteps.model.chain_rule import Named, Place, at, leading, sum_of_products, without
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.solution import Gradient, Limits, Solution
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.reading.axes import bias_of, input_of
from cnnsteps.reading.backward import BACKWARD, Backward, fitting, steps_of
from cnnsteps.reading.field_types import (
    TITLE,
    Choice,
    Flag,
    Key,
    Numbers,
    Padding,
    PaddingValue,
    PerDimension,
    Vector,
    Whole,
)
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.axis import MODES, Axis, axes_of, misfit, settings_of

NAME = phrase("Convolution")
SUMMARY = "Works out a convolution: every Val[i,j] with its products."
EXAMPLES = (
    """echo '{"input": [1, 2, 3], "kernel": [1, -1]}' | cnnsteps conv -""",
    "cnnsteps conv samples/conv-padding.json -o solution.tex",
)

INPUT = Key("input", Numbers(), "rank d: one channel; d+1: channels first; d+2: batch, channels", required=True)
KERNEL = Key(
    "kernel",
    Numbers(),
    "rank d: one filter; d+1: one filter over the channels, or several of one channel; d+2: filters, channels",
    required=True,
)
BIAS = Key("bias", Vector(), "a number, or one a filter")
STRIDE = Key("stride", PerDimension(1), "how far the window moves", default=1)
PADDING: Key[PaddingValue] = Key("padding", Padding(), "how many places are put around the input", default=0)
PADDING_MODE = Key(
    "padding_mode", Choice(("zeros", "reflect", "replicate", "circular")), "what stands in the padding", default="zeros"
)
DILATION = Key("dilation", PerDimension(1), "the distance between the window's places", default=1)
GROUPS = Key("groups", Whole(1), "into how many groups channels and filters are divided", default=1)
FLIP = Key("flip", Flag(), "true: the kernel is turned by 180° first", default=False)

KEYS = (INPUT, KERNEL, BIAS, STRIDE, PADDING, PADDING_MODE, DILATION, GROUPS, FLIP, BACKWARD)


class Conv(NamedTuple):
    """A convolution that fits: x is (N, C, *n) and w (F, C/groups, *k), whatever was left out in the file."""

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
    backward: Backward | None = None
    kind: str = "conv"
    name: str = NAME
    sections: tuple[Section, ...] = ()

    @property
    def largest(self) -> int:
        """The cells of the largest tensor that solving it makes."""
        padded = math.prod(self.x.shape[:2]) * math.prod(axis.padded for axis in self.axes)
        return max(padded, math.prod(self.output_shape))

    @property
    def settings(self) -> list[tuple[str, str]]:
        """What is not the default, by its key."""
        found = settings_of(self.axes, self.padding, (1,) * len(self.axes))
        found += [("padding_mode", self.padding_mode)] if self.padding_mode != "zeros" else []
        found += [("groups", str(self.groups))] if self.groups > 1 else []
        return found + ([("flip", "true")] if self.flip else [])

    @property
    def given(self) -> NamedTensor:
        return self.operands[0].values

    @property
    def given_kernel(self) -> NamedTensor:
        return self.operands[1].values

    @property
    def bias(self) -> NamedTensor | None:
        return NamedTensor(self.b) if self.b else None

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
            gradients=self.gradients(x, w),
        )

    def made(self) -> dict[str, Operand]:
        """The turned kernel and the padded input, where they are."""
        found: dict[str, Operand] = {}
        if self.flip:
            kernel = self.given_kernel
            num = np.flip(kernel.tensor.num, tuple(range(len(kernel.dims), kernel.tensor.num.ndim))).copy()
            turned = kernel._replace(tensor=kernel.tensor._replace(num=num))
            found["turned"] = Operand("kernel", "w", phrase("Kernel, turned by 180°"), turned)
        if self.is_padded:
            pairs = [(0, 0)] * len(self.given.dims) + [(axis.before, axis.after) for axis in self.axes]
            values = self.given._replace(tensor=padded(self.given.tensor, pairs, self.padding_mode))
            found["padded"] = Operand("input", "x", phrase("Padded input"), values)
        return found

    def gradients(self, x: Operand, w: Operand) -> Mapping[str, Gradient]:
        """From that of the output, with the padded x and the turned w that led to it."""
        if self.backward is None:
            return {}
        from cnnsteps.arithmetic.gradients.convolution import conv_gradients

        return conv_gradients(self, self.backward.operand, x, w)


def read(given: Given, report: Report) -> Conv | None:
    """The problem, where input, kernel and settings fit together; else their mistakes."""
    if not given.has(INPUT, KERNEL):
        return None
    d, x, w = given.dims, given[INPUT], given[KERNEL]
    x_extra, w_extra = len(x.shape) - d, len(w.shape) - d
    x_full = x.reshape(*(1,) * (2 - x_extra), *x.shape)
    several = w_extra == 1 and x_extra == 0
    w_full = w.reshape(w.shape[0], 1, *w.shape[1:]) if several else w.reshape(*(1,) * (2 - w_extra), *w.shape)
    check_channels(given, x_full.shape, w_full.shape, report)
    check_bias(given, w_full.shape[0], report)
    if not given.has(STRIDE, PADDING, DILATION):
        return None
    n, f = x.shape[x_extra:], w.shape[w_extra:]
    axes = axes_of(n, f, given[STRIDE], given[PADDING], given[DILATION])
    for axis in axes:
        if not axis.fits:
            report.add(("kernel",), f"kernel: {misfit(axis, 'a window')}")
    if given.has(PADDING_MODE):
        check_mode(axes, given[PADDING_MODE], report)
    filtered = several or w_extra == 2
    lead = {"batch item": x.shape[0]} if x_extra == 2 else {}
    lead |= {"filter": w_full.shape[0]} if filtered else {}
    output_shape = (*lead.values(), *(axis.out for axis in axes))
    of = (x, w, given.get(BIAS))
    backward = None if report else fitting(given, output_shape, tuple(lead), report, *of)
    if report:
        return None
    padding, b = given[PADDING], given.get(BIAS)
    kernel_dims = (phrase("filter"),) if several else (phrase("filter"), phrase("channel"))[2 - w_extra :]
    operands = (
        input_of(NamedTensor(x, ("batch item", "channel")[2 - x_extra :])),
        Operand("kernel", "w", phrase("Kernel"), NamedTensor(w, kernel_dims)),
        *bias_of(b),
        *((backward.operand,) if backward else ()),
    )
    return Conv(
        given.get(TITLE),
        operands,
        x_full,
        w_full,
        b,
        axes,
        given[GROUPS],
        given[FLIP],
        padding if isinstance(padding, str) else None,
        given[PADDING_MODE],
        tuple(lead),
        output_shape,
        backward,
    )


def padded(x: Tensor, pairs: list[tuple[int, int]], mode: str) -> Tensor:
    """The input with its padding: zeros, or values of the input."""
    if mode == "zeros":
        return x.padded(pairs)
    flags = None if x.irrational_mask is None else np.pad(x.irrational_mask, pairs, mode=MODES[mode])
    return Tensor(np.pad(x.num, pairs, mode=MODES[mode]), x.den, flags)


def check_mode(axes: tuple[Axis, ...], mode: str, report: Report) -> None:
    """PyTorch: reflection does not reach past the other end, and what is circular goes round once at most."""
    most = {"reflect": -1, "circular": 0}
    for axis in axes:
        wide = max(axis.before, axis.after)
        if mode in most and wide > axis.n + most[mode]:
            reason = "the edge itself is not repeated" if mode == "reflect" else "it goes round once"
            message = (
                f"padding is {wide}, but {mode} padding of {axis.n} values is at most {axis.n + most[mode]}: {reason}"
            )
            report.add(("padding",), message)
            return


def check_channels(given: Given, x: tuple[int, ...], w: tuple[int, ...], report: Report) -> None:
    """PyTorch: groups divide channels and filters, and the kernel has channels/groups."""
    if not given.has(GROUPS):
        return
    channels, filters, groups = x[1], w[0], given[GROUPS]
    for count, what, key in ((channels, "channel", "input"), (filters, "filter", "kernel")):
        if count % groups:
            report.add(("groups",), f"groups is {groups}, which does not divide {key}'s {pluralize(count, what)}")
    if channels % groups == 0 and w[1] != channels // groups:
        share = f"{channels}/{groups} = {channels // groups}" if groups > 1 else str(channels)
        needs = f"kernel has {pluralize(w[1], 'channel')}, but the input has {pluralize(channels, 'channel')}"
        hint = "several filters over channels have rank d+2: filters, channels, …"
        report.add(("kernel",), f"{needs}: with groups {groups} a filter has {share}", hint)


def check_bias(given: Given, filters: int, report: Report) -> None:
    if given.has(BIAS) and given[BIAS].shape[0] != filters:
        has = pluralize(given[BIAS].shape[0], "number")
        report.add(("bias",), f"bias has {has} for {pluralize(filters, 'filter')}")
