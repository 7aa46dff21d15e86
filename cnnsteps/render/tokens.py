"""Numbers as tokens: each distinct number is written once, numpy puts it in its places.

A table's tokens have one width, so that columns are aligned and rows need no squeezing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import numpy as np
from numpy.typing import NDArray

from cnnsteps.exact import Number, number
from cnnsteps.solution import Column
from cnnsteps.tensor import Integers, Positions, Tensor

Tokens = NDArray[np.bytes_]

MOST_SPREAD = 40
"""Tokens whose lengths differ by more are not padded: their rows are written one at a time."""
SMALL_RANGE = 1 << 16
FEW = 4096


@dataclass(frozen=True)
class Scribe:
    """How a format writes numbers, and how wide they are there."""

    write: Callable[[Number, bool], str]
    width: Callable[[str], float]
    digits: int | None


@dataclass(frozen=True, eq=False)
class Table:
    """The distinct numbers of a tensor: `ids` says which stands where."""

    tokens: Tokens
    ids: Positions
    rounded: NDArray[np.bool_]
    width: float
    """The widest, in the format's unit."""
    even: bool
    """All tokens have the same number of bytes."""
    ragged: bool

    def at(self, places: Positions) -> Tokens:
        return self.tokens[self.ids[places]]

    def text(self, place: int) -> str:
        """One token as text that stands alone."""
        return bytes(self.tokens[self.ids[place]]).decode().lstrip(" ")


def distinct(num: Integers) -> tuple[list[int], Positions]:
    """The distinct values, ascending, and for each element which it is."""
    flat = num.reshape(-1)
    if flat.dtype != object and flat.size:
        low, high = int(flat.min()), int(flat.max())
        if high - low < SMALL_RANGE:
            shifted = flat.astype(np.int64) - low
            used = np.zeros(high - low + 1, bool)
            used[shifted] = True
            rank = np.cumsum(used) - 1
            return (np.flatnonzero(used) + low).tolist(), rank[shifted]
    values, ids = np.unique(flat, return_inverse=True)
    return values.tolist(), ids


class Writer:
    """Makes tables, and keeps the tokens it has written."""

    def __init__(self, scribe: Scribe) -> None:
        self.scribe = scribe
        self.written: dict[tuple[int, int, bool], tuple[bytes, bool, float]] = {}
        self.lasting: dict[tuple[int, bool], tuple[Tensor, Table]] = {}
        self.least: dict[tuple[int, bool], tuple[Tensor, int]] = {}

    def token(self, over: int, under: int, operand: bool) -> tuple[bytes, bool, float]:
        key = (over, under, operand)
        found = self.written.get(key)
        if found is None:
            shown = number(over, under, self.scribe.digits)
            text = self.scribe.write(shown, operand)
            found = text.encode(), shown.rounded, self.scribe.width(text)
            if len(self.written) > 500_000:
                self.written.clear()
            self.written[key] = found
        return found

    def table(self, column: Column, operand: bool) -> tuple[Table, Positions | int]:
        """The table for a column, and where its numbers stand in it."""
        source = column.source
        if not column.lasting:
            part = source.take(column.at) if isinstance(column.at, np.ndarray) else source
            return self.build(part, operand, self.least_width(source, operand)), np.arange(part.num.size)
        key = (id(source), operand)
        if key not in self.lasting:
            self.lasting[key] = source, self.build(source, operand, 0)
        return self.lasting[key][1], column.at

    def least_width(self, source: Tensor, operand: bool) -> int:
        """The bytes of the longest token of a whole source, so that all blocks align; 0 where that is too dear."""
        key = (id(source), operand)
        if key not in self.least:
            width = 0
            if source.den == 1 and source.num.size:
                ends = (int(source.num.min()), int(source.num.max()))
                width = max(len(self.token(end, 1, operand)[0]) for end in ends)
            elif source.num.size <= FEW:
                values, _ = distinct(source.num)
                width = max((len(self.token(v, source.den, operand)[0]) for v in values), default=0)
            self.least = {**self.least, key: (source, width)} if len(self.least) < 8 else {key: (source, width)}
        return self.least[key][1]

    def build(self, tensor: Tensor, operand: bool, least: int) -> Table:
        values, ids = distinct(tensor.num)
        found = [self.token(value, tensor.den, operand) for value in values]
        lengths = [len(token) for token, _, _ in found] or [0]
        widest = max((width for _, _, width in found), default=0.0)
        longest = max(*lengths, least)
        ragged = longest - min(lengths) > MOST_SPREAD
        visible = [len(token.decode()) for token, _, _ in found] if ragged is False else []
        plain = visible == lengths
        padded = [token.rjust(longest) for token, _, _ in found] if plain else [token for token, _, _ in found]
        if not plain and not ragged:
            padded = [b" " * round(widest - width) + token for token, _, width in found]
        tokens = np.array(padded or [b""], dtype=np.bytes_)
        even = plain or len({len(token) for token in padded}) == 1
        rounded = np.array([r for _, r, _ in found] or [False], dtype=bool)
        scale = least / max(lengths) if plain and max(lengths) else 1.0
        return Table(tokens, ids, rounded, widest * max(scale, 1.0), even, ragged)
