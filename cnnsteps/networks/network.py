"""A network: a chain of layers, each of which takes what the one before gave.

With a shape as input (channels first, no batch) only sizes are worked out: each layer's
output size, parameters, multiply-adds (one for each product in a convolution or linear
layer), receptive field and jump. With numbers every layer is worked out in full.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from cnnsteps import operators
from cnnsteps.model.solution import Limits, Problem
from cnnsteps.networks.layer_list import (
    INPUT,
    LAYERS,
    NAME,
    TYPE,
    Within,
    carries_numbers,
    check_takes,
    default_name,
    giver_of,
    read_kind,
    read_shape,
)  # fmt: skip
from cnnsteps.networks.solved import NumbersNetwork, SizesNetwork
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.operators._contract import LayerOperator, LayerProblem
from cnnsteps.reading.field_types import TITLE, Numbers
from cnnsteps.reading.fields import Given
from cnnsteps.reading.json.values import Value
from cnnsteps.reading.key import Context
from cnnsteps.reading.keys import by_own_names, read_known_keys
from cnnsteps.reading.matrix import read_tensor
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import Shape, State, begin, shown

SUMMARY = "Works out a network layer by layer: sizes, or every number."
EXAMPLES = (
    "cnnsteps network samples/network-lenet5.json",
    "cnnsteps network samples/network-small.json -o network.tex",
)
KEYS = (INPUT, LAYERS)


def read(given: Given, report: Report) -> SizesNetwork | NumbersNetwork | None:
    """The network, where every layer fits what comes before; else the mistakes."""
    if not given.has(INPUT, LAYERS):
        return None
    value, layers = given[INPUT], given[LAYERS]
    if any(isinstance(part, list) for part in value) or any(carries_numbers(layer) for layer in layers):
        return read_numbers(given, report)
    shape = read_shape(value, given.dims, report)
    state = begin(shape, given.dims) if shape else None
    done: list[Layer] = []
    for i, raw in enumerate(layers):
        layer = read_layer(raw, i, state, given.dims, report)
        state = None
        if layer is not None:
            done.append(layer._replace(name=layer.name or default_name(layer.kind, done)))
            state = layer.state._replace(giver=done[-1].name)
    return None if report or shape is None else SizesNetwork(given.get(TITLE), shape, tuple(done))


def read_layer(raw: Mapping[str, Value], i: int, state: State | None, dims: int, report: Report) -> Layer | None:
    """One layer's line; None where it, or one before it, has mistakes."""
    within = Within(report, i, raw)
    kind = read_kind(raw, within)
    if kind is None:
        return None
    operator = operators.load_layer(kind)
    keys = (TYPE, NAME, *operator.SIZE_KEYS, *operators.checks(operator, of_sizes=True))
    context = Context(dims, within, advice=operators.advice(operator))
    given = read_known_keys(by_own_names(raw, keys, within), keys, kind, context)
    if state is None or within or not check_takes(operator, kind, state, within):
        return None
    within.before = giver_of(state)
    layer = operator.sizes(given, state, within)
    return None if layer is None or within else layer._replace(kind=kind, name=given.get(NAME) or "")


class Link(NamedTuple):
    """What stands between two layers with numbers: the shape of the answer, and what sizes say of it."""

    shape: Shape
    state: State


def read_numbers(given: Given, report: Report) -> NumbersNetwork | None:
    """Every layer is read with a stand-in of the right shape for the answer before it."""
    x = read_tensor(given[INPUT], ("input",), report, has_booleans=True)
    if x is None:
        return None
    planes = (1,) * (given.dims + 1 - len(x.shape)) + x.shape[-given.dims - 1 :]
    link: Link | None = Link(x.shape, begin(x.shape if len(x.shape) == 1 else planes, given.dims))
    largest, expansions = 1, 0
    done: list[Layer] = []
    readers: list[tuple[str, Given]] = []
    for i, raw in enumerate(given[LAYERS]):
        within = Within(report, i, raw)
        kind = read_kind(raw, within)
        read = None if kind is None else read_with(raw, kind, link, given.dims, within)
        if kind is None or read is None or link is None:
            link = None
            continue
        own, problem, layer = read
        done.append(layer._replace(name=layer.name or default_name(kind, done)))
        readers.append((kind, own))
        largest, expansions = max(largest, problem.largest), expansions + math.prod(problem.output_shape)
        link = Link(problem.output_shape, layer.state._replace(giver=done[-1].name))
    if report or link is None:
        return None
    return NumbersNetwork(given.get(TITLE), x, tuple(readers), tuple(done), link.shape, largest, expansions)


def read_with(
    raw: Mapping[str, Value], kind: str, link: Link | None, dims: int, report: Within
) -> tuple[Given, LayerProblem, Layer] | None:
    """A layer's keys, its problem with zeros of the shape before it as input, and its line of sizes."""
    operator = operators.load_layer(kind)
    own = tuple(key for key in operator.KEYS if key.name != "input")
    keys = (TYPE, NAME, *own, *operators.checks(operator))
    spatial = 1 if link is not None and len(link.shape) == 1 else dims
    context = Context(spatial, report, advice=operators.advice(operator))
    given = read_known_keys(by_own_names(raw, keys, report), keys, kind, context)
    if link is None or report or not takes(operator, kind, link, spatial, report):
        return None
    given.put("input", Tensor(np.broadcast_to(np.zeros((), np.int8), link.shape)))
    report.before = giver_of(link.state)
    problem = operator.read(given, report)
    if problem is None or report or too_large(problem, report):
        return None
    return given, problem, problem.line(link.state)._replace(kind=kind, name=given.get(NAME) or "")


def takes(operator: LayerOperator, kind: str, link: Link, spatial: int, report: Within) -> bool:
    """The layer takes what the one before gives."""
    kinds = next((key.kind for key in operator.KEYS if key.name == "input"), None)
    if isinstance(kinds, Numbers) and not kinds.any_dims and len(link.shape) - spatial not in kinds.ranks:
        report.add((), f"a {kind} layer does not take the shape {shown(link.shape)}{giver_of(link.state)}")
        return False
    return check_takes(operator, kind, link.state, report)


def too_large(problem: Problem, report: Report) -> bool:
    most = Limits().most_tensor
    if problem.largest > most:
        report.add((), f"its padded input or its answer has {problem.largest:,} cells, more than {most:,}")
    return problem.largest > most
