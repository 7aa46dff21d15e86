"""JSON text to plain values, exactly: quick where all is well, and with every mistake where not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cnnsteps.reading.json.values import Value, cached_decimal
from cnnsteps.records import NamedTuple

if TYPE_CHECKING:
    from cnnsteps.reading.json.locations import Scanned


class Document(NamedTuple):
    """What a file says, before anything is checked against a kind of problem."""

    value: Value
    has_booleans: bool
    """Somewhere in the text stands true or false, so a list of integers may hide one."""
    scanned: Scanned | None = None
    """Set where the text is not JSON: its mistakes and the places of its values."""


class NotPlain(ValueError):
    """Something that the quick reader leaves to the careful one."""


def parse(text: str) -> Document:
    """The document; reads a second time, tolerantly, where the text has mistakes."""
    booleans = "true" in text or "false" in text
    try:
        value = json.loads(
            text, parse_float=cached_decimal, parse_constant=refuse, object_pairs_hook=without_duplicates
        )
    except (ValueError, RecursionError):
        from cnnsteps.reading.json.scanner import scan

        scanned = scan(text)
        return Document(scanned.value, True, scanned)
    return Document(value, booleans)


def refuse(text: str) -> None:
    raise NotPlain(text)


def without_duplicates(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotPlain("duplicate key")
    return found
