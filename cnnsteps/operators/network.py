"""A network: a chain of layers, each of which takes what the one before gave.

With a shape as input (channels first, no batch) only sizes are worked out: each layer's
output size, parameters, multiply-adds (one for each product in a convolution or linear
layer), receptive field and jump. With numbers every layer is worked out in full.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from cnnsteps import operators
from cnnsteps.arithmetic import layers as sizes
from cnnsteps.arithmetic.layers import Layer, State
from cnnsteps.errors import Path
from cnnsteps.operators import Problem
from cnnsteps.reading.given import Given
from cnnsteps.reading.json_text import BROKEN, Value
from cnnsteps.reading.kinds import TITLE, Context, Key, Numbers, Schema, Text, list_of, whole
from cnnsteps.reading.matrix import read_tensor
from cnnsteps.reading.names import TYPES, meant
from cnnsteps.reading.report import Report
from cnnsteps.reading.words import counted, describe
from cnnsteps.solution import Limits, Solution
from cnnsteps.tensor import Tensor

SUMMARY = "Works out a network layer by layer: sizes and costs, or every number."
NO_LAYERS = ("network", "size")


class AnyInput:
    """A shape or a tensor; the layers say which."""

    def read(self, value: Value, path: Path, context: Context) -> list[Value] | None:
        if isinstance(value, list) and value:
            return value
        if value is not BROKEN:
            context.report.add(path, f"input is {describe(value)}, neither a shape like [3, 227, 227] nor numbers")
        return None

    def schema(self) -> Schema:
        return {"$ref": "#/$defs/tensor"}


class LayerList:
    """A list of objects, each with its type."""

    def read(self, value: Value, path: Path, context: Context) -> list[Mapping[str, Value]] | None:
        if not isinstance(value, list) or not value:
            if value is not BROKEN:
                context.report.add(path, f"layers is {describe(value)}, not a list of layers")
            return None
        wrong = [i for i, layer in enumerate(value) if not isinstance(layer, dict) and layer is not BROKEN]
        for i in wrong:
            context.report.add((*path, i), f"layer {i + 1} is {describe(value[i])}, not an object with a type")
        return None if wrong else [layer for layer in value if isinstance(layer, dict)]

    def schema(self) -> Schema:
        return list_of({"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}})


INPUT = Key("input", AnyInput(), "a shape, channels first, or numbers", required=True)
LAYERS = Key("layers", LayerList(), "the layers, in order", required=True)
NAME = Key("name", Text(), "what the layer is called")
TYPE = Key("type", Text(), "what the layer does")

KEYS = (INPUT, LAYERS)


class Within(Report):
    """Mistakes of a layer, with their paths from the whole file."""

    def __init__(self, outer: Report, prefix: Path) -> None:
        super().__init__()
        self.outer, self.prefix = outer, prefix

    def add(self, path: Path, message: str, hint: str | None = None, of_key: bool = False) -> None:
        super().add(path, message, hint, of_key)
        number = self.prefix[-1]
        where = f"layer {int(number) + 1}: " if isinstance(number, int) else ""
        self.outer.add((*self.prefix, *path), where + message, hint, of_key)


class SizesNetwork(NamedTuple):
    """A network of which only sizes are known, worked out."""

    title: str | None
    shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    kind: str = "network"
    largest: int = 1

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.layers[-1].state.shape

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        return sum(layer.multiply_adds for layer in self.layers)

    def solve(self, limits: Limits) -> Solution:
        rows = [line_of(layer, layer.state.shape) for layer in self.layers]
        totals = {"parameters": self.parameters, "multiply_adds": self.multiply_adds}
        return Solution(self, extras={"layers": rows, **totals})


class NumbersNetwork(NamedTuple):
    """A network whose layers carry numbers; each layer's keys, and its line of sizes."""

    title: str | None
    x: Tensor
    given: tuple[tuple[str, Given], ...]
    layers: tuple[Layer, ...]
    output_shape: tuple[int, ...]
    largest: int
    expansions: int
    kind: str = "network"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.x.shape

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        return sum(layer.multiply_adds for layer in self.layers)

    def solve(self, limits: Limits) -> Solution:
        """Each layer's solution, made of the answer of the one before."""
        x = self.x
        solutions: list[Solution] = []
        for (kind, given), layer in zip(self.given, self.layers, strict=True):
            given.put("input", x)
            problem = operators.load(kind).read(given, Report())
            assert problem is not None
            solution = problem.solve(limits)
            assert solution.output is not None
            solutions.append(solution._replace(extras=line_of(layer, solution.output_shape)))
            x = solution.output.tensor
        totals = {"parameters": self.parameters, "multiply_adds": self.multiply_adds}
        return Solution(self, solutions[-1].output, layers=tuple(solutions), extras=totals)


