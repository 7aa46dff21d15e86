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

import numpy as np

from cnnsteps.arithmetic.convolution import EXACT_IN_FLOAT, shape_of
from cnnsteps.arithmetic.elementwise import Along, LayerProblem
from cnnsteps.i18n import phrase
from cnnsteps.model.chain_rule import ROWS, Named, at, sum_of_products
from cnnsteps.model.equation import Equation
from cnnsteps.model.solution import Gradient
from cnnsteps.model.steps import Column, NamedTensor, Operand, Run, Window, answer
from cnnsteps.numbers.certain_digits import settled_products
from cnnsteps.numbers.tensor import Integers, Positions, Tensor, narrowed, wide_enough
from cnnsteps.operators._contract import Node
from cnnsteps.operators._windows import USE_BIAS, check_said
from cnnsteps.reading.axes import INPUT, bias_of, input_of, laid_out
from cnnsteps.reading.backward import BACKWARD, fitting
from cnnsteps.reading.field_types import TITLE, Flag, Numbers, Vector, Whole
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.costs import Layer, linear_costs
from cnnsteps.windows.receptive_field import State

NAME = phrase("Linear layer")
SUMMARY = "Works out a linear layer: every output with its products."
EXAMPLES = (
    """echo '{"input": [1, 2], "weight": [[3, 4]], "bias": 5}' | cnnsteps linear -""",
    "cnnsteps linear samples/linear.json -o linear.md",
)
ALIASES = ("fc", "dense", "fully_connected", "fully-connected", "fullyconnected", "gemm", "innerproduct", "affine")
WEIGHT = Key(
    "weight", Numbers(any_dims=(2,)), "one row an output, one column an input", required=True,
    # Of Keras's `kernel` the rows are inputs: a hint asks for the weight instead.
    near=("w", "weights", "kernel", "in2"),
)  # fmt: skip
BIAS = Key("bias", Vector(or_false=True), "a number, or one an output", near=("b", "biases"))
KEYS = (INPUT, WEIGHT, BIAS, BACKWARD)
OUT_FEATURES = Key(
    "out_features", Whole(1), "how many numbers the layer gives", required=True,
    also=("units",), near=("num_output", "num_hidden"),
)  # fmt: skip
HAS_BIAS = Key("bias", Flag(), "whether there is one, a number an output", default=True, also=("use_bias",))
SIZE_KEYS = (OUT_FEATURES, HAS_BIAS)
IN_FEATURES = Key("in_features", Whole(1), "a check: so many numbers come in")
SAID_FEATURES = Key("out_features", Whole(1), "a check: so many numbers go out", also=("units",))
CHECKS = (IN_FEATURES, SAID_FEATURES, USE_BIAS)
SIZE_CHECKS = (IN_FEATURES,)
TAKES = "row"
ONNX = {"Gemm": (0, 1, 2), "MatMul": (0, 1)}


class LinearSteps(NamedTuple):
    """Val[row,o] = Σ_k x[row,k]·w[o,k] (+ b[o]), whichever way the two lie in memory."""

    x: Operand
    w: Operand
    b: Operand | None
    out: Tensor
    """(rows, out)"""
    terms: int
    x_steps: tuple[int, int]
    """How far the next row and the next k are in x."""
    w_steps: tuple[int, int]
    """How far the next o and the next k are in w."""

    def runs(self, cells: Positions) -> Iterator[Run]:
        row, o = np.divmod(cells, self.out.shape[1])
        columns: list[Column] = []
        for k in range(self.terms):
            columns.append(Column(self.x, row * self.x_steps[0] + k * self.x_steps[1]))
            columns.append(Column(self.w, o * self.w_steps[0] + k * self.w_steps[1]))
        columns += [] if self.b is None else [Column(self.b, o)]
        columns.append(Along(answer(self.out), reusable=False).column(cells))
        chain, facts = shape_of(self.terms, 1, self.b is not None)
        yield Run(("linear", self.terms, self.b is not None), chain, facts, tuple(columns), cells)

    def window(self, cell: int) -> Window:
        row = cell // self.out.shape[1]
        return Window(self.x, row * self.x_steps[0] + np.arange(self.terms) * self.x_steps[1])


