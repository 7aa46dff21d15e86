"""A transposed convolution that fits, and how it is solved."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from cnnsteps.arithmetic.transposed_convolution import ScatterSteps, stamp
from cnnsteps.i18n import listing, phrase
from cnnsteps.model.chain_rule import INPUT as SPACE
from cnnsteps.model.chain_rule import OUTPUT, Named, Place, at, leading, sum_of_products, without
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.settings import Setting, each
from cnnsteps.model.solution import Gradient, Limits, Solution
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.numbers.exact import Showing
from cnnsteps.numbers.tensor import Integers, Tensor
from cnnsteps.reading.backward import Backward, steps_of
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import groups_of, per_dimension, settings_of
from cnnsteps.windows.costs import Layer, Places, window_costs, window_line
from cnnsteps.windows.field_rows import field_rows
from cnnsteps.windows.letters import IN
from cnnsteps.windows.receptive_field import State, transposed_reads
from cnnsteps.windows.transposed import TransposedAxis

MOST_STAMPS = 36
NAME = phrase("Transposed convolution")
Back = Callable[["ConvTranspose", Operand], Mapping[str, Gradient]]
"""The gradients by that of the output."""


class ConvTranspose(NamedTuple):
    """x is (N, C, *n) and w (C, F/groups, *k), whatever was left out in the file."""

    title: str | None
    operands: tuple[Operand, ...]
    """Input, kernel, and where they are given bias and the output's gradient."""
    x: Tensor
    w: Tensor
    b: Tensor | None
    axes: tuple[TransposedAxis, ...]
    groups: int
    padding: str | None
    output_dims: tuple[str, ...]
    output_shape: tuple[int, ...]
    backward: Backward | None
    back: Back
    kind: str = "conv_transpose"
    name: str = NAME
    sections: tuple[Section, ...] = ()

    @property
    def largest(self) -> int:
        """The cells of the largest tensor that solving it makes."""
        full = math.prod(max(axis.full + axis.extra, axis.before + axis.out) for axis in self.axes)
        return self.x.shape[0] * self.w.shape[1] * self.groups * full

    @property
    def settings(self) -> list[Setting]:
        """What is not the default."""
        found = settings_of(self.axes, self.padding, (1,) * len(self.axes))
        extra = tuple(axis.extra for axis in self.axes)
        if any(extra):
            found.append(Setting("output_padding", per_dimension(extra), phrase("output padding"), each(extra)))
        return found + groups_of(self.groups)

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

    def line(self, state: State) -> Layer:
        """Its line as a layer of a network."""
        return transposed_line(state, self.axes, self.w.shape[1] * self.groups, self.groups, self.b is not None)

    @property
    def stamps(self) -> int:
        """How many input values there are to stamp, for all filters."""
        return self.x.num.size * self.w.shape[1]

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

    def solve(self, limits: Limits) -> Solution:
        out = stamp(self.x, self.w, self.b, self.axes, self.groups)
        x, w = self.operands[:2]
        b = next((operand for operand in self.operands if operand.role == "bias"), None)
        return Solution(
            self,
            NamedTensor(out.reshape(*self.output_shape), self.output_dims),
            ScatterSteps(x, w, b, out, self.axes, self.groups),
            gradients=self.back(self, self.backward.operand) if self.backward else {},
        )

    def stamped(self, base: int, showing: Showing) -> list[tuple[str, NamedTensor]]:
        """Each input value's scaled kernel where it lands on the output, with words that say which."""
        found: list[tuple[str, NamedTensor]] = []
        for n, place in enumerate(np.ndindex(*self.x.shape)):
            for own in range(self.w.shape[1]):
                if len(found) == MOST_STAMPS:
                    return found
                group = place[1] // (self.w.shape[0] // self.groups)
                value = self.x.take(np.array([n]))
                over = int(value.num[0])
                shown = showing(over, value.den, over in value.irrational, value.written(over))
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


def transposed_line(state: State, axes: tuple[TransposedAxis, ...], filters: int, groups: int, has_bias: bool) -> Layer:
    """As many parameters as a convolution; each input place is multiplied with the whole window."""
    after = state.through([transposed_reads(axis) for axis in axes], (filters, *(axis.out for axis in axes)))
    window, places = tuple(axis.f for axis in axes), Places(tuple(axis.n for axis in axes), IN)
    costs = window_costs(state.shape[0], window, filters, groups, has_bias, places)
    return window_line(axes, after, costs, field_rows(state, after, axes))
