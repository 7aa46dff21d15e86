"""Constants of an ONNX model that are made of others: weights that are turned, shapes that are put together.

Exporters write `Reshape(x, Concat(Gather(Shape(x), 0), 256))`; small values are worked out with
ONNX's own reference implementation, of large ones the shape is followed alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from cnnsteps.networks.onnx.model import MOST_DIMS, MOST_KEPT, REAL, Constant, Node, Shape, constant_of

EVALUATED = frozenset((
    "Add", "Cast", "Ceil", "Concat", "Div", "Equal", "Flatten", "Floor", "Gather", "Identity", "Less", "Greater",
    "Max", "Min", "Mod", "Mul", "Neg", "Not", "ReduceProd", "Reshape", "Slice", "Squeeze", "Sub", "Transpose",
    "Unsqueeze", "Where", "And", "Or", "Sqrt", "Range",
))  # fmt: skip
"""What these make of little is counted before it is made."""
MOST_MADE = 1_000_000
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
    """Its value is an attribute: a tensor, a number, or a list of them; of others nothing is known."""
    import numpy as np

    if "value" in node.attributes:
        return constant_of(node.attributes["value"], node.outputs[0])
    for name in ("value_int", "value_ints", "value_float", "value_floats"):
        if name in node.attributes:
            value = np.array(node.attributes[name])
            kept = value if value.size <= MOST_KEPT else None
            return Constant(tuple(value.shape), {node.outputs[0]: value.size}, kept)
    return Constant(None, {})


def filled(node: Node, given: Sequence[Constant]) -> Constant:
    """ConstantOfShape: a weight whose numbers were taken out of the file."""
    import numpy as np

    sizes = given[0].value if given else None
    if sizes is None or sizes.dtype.kind != "i" or sizes.ndim != 1 or sizes.size > MOST_DIMS or (sizes < 0).any():
        return Constant(None, {})
    shape = tuple(sizes.tolist())
    count = math.prod(shape)
    number: Any = 0
    if "value" in node.attributes:
        stored = constant_of(node.attributes["value"], node.outputs[0]).value
        number = stored.reshape(-1)[0] if stored is not None and stored.size else 0
    return Constant(shape, {node.outputs[0]: count}, np.full(shape, number) if count <= MOST_KEPT else None)


def evaluated(node: Node, inputs: Sequence[Constant | None], opset: int) -> list[Any] | None:
    """The values of small constants; None where one is large, or ONNX's reference refuses."""
    import numpy as np

    given = [constant.value for constant in inputs if constant is not None]
    if any(value is None for value in given) or made(node, given) > MOST_MADE:
        return None
    values = {n: c.value for n, c in zip(node.inputs, inputs, strict=True) if c is not None}
    try:
        with np.errstate(all="ignore"):
            outputs = [np.asarray(value) for value in run(node, values, opset)]
    except MemoryError:
        raise
    except Exception:  # whatever ONNX's reference makes of what does not fit
        return None
    return outputs if all(value.size <= MOST_KEPT and value.dtype.kind in REAL for value in outputs) else None


def made(node: Node, values: Sequence[Any]) -> float:
    """At most how many numbers the node makes of these: numbers that are repeated are counted first."""
    if node.op == "Range":
        start, limit, step = (float(value.reshape(-1)[0]) if value.size else 0.0 for value in values)
        return abs((limit - start) / step) if step and math.isfinite(limit - start) else math.inf
    if node.op == "Gather":
        return float(math.prod(value.size for value in values))
    ranks = zip_longest(*(value.shape[::-1] for value in values), fillvalue=1)
    return float(sum(value.size for value in values) + math.prod(map(max, ranks)))


def run(node: Node, values: Mapping[str, Any], opset: int) -> list[Any]:
    """One node by ONNX's reference implementation."""
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    inputs = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in values]
    outputs = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in node.outputs]
    graph = helper.make_graph([node.proto], "one", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    return list(ReferenceEvaluator(model).run(None, dict(values)))
