"""What a problem says besides its tensors: each setting by its key in the file, and in words for a page."""

from __future__ import annotations

from collections.abc import Sequence

from cnnsteps.records import NamedTuple


class Setting(NamedTuple):
    """One of them, `stride`: `2`, and as it is said: stride 2."""

    key: str
    value: str
    """As the file has it."""
    words: str
    shown: str = ""
    """What stands behind the words; nothing where they say all."""


def setting(key: str, words: str, value: str) -> Setting:
    """One whose value is said as it stands in the file."""
    return Setting(key, value, words, value)


def by_sizes(values: Sequence[object]) -> str:
    """2×2, for a window's size"""
    return "×".join(map(str, values))


def by_shape(values: Sequence[object]) -> str:
    """3 × 227 × 227, for a tensor's shape, channels first"""
    return " × ".join(map(str, values))


def each(values: Sequence[object]) -> str:
    """One number for all dimensions, or (1, 2)."""
    return str(values[0]) if len(set(values)) == 1 else f"({', '.join(map(str, values))})"
