"""Softmax: numbers become shares that add up to 1.

    Val[i] = e^(x[i] − m)/S        m = max_k x[k]        S = Σ_k e^(x[k] − m)
    Val[i] = e^(x[i])/S            S = Σ_k e^(x[k])      with `shift` false

x input of any rank from 1 to 5; m and S are taken over a flat list, over the channels where
the input has them (rank d+1, d+2), else over the last dimension: where PyTorch's softmax takes
them unless told (dim 0, 1, 0, 1 for the ranks 1 to 4). `dim` says otherwise: it counts the
dimensions from 0, and from -1 backwards. Taking m away changes nothing, and keeps
the powers at most 1. Irrational but where all numbers are equal. InputError where two numbers
lie more than 10,000 apart. As PyTorch's and ONNX's Softmax.
"""

from __future__ import annotations

from functools import partial

from cnnsteps.arithmetic.elementwise import LayerProblem
from cnnsteps.arithmetic.exponentials import e_to
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Minus, Over, Sum, Sym
from cnnsteps.model.settings import Setting, setting
from cnnsteps.operators._contract import Node
from cnnsteps.operators.softmax.steps import softmax_steps
from cnnsteps.reading.axes import DEEPEST, INPUT, input_of, laid_out
from cnnsteps.reading.field_types import TITLE, Flag, Whole
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.report import Report
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import State

NAME = phrase("Softmax")
SUMMARY = "Works out a softmax: exponentials, their sum, the shares."
EXAMPLES = (
    """echo '{"input": [1, 2, 3]}' | cnnsteps softmax -""",
    "cnnsteps softmax samples/softmax.json --digits 2",
)
ALIASES = ("softmax2d", "softargmax")
DIM = Key(
    "dim",
    Whole(-DEEPEST, DEEPEST - 1),
    "the dimension along which the shares add up to 1, counted from 0",
    also=("axis",),
)
SHIFT = Key("shift", Flag(), "whether the largest number is taken away first, which changes no share", default=True)
KEYS = (INPUT, DIM, SHIFT)
SIZE_KEYS = KEYS[1:]
ONNX: dict[str, tuple[int, ...]] = {"Softmax": ()}


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem; else its mistakes."""
    x = laid_out(given, report)
    if x is None or given.spoiled(DIM, SHIFT):
        return None
    dim, rank = given.get(DIM), len(x.shape)
    axis = axis_of(dim, rank, (len(x.dims) or rank) - 1, report)
    if axis is None:
        return None
    settings: tuple[Setting, ...] = () if dim is None else (setting(DIM.name, phrase("dimension"), str(dim)),)
    shifts = given[SHIFT]
    settings += () if shifts else (Setting(SHIFT.name, "false", phrase("no maximum taken away")),)
    rule = Over(e_to(Sum((Sym("x"), Minus(Sym("m")))) if shifts else Sym("x")), Sym("S"))
    return LayerProblem(
        "softmax",
        NAME,
        given.get(TITLE),
        (input_of(x),),
        partial(softmax_steps, axis, shifts),
        x.shape,
        x.dims,
        settings,
        rule,
        lines=partial(line, axis - rank),
    )


def sizes(given: Given, state: State, report: Report) -> Layer | None:
    """The line of a layer of which only sizes are known."""
    rank = len(state.shape)
    axis = axis_of(given.get(DIM), rank, 0, report)
    return None if axis is None or given.spoiled(DIM, SHIFT) else line(axis - rank, state)


def line(axis: int, state: State) -> Layer:
    """The same shape; along a dimension of the plane, counted from behind, each place sees all that stand with it."""
    inside = len(state.shape) > 1 and axis > -len(state.shape)
    return Layer(state.seeing_all([axis + len(state.spatial)]) if inside else state)


def axis_of(dim: int | None, rank: int, default: int, report: Report) -> int | None:
    """The dimension along which the shares add up, counted from 0; None where there is none."""
    if dim is not None and not -rank <= dim < rank:
        report.add((DIM.name,), f"dim is {dim}, but the input has rank {rank}: from {-rank} to {rank - 1}")
        return None
    return default if dim is None else dim % rank


def onnx(node: Node, state: State, report: Report) -> Layer | None:
    """Over the channels it leaves the fields as they are, over planes, as before version 13, it does not."""
    rank = len(node.shape(0))
    axis = node.number("axis", -1 if node.opset >= 13 else 1) % max(rank, 1)
    over = range(max(axis, 2), rank) if node.opset < 13 else range(axis, axis + 1) if axis > 1 else ()
    return Layer(state.seeing_all([i - 2 for i in over])) if over else None
