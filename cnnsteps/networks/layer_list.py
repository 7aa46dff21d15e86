"""The keys of a network: its input, and its layers, each an object with a type."""

from __future__ import annotations

from collections.abc import Mapping

from cnnsteps import operators
from cnnsteps.errors import Path
from cnnsteps.operators._contract import LayerOperator
from cnnsteps.reading.aliases import meant
from cnnsteps.reading.describe import describe
from cnnsteps.reading.field_types import Text
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.reading.key import Context, Key, Schema, list_of, whole
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import Shape, State


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


class Within(Report):
    """Mistakes of a layer, with their paths from the whole file and the layer's number and name."""

    def __init__(self, outer: Report, number: int, raw: Mapping[str, Value]) -> None:
        super().__init__()
        self.outer, self.prefix = outer, ("layers", number)
        name = raw.get("name")
        self.layer = f"layer {number + 1}, {name}" if isinstance(name, str) else f"layer {number + 1}"
        self.before = ""
        """What comes before, where only that can be what does not fit."""

    def keep(self, path: Path, message: str, hint: str | None, of_key: bool) -> None:
        super().keep(path, message, hint, of_key)
        self.outer.add((*self.prefix, *path), f"{self.layer}: {message}{self.before}", hint, of_key)


def carries_numbers(layer: Mapping[str, Value]) -> bool:
    """A layer with a matrix, which sizes never need."""
    return any(
        isinstance(value, list) and any(isinstance(part, list) for part in value)
        for key, value in layer.items()
        if key in ("kernel", "weight")
    )


def default_name(kind: str, done: list[Layer]) -> str:
    """conv1, conv2, pool1: by kind and number."""
    return f"{kind}{sum(layer.kind == kind for layer in done) + 1}"


def read_shape(value: list[Value], dims: int, report: Report) -> Shape | None:
    found = [whole(v) for v in value]
    if any(size is None for size in found):
        report.add(("input",), "input holds more than sizes, and no layer carries numbers")
    elif len(value) != dims + 1:
        message = f"input has {pluralize(len(value), 'size')}, but there are {pluralize(dims, 'dimension')}"
        report.add(("input",), message, "a shape has the channels first: [3, 227, 227]")
    elif min(size for size in found if size is not None) < 1:
        report.add(("input",), "a size is at least 1")
    else:
        return tuple(size for size in found if size is not None)
    return None


def read_kind(raw: Mapping[str, Value], report: Report) -> str | None:
    """The layer's type; what was probably meant where there is none of this name."""
    stated = raw.get("type")
    if isinstance(stated, str) and stated in operators.names() and hasattr(operators.load(stated), "sizes"):
        return stated
    known = operators.layers()
    if stated is None:
        report.add((), "type is missing", f"the types of layers are {', '.join(known)}")
    elif stated is not BROKEN:
        others = {name: operators.aliases(operators.load(name)) for name in known}
        near = meant(stated, known, others) if isinstance(stated, str) else None
        hint = f'did you mean "{near}"?' if near else f"the types of layers are {', '.join(known)}"
        report.add(("type",), f"type is {describe(stated)}, which is no kind of layer", hint)
    return None


def giver_of(state: State) -> str:
    return f"; {state.told}"


def check_takes(operator: LayerOperator, kind: str, state: State, report: Report) -> bool:
    """A layer that takes planes, or a row, is given them."""
    wants, is_row = getattr(operator, "TAKES", None), len(state.shape) == 1
    if wants == "planes" and is_row:
        report.add((), f"a {kind} layer needs channels and planes, but {state.told}")
    elif wants == "row" and not is_row:
        message = f"a {kind} layer takes a row of numbers, but {state.told}"
        report.add((), message, 'put {"type": "flatten"} before it')
    else:
        return True
    return False
