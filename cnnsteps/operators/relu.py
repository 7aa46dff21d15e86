"""The rectified linear unit: what is negative becomes 0.

    Val[i] = max(0, x[i])

x input (*), of any rank from 1 to 5; Val has its shape. As PyTorch's ReLU and ONNX's Relu.
"""

from __future__ import annotations

import numpy as np

from cnnsteps.arithmetic.elementwise import Along, CellSteps, LayerProblem, form
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Call, Num, Slot, Sym
from cnnsteps.model.steps import Operand, answer
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.operators._layers import kept, unchanged
from cnnsteps.reading.axes import INPUT, input_of, laid_out
from cnnsteps.reading.field_types import TITLE
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report

NAME = phrase("ReLU")
SUMMARY = "Works out a ReLU: every Val[i,j] = max(0, x)."
EXAMPLES = (
    """echo '{"input": [[-1, 2], [3, -4]]}' | cnnsteps relu -""",
    """echo '{"input": [-1, 2.5]}' | cnnsteps relu - -f json""",
)
ALIASES = ("rectifier",)
KEYS = (INPUT,)
SIZE_KEYS = KEYS[1:]
sizes = unchanged
ONNX: dict[str, tuple[int, ...]] = {"Relu": ()}
onnx = kept

CHAIN = (Call("max", (Num(0), Slot(0, operand=False))), Slot(1, operand=False))
FORMS = (form("relu", CHAIN, 1),)


def steps(given: Operand) -> CellSteps:
    """Only what stays is still irrational."""
    x = given.tensor
    inexact = None if x.irrational_mask is None else x.irrational_mask & (x.num > 0).astype(bool)
    out = Tensor(np.maximum(x.num, 0), x.den, inexact)
    return CellSteps(out, (Along(given), Along(answer(out), reusable=False)), FORMS, given)


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem; else its mistakes."""
    x = laid_out(given, report)
    if x is None:
        return None
    rule = Call("max", (Num(0), Sym("x")))
    return LayerProblem("relu", NAME, given.get(TITLE), (input_of(x),), steps, x.shape, x.dims, letters=rule)