class Linear(LayerProblem):
    """A linear layer as a problem of its own."""

    def rule(self, base: int) -> Equation:
        rows = ROWS[: len(self.given.shape) - 1]
        val, x, w = Named("Val", at(rows + "o")), Named("x", at(rows + "k")), Named("w", at("ok"))
        b = Named("b", at("o")) if any(operand.role == "bias" for operand in self.operands) else None
        return sum_of_products(val, "k", x, w, b, base)


def steps(w: Operand, b: Operand | None, x: Operand) -> LinearSteps:
    ins = w.tensor.shape[1]
    return LinearSteps(x, w, b, weighted(x.tensor, w.tensor, b.tensor if b else None), ins, (ins, 1), (ins, 1))


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
    check_said(
        given, report, USE_BIAS,
        (IN_FEATURES, w.shape[1], f"the weight has {pluralize(w.shape[1], 'column')}, one an input"),
        (SAID_FEATURES, w.shape[0], f"the weight has {pluralize(w.shape[0], 'row')}, one an output"),
    )  # fmt: skip
    if report or given.spoiled(BIAS):
        return None
    shape = (*x.shape[:-1], w.shape[0])
    backward = fitting(given, shape, x.dims, report, x.tensor, w, b)
    if report:
        return None
    weight, biases = Operand("kernel", "w", phrase("Weight"), NamedTensor(w)), bias_of(b)
    operands = (input_of(x), weight, *biases, *((backward.operand,) if backward else ()))
    bias = next(iter(biases), None)
    work, gradients = partial(steps, weight, bias), partial(back, weight, bias)
    return Linear(
        "linear", NAME, given.get(TITLE), operands, work, shape, x.dims, backward=backward, back=gradients,
        lines=partial(line, w.shape[0], b is not None),
    )  # fmt: skip


def sizes(given: Given, state: State, report: Report) -> Layer | None:
    """The line of a layer of which only sizes are known."""
    count = math.prod(state.shape)
    check_said(given, report, None, (IN_FEATURES, count, f"{pluralize(count, 'number')} come in"))
    if report or not given.has(OUT_FEATURES, HAS_BIAS):
        return None
    return line(given[OUT_FEATURES], given[HAS_BIAS], state)


def line(out: int, has_bias: bool, state: State) -> Layer:
    """out × (in + 1) parameters; every number sees the whole input."""
    costs = linear_costs(state.shape[0], out, has_bias)
    after = state.seeing_all()._replace(shape=(out,))
    return Layer(after, parameters=costs.parameters, multiply_adds=costs.multiply_adds, equations=costs.rows,
                 biases=costs.biases)  # fmt: skip


def back(w: Operand, b: Operand | None, x: Operand, grad: Operand) -> Mapping[str, Gradient]:
    """Of input, weight and bias, from that of the output; they are sums of products themselves."""
    from cnnsteps.model.solution import shaped
    from cnnsteps.operators.linear.gradients import bias_gradient, rules

    by_x, by_w = rules(x.values)
    outs, ins = w.tensor.shape
    upstream, rows = grad.tensor.reshape(-1, outs), x.tensor.reshape(-1, ins)
    back = LinearSteps(grad, w, None, weighted(upstream, turned(w.tensor), None), outs, (outs, 1), (1, ins))
    kernel = weighted(turned(upstream), turned(rows), None)
    met = LinearSteps(grad, x, None, kernel, rows.shape[0], (1, outs), (1, ins))
    found = {"input": shaped(back.out, x.values, back, by_x), "kernel": shaped(met.out, w.values, met, by_w)}
    return found if b is None else {**found, "bias": bias_gradient(b.tensor, grad, x.values)}


def turned(matrix: Tensor) -> Tensor:
    """Rows for columns."""
    inexact = None if matrix.irrational_mask is None else np.ascontiguousarray(matrix.irrational_mask.T)
    return Tensor(np.ascontiguousarray(matrix.num.T), matrix.den, inexact, matrix.fractions)


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


def onnx(node: Node, state: State, report: Report) -> Layer | None:
    """A product of a batch of rows with a stored matrix; None where it is another product."""
    b = node.shape(1)
    if node.number("transA") or not node.keeps_batch or not node.is_constant(1) or len(b) != 2:
        return None
    inside, out = b[::-1] if node.number("transB") else b
    return line(out, node.has(2), state) if state.shape == (inside,) else None
