"""What a problem file gives: each key's value, typed by the key's kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from cnnsteps.reading.json.values import Value
from cnnsteps.reading.key import Key

T = TypeVar("T")


class Given:
    """Read with the operator's own keys: `given[STRIDE]` has the type that STRIDE declares."""

    def __init__(self, raw: Mapping[str, Value], dims: int) -> None:
        self.raw = raw
        self.dims = dims
        self.values: dict[str, object] = {}

    def put(self, name: str, value: object) -> None:
        """None marks a value whose mistake was reported."""
        self.values[name] = value

    def has(self, *keys: Key[object]) -> bool:
        """All of these are there, by the file or by default, and without a mistake."""
        return all(self.values.get(key.name) is not None for key in keys)

    def __getitem__(self, key: Key[T]) -> T:
        return cast(T, self.values[key.name])

    def get(self, key: Key[T]) -> T | None:
        return cast("T | None", self.values.get(key.name))

    def spoiled(self, *keys: Key[object]) -> bool:
        """One of these stands in the file and could not be read."""
        return any(key.name in self.values and self.values[key.name] is None for key in keys)