def line_of(layer: Layer, shape: tuple[int, ...]) -> dict[str, object]:
    """A layer's line as JSON has it."""
    return {
        "name": layer.name,
        "type": layer.kind,
        "output_shape": list(shape),
        "parameters": layer.parameters,
        "multiply_adds": layer.multiply_adds,
        "receptive_field": layer.field,
    }


def read(given: Given, report: Report) -> SizesNetwork | NumbersNetwork | None:
    """The network, where every layer fits what comes before; else the mistakes."""
    if not given.has(INPUT, LAYERS):
        return None
    value, layers = given[INPUT], given[LAYERS]
    if any(isinstance(part, list) for part in value) or any(carries_numbers(layer) for layer in layers):
        return read_numbers(given, report)
    shape = read_shape(value, given.dims, report)
    if shape is None:
        return None
    done: list[Layer] = []
    state = first_state(shape, given.dims)
    for i, raw in enumerate(layers):
        layer = read_layer(raw, i, state, given.dims, report)
        if layer is None:
            return None
        done.append(layer._replace(name=layer.name or default_name(layer.kind, done)))
        state = layer.state
    return None if report else SizesNetwork(given.get(TITLE), shape, tuple(done))


def carries_numbers(layer: Mapping[str, Value]) -> bool:
    """A layer with a matrix, which sizes never need."""
    return any(
        isinstance(value, list) and any(isinstance(part, list) for part in value)
        for key, value in layer.items()
        if key in ("kernel", "weight")
    )


def first_state(shape: tuple[int, ...], dims: int) -> State:
    ones = (Fraction(1),) * dims
    return State(shape, shape[1:] if len(shape) > 1 else (1,) * dims, ones, ones)


def read_numbers(given: Given, report: Report) -> NumbersNetwork | None:
    """Every layer is read with a stand-in of the right shape for the answer before it."""
    x = read_tensor(given[INPUT], ("input",), report, has_booleans=True)
    if x is None:
        return None
    state = first_state((1,) * (given.dims + 1 - len(x.shape)) + x.shape[-given.dims - 1 :], given.dims)
    if len(x.shape) == 1:
        state = first_state(x.shape, given.dims)
    shape, largest, expansions = x.shape, 1, 0
    done: list[Layer] = []
    readers: list[tuple[str, Given]] = []
    for i, raw in enumerate(given[LAYERS]):
        within = Within(report, ("layers", i))
        kind = read_kind(raw, within)
        problem_of = None if kind is None else read_with(raw, kind, shape, given.dims, within)
        if kind is None or problem_of is None or within:
            return None
        own, problem = problem_of
        largest = max(largest, problem.largest)
        if largest > Limits().most_tensor:
            within.add((), f"its padded input or its answer has {largest:,} cells, more than {Limits().most_tensor:,}")
            return None
        work = sizes.WORK.get(kind)
        layer = work(size_keys(kind, own, problem, given.dims), state, within) if work else Layer(kind, state)
        if layer is None:
            return None
        done.append(layer._replace(name=own.get(NAME) or default_name(kind, done)))
        readers.append((kind, own))
        state, shape = layer.state, problem.output_shape
        expansions += math.prod(shape)
    return NumbersNetwork(given.get(TITLE), x, tuple(readers), tuple(done), shape, largest, expansions)


