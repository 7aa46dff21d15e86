"""One node of an ONNX model with what it is given: shapes with their batch, and what their places see."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

from cnnsteps import operators
from cnnsteps.networks.onnx.model import Constant, Node
from cnnsteps.reading.field_types import PaddingValue
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import MOST_COUNTED, Field, Shape, State, shown

Fields = tuple[Field, ...] | None
COSTLY = ("Conv", "ConvTranspose", "Gemm", "MatMul")
"""What multiplies and adds."""


class Misfit(Exception):
    """A node that does not fit what it is given."""


class Value(NamedTuple):
    """What depends on the input: its shape with the batch, and what one place of it sees."""

    shape: Shape | None
    fields: Fields
    placed: bool
    giver: str

    @property
    def given(self) -> str:
        return f"{self.giver} gives {shown(self.shape or ())}"


class Done(NamedTuple):
    """A node's line, and its output's shape with the batch; None where nobody knows it."""

    layer: Layer
    shape: Shape | None

    def named(self, kind: str) -> Done:
        return self._replace(layer=self.layer._replace(kind=kind))


class Call(NamedTuple):
    """A node, its inputs, and the spatial sizes of the network's input."""

    node: Node
    inputs: tuple[Value | Constant | None, ...]
    opset: int
    batch: int | None
    spatial: Shape
    inferred: Shape | None

    @property
    def values(self) -> list[Value]:
        return [value for value in self.inputs if isinstance(value, Value)]

    @property
    def x(self) -> Value:
        """The first input that depends on the network's; every node that is worked out has one."""
        return self.values[0]

    @property
    def op(self) -> str:
        return self.node.op

    @property
    def given(self) -> str:
        return self.x.given

    @property
    def keeps_batch(self) -> bool:
        return self.shape(0)[:1] == (self.batch,)

    @property
    def kind(self) -> str:
        return kind_of(self.node.op)

    def shape(self, i: int) -> Shape:
        """The shape of one input; Misfit where it is not there, Unknown where nobody knows it."""
        found = self.inputs[i] if i < len(self.inputs) else None
        if found is None:
            raise Misfit(f"it has no input {i + 1}")
        if found.shape is None:
            raise Unknown
        return found.shape

    def constant(self, i: int) -> list[int] | None:
        """A small constant's numbers, as axes and shapes are given."""
        found = self.inputs[i] if i < len(self.inputs) else None
        if not isinstance(found, Constant) or found.value is None:
            return None
        if found.value.dtype.kind not in "iu":
            raise Misfit(f"its input {i + 1} holds {found.value.dtype} numbers, not whole ones")
        return [int(v) for v in found.value.reshape(-1).tolist()]

    def word(self, name: str, default: str) -> str:
        return str(self.node.attributes.get(name, default))

    def has_attribute(self, name: str) -> bool:
        return name in self.node.attributes

    def is_constant(self, i: int) -> bool:
        return i < len(self.inputs) and isinstance(self.inputs[i], Constant)

    def has(self, i: int) -> bool:
        return i < len(self.inputs) and self.inputs[i] is not None

    def number(self, name: str, default: int = 0) -> int:
        return int(self.node.attributes.get(name, default))

    def numbers(self, name: str, count: int, default: int = 1, least: int = 1) -> Shape:
        """An attribute with one number a dimension."""
        found = tuple(self.node.attributes.get(name) or (default,) * count)
        if len(found) != count or min(found, default=least) < least:
            raise Misfit(f"its {name} are {list(found)}, but it needs {count} of at least {least}")
        return found

    def padding(self, dims: int) -> PaddingValue:
        word = str(self.node.attributes.get("auto_pad", "NOTSET"))
        if word != "NOTSET":
            return word.lower()
        pads = self.numbers("pads", 2 * dims, 0, 0)
        return tuple(zip(pads[:dims], pads[dims:], strict=True))

    def axes(self, rank: int, position: int = 1) -> list[int] | None:
        """The attribute or constant `axes`, none below 0; None where nobody says them."""
        found = self.node.attributes.get("axes")
        stated = self.constant(position) if found is None else [int(axis) for axis in found]
        if stated is not None and any(not -rank <= axis < rank for axis in stated):
            raise Misfit(f"its axes are {stated}, but {self.x.given}")
        return None if stated is None else [axis % rank for axis in stated]

    def state(self, value: Value | None = None) -> State:
        """A value as layers have it: without its batch."""
        value = value or self.x
        if value.shape is None:
            raise Unknown
        return State(value.shape[1:], self.spatial, value.fields, value.placed, value.giver)

    def line(self, shape: Shape | None, fields: Fields, placed: bool = True, adds: int | None = 0) -> Done:
        """A line of nothing but a shape."""
        state = State(shape or (), self.spatial, fields, placed)
        return Done(Layer(state, multiply_adds=adds, kind=self.kind, known=shape is not None), shape)

    def same(self) -> Done:
        return self.line(self.shape(self.inputs.index(self.x)), self.x.fields, self.x.placed)


class Unknown(Exception):
    """A shape that nobody knows is needed."""


@cache
def kinds() -> dict[str, str]:
    """Our types by ONNX's names."""
    return {op: name for name in operators.layers() for op in operators.load_layer(name).ONNX}


def kind_of(op: str) -> str:
    """A layer's type: our own word where there is one, else ONNX's in small letters."""
    snake = "".join(f"_{c.lower()}" if c.isupper() and i and op[i - 1].islower() else c.lower()
                    for i, c in enumerate(op))  # fmt: skip
    return kinds().get(op) or {"LRN": "lrn", "PRelu": "prelu"}.get(op, snake)


def worked(op: str, call: Call) -> Done | None:
    """An operator of ours, which keeps the batch; None where it leaves the node to others."""
    report = Report()
    layer = operators.load_layer(kinds()[op]).onnx(call, call.state(), report)
    if report:
        raise Misfit(f"{report.mistakes[0].message}; {call.state().told}")
    return None if layer is None else Done(layer._replace(kind=call.kind), (call.shape(0)[0], *layer.state.shape))


def merged(values: list[Value], spatial: Shape) -> tuple[Fields, bool]:
    """The fields of branches that meet: what any of them reads; the largest where they don't stand alike."""
    rows = [value.fields for value in values if value.fields is not None]
    if len(rows) < len(values) or len({len(row) for row in rows}) != 1:
        return None, True
    own = [v.fields for v in values if v.fields is not None and (v.shape is None or v.shape[2:] == spatial)] or rows
    fields = tuple(united([row[i] for row in own], [row[i] for row in rows]) for i in range(len(rows[0])))
    return fields, all(value.placed for value in values if value.fields in own)


def united(own: list[Field], every: list[Field]) -> Field:
    """What each place reads of any of the branches that have the output's places, but no less than any other reads."""
    most = max(own, key=lambda field: (field.jump, field.size))
    period = math.lcm(*(field.period for field in own))
    if len({field.jump for field in own}) == 1 and period <= MOST_COUNTED:
        first = [earliest(field.at(field.first, i) for field in own) for i in range(period)]
        last = [latest(field.at(field.last, i) for field in own) for i in range(period)]
        most = Field(most.places, tuple(first), tuple(last), int(most.jump * period))
    wide = max(every, key=lambda field: field.size)
    if wide.size <= most.size:
        return most
    ends = tuple(None if start is None else start + wide.size - 1 for start in most.first)
    return most._replace(last=ends)


def earliest(places: Iterable[int | None]) -> int | None:
    return min((place for place in places if place is not None), default=None)


def latest(places: Iterable[int | None]) -> int | None:
    return max((place for place in places if place is not None), default=None)
