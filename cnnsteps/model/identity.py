"""A cache by which tree it is, not by what it is equal to.

Expressions are tuples, and tuples of different types are equal: −(x) and (x) would share an entry.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")
MOST = 50_000


def cached_by_identity(function: Callable[[Part], Result]) -> Callable[[Part], Result]:
    """The function with its results kept; the tree is kept too, so that no other takes its place in memory."""
    kept: dict[int, tuple[Part, Result]] = {}

    @wraps(function)
    def cached(part: Part) -> Result:
        entry = kept.get(id(part))
        if entry is not None:
            return entry[1]
        if len(kept) >= MOST:
            kept.clear()
        result = function(part)
        kept[id(part)] = (part, result)
        return result

    return cached
