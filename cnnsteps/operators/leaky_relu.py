"""The leaky rectified linear unit: what is negative is made small.

    Val[i] = x[i] where x[i] ≥ 0        Val[i] = a · x[i] where x[i] < 0

x input (*), of any rank from 1 to 5; a negative_slope, 0.01 unless told. Val has x's shape.
As PyTorch's LeakyReLU (negative_slope) and ONNX's LeakyRelu (alpha).
"""

from __future__ import annotations

from functools import partial

import numpy as np

from cnnsteps.arithmetic.elementwise import Along, CellSteps, LayerProblem, form
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Chain, Num, Product, Slot, Sym
from cnnsteps.model.settings import setting
from cnnsteps.model.steps import NamedTensor, Operand, answer
from cnnsteps.numbers.exact import Ratio, WrittenFraction, as_written
from cnnsteps.numbers.tensor import Tensor, from_written, wide_enough
from cnnsteps.operators._layers import kept, unchanged
from cnnsteps.reading.axes import INPUT, input_of, laid_out
from cnnsteps.reading.field_types import TITLE, Real
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.report import Report

NAME = phrase("Leaky ReLU")
SUMMARY = "Works out a leaky ReLU: x, or a slope times a negative x."
EXAMPLES = (
    """echo '{"input": [-10, 0, 2.5]}' | cnnsteps leaky-relu -""",
    """echo '{"input": [-9, 4], "negative_slope": "1/3"}' | cnnsteps leaky-relu -""",
)
ALIASES = ("leakyrelu", "leaky-relu", "lrelu")
NEGATIVE_SLOPE = Key("negative_slope", Real(), "what negative numbers are multiplied by", default="1/100",
                     also=("alpha",), near=("slope", "leak"))  # fmt: skip
KEYS = (INPUT, NEGATIVE_SLOPE)
SIZE_KEYS = KEYS[1:]
sizes = unchanged
ONNX: dict[str, tuple[int, ...]] = {"LeakyRelu": ()}
onnx = kept

KEPT: Chain = (Slot(0, operand=False),)
SCALED: Chain = (Product((Slot(1), Slot(0))), Slot(2, operand=False))
FORMS = form("kept", KEPT, 2), form("scaled", SCALED, 2)


def steps(slope: Ratio, given: Operand) -> CellSteps:
    x = given.tensor
    below = (x.num < 0).astype(bool)
    dtype = wide_enough(x.bound() * max(abs(slope[0]), slope[1]))
    num = x.num.astype(dtype)
    inexact = x.irrational_mask if slope[0] or x.irrational_mask is None else x.irrational_mask & ~below
    out = Tensor(np.where(below, num * slope[0], num * slope[1]), x.den * slope[1], inexact)
    factor = Operand("setting", "a", "", NamedTensor(from_written([slope], (1,))))
    sources = (Along(given), Along(factor), Along(answer(out), reusable=False))
    return CellSteps(out, sources, FORMS, given, below.reshape(-1).astype(np.int64))


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem; else its mistakes."""
    x = laid_out(given, report)
    if x is None or not given.has(NEGATIVE_SLOPE):
        return None
    slope = given[NEGATIVE_SLOPE]
    settings = (setting("negative_slope", phrase("negative slope"), as_written(slope)),)
    rule = Product((Num(*slope, written=isinstance(slope, WrittenFraction)), Sym("x")))
    return LayerProblem(
        "leaky_relu", NAME, given.get(TITLE), (input_of(x),), partial(steps, slope), x.shape, x.dims, settings, rule
    )
