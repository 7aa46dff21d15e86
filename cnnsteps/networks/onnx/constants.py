"""Constants of an ONNX model that are made of others: weights that are turned, shapes that are put together.

Exporters write `Reshape(x, Concat(Gather(Shape(x), 0), 256))`; small values are worked out with
ONNX's own reference implementation, of large ones the shape is followed alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from cnnsteps.networks.onnx.model import MOST_KEPT, Constant, Node, Shape, constant_of

EVALUATED = frozenset((
    "Add", "Cast", "Ceil", "Concat", "Div", "Equal", "Flatten", "Floor", "Gather", "Identity", "Less", "Greater",
    "Max", "Min", "Mod", "Mul", "Neg", "Not", "ReduceProd", "Reshape", "Slice", "Squeeze", "Sub", "Transpose",
    "Unsqueeze", "Where", "And", "Or", "Sqrt", "Range",
))  # fmt: skip
"""None of these makes much out of little, but for Range, which is counted first."""
MOVED = frozenset((
    "Cast", "DequantizeLinear", "Expand", "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze",
))  # fmt: skip
"""Of these only the first input is a weight, the others say what becomes of it."""


def folded(
    node: Node, inputs: Sequence[Constant | None], inferred: Mapping[str, Shape], opset: int
) -> dict[str, Constant]:
    """What a node gives that has constants alone as inputs."""
    if node.op == "Constant":
        return {node.outputs[0]: constant_node(node)}
    given = [constant for constant in inputs if constant is not None]
    if node.op == "ConstantOfShape":
        return {node.outputs[0]: filled(node, given)}
    values = evaluated(node, inputs, opset) if node.op in EVALUATED else None
    made_of = given[:1] if node.op in MOVED else given
    roots = {name: size for constant in made_of for name, size in constant.roots.items()}
    found: dict[str, Constant] = {}
    for i, output in enumerate(node.outputs):
        value = values[i] if values is not None and i < len(values) else None
        shape = inferred.get(output) if value is None else tuple(value.shape)
        found[output] = Constant(shape, roots, value)
    return found


def constant_node(node: Node) -> Constant:
    """Its value is an attribute: a tensor, a number, or a list of them."""
    import numpy as np

    for attribute in node.proto.attribute:
        if attribute.name == "value" and attribute.HasField("t"):
            return constant_of(attribute.t, node.outputs[0])
        if attribute.name in ("value_int", "value_ints", "value_float", "value_floats"):
            value = np.array(node.attributes[attribute.name])
            kept = value if value.size <= MOST_KEPT else None
            return Constant(tuple(value.shape), {node.outputs[0]: value.size}, kept)
    return Constant(None, {})


def filled(node: Node, given: Sequence[Constant]) -> Constant:
    """ConstantOfShape: a weight whose numbers were taken out of the file."""
    import numpy as np

    value = given[0].value if given else None
    if value is None or value.dtype.kind != "i" or value.ndim != 1 or (value < 0).any():
        return Constant(None, {})
    shape = tuple(value.tolist())
    size = math.prod(shape)
    number: Any = 0
    for attribute in node.proto.attribute:
        if attribute.name == "value":
            stored = constant_of(attribute.t, node.outputs[0]).value
            number = stored.reshape(-1)[0] if stored is not None and stored.size else 0
    return Constant(shape, {node.outputs[0]: size}, np.full(shape, number) if size <= MOST_KEPT else None)


def evaluated(node: Node, inputs: Sequence[Constant | None], opset: int) -> list[Any] | None:
    """The values of small constants; None where one is large, or ONNX's reference refuses."""
    import numpy as np

    values = {n: c.value for n, c in zip(node.inputs, inputs, strict=True) if c is not None}
    if any(value is None for value in values.values()):
        return None
    if node.op == "Range":
        start, limit, step = (float(value.reshape(-1)[0]) for value in values.values())
        if not step or not abs((limit - start) / step) <= MOST_KEPT:
            return None
    try:
        outputs = [np.asarray(value) for value in run(node, values, opset)]
    except Exception:
        return None
    return outputs if all(value.size <= MOST_KEPT for value in outputs) else None


def run(node: Node, values: Mapping[str, Any], opset: int) -> list[Any]:
    """One node by ONNX's reference implementation."""
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    inputs = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in values]
    outputs = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in node.outputs]
    graph = helper.make_graph([node.proto], "one", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    return list(ReferenceEvaluator(model).run(None, dict(values)))
