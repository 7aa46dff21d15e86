"""The JSON Schema of problem files, made from the keys that the operators declare."""

from __future__ import annotations

from cnnsteps.problems import types
from cnnsteps.reading.field_types import COMMON, Flag, Key, Schema
from cnnsteps.reading.show import SHOW


def problem_schema() -> Schema:
    """JSON Schema 2020-12 of one problem of any type."""
    kinds = types.names()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cnnsteps problem file",
        "type": "object",
        "properties": {"type": {"enum": kinds}},
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds],
        "$defs": {
            "number": {
                "description": "a number, kept exactly as it is written, or a string with a fraction",
                "anyOf": [{"type": "number"}, {"type": "string", "pattern": "^ *-?[0-9]+/0*[1-9][0-9]* *$"}],
            },
            "tensor": {
                "description": "nested lists of numbers, rows of one length",
                "type": "array",
                "minItems": 1,
                "items": {"anyOf": [{"$ref": "#/$defs/number"}, {"$ref": "#/$defs/tensor"}]},
            },
            **{kind: operator_schema(kind) for kind in kinds},
        },
    }


def operator_schema(kind: str) -> Schema:
    operator = types.load(kind)
    properties: dict[str, object] = {}
    for key in (*COMMON, SHOW, *operator.KEYS):
        default = {} if key.default is None else {"default": key.default}
        properties[key.name] = {"description": key.doc, **key.kind.schema(), **default}
    properties["type"] = {"const": kind}
    needed = [needing(key) for key in getattr(operator, "ONE_OF", ())]
    return {
        "description": operator.SUMMARY,
        "type": "object",
        "properties": properties,
        "required": ["type", *(key.name for key in operator.KEYS if key.required)],
        **({"anyOf": needed} if needed else {}),
        "additionalProperties": False,
    }


def needing(key: Key[object]) -> Schema:
    """That a key is there, and a flag true."""
    true = {"properties": {key.name: {"const": True}}} if isinstance(key.kind, Flag) else {}
    return {"required": [key.name], **true}
