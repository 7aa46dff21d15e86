"""Transposed convolution, which spreads what a convolution gathers.

    Val[n,f,o] = b[f] + Σ_c Σ_k x[n,c,i] · w[c,f,k]   over all i, k with i·s + k·d − p = o

x input (N, C, *n), w kernel (C, F/groups, *k), b bias (F), s stride, p padding, which is cut
off, d dilation. Output (N, F, *out), out = (n − 1)s − p − p' + d(k − 1) + output_padding + 1.
As PyTorch's conv_transpose1d, 2d, 3d and ONNX's ConvTranspose.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cnnsteps.arithmetic.transposed_convolution import ScatterSteps, Spread, stamp
from cnnsteps.i18n import listing, phrase
from cnnsteps.model.chain_rule import INPUT as SPACE
from cnnsteps.model.chain_rule import OUTPUT, Named, Place, at, leading, sum_of_products, without
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.solution import Gradient, Limits, Solution
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.numbers.tensor import Integers, Tensor
from cnnsteps.operators.conv import BIAS, DILATION, GROUPS, INPUT, STRIDE, check_bias
from cnnsteps.reading.axes import bias_of, input_of
from cnnsteps.reading.backward import BACKWARD, Backward, fitting, steps_of
from cnnsteps.reading.field_types import TITLE, Key, Numbers, Padding, PaddingValue, Pairs, PerDimension
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.axis import settings_of

NAME = phrase("Transposed convolution")
SUMMARY = "Works out a transposed convolution: stamps, then sums."
EXAMPLES = (
    """echo '{"input": [[1, 2]], "kernel": [[3, 4]]}' | cnnsteps conv-transpose -""",
    """echo '{"input": [1], "kernel": [3, 4]}' | cnnsteps conv-transpose - -f latex""",
)
MOST_STAMPS = 36

KERNEL = Key("kernel", Numbers((0, 2)), "rank d, or d+2: channels, filters/groups, …", required=True)
PADDING: Key[PaddingValue] = Key("padding", Padding(), "what is cut off around the output", default=0)
OUTPUT_PADDING = Key("output_padding", PerDimension(0), "what is added at the output's end", default=0)

KEYS = (INPUT, KERNEL, BIAS, STRIDE, PADDING, OUTPUT_PADDING, DILATION, GROUPS, BACKWARD)


class ConvTranspose(NamedTuple):
    """A transposed convolution that fits: x is (N, C, *n), w (C, F/groups, *k)."""

    title: str | None
    operands: tuple[Operand, ...]
    """Input, kernel, and where they are given bias and the output's gradient."""
    x: Tensor
    w: Tensor
    b: Tensor | None
    axes: tuple[Spread, ...]
    groups: int
    padding: str | None
    output_dims: tuple[str, ...]
    output_shape: tuple[int, ...]
    backward: Backward | None = None
    kind: str = "conv_transpose"
    name: str = NAME
    sections: tuple[Section, ...] = ()

    @property
    def largest(self) -> int:
        """The cells of the largest tensor that solving it makes."""
        full = math.prod(max(axis.full + axis.extra, axis.before + axis.out) for axis in self.axes)
        return self.x.shape[0] * self.w.shape[1] * self.groups * full

    @property
    def settings(self) -> list[tuple[str, str]]:
        """What is not the default, by its key."""
        found = settings_of(self.axes, self.padding, (1,) * len(self.axes))
        extra = [axis.extra for axis in self.axes]
        found += [("output_padding", str(extra[0] if len(set(extra)) == 1 else extra))] if any(extra) else []
        return found + ([("groups", str(self.groups))] if self.groups > 1 else [])

    @property
    def given(self) -> NamedTensor:
        return self.operands[0].values

    @property
    def given_kernel(self) -> NamedTensor:
        return self.operands[1].values

    @property
    def expansions(self) -> int:
        return steps_of(self.output_shape, self.backward)

    @property
    def bias(self) -> NamedTensor | None:
        return NamedTensor(self.b) if self.b else None

    @property
    def stamps(self) -> int:
        """How many input values there are to stamp, for all filters."""
        return self.x.num.size * self.w.shape[1]

    def solve(self, limits: Limits) -> Solution:
        out = stamp(self.x, self.w, self.b, self.axes, self.groups)
        x, w = self.operands[:2]
        b = next((operand for operand in self.operands if operand.role == "bias"), None)
        return Solution(
            self,
            NamedTensor(out.reshape(*self.output_shape), self.output_dims),
            ScatterSteps(x, w, b, out, self.axes, self.groups),
            gradients=self.gradients,
        )

    def rule(self, base: int) -> Equation:
        """Val[i] = Σ_k x[k] × w[(i + p − k·s)/d] + b"""
        d = len(self.axes)
        out_lead, x_lead, w_lead = map(leading, (self.output_dims, self.given.dims, self.given_kernel.dims))
        rows = zip(self.axes, SPACE[d], OUTPUT[d], strict=True)
        through = [Place(((1, o), (-axis.s, i)), axis.before, axis.d) for axis, o, i in rows]
        over = without(x_lead + w_lead, out_lead) + OUTPUT[d]
        x, w = Named("x", at(x_lead + OUTPUT[d])), Named("w", (*at(w_lead), *through))
        b = Named("b", at("f" if "f" in out_lead else "")) if self.b else None
        return sum_of_products(Named("Val", at(out_lead + SPACE[d])), over, x, w, b, base)

    @property
    def gradients(self) -> Mapping[str, Gradient]:
        """From that of the output."""
        if self.backward is None:
            return {}
        from cnnsteps.arithmetic.gradients.convolution import transposed_gradients

        return transposed_gradients(self, self.backward.operand)

    def stamped(self, base: int, digits: int | None = None) -> list[tuple[str, NamedTensor]]:
        """Each input value's scaled kernel where it lands on the output, with words that say which."""
        found: list[tuple[str, NamedTensor]] = []
        for n, place in enumerate(np.ndindex(*self.x.shape)):
            for own in range(self.w.shape[1]):
                if len(found) == MOST_STAMPS:
                    return found
                group = place[1] // (self.w.shape[0] // self.groups)
                value = self.x.take(np.array([n]))
                shown = value.number(0, digits=digits)
                index = ",".join(str(i + base) for i in place[2:])
                where = [phrase("batch item {n}", n=place[0] + base)] if self.x.shape[0] > 1 else []
                where += [phrase("channel {n}", n=place[1] + base)] if self.x.shape[1] > 1 else []
                nth = group * self.w.shape[1] + own + base
                where += [phrase("filter {n}", n=nth)] if self.w.shape[1] * self.groups > 1 else []
                stamp = phrase(
                    "about {value} at [{place}]" if shown.rounded else "{value} at [{place}]",
                    value=shown.text,
                    place=index,
                )
                found.append((listing([stamp, *where]), self.landed(self.w.num[place[1], own], value, place[2:])))
        return found

    def landed(self, kernel: Integers, value: Tensor, at: tuple[int, ...]) -> NamedTensor:
        """One scaled kernel on an output that is empty elsewhere."""
        full = tuple(max(axis.full + axis.extra, axis.before + axis.out) for axis in self.axes)
        num, absent = np.zeros(full, object), np.ones(full, bool)
        onto = tuple(
            slice(i * axis.step, i * axis.step + axis.gap * (axis.f - 1) + 1, axis.gap)
            for i, axis in zip(at, self.axes, strict=True)
        )
        num[onto], absent[onto] = kernel.astype(object) * int(value.num[0]), False
        kept = tuple(slice(axis.before, axis.before + axis.out) for axis in self.axes)
        loose = np.not_equal(num[kept], 0).astype(bool) if value.irrational else None
        return NamedTensor(Tensor(num[kept], self.x.den * self.w.den, loose), (), absent[kept])


