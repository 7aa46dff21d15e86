"""Where each value of a problem file stands, for mistakes that know only their path into it.

Numbers in a list have no place of their own: a list keeps where runs of them begin, and
the commas are counted only for the few that an error is about. So a file of millions of
numbers costs little more than its text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType

from cnnsteps.errors import Mistake, Path
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.records import NamedTuple

ITEM = re.compile(r"[^,\s]+")
NOTHING: Mapping[str | int, Node] = MappingProxyType({})
NO_KEYS: dict[str, int] = {}
"""Shared by all lists, of which there may be a million."""


class Node:
    """A value with its offset: a list or object knows the places inside it."""

    __slots__ = ("inner", "keys", "offset", "opener", "spoiled", "starts", "value")

    def __init__(self, offset: int, value: Value = BROKEN, opener: str = "") -> None:
        self.offset = offset
        self.value = value
        self.opener = opener
        self.inner: Mapping[str | int, Node] = NOTHING
        """By key or position: all values of an object, the lists and objects in a list."""
        self.keys: dict[str, int] = {} if opener == "{" else NO_KEYS
        self.starts: list[tuple[int, int]] = []
        """Of a list: (position, offset) of each number that stands alone or begins a run."""
        self.spoiled = False
        """What stands in a list is uncertain, so that its length says nothing."""

    def hold(self, step: str | int, node: Node) -> None:
        if not isinstance(self.inner, dict):
            self.inner = {}
        self.inner[step] = node

    def place(self, text: str, position: int) -> int:
        """The offset of a number in a list."""
        at = bisect_right(self.starts, position, key=lambda start: start[0]) - 1
        if at < 0:
            return self.offset
        first, offset = self.starts[at]
        found = next(islice(ITEM.finditer(text, offset), position - first, None), None)
        return found.start() if found else self.offset


class Scanned(NamedTuple):
    """The value as far as it could be read, with the mistakes of its syntax."""

    text: str
    root: Node
    mistakes: list[Mistake]
    complete: bool
    """The whole text was understood: what is not there is missing."""

    @property
    def value(self) -> Value:
        return self.root.value

    def locate(self, mistake: Mistake) -> Mistake:
        """The mistake with line and column, as deep along its path as the text goes."""
        return mistake.at(*position(self.text, self.offset(mistake.path, mistake.of_key)))

    def offset(self, path: Path, of_key: bool) -> int:
        node, offset = self.root, self.root.offset
        for step in path:
            known = node.keys.get(step) if isinstance(step, str) else node.place(self.text, step)
            offset = node.offset if known is None else known
            if step not in node.inner:
                return offset
            node = node.inner[step]
        return offset if of_key else node.offset


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, in characters."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
