"""The sigmoid, or logistic function: any number becomes one between 0 and 1.

    Val[i] = 1/(1 + e^(−x[i]))

x input (*), of any rank from 1 to 5; Val has its shape. Irrational but for x = 0, where it is
1/2. InputError where |x| is above 10,000. As PyTorch's Sigmoid and ONNX's Sigmoid.
"""

from __future__ import annotations

from cnnsteps.arithmetic.elementwise import Along, CellSteps, LayerProblem, form, mapped, on_the_way
from cnnsteps.arithmetic.exponentials import e_to, exponentials, negated, not_rational
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Num, Over, Slot, Sum, Sym
from cnnsteps.model.steps import Operand, answer, between
from cnnsteps.numbers import irrational
from cnnsteps.numbers.exact import Ratio
from cnnsteps.operators._layers import kept, unchanged
from cnnsteps.reading.axes import INPUT, input_of, laid_out
from cnnsteps.reading.field_types import TITLE
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report

NAME = phrase("Sigmoid")
SUMMARY = "Works out a sigmoid: every Val[i,j] = 1/(1 + e^(-x))."
EXAMPLES = (
    """echo '{"input": [-1, 0, 2.5]}' | cnnsteps sigmoid -""",
    """echo '{"input": [-1, 0, 2.5]}' | cnnsteps sigmoid - --digits 8""",
)
ALIASES = ("logistic", "expit")
KEYS = (INPUT,)
SIZE_KEYS = KEYS[1:]
sizes = unchanged
ONNX: dict[str, tuple[int, ...]] = {"Sigmoid": ()}
onnx = kept

CHAIN = (
    Over(Num(1), Sum((Num(1), e_to(Slot(1, operand=False))))),
    Over(Num(1), Sum((Num(1), Slot(2)))),
    Slot(3, operand=False),
)
FORMS = (form("sigmoid", CHAIN, 3),)


def steps(given: Operand) -> CellSteps:
    x = given.tensor
    opposite = negated(x)
    powers = exponentials(opposite)
    out = mapped(powers, logistic, not_rational(x))
    sources = (Along(given), Along(between(opposite)), on_the_way(powers), Along(answer(out), reusable=False))
    return CellSteps(out, sources, FORMS, given)


def logistic(power: Ratio) -> Ratio:
    """1/(1 + power)"""
    return irrational.divide((power[1], 1), (power[0] + power[1], 1))


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem; else its mistakes."""
    x = laid_out(given, report)
    if x is None:
        return None
    rule = Over(Num(1), Sum((Num(1), e_to(Sym("-x")))))
    return LayerProblem("sigmoid", NAME, given.get(TITLE), (input_of(x),), steps, x.shape, x.dims, letters=rule)