def read(given: Given, report: Report) -> ConvTranspose | None:
    """The problem, where input, kernel and settings fit together; else their mistakes."""
    if not given.has(INPUT, KERNEL):
        return None
    d, x, w = given.dims, given[INPUT], given[KERNEL]
    x_extra, w_extra = len(x.shape) - d, len(w.shape) - d
    x_full, w_full = x.reshape(*(1,) * (2 - x_extra), *x.shape), w.reshape(*(1,) * (2 - w_extra), *w.shape)
    groups = given[GROUPS] if given.has(GROUPS) else 1
    if x_full.shape[1] != w_full.shape[0]:
        has, needs = pluralize(w_full.shape[0], "channel"), pluralize(x_full.shape[1], "channel")
        message = f"kernel has {has}, but the input has {needs}"
        report.add(("kernel",), message, "a transposed convolution's kernel is channels, filters/groups, …")
    elif x_full.shape[1] % groups:
        report.add(
            ("groups",), f"groups is {groups}, which does not divide input's {pluralize(x_full.shape[1], 'channel')}"
        )
    check_bias(given, w_full.shape[1] * groups, report)
    if not given.has(STRIDE, PADDING, DILATION, OUTPUT_PADDING):
        return None
    axes = spreads(given, x.shape[x_extra:], w.shape[w_extra:], report)
    filters = w_full.shape[1] * groups
    lead = ({"batch item": x.shape[0]} if x_extra == 2 else {}) | ({"filter": filters} if w_extra == 2 else {})
    output_shape = (*lead.values(), *(axis.out for axis in axes))
    of = (x, w, given.get(BIAS))
    backward = None if report else fitting(given, output_shape, tuple(lead), report, *of)
    if report:
        return None
    padding = given[PADDING]
    operands = (
        input_of(NamedTensor(x, ("batch item", "channel")[2 - x_extra :])),
        Operand("kernel", "w", phrase("Kernel"), NamedTensor(w, ("channel", "filter")[2 - w_extra :])),
        *bias_of(given.get(BIAS)),
        *((backward.operand,) if backward else ()),
    )
    return ConvTranspose(
        given.get(TITLE),
        operands,
        x_full,
        w_full,
        given.get(BIAS),
        axes,
        groups,
        padding if isinstance(padding, str) else None,
        tuple(lead),
        output_shape,
        backward,
    )


