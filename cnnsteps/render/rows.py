"""Rows of one shape as one structured array: literals are written once, tokens by numpy.

A row's text is split at its placeholders into fields of fixed width. The literals are
filled in when the array is made; each block of steps only gathers its tokens.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnnsteps.render.lines import PLACEHOLDER
from cnnsteps.render.tokens import Tokens
from cnnsteps.tensor import Integers

Piece = bytes | memoryview
Pieces = Piece | list[Piece]
"""A piece of output, or several that go out together; valid until the next one is asked for."""


class Pattern:
    """A row's text made ready for filling: `widths` gives the bytes of each slot's tokens."""

    def __init__(self, text: str, widths: dict[str, int], squeeze: bool) -> None:
        self.squeeze = squeeze
        parts: list[tuple[str, str | int]] = []
        self.literals: dict[str, bytes] = {}
        self.slots: list[tuple[str, str]] = []
        for i, piece in enumerate(PLACEHOLDER.split(text)):
            if i % 2:
                name = f"f{i}"
                parts.append((name, f"S{widths[piece]}"))
                self.slots.append((name, piece))
            elif piece:
                literal = piece.encode()
                parts.append((f"f{i}", f"V{len(literal)}"))
                self.literals[f"f{i}"] = literal
        self.dtype = np.dtype(parts)
        self.buffer: Integers = np.zeros(0, self.dtype)

    def fill(self, tokens: dict[str, Tokens], count: int) -> Integers:
        """`count` rows; the array is used again by the next call."""
        if len(self.buffer) < count:
            self.buffer = np.zeros(count, self.dtype)
            for name, literal in self.literals.items():
                self.buffer[name] = np.void(literal)
        block = self.buffer[:count]
        for name, mark in self.slots:
            block[name] = tokens[mark]
        return block

    def pieces(self, block: Integers, end: bytes, first: int, every: int) -> Iterator[tuple[Piece, int]]:
        """The block's rows in pieces, and how many rows each has: `first` rows, then `every`, then the
        rest. Each comes without the row end of its last row."""
        start, size, raw = 0, self.dtype.itemsize, memoryview(block.view(np.uint8).data).cast("B")
        while start < len(block):
            stop = min(start + first, len(block))
            piece: Piece = raw[start * size : stop * size]
            if self.squeeze:
                piece = bytes(piece).translate(None, b"\0")
            yield piece[: len(piece) - len(end)], stop - start
            start, first = stop, every
