"""Numbers as tokens: each distinct number is written once, numpy puts it in its places.

A table's tokens have one width, so that columns are aligned and rows need no squeezing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from cnnsteps.exact import Number, number
from cnnsteps.solution import Column
from cnnsteps.tensor import Integers, Positions, Tensor

Tokens: TypeAlias = "np.ndarray[Any, np.dtype[np.bytes_]]"
Flags: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"

MOST_SPREAD = 40
"""Tokens whose lengths differ by more are not padded: their rows are written one at a time."""
MOST_SPREAD_BYTES = 1 << 24
SMALL_RANGE = 1 << 16
MOST_KEPT = 300_000
MOST_TABLES = 16


class Scribe(NamedTuple):
    """How a format writes numbers, and how wide they are there."""

    write: Callable[[Number, bool], str]
    width: Callable[[str], float]
    digits: int | None


class Table:
    """The tokens of a tensor's distinct numbers, and which of them stands at each of its places."""

    def __init__(
        self, tokens: Tokens, ids: Integers, low: int, rounded: list[bool], width: float, ragged: bool
    ) -> None:
        self.tokens = tokens
        self.ids, self.low = ids, low
        """A token's number at each flat position is its id less `low`."""
        self.rounded = np.array(rounded) if any(rounded) else None
        """Which tokens were rounded; None where none was."""
        self.width = width
        """The widest, in the format's unit."""
        lengths = np.char.str_len(tokens)
        self.even = bool((lengths == lengths[0]).all())
        """All tokens have the same number of bytes."""
        self.ragged = ragged
        """They differ too much in length to be filled up."""

    def which(self, places: Positions | int) -> Any:
        found = self.ids[places]
        return found.astype(np.int64) - self.low if isinstance(places, np.ndarray) else int(found) - self.low

    @cached_property
    def spread(self) -> Tokens | None:
        """The token of every place, where that takes little memory and makes each look-up one step."""
        if self.ids.size * self.tokens.itemsize > MOST_SPREAD_BYTES:
            return None
        return self.tokens[self.ids.astype(np.int64) - self.low]

    def at(self, places: Positions) -> Tokens:
        return self.tokens[self.which(places)] if self.spread is None else self.spread[places]

    @cached_property
    def bare(self) -> Tokens:
        """The tokens without what fills them up."""
        return np.char.lstrip(self.tokens)

    def rounded_at(self, places: Positions | int) -> Flags | bool:
        return False if self.rounded is None else self.rounded[self.which(places)]

    def text(self, place: int) -> str:
        """One token as text that stands alone."""
        return bytes(self.tokens[self.which(place)]).decode().lstrip(" ")


def distinct(num: Integers) -> tuple[list[int], Integers, int]:
    """Values among which all of these are, and how to find one: its number is its id minus `low`.

    In a small range every value in it counts as one, and the integers are their own ids.
    """
    flat = num.reshape(-1)
    if flat.dtype != object and flat.size:
        low, high = int(flat.min()), int(flat.max())
        if high - low < min(SMALL_RANGE, max(flat.size, 512)):
            return list(range(low, high + 1)), flat, low
    values, ids = np.unique(flat, return_inverse=True)
    return values.tolist(), ids.reshape(-1), 0


class Writer:
    """Makes tables, and keeps the tokens it has written."""

    def __init__(self, scribe: Scribe) -> None:
        self.scribe = scribe
        self.written: dict[tuple[int, int, bool], tuple[bytes, bool, float]] = {}
        self.tables: dict[tuple[int, bool], tuple[Tensor, Table]] = {}
        self.least: dict[tuple[int, bool], tuple[Tensor, int]] = {}

    def token(self, over: int, under: int, operand: bool) -> tuple[bytes, bool, float]:
        key = (over, under, operand)
        found = self.written.get(key)
        if found is None:
            shown = number(over, under, self.scribe.digits)
            text = self.scribe.write(shown, operand)
            found = text.encode(), shown.rounded, self.scribe.width(text)
            if len(self.written) > MOST_KEPT:
                self.written.clear()
            self.written[key] = found
        return found

    def table(self, column: Column, operand: bool) -> tuple[Table, Positions | int]:
        """The table for a column, and where its numbers stand in it."""
        source = column.source
        key = (id(source), operand)
        if key not in self.tables and (column.lasting or few_values(source)):
            if len(self.tables) >= MOST_TABLES:
                self.tables.clear()
            self.tables[key] = source, self.build(source, operand, 0)
        if key in self.tables:
            return self.tables[key][1], column.at
        part = source.take(column.at) if isinstance(column.at, np.ndarray) else source
        return self.build(part, operand, self.least_width(source, operand)), np.arange(part.num.size)

    def least_width(self, source: Tensor, operand: bool) -> int:
        """The bytes of the longest token of a whole source, so that all blocks align; 0 where that is too dear."""
        key = (id(source), operand)
        if key not in self.least:
            width = 0
            if source.den == 1 and source.num.size:
                ends = (int(source.num.min()), int(source.num.max()))
                width = max(len(self.token(end, 1, operand)[0]) for end in ends)
            if len(self.least) >= MOST_TABLES:
                self.least.clear()
            self.least[key] = source, width
        return self.least[key][1]

    def build(self, tensor: Tensor, operand: bool, least: int) -> Table:
        values, ids, low = distinct(tensor.num)
        found = [self.token(value, tensor.den, operand) for value in values] or [(b"", False, 0.0)]
        texts = [token for token, _, _ in found]
        lengths = [len(token) for token in texts]
        longest = max(*lengths, least) if len(lengths) > 1 else max(lengths[0], least)
        widest = max(width for _, _, width in found) * max(longest / max(*lengths, 1), 1.0)
        ragged = longest - min(lengths) > MOST_SPREAD
        if not ragged and all(token.isascii() and b"\x1b" not in token for token in texts):
            texts = [token.rjust(longest) for token in texts]
        elif not ragged:
            texts = [b" " * round(widest - width) + token for token, _, width in found]
        return Table(np.array(texts, dtype=np.bytes_), ids, low, [r for _, r, _ in found], widest, ragged)


def few_values(source: Tensor) -> bool:
    """A whole answer's tokens are kept too, where its numbers lie close together."""
    num = source.num
    return num.dtype != object and num.size > 0 and int(num.max()) - int(num.min()) < min(SMALL_RANGE, num.size)