def spreads(given: Given, n: tuple[int, ...], f: tuple[int, ...], report: Report) -> tuple[Spread, ...]:
    """The dimensions; PyTorch: output_padding is below stride or dilation, and something is left."""
    pairs = cut_off(given, n, f)
    axes = []
    for size, window, s, pair, d, extra in zip(
        n, f, given[STRIDE], pairs, given[DILATION], given[OUTPUT_PADDING], strict=True
    ):
        axis = Spread(size, window, s, pair[0], pair[1], d, extra)
        axes.append(axis)
        if extra >= max(s, d):
            report.add(
                ("output_padding",), f"output_padding is {extra}, but it has to be below stride {s} or dilation {d}"
            )
        elif axis.out < 1 or min(pair) < 0:
            formula = f"({size} − 1)×{s} − {sum(pair)} + {d}×({window} − 1) + {extra} + 1 = {axis.out}"
            report.add(("padding",), f"padding leaves nothing: (N − 1)S − 2P + D(F − 1) + P_output + 1 = {formula}")
    return tuple(axes)


def cut_off(given: Given, n: tuple[int, ...], f: tuple[int, ...]) -> Pairs:
    """The padding in numbers; `same` is ONNX's: the output is S times the input."""
    padding = given[PADDING]
    if not isinstance(padding, str):
        return padding
    if padding == "valid":
        return tuple((0, 0) for _ in n)
    pairs = []
    for size, window, s, d, extra in zip(n, f, given[STRIDE], given[DILATION], given[OUTPUT_PADDING], strict=True):
        total = (size - 1) * s + d * (window - 1) + 1 + extra - size * s
        less, more = total // 2, total - total // 2
        pairs.append((more, less) if padding == "same_lower" else (less, more))
    return tuple(pairs)
