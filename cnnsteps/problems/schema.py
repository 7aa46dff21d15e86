"""The JSON Schema of problem files, made from the keys that the operators declare."""

from __future__ import annotations

from cnnsteps import operators
from cnnsteps.problems import types
from cnnsteps.reading.field_types import COMMON, Flag
from cnnsteps.reading.key import Key, Schema, words_schema
from cnnsteps.reading.show import SHOW

FRACTION = "^ *-?[0-9]+/0*[1-9][0-9]* *$"
DECIMAL = r"^ *-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)? *$"


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
                "description": "a number, kept exactly as it is written, or a string with one or with a fraction",
                "anyOf": [
                    {"type": "number"},
                    {"type": "string", "pattern": FRACTION},
                    {"type": "string", "pattern": DECIMAL},
                ],
            },
            "natural": whole_or_text(0, "^ *[0-9]+ *$"),
            "positive": whole_or_text(1, "^ *0*[1-9][0-9]* *$"),
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
    keys = (*COMMON, SHOW, *operator.KEYS, *operators.checks(operator))
    own = {key.name for key in keys}
    named = [(key, tuple(other for other in key.also if other not in own)) for key in keys]
    properties: dict[str, object] = {}
    for key, others in named:
        default = {} if key.default is None else {"default": key.default}
        properties[key.name] = {"description": key.doc, **key.kind.schema(), **default}
        properties |= {other: {"description": f"the same as {key.name}", **key.kind.schema()} for other in others}
    properties["type"] = {"const": kind}
    needed = [needing(key, name) for key in getattr(operator, "ONE_OF", ()) for name in (key.name, *key.also)]
    one_name = [once(key, others) for key, others in named if others]
    return {
        "description": operator.SUMMARY,
        "type": "object",
        "properties": properties,
        "required": ["type", *(key.name for key, others in named if key.required and not others)],
        **({"anyOf": needed} if needed else {}),
        **({"allOf": one_name} if one_name else {}),
        "additionalProperties": False,
    }


def needing(key: Key[object], name: str) -> Schema:
    """That a key is there by this name, and a flag true."""
    true: Schema = {"anyOf": [{"enum": [True, 1]}, words_schema(["true"])]}
    return {"required": [name], **({"properties": {name: true}} if isinstance(key.kind, Flag) else {})}


def once(key: Key[object], others: tuple[str, ...]) -> Schema:
    """That a key has one of its names, or none where it may be left out."""
    by_name: list[Schema] = [{"required": [name]} for name in (key.name, *others)]
    return {"oneOf": by_name if key.required else [*by_name, {"not": {"anyOf": by_name}}]}


def whole_or_text(minimum: int, pattern: str) -> Schema:
    """A whole number, which may stand in quotes."""
    return {"anyOf": [{"type": "integer", "minimum": minimum}, {"type": "string", "pattern": pattern}]}
