"""One node of an ONNX model with what it is given: shapes with their batch, and what their places see."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from cnnsteps.networks.onnx.model import Constant, Node
from cnnsteps.reading.field_types import PaddingValue
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import Lengths, Shape, State, shown


class Misfit(Exception):
    """A node that does not fit what it is given."""


class Value(NamedTuple):
    """What depends on the input: its shape with the batch, and what one place of it sees."""

    shape: Shape | None
    field: Lengths | None
    jump: Lengths | None
    giver: str

    @property
    def given(self) -> str:
        return f"{self.giver} gives {shown(self.shape or ())}"


class Done(NamedTuple):
    """A node's line, and its output's shape with the batch; None where nobody knows it."""

    layer: Layer
    shape: Shape | None


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
        return State(value.shape[1:], self.spatial, value.field, value.jump, value.giver)

    def line(self, shape: Shape | None, field: Lengths | None, jump: Lengths | None, adds: int | None = 0) -> Done:
        """A line of nothing but a shape."""
        state = State(shape or (), self.spatial, field, jump)
        return Done(Layer(self.kind, state, multiply_adds=adds, known=shape is not None), shape)

    def same(self) -> Done:
        return self.line(self.shape(self.inputs.index(self.x)), self.x.field, self.x.jump)


class Unknown(Exception):
    """A shape that nobody knows is needed."""


KINDS = {
    "Conv": "conv", "ConvTranspose": "conv_transpose", "Gemm": "linear", "MatMul": "linear",
    "BatchNormalization": "batch_norm", "MaxPool": "pool", "AveragePool": "pool", "LpPool": "pool",
    "GlobalMaxPool": "pool", "GlobalAveragePool": "pool", "GlobalLpPool": "pool", "LRN": "lrn", "PRelu": "prelu",
}  # fmt: skip


def kind_of(op: str) -> str:
    """A layer's type: the contract's word where it has one, else ONNX's in small letters."""
    snake = "".join(f"_{c.lower()}" if c.isupper() and i and op[i - 1].islower() else c.lower()
                    for i, c in enumerate(op))  # fmt: skip
    return KINDS.get(op, snake)


def merged(values: list[Value], spatial: Shape) -> tuple[Lengths | None, Lengths | None]:
    """The largest field of branches that meet, and the jump of those that have the output's places."""
    fields = [value.field for value in values]
    dims = {len(field) for field in fields if field is not None}
    if None in fields or len(dims) != 1:
        return None, None
    field = largest([field for field in fields if field is not None])
    own = [value for value in values if value.shape is not None and value.shape[2:] == spatial] or values
    jumps = [value.jump for value in own]
    return field, None if None in jumps else largest([jump for jump in jumps if jump is not None])


def largest(rows: list[Lengths]) -> Lengths:
    return tuple(max(column, default=Fraction(1)) for column in zip(*rows, strict=True))
