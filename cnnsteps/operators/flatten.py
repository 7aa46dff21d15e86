"""Flatten: a tensor becomes one row, in row-major order.

    Val[m] = x[c,i,j]        m = (c·H + i)·W + j, counted from 0

x input of any rank from 1 to 5. A batch dimension (rank d+2) is kept: (N, C, *n) becomes
(N, C·∏n); anything else becomes one row. As PyTorch's Flatten (start_dim 1) of a batch, and
ONNX's Flatten (axis 1).
"""

from __future__ import annotations

import math

from cnnsteps.arithmetic.elementwise import Along, CellSteps, LayerProblem, form
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Chain, Count, Expr, Minus, Num, Product, Slot, Sum, Sym
from cnnsteps.model.steps import Operand
from cnnsteps.operators._layers import kept
from cnnsteps.reading.axes import INPUT, NAMES, input_of, laid_out
from cnnsteps.reading.field_types import TITLE
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.field_rows import named
from cnnsteps.windows.receptive_field import State

NAME = phrase("Flatten")
SUMMARY = "Flattens a tensor into one row: where each value goes."
EXAMPLES = (
    """echo '{"input": [[1, 2], [3, 4]]}' | cnnsteps flatten -""",
    """echo '{"input": [[[1, 2]], [[3, 4]]]}' | cnnsteps flatten - --index-base 0""",
)
ALIASES = ("reshape", "view", "ravel")
KEYS = (INPUT,)
SIZE_KEYS = KEYS[1:]
ONNX: dict[str, tuple[int, ...]] = {"Flatten": ()}
onnx = kept

CHAIN: Chain = (Slot(0, operand=False),)
FORMS = (form("flatten", CHAIN, 0),)
LETTERS = {1: "i", 2: "ij", 3: "hij"}


class Unrolled(CellSteps):
    """The values in the order in which they lie, and the words for it."""

    @property
    def own(self) -> tuple[int, ...]:
        """The shape of what becomes one row."""
        return self.x.values.shape[self.x.values.dims[:1] == NAMES[:1] :]

    @property
    def letters(self) -> str:
        """c for the channels, i for the rows, j for the columns."""
        spatial = len(self.x.values.spatial)
        return "c" * (len(self.own) - spatial) + LETTERS[spatial]

    def order(self, base: int) -> list[tuple[tuple[Expr, ...], Chain]]:
        """m = (c − 1)×H×W + (i − 1)×W + j, with the sizes' numbers; only m = j of a row is not worth a line."""
        if len(self.own) == 1:
            return []
        parts: list[Expr] = []
        for n, letter in enumerate(self.letters[:-1]):
            step = math.prod(self.own[n + 1 :])
            index: Expr = Sum((Sym(letter), Minus(Num(base)))) if base else Sym(letter)
            parts.append(Product((index, Num(step))) if step > 1 else index)
        return [((Sym("m"),), (Sum((*parts, Sym(self.letters[-1]))),))]


def steps(given: Operand) -> Unrolled:
    return Unrolled(given.tensor.worked_out, (Along(given),), FORMS, given)


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem; else its mistakes."""
    x = laid_out(given, report)
    if x is None:
        return None
    batch = x.shape[:1] if x.dims[:1] == NAMES[:1] else ()
    shape = (*batch, math.prod(x.shape[len(batch) :]))
    operands = (input_of(x),)
    return LayerProblem("flatten", NAME, given.get(TITLE), operands, steps, shape, NAMES[: len(batch)], lines=line)


def sizes(given: Given, state: State, report: Report) -> Layer:
    return line(state)


def line(state: State) -> Layer:
    """Everything in one row, whose numbers see what they saw."""
    size = math.prod(state.shape)
    row = named(phrase("size"), Product(tuple(map(Num, state.shape))), Count(size))
    return Layer(state._replace(shape=(size,)), equations=(row,) if len(state.shape) > 1 else ())
