"""A key of a problem file, what reads its value, and the JSON Schema of whole numbers, words and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from cnnsteps.errors import Path
from cnnsteps.reading.json.values import Value
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report

T_co = TypeVar("T_co", covariant=True)
Schema = dict[str, object]

WHOLE: Schema = {"type": "integer"}
WHOLE_TEXT = re.compile(r" *-?[0-9]{1,1000} *")
WHOLE_REFS = {0: "natural", 1: "positive"}
"""The schema's names for the whole numbers from here on."""
NOTHING: Mapping[str, str] = MappingProxyType({})


class Context(NamedTuple):
    """What a kind needs to know of the file around it."""

    dims: int
    report: Report
    has_booleans: bool = True
    advice: Mapping[str, str] = NOTHING
    """What is said of keys that other libraries have, and that have no counterpart here."""


class Kind(Protocol[T_co]):
    """Reads one value; None means that a mistake was reported."""

    def read(self, value: Value, path: Path, context: Context) -> T_co | None: ...

    def schema(self) -> Schema: ...


class Key(NamedTuple, Generic[T_co]):
    """A key of a problem file. `default` is written as a file would write it.

    `also` are names that other libraries have for the same thing, which are read too. `near` are names of what is not
    quite the same, or no library's: a hint knows them.
    """

    name: str
    kind: Kind[T_co]
    doc: str
    required: bool = False
    default: Value = None
    also: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


def whole(value: Value) -> int | None:
    """A whole number as JSON has it, 2, and 2.0 or "2" as well; true is none."""
    if isinstance(value, str):
        return int(value) if WHOLE_TEXT.fullmatch(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return value[0] if isinstance(value, tuple) and value[1] == 1 else None


def whole_schema(minimum: int, maximum: int | None = None) -> Schema:
    """A whole number within bounds, which may stand in quotes."""
    top: Schema = {} if maximum is None else {"maximum": maximum}
    if minimum in WHOLE_REFS:
        return {"$ref": f"#/$defs/{WHOLE_REFS[minimum]}", **top}
    text: Schema = {"type": "string", "pattern": "^ *-?[0-9]+ *$"}
    return {"anyOf": [{**WHOLE, "minimum": minimum, **top}, text]}


def words_schema(words: Iterable[str]) -> Schema:
    """One of these words; editors offer them as they stand here, but capitals are the same."""
    spelled = "|".join("".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in word) for word in words)
    return {"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": f"^({spelled})$"}]}


def list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema, "minItems": 1}
