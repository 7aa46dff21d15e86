"""An ONNX model as a plain graph: its inputs, nodes, constants, and the shapes that ONNX infers.

Weights are not needed, only their shapes: large ones are let go before ONNX infers shapes, and
data in other files is never opened. `onnx` is imported only here, in schema.py and in constants.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from cnnsteps.i18n import phrase
from cnnsteps.networks.onnx.schema import NoModel, attributes_of, check_inputs, schema_of, word
from cnnsteps.records import NamedTuple
from cnnsteps.text import excerpt, join_or

Shape = tuple[int, ...]
MOST_KEPT = 1000
"""Constants of more numbers are weights, whose values nobody asks for."""
MOST_DIMS = 64
"""No tensor that anyone computes with has more dimensions; numpy allows as many."""
NEWEST = 2**31
"""Versions of ONNX's operators lie below; there are 26 today."""
REAL = "biuf"
"""numpy's letters for booleans and real numbers."""
OPTION = "--input-shape"


class Node(NamedTuple):
    """One operator of the model; `proto` is ONNX's own."""

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    proto: Any


class Constant(NamedTuple):
    """What does not depend on the input: `roots` are the stored tensors that it is made of, with their sizes."""

    shape: Shape | None
    roots: Mapping[str, int]
    value: Any = None
    """A numpy array, of small ones."""


class Model(NamedTuple):
    """What a file says, without the weights."""

    title: str
    opset: int
    inputs: Mapping[str, Shape]
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    constants: dict[str, Constant]
    inferred: Mapping[str, Shape]
    """By ONNX's own shape inference, as far as it knows."""
    notes: tuple[str, ...]


def read_model(data: bytes, name: str, input_shape: Mapping[str, Shape]) -> Model:
    """The model in these bytes; NoModel where there is none, or a size is not known."""
    proto = parse(data)
    graph = proto.graph
    notes: list[str] = []
    constants = dict(stored(graph))
    inputs = set_inputs([i for i in graph.input if word(i.name) not in constants], input_shape, notes)
    opset = opset_of(proto)
    nodes = tuple(node_of(node, opset) for node in graph.node)
    outputs = tuple(word(o.name) for o in graph.output)
    given = {output for node in nodes for output in node.outputs} | {*inputs, *constants}
    lost = [output for output in outputs if output not in given]
    if lost:
        raise NoModel(f"no node of the model gives its output {excerpt(lost[0])}: the file may be cut short")
    title = PurePath(name).name if name != "-" else word(graph.name) or phrase("ONNX model")
    return Model(title, opset, inputs, outputs, nodes, constants, inferred_shapes(proto), tuple(notes))


def opset_of(proto: Any) -> int:
    """The version of ONNX's own operators."""
    versions = [o.version for o in proto.opset_import if o.domain in ("", "ai.onnx")]
    opset = max(versions, default=1)
    if not 0 < opset < NEWEST:
        raise NoModel(f"the version of its operators is {opset}")
    return opset


def parse(data: bytes) -> Any:
    """The bytes as ONNX's ModelProto, its local functions put in where they are called."""
    try:
        import onnx
    except ModuleNotFoundError as error:
        if error.name != "onnx":
            raise
        raise NoModel("onnx is not installed, and this is an ONNX model", 'pip install "cnnsteps[onnx]"') from None
    if not data:
        raise NoModel("the file is empty")
    try:
        proto = onnx.load_model_from_string(data)
    except MemoryError:
        raise
    except Exception:  # protobuf's DecodeError, and what its versions raise besides
        raise NoModel("this is no ONNX model, or one that is cut short") from None
    if not proto.graph.node or not proto.opset_import:
        missing = join_or([word for word, there in (("nodes", proto.graph.node), ("a version", proto.opset_import))
                          if not there], "and")  # fmt: skip
        raise NoModel(f"this is no ONNX model, or one that is cut short: it has no {missing}")
    if not proto.functions:
        return proto
    try:
        from onnx import inliner

        return inliner.inline_local_functions(proto)
    except MemoryError:
        raise
    except Exception as error:
        raise NoModel(f"onnx can't put the model's functions in their places: {excerpt(str(error))}") from None


def node_of(proto: Any, opset: int) -> Node:
    """The node by ONNX's own schema; one that ONNX has no schema of is taken as it is, without its attributes."""
    domain = "" if proto.domain in ("", "ai.onnx") else f"{word(proto.domain)}."
    op = word(proto.op_type)
    schema = None if domain else schema_of(op, opset)
    attributes = {}
    if schema is not None:
        check_inputs(proto, schema)
        attributes = attributes_of(proto, schema)
    inputs, outputs = tuple(map(word, proto.input)), tuple(map(word, proto.output))
    return Node(domain + op, word(proto.name), inputs, outputs, attributes, proto)


def stored(graph: Any) -> Iterator[tuple[str, Constant]]:
    """The model's initializers; what is large is let go."""
    for tensor in graph.sparse_initializer:
        name = word(tensor.values.name)
        yield name, Constant(sizes_of(tensor, name), {name: math.prod(sizes_of(tensor.values, name))})
    for tensor in graph.initializer:
        constant = constant_of(tensor, word(tensor.name))
        if constant.value is None:
            for field in ("raw_data", "float_data", "int32_data", "int64_data", "double_data", "uint64_data"):
                tensor.ClearField(field)
        yield word(tensor.name), constant


def sizes_of(tensor: Any, name: str) -> Shape:
    """A stored tensor's shape."""
    shape = tuple(tensor.dims)
    if min(shape, default=0) < 0 or len(shape) > MOST_DIMS:
        raise NoModel(f"the constant {excerpt(name)} has the shape {excerpt(str(list(shape)))}")
    return shape


