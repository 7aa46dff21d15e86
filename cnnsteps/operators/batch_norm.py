"""Batch normalization as it is used, with the mean and variance that training has left.

    Val[n,c,i] = γ[c] · (x[n,c,i] − μ[c])/√(σ²[c] + ε) + β[c]

x input of any rank from 1 to 5; μ mean, σ² variance, γ gamma (1 unless given), β beta (0 unless
given), one a channel; ε epsilon, 0.00001 unless told. Rank d is one channel, d+1 has the
channels first, d+2 batch and channels. Each number of a flat list is a channel, and a matrix
with one mean a column has a channel a column: PyTorch's BatchNorm1d of (C) and (N, C). Val has
x's shape; it is exact where the root is, and where x = μ or γ = 0. As PyTorch's BatchNorm1d, 2d,
3d after eval(), and ONNX's BatchNormalization.
"""

from __future__ import annotations

import math
from functools import partial

from cnnsteps.arithmetic.elementwise import LayerProblem
from cnnsteps.arithmetic.normalization import Scaling, rule, scaled_steps
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Count, Num, Product
from cnnsteps.model.settings import setting
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.numbers.exact import Ratio, as_written, number
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.operators._contract import Node
from cnnsteps.operators._windows import check_said
from cnnsteps.reading.axes import INPUT, input_of, laid_out
from cnnsteps.reading.field_types import TITLE, Real, Vector, Whole
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.field_rows import named
from cnnsteps.windows.receptive_field import State

NAME = phrase("Batch normalization")
SUMMARY = "Works out a batch normalization, with each square root."
EXAMPLES = (
    """echo '{"input": [[1, 3]], "mean": 2, "variance": 4}' | cnnsteps batch-norm -""",
    "cnnsteps batch-norm samples/batch-norm.json --digits 2",
)
ALIASES = ("batchnorm", "batchnorm1d", "batchnorm2d", "batchnorm3d", "batch_normalization", "batchnormalization", "bn")
MEAN = Key(
    "mean", Vector(), "the mean, one a channel", required=True,
    also=("running_mean", "moving_mean"), near=("input_mean", "mu"),
)  # fmt: skip
VARIANCE = Key(
    "variance", Vector(), "the variance, one a channel", required=True,
    also=("running_var", "moving_variance", "var"), near=("input_var", "sigma2"),
)  # fmt: skip
GAMMA = Key("gamma", Vector(), "the factor, one a channel; 1 unless given", also=("weight",), near=("scale",))
BETA = Key(
    "beta", Vector(), "what is added, one a channel; 0 unless given", also=("bias",), near=("shift", "offset", "b")
)
EPSILON = Key("epsilon", Real(0), "what is added to the variance", default="1/100000", also=("eps",))
KEYS = (INPUT, MEAN, VARIANCE, GAMMA, BETA, EPSILON)
ARGUMENTS = {"running_mean": "mean", "running_var": "variance", "weight": "gamma", "bias": "beta", "eps": "epsilon"}
NUM_FEATURES = Key("num_features", Whole(1), "a check: the input has so many channels")
CHECKS = SIZE_CHECKS = (NUM_FEATURES,)
ADVICE = {"momentum": "mean and variance are given, as training left them"}
SIZE_KEYS = tuple(key._replace(required=False) for key in KEYS[1:])
ONNX = {"BatchNormalization": (1, 2)}


class Channels(NamedTuple):
    """How many there are, how many numbers in a row belong to one, and what they are called."""

    number: int
    inner: int
    word: str = "channel"


def channels_of(x: NamedTensor, means: int) -> Channels:
    axes, shape = x.dims, x.shape
    if len(shape) == 1:
        return Channels(shape[0], 1, "number")
    if axes:
        return Channels(shape[len(axes) - 1], math.prod(x.spatial))
    if len(shape) == 2 and means == shape[1] > 1:
        return Channels(shape[1], 1, "column")
    return Channels(1, math.prod(shape))


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem, where there is one of everything for each channel; else the mistakes."""
    x = laid_out(given, report)
    if x is None or not given.has(MEAN, VARIANCE, EPSILON):
        return None
    channels = channels_of(x, given[MEAN].shape[0])
    vectors = check_vectors(given, channels.number, channels.word, report)
    if report or given.spoiled(GAMMA, BETA):
        return None
    mean, variance, epsilon = given[MEAN], given[VARIANCE], given[EPSILON]
    constants = {name: Operand("constant", LETTERS[name], NAMES[name], NamedTensor(vector)) for name, vector in vectors}
    scaling = Scaling(mean, variance, epsilon, given.get(GAMMA), given.get(BETA), channels.inner)
    return LayerProblem(
        "batch_norm",
        NAME,
        given.get(TITLE),
        (input_of(x), *constants.values()),
        partial(scaled_steps, scaling, constants),
        x.shape,
        x.dims,
        (setting("epsilon", phrase("epsilon"), as_written(epsilon)),),
        rule(scaling),
        lines=line,
    )


def sizes(given: Given, state: State, report: Report) -> Layer | None:
    """The line of a layer of which only sizes are known; what is given of its numbers has to fit."""
    check_vectors(given, state.shape[0], "channel" if len(state.shape) > 1 else "number", report)
    return None if report else line(state)


def line(state: State) -> Layer:
    """gamma and beta for each channel."""
    channels = state.shape[0]
    row = named(phrase("parameters"), Product((Num(2), Num(channels))), Count(2 * channels))
    return Layer(state, parameters=2 * channels, equations=(row,))


def check_vectors(given: Given, channels: int, word: str, report: Report) -> list[tuple[str, Tensor]]:
    """What is given, by its names, where there is one of everything for each channel."""
    vectors = [(key.name, given[key]) for key in (MEAN, VARIANCE, GAMMA, BETA) if given.has(key)]
    for name, vector in vectors:
        if vector.shape[0] != channels:
            has = pluralize(vector.shape[0], "number")
            report.add((name,), f"{name} has {has}, but the input has {pluralize(channels, word)}")
    check_said(given, report, None, (NUM_FEATURES, channels, f"the input has {pluralize(channels, word)}"))
    if given.has(VARIANCE, EPSILON):
        check_variance(given, given[VARIANCE], given[EPSILON], report)
    return vectors


LETTERS = {"mean": "μ", "variance": "σ²", "gamma": "γ", "beta": "β"}
NAMES = {
    "mean": phrase("Mean"), "variance": phrase("Variance"), "gamma": phrase("Gamma"), "beta": phrase("Beta"),
}  # fmt: skip


def check_variance(given: Given, variance: Tensor, epsilon: Ratio, report: Report) -> None:
    """No variance is below 0, and with epsilon none is 0."""
    values = variance.num.tolist()
    for i, value in enumerate(values):
        path = ("variance", i) if isinstance(given.raw.get("variance"), list) else ("variance",)
        if value < 0:
            text = number(value, variance.den).text
            report.add(path, f"variance is {text}, but a mean of squares is never below 0")
        elif value == 0 and epsilon[0] == 0:
            report.add(path, "variance is 0, and so is epsilon: that divides by 0", "epsilon is 0.00001 unless told")


def onnx(node: Node, state: State, report: Report) -> Layer | None:
    return line(state) if len(node.shape(0)) > 1 else None
