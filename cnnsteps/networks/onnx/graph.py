"""An ONNX model as a network of sizes: each node that depends on the input is a line of the table.

A node's shape is worked out here and compared with ONNX's own inference. Parameters are the
stored tensors that a node uses, each counted once, however often it is used.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnnsteps.i18n import AND, OR, listing, phrase
from cnnsteps.model.expr import Word
from cnnsteps.networks.layer_list import default_name
from cnnsteps.networks.onnx.constants import folded
from cnnsteps.networks.onnx.model import MOST_DIMS, Constant, Model, Node
from cnnsteps.networks.onnx.node import COSTLY, Call, Done, Misfit, Unknown, Value, kind_of
from cnnsteps.networks.onnx.schema import NoModel
from cnnsteps.networks.onnx.shape_ops import SHIFTED, known, parameters
from cnnsteps.networks.solved import SizesNetwork
from cnnsteps.text import excerpt
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import Field, Shape, shown

UNKNOWN = phrase(
    "What {operators} does to sizes is not known to cnnsteps: its shape is what ONNX's own inference says, "
    "or ?, and neither its parameters nor its multiply-adds are in the totals."
)
STATISTICS = phrase(
    "A batch normalization's mean and variance are not parameters: training does not set them by gradients."
)
SHARED = phrase("Weights that several lines use are counted at the first: {names}.")
SHIFTS = phrase("Constants of several numbers that {operators} takes are counted as parameters.")
OTHER = phrase("ONNX's own shape inference has other shapes: {names}.")


LARGEST = 2**63
"""Sizes are numbers of 64 bits."""


class Walk:
    """From node to node, as far as it has come."""

    def __init__(self, model: Model) -> None:
        self.model = model
        shapes = list(model.inputs.values())
        self.batch = shapes[0][0] if len(shapes[0]) > 1 else None
        self.constants = dict(model.constants)
        self.values: dict[str, Value] = {}
        self.layers: list[Layer] = []
        self.counted: set[str] = set()
        self.shared: list[str] = []
        self.unknown: dict[str, None] = {}
        self.other: list[str] = []
        for name, shape in model.inputs.items():
            self.values[name] = Value(shape, tuple(map(Field, shape[2:])), True, name)

    @property
    def spatial(self) -> Shape:
        return next(iter(self.model.inputs.values()))[2:]

    def step(self, node: Node) -> None:
        """One node: a constant made of constants, or a line of the table."""
        inputs = [self.found(name, node) for name in node.inputs]
        if node.op in ("Shape", "Size") and isinstance(inputs[0], Value) and inputs[0].shape is not None:
            self.constants[node.outputs[0]] = measured(node, inputs[0].shape)
        elif any(isinstance(value, Value) for value in inputs) or (not inputs and node.op != "Constant"):
            self.line(node, tuple(inputs))
        else:
            constants = [value if isinstance(value, Constant) else None for value in inputs]
            self.constants |= folded(node, constants, self.model.inferred, self.model.opset)

    def found(self, name: str, node: Node) -> Value | Constant | None:
        if not name:
            return None
        value = self.values.get(name) or self.constants.get(name)
        if value is None:
            raise NoModel(f"{excerpt(node.name or node.op)} takes {excerpt(name)}, which nothing before it gives")
        return value

    def line(self, node: Node, inputs: tuple[Value | Constant | None, ...]) -> None:
        inferred = self.model.inferred.get(node.outputs[0])
        call = Call(node, inputs, self.model.opset, self.batch, self.spatial, inferred)
        name = node.name or default_name(call.kind, self.layers)
        done = self.worked(call, name)
        layer, shape = done
        if shape and (max(shape) >= LARGEST or len(shape) > MOST_DIMS):
            raise NoModel(f"{excerpt(name)}, {node.op}: it gives {excerpt(shown(shape))}, which no tensor can have")
        if shape is not None and inferred is not None and shape != inferred:
            self.other.append(f"{name} {shown(inferred)}, here {shown(shape)}")
        taken = tuple(dict.fromkeys(value.giver for value in call.values))
        before = self.layers[-1].name if self.layers else next(iter(self.model.inputs))
        state = layer.state._replace(shape=self.without_batch(shape))
        layer = self.with_parameters(layer._replace(state=state, name=name), call)
        self.layers.append(layer._replace(inputs=() if taken == (before,) else taken))
        self.give(node, layer, shape)

    def worked(self, call: Call, name: str) -> Done:
        """What the operator does; for an unknown one, or without the shapes that it needs, what ONNX says."""
        operator = known().get(call.node.op) if call.values else None
        if operator is None:
            self.unknown[call.node.op] = None
            done = call.line(call.inferred, None, adds=None)
            return done._replace(layer=done.layer._replace(parameters=None))
        try:
            return operator(call)
        except Unknown:
            return call.line(call.inferred, None, adds=None if call.node.op in COSTLY else 0)
        except Misfit as error:
            raise NoModel(f"{excerpt(name)}, {call.node.op}: {error}") from None

    def with_parameters(self, layer: Layer, call: Call) -> Layer:
        """The stored tensors that the node uses as weights and nobody used before."""
        if layer.parameters is None:
            return layer
        roots: dict[str, int] = {}
        for i in parameters().get(call.node.op, ()):
            value = call.inputs[i] if i < len(call.inputs) else None
            if isinstance(value, Constant) and not (call.node.op in SHIFTED and sum(value.roots.values()) < 2):
                roots |= value.roots
        if roots.keys() & self.counted:
            self.shared.append(layer.name)
        found = sum(size for name, size in roots.items() if name not in self.counted)
        self.counted |= roots.keys()
        if found == layer.parameters:
            return layer
        rows = tuple(row for row in layer.equations if row[0] != (Word("parameters"),))
        return layer._replace(parameters=found, equations=rows)

    def without_batch(self, shape: Shape | None) -> Shape:
        shape = shape or ()
        return shape[1:] if len(shape) > 1 and shape[0] == self.batch else shape

    def give(self, node: Node, layer: Layer, shape: Shape | None) -> None:
        """The outputs under their names; of all but the first ONNX says the shape."""
        for i, output in enumerate(node.outputs):
            own = shape if i == 0 else self.model.inferred.get(output)
            alike = own is not None and shape is not None and own[2:] == shape[2:]
            self.values[output] = Value(own, layer.state.fields, layer.state.placed and alike, layer.name)

    def notes(self) -> tuple[str, ...]:
        """What is to be said under the table."""
        found = [*self.model.notes]
        ops = [node.op for node in self.model.nodes]
        if self.unknown:
            found.append(phrase(UNKNOWN, operators=listing(list(self.unknown), AND)))
        if "BatchNormalization" in ops:
            found.append(STATISTICS)
        shifting = [
            op for op in SHIFTED if any(layer.kind == kind_of(op) and layer.parameters for layer in self.layers)
        ]
        if shifting:
            found.append(phrase(SHIFTS, operators=listing(shifting, OR)))
        if self.shared:
            found.append(phrase(SHARED, names=brief(self.shared)))
        if self.other:
            found.append(phrase(OTHER, names=brief(self.other)))
        return tuple(found)


def measured(node: Node, shape: Shape) -> Constant:
    """Shape and Size: numbers that stand fast once the input's shape is known."""
    import numpy as np

    if node.op == "Size":
        size = np.array(int(np.prod(shape, dtype=object)), dtype=object)
        return Constant((), {}, size.astype(np.int64) if int(size) < LARGEST else None)
    start, end = node.attributes.get("start", 0), node.attributes.get("end", len(shape))
    part = np.array(shape[start:end], dtype=np.int64)
    return Constant(tuple(part.shape), {}, part)


def brief(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def network_of(model: Model) -> SizesNetwork:
    """The whole model; NoModel where a node does not fit what comes before."""
    walk = Walk(model)
    for node in model.nodes:
        if not node.outputs:
            raise NoModel(f"{excerpt(node.name or node.op)} gives nothing")
        walk.step(node)
    if not walk.layers:
        raise NoModel("nothing in the model depends on its input")
    shape = next(iter(model.inputs.values()))
    return SizesNetwork(
        model.title, walk.without_batch(shape), tuple(walk.layers), walk.notes(), tuple(walk.unknown)
    )  # fmt: skip
