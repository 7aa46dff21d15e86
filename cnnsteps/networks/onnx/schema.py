"""A node's attributes and inputs, held against ONNX's own schema of its operator: names, types, numbers of inputs."""

from __future__ import annotations

from functools import cache
from typing import Any

from cnnsteps.text import excerpt

FIELDS = {"INT": "i", "INTS": "ints", "FLOAT": "f", "FLOATS": "floats", "STRING": "s", "STRINGS": "strings",
          "TENSOR": "t"}  # fmt: skip
"""By an attribute's type, where a node keeps its value; graphs and sparse tensors are not looked into."""


class NoModel(Exception):
    """What is wrong with the file, and what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.message, self.hint = message, hint

    def __str__(self) -> str:
        return self.message


def word(value: Any) -> Any:
    """Text that is no UTF-8, which protobuf gives as bytes, with what can't be read marked."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


@cache
def schema_of(op: str, opset: int) -> Any:
    """ONNX's schema of an operator of its own domain; None where it has no such operator."""
    from onnx import defs

    try:
        return defs.get_schema(op, opset, "")
    except defs.SchemaError:
        return None


def attributes_of(proto: Any, schema: Any) -> dict[str, Any]:
    """The attributes that the schema knows: int, float, str, tuples of these, TensorProto; NoModel at another type."""
    attributes: dict[str, Any] = {}
    for attribute in proto.attribute:
        name = word(attribute.name)
        declared = schema.attributes.get(name)
        if declared is None:
            continue
        stated, wanted = attribute.type, declared.type
        # Models of ONNX's first versions have no types.
        if stated not in (wanted.value, attribute.UNDEFINED):
            types = attribute.AttributeType
            kind = types.Name(stated) if stated in types.values() else f"of type {stated}"
            raise NoModel(f"{title(proto)}: its attribute {name} is {kind}, but ONNX has {wanted.name} there")
        if wanted.name in FIELDS:
            value = getattr(attribute, FIELDS[wanted.name])
            attributes[name] = tuple(map(word, value)) if wanted.name.endswith("S") else word(value)
    return attributes


def check_inputs(proto: Any, schema: Any) -> None:
    """NoModel where an input that the operator can't do without is not there, or there are too many."""
    needed = [i for i, formal in enumerate(schema.inputs[: schema.min_input]) if formal.option.name != "Optional"]
    missing = [i + 1 for i in needed if i >= len(proto.input) or not proto.input[i]]
    if missing:
        raise NoModel(f"{title(proto)}: it has no input {missing[0]}, and needs {schema.min_input}")
    if len(proto.input) > schema.max_input:
        raise NoModel(f"{title(proto)}: it has {len(proto.input)} inputs, but takes at most {schema.max_input}")


def title(proto: Any) -> str:
    """`conv1, Conv`"""
    op, name = word(proto.op_type), word(proto.name)
    return excerpt(f"{name}, {op}" if name else op)
