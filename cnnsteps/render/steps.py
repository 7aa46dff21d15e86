"""The steps of an answer as a stream of bytes in a format's notation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from cnnsteps.model.steps import Band, Column, Columns, Indices, Run, Steps
from cnnsteps.numbers.tensor import Integers, Positions, unravel
from cnnsteps.records import NamedTuple
from cnnsteps.render.blocks import Block, Buffered, Single, merged
from cnnsteps.render.layout import Layout, Placed, Rounded
from cnnsteps.render.lines import PLACEHOLDER
from cnnsteps.render.notation import FIRST_INDEX, slot_mark
from cnnsteps.render.options import RenderOptions
from cnnsteps.render.rows import Buffer, Buffers, Pattern, Piece, Pieces
from cnnsteps.render.standing import Standing
from cnnsteps.render.tokens import TokenCache, Tokens, index_tokens

BLOCK_BYTES = 1 << 20
MOST_ROWS = 8192
LEAST_ROWS = 32
"""Each number of a row costs as much as that of all rows of a block, so that a block has several."""
ENDLESS = 1 << 62
MOST_HELD = 4 << 20
"""The bytes of the shapes that are kept."""


class Frame(NamedTuple):
    """How rows are kept together: `lines` a block, 0 for no limit."""

    opening: bytes
    closing: bytes
    row_end: bytes
    lines: int


class Names:
    """`Val[i,j]` for the cells of an answer; the last index's token fills the name up to one width."""

    def __init__(self, shape: tuple[int, ...], base: int, written: Callable[[list[str]], str], align: bool) -> None:
        self.shape, self.base = shape, base
        self.marks = [chr(FIRST_INDEX + i) for i in range(len(shape))]
        text = written(self.marks)
        head, last, tail = text.rpartition(self.marks[-1]) if shape else (text, "", "")
        self.aligned = align and not PLACEHOLDER.search(tail) and last not in head
        self.text, self.tail = (head + last, tail) if self.aligned else (text, "")
        self.widest = sum(len(str(size - 1 + base)) for size in shape)
        self.sample = text.translate({ord(m): "0" * len(str(n)) for m, n in zip(self.marks, shape, strict=True)})

    def split(self, cells: Positions) -> list[Positions]:
        """The cells in parts whose leading indices have the same numbers of digits."""
        changes = np.zeros(len(cells), bool)
        for index in unravel(cells, self.shape)[:-1] if self.shape else ():
            first, last = int(index.min()) + self.base, int(index.max()) + self.base
            if len(str(first)) < len(str(last)):
                digits = np.searchsorted(POWERS, index + self.base, side="right")
                changes[1:] |= digits[1:] != digits[:-1]
        return np.split(cells, np.flatnonzero(changes)) if changes.any() else [cells]

    def tokens(self, cells: Positions) -> dict[str, Tokens]:
        """For each index its tokens."""
        if not self.shape:
            return {}
        found: dict[str, Tokens] = {}
        room = self.widest
        *leading, last = unravel(cells, self.shape)
        for mark, size, index in zip(self.marks, self.shape, leading, strict=False):
            length = len(str(int(index[0]) + self.base))
            room -= length
            found[mark] = index_tokens(size, self.base).astype(f"S{length}")[index]
        found[self.marks[-1]] = index_tokens(self.shape[-1], self.base, self.tail, room * self.aligned)[last]
        return found


POWERS = 10 ** np.arange(1, 19, dtype=np.int64)


Marked: TypeAlias = tuple[list[int], Standing]
"""Which of a band's columns, and how they stand."""


def bands_of(run: Run) -> Sequence[Band]:
    """The columns of its products, if they stand together and there are any."""
    return run.columns.bands if isinstance(run.columns, Columns) and run.columns.in_bands else ()