def read_with(
    raw: Mapping[str, Value], kind: str, shape: tuple[int, ...], dims: int, report: Report
) -> tuple[Given, Problem] | None:
    """A layer's keys, and its problem with zeros of this shape as input."""
    from cnnsteps.reading.problem import read_known_keys

    operator = operators.load(kind)
    keys = tuple(key for key in operator.KEYS if key.name != "input")
    kinds = next((key.kind for key in operator.KEYS if key.name == "input"), None)
    spatial = 1 if len(shape) == 1 else dims
    if isinstance(kinds, Numbers) and len(shape) - spatial not in kinds.ranks:
        report.add((), f"a {kind} layer does not take what comes before, of the shape {sizes.shown(shape)}")
        return None
    given = read_known_keys(raw, (TYPE, NAME, *keys), kind, Context(spatial, report))
    given.put("input", Tensor(np.broadcast_to(np.zeros((), np.int8), shape)))
    problem = None if report else operator.read(given, report)
    return None if problem is None else (given, problem)


def size_keys(kind: str, given: Given, problem: Problem, dims: int) -> Given:
    """What a layer with numbers says of sizes: its kernel's shape, how many filters, whether a bias."""
    found = Given(given.raw, given.dims)
    for key in sizes.KEYS.get(kind, ()):
        found.put(key.name, given.values.get(key.name, key.default))
    has_bias = given.values.get("bias") is not None
    if kind in ("conv", "conv_transpose"):
        weights: Tensor = problem.w  # type: ignore[attr-defined]
        filters = weights.shape[0] if kind == "conv" else weights.shape[1] * int(str(given.values["groups"]))
        for name, value in (("kernel", weights.shape[2:]), ("filters", filters), ("bias", has_bias)):
            found.put(name, value)
    elif kind == "linear":
        found.put("out_features", problem.output_shape[-1])
        found.put("bias", has_bias)
    return found


def default_name(kind: str, done: list[Layer]) -> str:
    """conv1, conv2, pool1: by kind and number."""
    return f"{kind}{sum(layer.kind == kind for layer in done) + 1}"


def read_shape(value: list[Value], dims: int, report: Report) -> tuple[int, ...] | None:
    found = [whole(v) for v in value]
    if any(size is None for size in found):
        report.add(("input",), "input holds more than sizes, and no layer carries numbers")
    elif len(value) != dims + 1:
        message = f"input has {counted(len(value), 'size')}, but there are {counted(dims, 'dimension')}"
        report.add(("input",), message, "a shape has the channels first: [3, 227, 227]")
    elif min(size for size in found if size is not None) < 1:
        report.add(("input",), "a size is at least 1")
    else:
        return tuple(size for size in found if size is not None)
    return None


def read_layer(raw: Mapping[str, Value], i: int, state: State, dims: int, report: Report) -> Layer | None:
    """One layer's line; None where it has mistakes."""
    from cnnsteps.reading.problem import read_known_keys

    within = Within(report, ("layers", i))
    kind = read_kind(raw, within)
    if kind is None:
        return None
    own = sizes.KEYS.get(kind) or tuple(key for key in operators.load(kind).KEYS if key.name not in ("input", "dims"))
    optional = tuple(key._replace(required=False) for key in own) if kind not in sizes.KEYS else own
    given = read_known_keys(raw, (TYPE, NAME, *optional), kind, Context(dims, within))
    work = sizes.WORK.get(kind)
    layer = work(given, state, within) if work else Layer(kind, state)
    return None if layer is None or within else layer._replace(name=given.get(NAME) or "")


def read_kind(raw: Mapping[str, Value], report: Report) -> str | None:
    known = [name for name in operators.names() if name not in NO_LAYERS]
    stated = raw.get("type")
    if isinstance(stated, str) and stated in known:
        return stated
    if stated is None:
        report.add((), "type is missing", f"the types of layers are {', '.join(known)}")
    elif stated is not BROKEN:
        near = meant(stated, known, TYPES) if isinstance(stated, str) else None
        hint = f'did you mean "{near}"?' if near else f"the types of layers are {', '.join(known)}"
        report.add(("type",), f"type is {describe(stated)}, which is no kind of layer", hint)
    return None
