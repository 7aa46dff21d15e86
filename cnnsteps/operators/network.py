"""A network: a chain of layers, each of which takes what the one before gave.

With a shape as input (channels first, no batch) only sizes are worked out: each layer's
output size, parameters, multiply-adds (one for each product in a convolution or linear
layer), receptive field and jump. With numbers every layer is worked out in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from cnnsteps import operators
from cnnsteps.arithmetic import layers as sizes
from cnnsteps.arithmetic.layers import Layer, State
from cnnsteps.errors import Path
from cnnsteps.reading.given import Given
from cnnsteps.reading.json_text import BROKEN, Value
from cnnsteps.reading.kinds import TITLE, Context, Key, Schema, Text, list_of, whole
from cnnsteps.reading.names import TYPES, meant
from cnnsteps.reading.report import Report
from cnnsteps.reading.words import counted, describe
from cnnsteps.solution import Limits, Solution

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
        rows = [
            {
                "name": layer.name,
                "type": layer.kind,
                "output_shape": list(layer.state.shape),
                "parameters": layer.parameters,
                "multiply_adds": layer.multiply_adds,
                "receptive_field": layer.field,
            }
            for layer in self.layers
        ]
        totals = {"parameters": self.parameters, "multiply_adds": self.multiply_adds}
        return Solution(self, extras={"layers": rows, **totals})


def read(given: Given, report: Report) -> SizesNetwork | None:
    """The network, where every layer fits what comes before; else the mistakes."""
    if not given.has(INPUT, LAYERS):
        return None
    shape = read_shape(given[INPUT], given.dims, report)
    if shape is None:
        return None
    ones = (Fraction(1),) * given.dims
    state = State(shape, shape[1:], ones, ones)
    done: list[Layer] = []
    for i, raw in enumerate(given[LAYERS]):
        layer = read_layer(raw, i, state, given.dims, report)
        if layer is None:
            return None
        done.append(layer._replace(name=layer.name or default_name(layer.kind, done)))
        state = layer.state
    return None if report else SizesNetwork(given.get(TITLE), shape, tuple(done))


def default_name(kind: str, done: list[Layer]) -> str:
    """conv1, conv2, pool1: by kind and number."""
    return f"{kind}{sum(layer.kind == kind for layer in done) + 1}"


def read_shape(value: list[Value], dims: int, report: Report) -> tuple[int, ...] | None:
    found = [whole(v) for v in value]
    if any(size is None for size in found):
        report.add(("input",), "input holds more than sizes: networks with numbers are not worked out yet")
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