class Rows(ABC):
    """Writes the steps of given cells, block by block; what a row says is its subclasses' matter."""

    def __init__(self, steps: Steps, names: Names, writer: TokenCache, frame: Frame, options: RenderOptions) -> None:
        self.steps, self.names, self.writer, self.frame = steps, names, writer, frame
        self.advance, self.share = options["advance"], options["share"]
        self.patterns: dict[object, tuple[Pattern, int]] = {}
        self.marked: dict[object, tuple[list[list[Marked]], list[tuple[int, Standing]]]] = {}
        self.buffers, self.scratch = Buffers(), Buffer()
        """For rows that go out as they lie in a buffer, and for those that are copied at once."""
        self.room = 0
        self.is_open = False

    def parts(self, run: Run) -> list[Run]:
        """A run as it is written: some of its rows may be told otherwise."""
        return [run]

    def agreed(self, runs: list[Run]) -> list[Run]:
        """Runs of several shapes as they are written one below the other."""
        return runs

    @abstractmethod
    def operands(self, run: Run) -> dict[int, Standing]:
        """The columns that are shown, and how their numbers stand: some need brackets there."""

    @abstractmethod
    def text(self, run: Run, widths: dict[int, float]) -> tuple[str, int]:
        """A row with placeholders for names and slots, without its end, and how many lines it takes."""

    @abstractmethod
    def signs(self, run: Run, rounded: dict[int, Rounded]) -> dict[str, Tokens | str]:
        """Further placeholders of `text`: one text for all rows, or a token for each."""

    def write(self, cells: Positions | range) -> Iterator[Pieces]:
        """The expansions of these cells, which lie in one plane and ascend."""
        self.is_open = False
        rows = min(MOST_ROWS, max(LEAST_ROWS, BLOCK_BYTES // (24 * self.steps.terms)))
        make = partial(self.blocks, cells, rows)
        for blocks in self.share.blocks(make, range(0, len(cells), rows)):
            for block in blocks:
                yield self.framed(block)
                self.advance(len(block.lines))
        if self.is_open:
            yield self.frame.closing

    def blocks(self, cells: Positions | range, rows: int, start: int) -> list[Block]:
        """So many rows from `start` on, in a block for each length of their leading indices."""
        part = cells[start : start + rows]
        parts = self.names.split(np.arange(part.start, part.stop) if isinstance(part, range) else part)
        if len(parts) == 1:
            return [self.block(parts[0], self.buffers)]
        return [self.block(one, self.scratch).kept() for one in parts]

    def block(self, cells: Positions, into: Buffer | Buffers) -> Block:
        """The rows of some cells, whatever shapes they have; no more than one shape is filled into a buffer."""
        runs = self.agreed([run for whole in self.steps.runs(cells) for run in self.parts(whole)])
        if len(runs) == 1:
            return self.rows(runs[0], into)
        return merged([(self.rows(run, self.scratch).kept(), np.searchsorted(cells, run.cells)) for run in runs])

    def rows(self, run: Run, into: Buffer | Buffers) -> Block:
        """The rows of a run; numbers that differ much in length make each a row of its own shape."""
        placed = self.placed(run)
        count = len(run.cells)
        if not any(group.table.ragged for group in placed):
            pattern, lines, raw = self.filled(run, run.cells, placed, into)
            return Buffered(raw, np.full(count, lines), pattern.squeeze)
        texts, heights = [], []
        for i in range(count):
            row = [group if group.at.ndim == 1 else group._replace(at=group.at[:, i : i + 1]) for group in placed]
            _, lines, raw = self.filled(run, run.cells[i : i + 1], row, self.scratch)
            texts.append(raw.tobytes().replace(b"\0", b""))
            heights.append(lines)
        return Single(texts, np.array(heights))

    def placed(self, run: Run) -> list[Placed]:
        """The shown columns with their tables, those of products together."""
        bands, others = self.shown(run)
        placed: list[Placed] = []
        for n, (band, parts) in enumerate(zip(bands_of(run), bands, strict=True)):
            for which, at in parts:
                table = self.writer.kept(band.operand.tensor, at)
                if table is None:
                    others = others + [(2 * k + n, at) for k in which]
                else:
                    chosen = band.at if len(which) == len(band.at) else band.at[which]
                    placed.append(Placed([slot_mark(2 * k + n) for k in which], table, chosen))
        return placed + [self.lone(run.columns[c], slot_mark(c), at) for c, at in others]

    def shown(self, run: Run) -> tuple[list[list[Marked]], list[tuple[int, Standing]]]:
        """Of each band the columns that stand alike, and the other columns that are shown."""
        if run.key not in self.marked:
            others = dict(self.operands(run))
            bands = []
            for n, band in enumerate(bands_of(run)):
                alike: dict[Standing, list[int]] = {}
                for k in range(len(band.at)):
                    alike.setdefault(others.pop(2 * k + n), []).append(k)
                bands.append([(which, at) for at, which in alike.items()])
            self.marked[run.key] = bands, list(others.items())
        return self.marked[run.key]

    def lone(self, column: Column | Indices, mark: str, operand: Standing) -> Placed:
        """A column by itself."""
        if isinstance(column, Indices):
            return Placed([mark], self.writer.indices(column.size, self.names.base), column.at[np.newaxis])
        table, at = self.writer.table(column, operand)
        return Placed([mark], table, np.array([at]) if isinstance(at, int) else at[np.newaxis])

    def filled(
        self, run: Run, cells: Positions, placed: list[Placed], into: Buffer | Buffers
    ) -> tuple[Pattern, int, Integers]:
        """Rows of one shape, and how many lines each takes: what all of them share becomes part of the text."""
        layout = Layout(self.names.tokens(cells), self.names.aligned, placed)
        layout.add_signs(self.signs(run, layout.rounded()))
        pattern, lines = self.pattern(run, layout)
        return pattern, lines, into.fill(pattern, len(cells), layout.tokens)

    def pattern(self, run: Run, layout: Layout) -> tuple[Pattern, int]:
        """The row's text ready for filling, and how many lines it takes."""
        key = run.key, layout.key
        if key not in self.patterns:
            text, lines = self.text(run, layout.widths(self.writer.width))
            made = layout.pattern(text + self.frame.row_end.decode())
            if sum(pattern.held for pattern, _ in self.patterns.values()) > MOST_HELD:
                self.patterns.clear()
            self.patterns[key] = made, lines
        return self.patterns[key]

    def framed(self, block: Block) -> list[Piece]:
        """The rows, in frames of not too many lines; the last row of all is left without its end."""
        frame, end = self.frame, len(self.frame.row_end)
        found: list[Piece] = []
        # A list: a search among a hundred rows is faster in Python than numpy is called.
        joint, used = frame.row_end, np.cumsum(block.lines).tolist()
        start, before, rows_in_all = 0, 0, len(used)
        while start < rows_in_all:
            stop = start
            if self.is_open:
                stop = bisect_right(used, before + self.room, start, min(start + self.room, rows_in_all))
            if stop == start:
                joint = frame.closing + frame.opening if self.is_open else frame.opening
                self.room, self.is_open = frame.lines or ENDLESS, True
                most = min(start + self.room, rows_in_all)
                stop = max(start + 1, bisect_right(used, before + self.room, start, most))
            # Squeezed before it is cut: the last token may have taken in the row's end.
            rows = block.rows(start, stop)
            found += joint, rows[: len(rows) - end]
            self.room -= used[stop - 1] - before
            start, before = stop, used[stop - 1]
        return found