def constant_of(tensor: Any, name: str) -> Constant:
    """A TensorProto's shape, and its value where it is small, of real numbers, and stands in this file."""
    from onnx import numpy_helper

    shape = sizes_of(tensor, name)
    value = None
    if math.prod(shape) <= MOST_KEPT and tensor.data_location != tensor.EXTERNAL:
        try:
            value = numpy_helper.to_array(tensor)
        except MemoryError:
            raise
        except Exception:  # whatever numpy makes of damaged bytes
            raise NoModel(f"the constant {excerpt(name)} can't be read: the file may be cut short") from None
        value = value if value.dtype.kind in REAL else None
    return Constant(shape, {name: math.prod(shape)}, value)


def set_inputs(inputs: list[Any], told: Mapping[str, Shape], notes: list[str]) -> dict[str, Shape]:
    """Each input's shape, written into the model too, so that ONNX infers from it; one told without a name
    is that of the first input which leaves sizes open."""
    if not inputs:
        raise NoModel("the model has no input: nothing goes through it")
    found: dict[str, Shape] = {}
    names = [word(value.name) for value in inputs]
    if strange := [name for name in told if name and name not in names]:
        raise NoModel(
            f"{OPTION} names {excerpt(strange[0])}, but the model's inputs are {excerpt(join_or(names, 'and'))}"
        )
    meant = next((value for value in inputs if is_open(value.type.tensor_type)), inputs[0])
    for value in inputs:
        name, tensor = word(value.name), value.type.tensor_type
        if not value.type.HasField("tensor_type"):
            raise NoModel(f"the input {excerpt(name)} is no tensor")
        if len(tensor.shape.dim) > MOST_DIMS:
            raise NoModel(f"the input {excerpt(name)} has {len(tensor.shape.dim)} dimensions")
        found[name] = shape_of(
            name, dims_of(tensor), told.get(name) or (told.get("") if value is meant else None), notes
        )
        del tensor.shape.dim[:]
        for size in found[name]:
            tensor.shape.dim.add().dim_value = size
    return found


def is_open(tensor: Any) -> bool:
    """Sizes beside the batch's are left open."""
    sizes = dims_of(tensor)
    return sizes is None or any(isinstance(size, str) for size in sizes[1:] or sizes)


def dims_of(tensor: Any) -> list[int | str] | None:
    """Each dimension's size, or its name where it is dynamic; None where not even their number is known."""
    if not tensor.HasField("shape"):
        return None
    return [d.dim_value if d.HasField("dim_value") and d.dim_value > 0 else word(d.dim_param) or "?"
            for d in tensor.shape.dim]  # fmt: skip


def shape_of(name: str, sizes: list[int | str] | None, told: Shape | None, notes: list[str]) -> Shape:
    """The model's own sizes, or those of --input-shape; a batch of unknown size is one image."""
    if sizes is None:
        if told is None:
            raise NoModel(f"the model does not say the shape of its input {excerpt(name)}", example(["?", 3, 224, 224]))
        return told if len(told) > 3 or len(told) == 2 else (1, *told)
    shown = excerpt(f"[{', '.join(map(str, sizes))}]")
    if told is not None:
        if len(told) not in (len(sizes), len(sizes) - 1):
            message = f"{OPTION} has {len(told)} sizes, but the model's input {excerpt(name)} is {shown}"
            raise NoModel(message, example(sizes))
        batch = sizes[0] if isinstance(sizes[0], int) else 1
        shape = told if len(told) == len(sizes) else (batch, *told)
        if any(isinstance(size, int) and size != new for size, new in zip(sizes[1:], shape[1:], strict=True)):
            notes.append(phrase("The model's own input is {own}; here it is {here}.", own=shown, here=list(shape)))
        return shape
    if not sizes:
        return ()
    known = [size for size in sizes[1:] if isinstance(size, int)]
    if len(known) < len(sizes) - 1 or (known == [] and isinstance(sizes[0], str)):
        raise NoModel(f"the model's input {excerpt(name)} is {shown}: it leaves sizes open", example(sizes))
    if isinstance(sizes[0], str):
        notes.append(phrase("The batch, {name}, is left open by the model; here it is one image.", name=sizes[0]))
    return (sizes[0] if isinstance(sizes[0], int) else 1, *known)


def example(sizes: list[int | str]) -> str:
    """How to say the sizes that are not known."""
    tail = [size if isinstance(size, int) else 224 for size in sizes[1:]]
    if tail and isinstance(sizes[1], str) and len(sizes) > 2:
        tail[0] = 3
    return f"say them: {OPTION} {','.join(map(str, tail or [1]))}"


def inferred_shapes(proto: Any) -> dict[str, Shape]:
    """What ONNX's shape inference finds, begun anew from the inputs; empty where it gives up."""
    from onnx import shape_inference

    graph = proto.graph
    del graph.value_info[:]
    for output in graph.output:
        if output.type.HasField("tensor_type"):
            output.type.tensor_type.ClearField("shape")
    try:
        found = shape_inference.infer_shapes(proto, data_prop=True).graph
    except MemoryError:
        raise
    except Exception:
        return {}
    shapes: dict[str, Shape] = {}
    for value in (*found.value_info, *found.output):
        if value.type.HasField("tensor_type"):
            sizes = dims_of(value.type.tensor_type)
            if sizes is not None and all(isinstance(size, int) for size in sizes):
                shapes[word(value.name)] = tuple(size for size in sizes if isinstance(size, int))
    return shapes
