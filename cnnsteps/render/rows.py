"""Rows of one shape as one structured array: literals are written once, tokens by numpy.

A row's text is split at its placeholders into fields of fixed width. The literals are
filled in when the array is made; each block of steps only gathers its tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Container

import numpy as np

from cnnsteps.numbers.tensor import Integers
from cnnsteps.render.lines import PLACEHOLDER
from cnnsteps.render.tokens import Tokens

Piece = bytes | memoryview
Pieces = Piece | list[Piece]
"""A piece of output, or several that go out together; valid until the one after the next is asked for."""

FAST = {3: 4, 5: 8, 6: 8, 7: 8}


class Pattern:
    """A row's text made ready for filling; `widths` gives the bytes of each slot's tokens.

    Tokens of 4 or 8 bytes are copied several times faster than those of 3 or 5 to 7: such
    a slot's tokens, where they are `stretchy`, take in the first bytes of what follows.
    """

    def __init__(self, text: str, widths: dict[str, int], squeeze: bool, stretchy: Container[str] = ()) -> None:
        self.squeeze = squeeze
        pieces = PLACEHOLDER.split(text)
        self.literals: dict[str, bytes] = {}
        self.slots: list[tuple[str, str, bytes]] = []
        parts: list[tuple[str, str]] = []
        suffix = b""
        for i, piece in enumerate(pieces):
            if i % 2:
                room = FAST.get(widths[piece], widths[piece]) - widths[piece]
                suffix = pieces[i + 1].encode()[:room] if piece in stretchy else b""
                suffix = suffix if len(suffix) == room else b""
                self.slots.append((f"f{i}", piece, suffix))
                parts.append((f"f{i}", f"S{widths[piece] + len(suffix)}"))
            elif literal := piece.encode()[len(suffix) :]:
                self.literals[f"f{i}"] = literal
                parts.append((f"f{i}", f"V{len(literal)}"))
        self.dtype = np.dtype(parts)
        self.buffers: list[Integers] = [np.zeros(0, self.dtype)] * 2

    def fill(self, count: int, tokens: Callable[[str, bytes], Tokens]) -> memoryview:
        """`count` rows of `tokens(mark, suffix)`; valid until the call after the next."""
        spare = self.buffers.pop(0)
        if len(spare) < count:
            spare = np.zeros(count, self.dtype)
            for name, literal in self.literals.items():
                spare[name] = np.void(literal)
        self.buffers.append(spare)
        block = spare[:count]
        for name, mark, suffix in self.slots:
            block[name] = tokens(mark, suffix)
        return memoryview(block.view(np.uint8).data).cast("B")

    @property
    def held(self) -> int:
        """The bytes of its buffers."""
        return sum(buffer.nbytes for buffer in self.buffers)
