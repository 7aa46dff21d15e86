"""Dropout, which works only while a network is trained; when it is used it does nothing.

    Val[i] = x[i]

x input (*), of any rank from 1 to 5; p how likely a value is dropped in training, 0.5 unless
told. Val is x. As PyTorch's Dropout after eval(), and ONNX's Dropout with training_mode false.
"""

from __future__ import annotations

from cnnsteps.arithmetic.elementwise import Along, CellSteps, LayerProblem, form
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Chain, Slot
from cnnsteps.model.settings import setting
from cnnsteps.model.steps import Operand
from cnnsteps.numbers.exact import as_written
from cnnsteps.operators._layers import kept, unchanged
from cnnsteps.reading.axes import INPUT, input_of, laid_out
from cnnsteps.reading.field_types import TITLE, Real
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.report import Report

NAME = phrase("Dropout")
SUMMARY = "Says what dropout does when a network is used: nothing."
EXAMPLES = (
    """echo '{"input": [[1, 2], [3, 4]]}' | cnnsteps dropout -""",
    """echo '{"input": [[1, 2]], "p": 0.3}' | cnnsteps dropout - -f markdown""",
)
ALIASES = ("dropout1d", "dropout2d", "dropout3d")
P = Key("p", Real(0, 1), "how likely a value is dropped while the network is trained", default="1/2", also=("rate",),
        near=("ratio", "keep_prob"))  # fmt: skip
KEYS = (INPUT, P)
SIZE_KEYS = KEYS[1:]
sizes = unchanged
ONNX: dict[str, tuple[int, ...]] = {"Dropout": ()}
onnx = kept

CHAIN: Chain = (Slot(0, operand=False),)
FORMS = (form("dropout", CHAIN, 0),)


def steps(given: Operand) -> CellSteps:
    return CellSteps(given.tensor.worked_out, (Along(given),), FORMS, given)


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem; else its mistakes."""
    x = laid_out(given, report)
    if x is None or not given.has(P):
        return None
    settings = (setting("p", phrase("probability"), as_written(given[P])),)
    return LayerProblem("dropout", NAME, given.get(TITLE), (input_of(x),), steps, x.shape, x.dims, settings=settings)
