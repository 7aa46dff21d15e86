"""The steps of an answer as a stream of bytes in a format's notation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from cnnsteps.expr import Chain, Slot
from cnnsteps.render.lines import PLACEHOLDER, Measure, compose, segments, wrapped
from cnnsteps.render.notation import FIRST_INDEX, Notation, relation_mark, slot_mark
from cnnsteps.render.rows import Pattern, Piece, Pieces
from cnnsteps.render.tokens import Flags, Table, Tokens, Writer
from cnnsteps.solution import Run, Steps
from cnnsteps.tensor import Positions

BLOCK_BYTES = 1 << 20
MOST_ROWS = 8192
"""A block of rows stays in the processor's cache."""
Rounded: TypeAlias = "Flags | bool"


class Frame(NamedTuple):
    """How rows are kept together: `lines` a block, 0 for no limit."""

    opening: bytes
    closing: bytes
    row_end: bytes
    lines: int


def links_of(chain: Chain) -> list[dict[int, bool]]:
    """The slots of each link, and whether they are operands."""
    found: list[dict[int, bool]] = []

    def visit(node: object) -> None:
        if isinstance(node, Slot):
            found[-1][node.column] = node.operand
        elif isinstance(node, tuple):
            for part in node:
                visit(part)

    for expr in chain:
        found.append({})
        visit(expr)
    return found


class Names:
    """`Val[i,j]` for the cells of an answer; the last index's token fills the name up to one width."""

    def __init__(self, shape: tuple[int, ...], base: int, notation: Notation) -> None:
        self.shape, self.base = shape, base
        self.marks = [chr(FIRST_INDEX + i) for i in range(len(shape))]
        text = notation.macro("name", self.marks)
        head, last, tail = text.rpartition(self.marks[-1]) if shape else (text, "", "")
        self.aligned = not PLACEHOLDER.search(tail) and last not in head
        self.text, self.tail = (head + last, tail) if self.aligned else (text, "")
        self.widest = sum(len(str(size - 1 + base)) for size in shape)
        self.sample = text.translate({ord(m): "0" * len(str(n)) for m, n in zip(self.marks, shape, strict=True)})

    def split(self, cells: Positions) -> list[Positions]:
        """The cells in parts whose leading indices have the same numbers of digits."""
        changes = np.zeros(len(cells), bool)
        for index in np.unravel_index(cells, self.shape)[:-1] if self.shape else ():
            digits = np.searchsorted(POWERS, index + self.base, side="right")
            changes[1:] |= digits[1:] != digits[:-1]
        return np.split(cells, np.flatnonzero(changes)) if changes.any() else [cells]

    def tokens(self, cells: Positions) -> dict[str, Tokens]:
        """For each index its tokens."""
        if not self.shape:
            return {}
        found: dict[str, Tokens] = {}
        room = self.widest
        *leading, last = np.unravel_index(cells, self.shape)
        for mark, size, index in zip(self.marks, self.shape, leading, strict=False):
            length = len(str(int(index[0]) + self.base))
            room -= length
            found[mark] = index_tokens(size, self.base).astype(f"S{length}")[index]
        found[self.marks[-1]] = index_tokens(self.shape[-1], self.base, self.tail, room * self.aligned)[last]
        return found


POWERS = 10 ** np.arange(1, 19, dtype=np.int64)


@lru_cache(maxsize=64)
def index_tokens(size: int, base: int, tail: str = "", room: int = 0) -> Tokens:
    """The numbers from `base`, each with the name's tail, filled up as if they had `room` digits."""
    return np.array([f"{i}{tail}{'':{max(room - len(str(i)), 0)}}".encode() for i in range(base, size + base)])


