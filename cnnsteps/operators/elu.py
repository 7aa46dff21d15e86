"""The exponential linear unit: what is negative bends towards −α.

    Val[i] = x[i] where x[i] ≥ 0        Val[i] = α · (e^x[i] − 1) where x[i] < 0

    ∂L/∂x[i] = ∂L/∂Val[i] where x[i] > 0        ∂L/∂x[i] = ∂L/∂Val[i] · α · e^x[i] where x[i] ≤ 0

x input (*), of any rank from 1 to 5; α alpha, 1 unless told. Val has x's shape, and is irrational where x is negative.
InputError where x is below −10,000. As PyTorch's ELU and ONNX's Elu.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from cnnsteps.arithmetic.elementwise import Along, CellSteps, Form, LayerProblem, form, mapped, on_the_way
from cnnsteps.arithmetic.exponentials import e_to
from cnnsteps.i18n import phrase
from cnnsteps.model.chain_rule import INPUT as SPACE
from cnnsteps.model.chain_rule import Derivative, Named, at, leading
from cnnsteps.model.expr import Chain, Minus, Num, Partial, Product, Slot, Sum, Sym
from cnnsteps.model.settings import setting
from cnnsteps.model.solution import Gradient, shaped
from cnnsteps.model.steps import JsonFields, NamedTensor, Operand, answer
from cnnsteps.numbers import irrational
from cnnsteps.numbers.exact import Ratio, as_written
from cnnsteps.numbers.tensor import Tensor, from_written, wide_enough
from cnnsteps.operators._layers import kept, unchanged
from cnnsteps.reading.axes import INPUT, input_of, laid_out
from cnnsteps.reading.backward import BACKWARD, fitting
from cnnsteps.reading.field_types import TITLE, Real
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.report import Report

NAME = phrase("ELU")
SUMMARY = "Works out an ELU: x, or α(e^x - 1) of a negative x."
EXAMPLES = (
    """echo '{"input": [-1, 0, 2.5]}' | cnnsteps elu -""",
    """echo '{"input": [-1, 3], "alpha": 2}' | cnnsteps elu - --digits 2""",
)
ALIASES = ("exponential_linear_unit",)
ALPHA = Key("alpha", Real(), "what the exponential of negative numbers is multiplied by", default=1)
KEYS = (INPUT, ALPHA, BACKWARD)
SIZE_KEYS = (ALPHA,)
sizes = unchanged
ONNX: dict[str, tuple[int, ...]] = {"Elu": ()}
onnx = kept

FACTOR, POWER = Slot(1), Slot(2, operand=False)
BENT: Chain = (
    Product((FACTOR, Sum((e_to(Slot(0, operand=False)), Minus(Num(1)))))),
    Product((FACTOR, Sum((POWER, Minus(Num(1)))))),
    Slot(3, operand=False),
)
FORMS = form("kept", (Slot(0, operand=False),), 3), form("bent", BENT, 3)
"""Columns: x, α, e^x, the value."""
BACK_BENT: Chain = (
    Product((Slot(3), FACTOR, e_to(Slot(0, operand=False)))),
    Product((Slot(3), FACTOR, POWER)),
    Slot(4, operand=False),
)
FACTS: dict[str, JsonFields] = {"input": 0, "grad_output": 3, "value": 4}
BACK_FORMS = Form("passed", (Slot(3, operand=False),), FACTS), Form("bent", BACK_BENT, FACTS)
"""Columns: x, α, e^x, ∂L/∂Val, the value."""


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem; else its mistakes."""
    x = laid_out(given, report)
    if x is None or not given.has(ALPHA):
        return None
    alpha = given[ALPHA]
    backward = fitting(given, x.shape, x.dims, report, x.tensor)
    if report:
        return None
    factor = Operand("setting", "α", "", NamedTensor(from_written([alpha], (1,))))
    letters = Product((Sym("alpha"), Sum((e_to(Sym("x")), Minus(Num(1))))))
    operands = (input_of(x), *((backward.operand,) if backward else ()))
    return LayerProblem(
        "elu", NAME, given.get(TITLE), operands, partial(steps, alpha, factor), x.shape, x.dims,
        (setting("alpha", phrase("alpha"), as_written(alpha)),), letters, backward, partial(gradients, alpha, factor),
    )  # fmt: skip


def steps(alpha: Ratio, factor: Operand, given: Operand) -> CellSteps:
    x = given.tensor
    below = (x.num < 0).astype(bool)
    own = np.zeros(x.shape, bool) if x.irrational_mask is None else x.irrational_mask
    out = mapped(x, partial(bent, alpha), np.where(below, bool(alpha[0]), own).astype(bool))
    sources = (Along(given), Along(factor), on_the_way(powers(x)), Along(answer(out), reusable=False))
    return CellSteps(out, sources, FORMS, given, below.reshape(-1).astype(np.int64))


def bent(alpha: Ratio, x: Ratio) -> Ratio:
    """α(e^x − 1) where x is negative; what cancels for a small x is added to the precision."""
    if x[0] >= 0:
        return x
    small = max(0, -irrational.len_of(x) + 1)
    power = irrational.exp(x, small)
    return alpha[0] * (power[0] - power[1]), alpha[1] * power[1]


def powers(x: Tensor) -> Tensor:
    """e^x where x is at most 0; elsewhere nobody asks."""
    below = (x.num < 0).astype(bool)
    return mapped(x, lambda value: irrational.exp(value) if value[0] <= 0 else (0, 1), below)


def gradients(alpha: Ratio, factor: Operand, given: Operand, grad: Operand) -> Mapping[str, Gradient]:
    """Of the input; at 0 the slope is α, as PyTorch has it."""
    x, g = given.tensor, grad.tensor
    slopes = mapped(x, partial(slope, alpha), (x.num < 0).astype(bool) & bool(alpha[0]))
    dtype = wide_enough(g.bound() * slopes.bound())
    flags = None if slopes.irrational_mask is None else slopes.irrational_mask & (g.num != 0).astype(bool)
    out = Tensor(g.num.astype(dtype) * slopes.num, g.den * slopes.den, flags)
    bends = (x.num <= 0).astype(np.int64).reshape(-1)
    sources = (Along(given), Along(factor), on_the_way(powers(x)), Along(grad), Along(answer(out), reusable=False))
    letters = leading(given.values.dims) + SPACE[len(given.values.spatial)]
    by, val = Named("x", at(letters)), Named("Val", at(letters))
    part = Product((Partial(val.written(1)), Sym("alpha"), e_to(Sum((by.written(1),)))))
    note = phrase("So it is where x is at most 0; elsewhere the gradient of the output stays as it is.")
    worked = CellSteps(out, sources, BACK_FORMS, given, bends)
    return {"input": shaped(out, given.values, worked, Derivative(by, part, (note,)))}


def slope(alpha: Ratio, x: Ratio) -> Ratio:
    """1, or α · e^x where x is at most 0."""
    power = irrational.exp(x) if x[0] <= 0 else (1, 1)
    return (alpha[0] * power[0], alpha[1] * power[1]) if x[0] <= 0 else power
