"""The hyperbolic tangent: any number becomes one between -1 and 1.

    Val[i] = (e^x[i] − e^(−x[i]))/(e^x[i] + e^(−x[i]))

x input (*), of any rank from 1 to 5; Val has its shape. Irrational but for x = 0, where it is
0. InputError where |x| is above 10,000. As PyTorch's Tanh and ONNX's Tanh.
"""

from __future__ import annotations

from cnnsteps.arithmetic import exponentials
from cnnsteps.arithmetic.elementwise import Along, CellSteps, LayerProblem, form, mapped, on_the_way
from cnnsteps.arithmetic.exponentials import e_to
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Expr, Minus, Over, Slot, Sum, Sym
from cnnsteps.model.steps import Operand, answer, between
from cnnsteps.operators._layers import kept, unchanged
from cnnsteps.reading.axes import INPUT, input_of, laid_out
from cnnsteps.reading.field_types import TITLE
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report

NAME = phrase("Hyperbolic tangent")
SUMMARY = "Works out a hyperbolic tangent, with its exponentials."
EXAMPLES = (
    """echo '{"input": [-1, 0, 2.5]}' | cnnsteps tanh -""",
    """echo '{"input": [-1, 0, 2.5]}' | cnnsteps tanh - -o tanh.md --fragment""",
)
KEYS = (INPUT,)
SIZE_KEYS = KEYS[1:]
sizes = unchanged
ONNX: dict[str, tuple[int, ...]] = {"Tanh": ()}
onnx = kept


def quotient(power: Expr, opposite: Expr) -> Over:
    """(power − opposite)/(power + opposite)"""
    return Over(Sum((power, Minus(opposite))), Sum((power, opposite)))


CHAIN = (
    quotient(e_to(Slot(0, operand=False)), e_to(Slot(1, operand=False))),
    quotient(Slot(2), Slot(3)),
    Slot(4, operand=False),
)
FORMS = (form("tanh", CHAIN, 4),)


def steps(given: Operand) -> CellSteps:
    x = given.tensor
    opposite = exponentials.negated(x)
    powers, inverse = exponentials.exponentials(x), exponentials.exponentials(opposite)
    out = mapped(x, exponentials.tanh, exponentials.not_rational(x))
    made = map(on_the_way, (powers, inverse))
    sources = (Along(given), Along(between(opposite)), *made, Along(answer(out), reusable=False))
    return CellSteps(out, sources, FORMS, given)


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem; else its mistakes."""
    x = laid_out(given, report)
    if x is None:
        return None
    rule = quotient(e_to(Sym("x")), e_to(Sym("-x")))
    return LayerProblem("tanh", NAME, given.get(TITLE), (input_of(x),), steps, x.shape, x.dims, letters=rule)