class Expansions:
    """Writes the steps of given cells, block by block."""

    def __init__(
        self,
        steps: Steps,
        shape: tuple[int, ...],
        base: int,
        notation: Notation,
        writer: Writer,
        measure: Measure,
        frame: Frame,
        advance: Callable[[int], None],
    ) -> None:
        self.steps, self.notation, self.writer = steps, notation, writer
        self.measure, self.frame, self.advance = measure, frame, advance
        self.names = Names(shape, base, notation)
        self.patterns: dict[object, tuple[Pattern, int]] = {}
        self.links: dict[object, list[dict[int, bool]]] = {}
        self.room = 0
        self.is_open = False

    def write(self, cells: Positions) -> Iterator[Pieces]:
        """The expansions of these cells, which lie in one plane and ascend."""
        self.is_open = False
        rows = min(MOST_ROWS, max(1, BLOCK_BYTES // (24 * self.steps.terms)))
        for start in range(0, len(cells), rows):
            for part in self.names.split(cells[start : start + rows]):
                for run in self.steps.runs(part):
                    yield from self.run(run)
        if self.is_open:
            yield self.frame.closing

    def run(self, run: Run) -> Iterator[Pieces]:
        if run.key not in self.links:
            self.links[run.key] = links_of(run.chain)
        operands = {c: operand for link in self.links[run.key] for c, operand in link.items()}
        tables = [self.writer.table(column, operands[c]) for c, column in enumerate(run.columns)]
        step = 1 if any(table.ragged for table, _ in tables) else len(run.cells)
        for start in range(0, len(run.cells), step):
            yield from self.block(run, tables, slice(start, start + step))
        self.advance(len(run.cells))

    def block(self, run: Run, tables: list[tuple[Table, Positions | int]], part: slice) -> Iterator[Pieces]:
        """Rows of one shape: numbers that all of them share become part of the text."""
        cells = run.cells[part]
        tokens = self.names.tokens(cells)
        columns: dict[str, tuple[Table, Positions]] = {}
        constants: dict[str, str] = {}
        widths: dict[int, float] = {}
        rounded: list[Rounded] = []
        even = self.names.aligned
        for c, (table, at) in enumerate(tables):
            places = at[part] if isinstance(at, np.ndarray) else at
            rounded.append(table.rounded_at(places))
            if isinstance(places, np.ndarray) and not table.ragged:
                columns[slot_mark(c)] = table, places
                widths[c] = table.width
                even &= table.even
            else:
                text = table.text(int(places if isinstance(places, int) else places[0]))
                constants[slot_mark(c)] = text
                widths[c] = self.measure.width(text)
        even &= self.relations(self.links[run.key], rounded, tokens, constants)
        sizes = {mark: found.itemsize for mark, found in tokens.items()}
        sizes |= {mark: table.tokens.itemsize for mark, (table, _) in columns.items()}
        pattern, lines = self.pattern(run, sizes, constants, widths, even)

        def found(mark: str, suffix: bytes) -> Tokens:
            if mark in tokens:
                return tokens[mark]
            table, places = columns[mark]
            return table.at(places, suffix)

        yield self.framed(pattern, pattern.fill(len(cells), found), len(cells), lines)

    def relations(
        self, links: list[dict[int, bool]], rounded: list[Rounded], tokens: dict[str, Tokens], constants: dict[str, str]
    ) -> bool:
        """`=`, or `≈` where a link, or the one before it, holds a rounded number; whether all rows agree."""
        signs = [self.notation.text("equals"), self.notation.text("approx")]
        before: Rounded = False
        agree = True
        for i, columns in enumerate(links):
            here: Rounded = False
            for c in columns:
                here = here | rounded[c]
            either = here | before
            if np.all(either) or not np.any(either):
                constants[relation_mark(i)] = signs[bool(np.any(either))]
            else:
                tokens[relation_mark(i)] = np.array([s.encode() for s in signs])[np.asarray(either, np.int64)]
                agree = False
            before = here
        return agree

    def pattern(
        self, run: Run, sizes: dict[str, int], constants: dict[str, str], widths: dict[int, float], even: bool
    ) -> tuple[Pattern, int]:
        """The row's text ready for filling, and how many lines it takes."""
        key = (run.key, tuple(constants.values()), tuple(sizes.values()), even, tuple(widths.values()))
        if key not in self.patterns:
            if len(self.patterns) > 256:
                self.patterns.clear()
            pieces = segments(run.chain, self.notation, self.measure, widths, run.row)
            lines = wrapped(pieces, self.measure.width(self.names.sample), self.measure)
            text = compose(self.names.text, lines, self.notation, len(self.names.sample))
            text = text.translate({ord(mark): constant for mark, constant in constants.items()})
            stretchy = [slot_mark(c) for c in range(len(run.columns))]
            pattern = Pattern(text + self.frame.row_end.decode(), sizes, not even, stretchy)
            self.patterns[key] = pattern, len(lines)
        return self.patterns[key]

    def framed(self, pattern: Pattern, raw: memoryview, rows: int, lines: int) -> list[Piece]:
        """The rows, in frames of not too many lines; the last row of all is left without its end."""
        frame, size, end = self.frame, pattern.dtype.itemsize, len(self.frame.row_end)
        every = max(1, frame.lines // lines) if frame.lines else 1 << 62
        room = min(self.room, every) if self.is_open else every
        between = frame.closing + frame.opening
        found: list[Piece] = [frame.row_end if self.is_open else frame.opening]
        start = 0
        while start + room < rows:
            found += (pattern.squeezed(raw[start * size : (start + room) * size - end]), between)
            start, room = start + room, every
        found.append(pattern.squeezed(raw[start * size : rows * size - end]))
        self.room = room - (rows - start)
        self.is_open = self.room > 0
        return found if self.is_open else [*found, frame.closing]
