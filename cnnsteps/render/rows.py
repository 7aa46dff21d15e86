"""Rows of one shape: a row's text is made once, numpy puts the tokens into as many rows as there are.

A row is a run of bytes of fixed width with places for tokens. Rows lie in a buffer that
keeps its text, so that the next block of the same shape only gathers its tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from cnnsteps.numbers.tensor import Integers, Positions
from cnnsteps.records import NamedTuple
from cnnsteps.render.lines import PLACEHOLDER
from cnnsteps.render.tokens import Tokens

Piece = bytes | memoryview
Pieces = Piece | list[Piece]
"""A piece of output, or several that go out together; valid until the one after the next is asked for."""

FAST = {3: 4, 5: 8, 6: 8, 7: 8}
MANY = 512
"""Of so many rows each slot's tokens are gathered by themselves; of fewer, those of many slots at once."""
BYTES_A_SLOT = 150


Source: TypeAlias = int | str
"""The number of a group of columns, or a placeholder that is none."""
Fetch: TypeAlias = "Callable[[Source, Positions, bytes], Tokens]"
"""The tokens of some of a source's columns, each with a suffix: (columns, rows)."""


class Slots(NamedTuple):
    """Slots of one source whose tokens take in the same text."""

    source: Source
    which: Positions
    """The source's columns."""
    suffix: bytes
    offsets: list[int]
    kind: np.dtype[np.bytes_]
    """Of a token with the suffix."""
    evenly: list[tuple[int, int]]
    """Where slots begin that lie at equal distances, and where they end."""


class Pattern:
    """A row's text made ready for filling; `widths` gives the bytes of each slot's tokens.

    Tokens of 4 or 8 bytes are copied several times faster than those of 3 or 5 to 7: such
    a slot's tokens, where they are those of `columns`, take in the first bytes of what follows.
    """

    def __init__(
        self,
        text: str,
        widths: Mapping[str, int],
        squeeze: bool,
        columns: Mapping[str, tuple[int, int]] = {},
        constants: Mapping[str, str] = {},
    ) -> None:
        """`columns` says of placeholders which column of which group they are, `constants` has texts of others."""
        self.squeeze = squeeze
        marks, literals = split_at_slots(text, constants)
        parts = [literals[0]]
        offset = len(literals[0])
        slots: dict[tuple[Source, bytes, int], tuple[list[int], list[int]]] = {}
        for mark, literal in zip(marks, literals[1:], strict=True):
            width = widths[mark]
            room = FAST.get(width, width) - width if mark in columns else 0
            suffix = literal[:room] if len(literal) >= room else b""
            width += len(suffix)
            source, column = columns.get(mark, (mark, 0))
            which, offsets = slots.setdefault((source, suffix, width), ([], []))
            which.append(column)
            offsets.append(offset)
            parts += bytes(width), literal[len(suffix) :]
            offset += width + len(literal) - len(suffix)
        self.row = np.frombuffer(b"".join(parts), np.uint8)
        self.slots = [
            Slots(source, np.array(which), suffix, offsets, np.dtype(f"S{width}"), evenly(offsets))
            for (source, suffix, width), (which, offsets) in slots.items()
        ]
        alone = {
            group.offsets[first]: group.kind
            for group in self.slots
            for first, stop in group.evenly
            if first + 1 == stop
        }
        self.record = np.dtype(
            {
                "names": [str(offset) for offset in alone],
                "formats": list(alone.values()),
                "offsets": list(alone),
                "itemsize": len(self.row),
            }
        )
        """A row, where the slots that lie by themselves are fields; numpy is quicker with those."""

    @property
    def size(self) -> int:
        """The bytes of a row."""
        return len(self.row)

    @property
    def held(self) -> int:
        """About how many bytes it takes."""
        return self.size + BYTES_A_SLOT * sum(len(group.offsets) for group in self.slots)

    def fill(self, rows: Integers, tokens: Fetch) -> None:
        """Puts the tokens of all rows into rows that have the text."""
        count, size = rows.shape
        records = rows.reshape(-1).view(self.record)
        for source, which, suffix, offsets, kind, even in self.slots:
            if count >= MANY:
                for k, offset in enumerate(offsets):
                    np.ndarray(count, kind, rows, offset, size)[:] = tokens(source, which[k : k + 1], suffix)[0]
                continue
            whole = tokens(source, which, suffix)
            for first, stop in even:
                if stop - first == 1:
                    records[str(offsets[first])] = whole[first]
                else:
                    steps = offsets[first + 1] - offsets[first], size
                    np.ndarray((stop - first, count), kind, rows, offsets[first], steps)[:] = whole[first:stop]


def split_at_slots(text: str, constants: Mapping[str, str]) -> tuple[list[str], list[bytes]]:
    """The marks in their order, and the text before the first, between them and behind the last."""
    pieces = PLACEHOLDER.split(text)
    marks, literals, literal = [], [], [pieces[0]]
    for mark, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if mark in constants:
            literal += constants[mark], piece
        else:
            marks.append(mark)
            literals.append("".join(literal).encode())
            literal = [piece]
    return marks, [*literals, "".join(literal).encode()]


def evenly(offsets: list[int]) -> list[tuple[int, int]]:
    """These numbers in stretches whose members lie at equal distances: where each begins and ends."""
    found, first = [], 0
    for i in range(1, len(offsets) + 1):
        if i == len(offsets) or (i - first > 1 and offsets[i] - offsets[i - 1] != offsets[first + 1] - offsets[first]):
            found.append((first, i))
            first = i
    return found


class Buffer:
    """Bytes for a block of rows, and what of them has which pattern's text already."""

    def __init__(self) -> None:
        self.raw: Integers = np.zeros(0, np.uint8)
        self.pattern: Pattern | None = None
        self.count = 0

    def rows(self, pattern: Pattern, count: int) -> Integers:
        size = pattern.size
        if self.pattern is not pattern or self.count < count:
            if len(self.raw) < size * count:
                self.raw = np.empty(size * count, np.uint8)
            self.raw[: size * count].reshape(count, size)[...] = pattern.row
            self.pattern, self.count = pattern, count
        return self.raw[: size * count].reshape(count, size)

    def fill(self, pattern: Pattern, count: int, tokens: Fetch) -> Integers:
        """`count` rows of a pattern, (rows, bytes); valid until the next call."""
        rows = self.rows(pattern, count)
        pattern.fill(rows, tokens)
        return rows


class Buffers:
    """Two in turn: the block before is still being written while this one is filled."""

    def __init__(self) -> None:
        self.turns = Buffer(), Buffer()

    def fill(self, pattern: Pattern, count: int, tokens: Fetch) -> Integers:
        """As a buffer does; valid until the call after the next."""
        self.turns = self.turns[1], self.turns[0]
        return self.turns[0].fill(pattern, count, tokens)
