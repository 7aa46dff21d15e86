"""Layer normalization: the numbers of the last dimensions less their mean, divided by their standard deviation.

    Val[*,i] = γ[i] · (x[*,i] − μ[*])/√(σ²[*] + ε) + β[i]        μ = Σ_i x[*,i]/N        σ² = Σ_i (x[*,i] − μ)²/N

    ∂L/∂x = (h − m − (x − μ)·c)/√(σ² + ε)    with h = ∂L/∂Val·γ, m = Σ_i h/N and c = Σ_i h·(x − μ)/(N·(σ² + ε))
    ∂L/∂γ[i] = Σ_* ∂L/∂Val[*,i]·(x[*,i] − μ)/√(σ² + ε)        ∂L/∂β[i] = Σ_* ∂L/∂Val[*,i]

x input of any rank from 1 to 5; i runs over the last dimensions, whose sizes are normalized_shape and their product N,
* over those before; γ gamma (1 unless given) and β beta (0 unless given) have that shape; ε epsilon, 0.00001 unless
told. Val has x's shape. As PyTorch's LayerNorm, whose weight and bias are γ and β, and ONNX's LayerNormalization.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

from cnnsteps.arithmetic.elementwise import LayerProblem
from cnnsteps.arithmetic.normalization import rule
from cnnsteps.errors import Path
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Count, Num, Product
from cnnsteps.model.settings import Setting, by_shape, setting
from cnnsteps.model.solution import Gradient
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.numbers.exact import as_written
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.operators._contract import Node
from cnnsteps.operators.layer_norm.steps import Norm, steps
from cnnsteps.reading.axes import DEEPEST, INPUT, input_of, laid_out
from cnnsteps.reading.backward import BACKWARD, fitting
from cnnsteps.reading.field_types import TITLE, Numbers, PerDimension, Real
from cnnsteps.reading.fields import Given
from cnnsteps.reading.json.values import Value
from cnnsteps.reading.key import Context, Key, Schema
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.field_rows import named
from cnnsteps.windows.receptive_field import Shape, State, shown

NAME = phrase("Layer normalization")
SUMMARY = "Works out a layer normalization: mean, variance, each value."
EXAMPLES = (
    """echo '{"input": [1, 5], "normalized_shape": 2}' | cnnsteps layer-norm -""",
    """echo '{"input":[1,3],"normalized_shape":2}' | cnnsteps layer-norm - -f json""",
)
ALIASES = ("layernorm", "layernormalization", "layer_normalization", "ln")


class Sizes(NamedTuple):
    """A size, or a list of them."""

    def read(self, value: Value, path: Path, context: Context) -> tuple[int, ...] | None:
        values = value if isinstance(value, list) else [value]
        if not 1 <= len(values) <= DEEPEST:
            context.report.add(path, f"{path[-1]} has {pluralize(len(values), 'size')}, but it has 1 to {DEEPEST}")
            return None
        places = [(*path, i) if isinstance(value, list) else path for i in range(len(values))]
        name, one = str(path[-1]), PerDimension(1).one
        sizes = [one(size, place, name, context) for size, place in zip(values, places, strict=True)]
        known = tuple(size for size in sizes if size is not None)
        return known if len(known) == len(values) else None

    def schema(self) -> Schema:
        return PerDimension(1).schema()


TENSOR = Numbers(any_dims=tuple(range(1, DEEPEST + 1)))
NORMALIZED_SHAPE = Key("normalized_shape", Sizes(), "the sizes of the last dimensions, taken together", required=True)
GAMMA = Key("gamma", TENSOR, "the factors, of this shape; 1 unless given", also=("weight",), near=("scale",))
BETA = Key(
    "beta", TENSOR, "what is added, of this shape; 0 unless given", also=("bias",), near=("shift", "offset", "b")
)
EPSILON = Key("epsilon", Real(0), "what is added to the variance", default="1/100000", also=("eps",))
KEYS = (INPUT, NORMALIZED_SHAPE, GAMMA, BETA, EPSILON, BACKWARD)
SIZE_KEYS = KEYS[1:-1]
ARGUMENTS = {"weight": "gamma", "bias": "beta", "eps": "epsilon"}
ONNX = {"LayerNormalization": (1, 2)}


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem, where normalized_shape ends the input's and gamma and beta have it; else the mistakes."""
    x = laid_out(given, report)
    if x is None or not fits(given, x.shape, report):
        return None
    backward = fitting(given, x.shape, x.dims, report, x.tensor, given.get(GAMMA), given.get(BETA))
    if report or not given.has(EPSILON):
        return None
    gamma, beta = (operand_of(given, key, *names) for key, *names in NAMES)
    norm = Norm(math.prod(given[NORMALIZED_SHAPE]), given[EPSILON], gamma, beta)
    own = [operand for operand in (gamma, beta) if operand is not None]
    shape = given[NORMALIZED_SHAPE]
    normalized = Setting("normalized_shape", str(list(shape)), phrase("normalized over"), by_shape(shape))
    epsilon = setting("epsilon", phrase("epsilon"), as_written(norm.epsilon))
    return LayerProblem(
        "layer_norm", NAME, given.get(TITLE), (input_of(x), *own, *((backward.operand,) if backward else ())),
        partial(steps, norm), x.shape, x.dims, (normalized, epsilon),
        rule(norm.scaling()), backward, partial(back, norm), partial(line, given[NORMALIZED_SHAPE]),
    )  # fmt: skip


