"""Rows that follow one another, of one shape or of several, ready to be written."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from cnnsteps.numbers.tensor import Integers, Positions
from cnnsteps.records import NamedTuple
from cnnsteps.render.rows import Piece


class Buffered(NamedTuple):
    """Rows as they lie in a buffer, (rows, bytes), and how many lines each takes."""

    raw: Integers
    lines: Positions
    squeeze: bool
    """Zero bytes fill them up, which are not written."""

    def rows(self, first: int, last: int) -> Piece:
        piece = self.raw[first:last]
        return piece.tobytes().translate(None, b"\0") if self.squeeze else piece.data.cast("B")

    def kept(self) -> Buffered:
        """The same with bytes of its own, for the buffer is filled again."""
        return self._replace(raw=self.raw.copy())


class Single(NamedTuple):
    """Rows one by one, for their lengths differ much."""

    texts: list[bytes]
    lines: Positions

    def rows(self, first: int, last: int) -> Piece:
        return b"".join(self.texts[first:last])

    def kept(self) -> Single:
        return self


Block: TypeAlias = "Buffered | Single"


def merged(blocks: list[tuple[Block, Positions]]) -> Block:
    """All rows of several blocks in their order; the positions say which place each has."""
    if len(blocks) == 1:
        return blocks[0][0]
    lines = np.empty(sum(len(block.lines) for block, _ in blocks), np.int64)
    for block, places in blocks:
        lines[places] = block.lines
    buffered = [(block, places) for block, places in blocks if isinstance(block, Buffered)]
    if len(buffered) < len(blocks):
        texts = [b""] * len(lines)
        for block, places in blocks:
            for i, place in enumerate(places.tolist()):
                texts[place] = bytes(block.rows(i, i + 1))
        return Single(texts, lines)
    table = np.zeros((len(lines), max(block.raw.shape[1] for block, _ in buffered)), np.uint8)
    for block, places in buffered:
        table[places, : block.raw.shape[1]] = block.raw
    return Buffered(table, lines, squeeze=True)
