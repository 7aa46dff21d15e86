"""A linear, or fully connected, layer: each output is a weighted sum of all inputs.

    Val[*,o] = b[o] + Σ_k x[*,k] · w[o,k]

x input (*, in), of any rank from 1 to 5: each of its rows by itself; w weight (out, in),
b bias (out), none unless given. Output (*, out). As PyTorch's Linear, and ONNX's Gemm with
transB.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from cnnsteps.arithmetic.convolution import EXACT_IN_FLOAT, shape_of
from cnnsteps.arithmetic.elementwise import Along, LayerProblem
from cnnsteps.i18n import phrase
from cnnsteps.model.solution import Gradient
from cnnsteps.model.steps import Column, NamedTensor, Run, Window
from cnnsteps.numbers.certain_digits import settled_products
from cnnsteps.numbers.tensor import Integers, Positions, Tensor, narrowed, wide_enough
from cnnsteps.reading.axes import INPUT, laid_out
from cnnsteps.reading.backward import BACKWARD, fitting
from cnnsteps.reading.field_types import TITLE, Key, Numbers, Vector
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.text import pluralize

SUMMARY = "Works out a linear layer: every output with its products."
EXAMPLES = (
    """echo '{"input": [1, 2], "weight": [[3, 4]], "bias": 5}' | cnnsteps linear -""",
    "cnnsteps linear samples/linear.json -o linear.md",
)
WEIGHT = Key("weight", Numbers(any_dims=(2,)), "one row an output, one column an input", required=True)
BIAS = Key("bias", Vector(), "a number, or one an output")
KEYS = (INPUT, WEIGHT, BIAS, BACKWARD)


class LinearSteps(NamedTuple):
    """Val = Σ x·w (+ b)."""

    x: Tensor
    w: Tensor
    b: Tensor | None
    out: Tensor
    shown: NamedTensor

    @property
    def terms(self) -> int:
        return self.w.shape[1]

    def runs(self, cells: Positions) -> Iterator[Run]:
        row, o = np.divmod(cells, self.w.shape[0])
        columns: list[Column] = []
        for k in range(self.terms):
            columns += (Column(self.x, row * self.terms + k), Column(self.w, o * self.terms + k))
        columns += [] if self.b is None else [Column(self.b, o)]
        columns.append(Along(self.out, reusable=False).column(cells))
        chain, facts = shape_of(self.terms, 1, self.b is not None)
        yield Run(("linear", self.terms, self.b is not None), chain, facts, tuple(columns), cells)

    def window(self, cell: int) -> Window:
        return Window(self.shown, cell // self.w.shape[0] * self.terms + np.arange(self.terms), cell)


def steps(w: Tensor, b: Tensor | None, given: NamedTensor) -> LinearSteps:
    x = given.tensor
    return LinearSteps(x, w, b, weighted(x, w, b), given)


def weighted(x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
    """The answer (M, out) of the rows of x (M, in)."""
    bias = b if b is not None else Tensor(np.zeros(w.shape[0], np.int64))
    den = math.lcm(x.den * w.den, bias.den)
    scale, bias_scale = den // (x.den * w.den), den // bias.den
    bound = w.shape[1] * x.bound() * w.bound() * scale + bias.bound() * bias_scale
    total = dot(x.num.reshape(-1, w.shape[1]), w.num, bound)
    num = narrowed(total * scale + bias.num.astype(total.dtype) * bias_scale)
    return settled_products(Tensor(num, den), weighted, x, w, b)


def dot(x: Integers, w: Integers, bound: int) -> Integers:
    """x (M, in) times w (out, in) turned, in integers that hold `bound`; by BLAS where float64 is exact."""
    dtype = np.dtype(float) if bound < EXACT_IN_FLOAT else wide_enough(bound)
    found: Integers = x.astype(dtype) @ w.astype(dtype).T
    return found.astype(np.int64) if bound < EXACT_IN_FLOAT else found


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem, where input, weight and bias fit together; else their mistakes."""
    x = laid_out(given, report)
    if x is None or not given.has(WEIGHT):
        return None
    w, b = given[WEIGHT], given.get(BIAS)
    if w.shape[1] != x.shape[-1]:
        report_misfit(x.shape, w.shape, report)
    if b is not None and b.shape[0] != w.shape[0]:
        has = f"bias has {pluralize(b.shape[0], 'number')}"
        report.add(("bias",), f"{has}, but the weight has {pluralize(w.shape[0], 'row')}, one an output")
    if report or given.spoiled(BIAS):
        return None
    operands = ((phrase("Weight"), NamedTensor(w)), *(((phrase("Bias"), NamedTensor(b)),) if b else ()))
    shape = (*x.shape[:-1], w.shape[0])
    backward = fitting(given, shape, x.dims, report, x.tensor, w, b)
    if report:
        return None
    work, back = partial(steps, w, b), partial(gradients, w, b)
    return LayerProblem(
        "linear", given.get(TITLE), x, work, shape, x.dims, operands, backward=backward, back=back
    )  # fmt: skip


def gradients(w: Tensor, b: Tensor | None, given: NamedTensor, grad: NamedTensor) -> Mapping[str, Gradient]:
    """Of input, weight and bias, from that of the output; they are linear layers themselves."""
    from cnnsteps.arithmetic.gradients.linear import bias_gradient, rules
    from cnnsteps.model.solution import shaped

    by_x, by_w = rules(given)
    rows = given.tensor.reshape(-1, w.shape[1])
    back = steps(turned(w), None, grad)
    met = steps(turned(rows), None, NamedTensor(turned(grad.tensor.reshape(-1, w.shape[0]))))
    found = {"input": shaped(back.out, given, back, by_x), "kernel": shaped(met.out, NamedTensor(w), met, by_w)}
    return found if b is None else {**found, "bias": bias_gradient(b, grad, given)}


def turned(matrix: Tensor) -> Tensor:
    """Rows for columns."""
    inexact = None if matrix.irrational_mask is None else np.ascontiguousarray(matrix.irrational_mask.T)
    return Tensor(np.ascontiguousarray(matrix.num.T), matrix.den, inexact)


def report_misfit(x: tuple[int, ...], w: tuple[int, ...], report: Report) -> None:
    """Both shapes, and what would make them fit."""
    rows = "the input has" if len(x) == 1 else "the input's rows have"
    shapes = " and ".join(" × ".join(map(str, shape)) for shape in (w, x))
    message = f"weight has {pluralize(w[1], 'column')}, but {rows} {pluralize(x[-1], 'number')} (shapes {shapes})"
    hint = "a weight has one row an output and one column an input"
    if w[1] == math.prod(x):
        hint = f"flatten the input first: {' × '.join(map(str, x))} = {w[1]}"
    elif w[0] == x[-1]:
        hint = "the weight may be turned: it has one row an output, one column an input"
    report.add(("weight",), message, hint)