NAMES = (GAMMA, "γ", phrase("Gamma")), (BETA, "β", phrase("Beta"))


def operand_of(given: Given, key: Key[Tensor], letter: str, name: str) -> Operand | None:
    values = given.get(key)
    return None if values is None else Operand("constant", letter, name, NamedTensor(values))


def fits(given: Given, shape: Shape, report: Report) -> bool:
    """The shape ends as normalized_shape says, and gamma and beta have it."""
    if not given.has(NORMALIZED_SHAPE):
        return False
    sizes = given[NORMALIZED_SHAPE]
    if shape[-len(sizes) :] != sizes:
        message = f"normalized_shape is {shown(sizes)}, but the input's last sizes are {shown(shape[-len(sizes) :])}"
        report.add((NORMALIZED_SHAPE.name,), message)
    for key in (GAMMA, BETA):
        if given.has(key) and given[key].shape != sizes:
            has = f"{key.name} has the shape {shown(given[key].shape)}"
            report.add((key.name,), f"{has}, but normalized_shape is {shown(sizes)}")
    return not report and not given.spoiled(GAMMA, BETA)


def sizes(given: Given, state: State, report: Report) -> Layer | None:
    """The line of a layer of which only sizes are known."""
    return line(given[NORMALIZED_SHAPE], state) if fits(given, state.shape, report) else None


def line(sizes: Shape, state: State) -> Layer:
    """gamma and beta for each number; each place sees all that its mean is taken of."""
    count = math.prod(sizes)
    row = named(phrase("parameters"), Product((Num(2), Num(count))), Count(2 * count))
    seen = range(max(len(state.spatial) - len(sizes), 0), len(state.spatial))
    return Layer(state.seeing_all(seen if state.spatial else None), parameters=2 * count, equations=(row,))


def onnx(node: Node, state: State, report: Report) -> Layer | None:
    """Over the dimensions from `axis` on; None where the batch is among them."""
    rank = len(node.shape(0))
    axis = node.number("axis", -1) % max(rank, 1)
    return line(node.shape(0)[axis:], state) if 0 < axis < rank else None


def back(norm: Norm, given: Operand, grad: Operand) -> Mapping[str, Gradient]:
    """Of the input, and of gamma and beta where they are given; what they need is imported only here."""
    from cnnsteps.operators.layer_norm.gradients import norm_gradients

    return norm_gradients(norm, given, grad)
