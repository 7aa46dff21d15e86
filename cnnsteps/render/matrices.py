"""Tensors as matrices: slice by slice with labels, side by side where they fit, elided where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice, product
from typing import NamedTuple

import numpy as np

from cnnsteps.i18n import phrase
from cnnsteps.model.steps import NamedTensor
from cnnsteps.numbers.tensor import Flags, Tensor
from cnnsteps.render.lines import Measure
from cnnsteps.render.notation import Notation

DEPTH = phrase("depth")
FEW = 32


class MatrixLimits(NamedTuple):
    """How large a matrix may be; None is no limit."""

    measure: Measure
    columns: int | None
    rows: int | None
    shrink: float = 1.0
    """A matrix may be this much wider than the line, and is then shrunk."""


class Shown(NamedTuple):
    """A matrix ready for the template's `display`: `place` says where it stands, as (word, index) pairs."""

    text: str
    place: tuple[tuple[str, int], ...]
    width: float
    rounded: bool
    shrunk: bool
    rows: tuple[int, int]
    """How many rows are shown, of how many."""
    columns: tuple[int, int]

    @property
    def elided(self) -> bool:
        return self.rows[0] < self.rows[1] or self.columns[0] < self.columns[1]


class Matrices:
    """Writes tensors with a format's macros."""

    def __init__(self, notation: Notation, room: MatrixLimits, base: int) -> None:
        self.notation, self.room, self.base = notation, room, base

    def lines(self, labelled: NamedTensor, blank: str) -> Iterator[list[Shown]]:
        """The matrices of a tensor, as many in a line as fit; a filter or batch item begins a new one."""
        gap = self.room.measure.width("  ") + 2
        nested = len(labelled.dims) > 1 and labelled.shape[len(labelled.dims) - 1] > 1
        line: list[Shown] = []
        used = 0.0
        few = list(islice(shown := self.slices(labelled, blank), FEW))
        all_fit = sum(one.width + gap for one in few) <= self.room.measure.line and len(few) < FEW
        for one in chain(few, shown):
            apart = nested and bool(line) and one.place[:-1] != line[0].place[:-1] and not all_fit
            if line and (apart or used + one.width > self.room.measure.line):
                yield line
                line, used = [], 0.0
            line.append(one)
            used += one.width + gap
        if line:
            yield line

    def slices(self, labelled: NamedTensor, blank: str) -> Iterator[Shown]:
        """One matrix for each index of the dimensions before the last two."""
        tensor, axes, absent = labelled.tensor, list(labelled.dims), labelled.absent
        spatial = len(tensor.shape) - len(axes)
        if spatial < 2:
            tensor = tensor.reshape(*tensor.shape[: len(axes)], 1, -1)
            absent = None if absent is None else absent.reshape(tensor.shape)
        axes += [DEPTH] * (spatial - 2)
        for lead in product(*(range(size) for size in tensor.shape[:-2])):
            place = tuple((self.notation.words(word), i + self.base) for word, i in zip(axes, lead, strict=True))
            holes = None if absent is None else absent[lead]
            yield self.matrix(tensor.part(*lead), place, blank, holes)

    def matrix(self, tensor: Tensor, place: tuple[tuple[str, int], ...], blank: str, holes: Flags | None) -> Shown:
        """One matrix, with `blank` in its holes."""
        height, width = tensor.shape
        measure, cell = self.room.measure, self.notation.text("cell")
        rows = kept(height, self.room.rows)
        columns, numbers, rounded = self.fitting(tensor, rows, blank, holes)
        full = self.wide(numbers, columns) + measure.width(self.notation.text("approx")) * rounded
        cells = self.elided(aligned(numbers, measure), rows, columns)
        text = self.notation.macro("matrix", [cell.join(row) for row in cells], len(cells[0]))
        caption = measure.width(", ".join(f"{word} {i}" for word, i in place))
        shown_rows, shown_columns = (sum(i >= 0 for i in which) for which in (rows, columns))
        counts = ((shown_rows, height), (shown_columns, width))
        return Shown(text, place, max(full, caption), rounded, full > measure.line, *counts)

    def fitting(
        self, tensor: Tensor, rows: list[int], blank: str, holes: Flags | None
    ) -> tuple[list[int], list[list[str]], bool]:
        """As many columns as the line has room for, their numbers, and whether some are rounded."""
        measure, width = self.room.measure, tensor.shape[1]
        limit = measure.line * self.room.shrink
        narrowest = measure.width(self.notation.text("cell") + "0")
        most = int(min(limit / narrowest, width)) + 1
        columns = kept(width, min(most, self.room.columns or most))
        numbers, rounded = self.tokens(tensor, rows, columns, blank, holes)
        while (full := self.wide(numbers, columns)) > limit and len(columns) > 4:
            columns = kept(width, max(4, min(len(columns) - 1, int(len(columns) * limit / full))))
            numbers, rounded = self.tokens(tensor, rows, columns, blank, holes)
        return columns, numbers, rounded

    def wide(self, numbers: list[list[str]], columns: list[int]) -> float:
        """The width of a matrix with its brackets, and with the dots of a left-out column."""
        measure = self.room.measure.width
        widest = [max(map(measure, {row[j] for row in numbers})) for j in range(len(numbers[0]))]
        dots = measure(self.notation.text("dots")) if -1 in columns else 0
        return sum(widest) + dots + measure(self.notation.text("cell")) * (len(columns) - 1) + 2 * measure("()")

    def tokens(
        self, tensor: Tensor, rows: list[int], columns: list[int], blank: str, holes: Flags | None
    ) -> tuple[list[list[str]], bool]:
        """The shown numbers as they are written; the elided place repeats its neighbour's width."""
        at_rows, at_columns = [i for i in rows if i >= 0], [j for j in columns if j >= 0]
        part = tensor.num[np.ix_(at_rows, at_columns)]
        written: dict[int, str] = {}
        irrational = tensor.irrational
        rounded = False
        for value in set(part.reshape(-1).tolist()):
            shown = self.notation.shown(value, tensor.den, value in irrational)
            written[value] = self.notation.number(shown)
            rounded |= shown.rounded
        table = [[written[value] for value in row] for row in part.tolist()]
        if holes is not None:
            for row, empty in zip(table, holes[np.ix_(at_rows, at_columns)].tolist(), strict=True):
                row[:] = [blank if hole else cell for cell, hole in zip(row, empty, strict=True)]
        return table, rounded

    def elided(self, cells: list[list[str]], rows: list[int], columns: list[int]) -> list[list[str]]:
        """With dots where rows or columns were left out."""
        dots, down, across = (self.notation.text(name) for name in ("dots", "down_dots", "diagonal_dots"))
        if -1 in columns:
            at = columns.index(-1)
            cells = [[*row[:at], dots, *row[at:]] for row in cells]
        if -1 in rows:
            at = rows.index(-1)
            gap = [down] * len(cells[0])
            if -1 in columns:
                gap[columns.index(-1)] = across
            cells = [*cells[:at], gap, *cells[at:]]
            cells = aligned(cells, self.room.measure)
        return cells


def kept(size: int, most: int | None) -> list[int]:
    """Which of `size` rows or columns are shown, -1 for those that are left out."""
    if most is None or size <= most:
        return list(range(size))
    return [*range(most - 2), -1, size - 1]


def aligned(table: list[list[str]], measure: Measure) -> list[list[str]]:
    """Each column's cells filled up to one width, numbers to the right."""
    padded = []
    for column in zip(*table, strict=True):
        lengths = {cell: measure.length(cell) for cell in set(column)}
        widest = max(lengths.values())
        filled = {cell: " " * (widest - length) + cell for cell, length in lengths.items()}
        padded.append([filled[cell] for cell in column])
    return [list(row) for row in zip(*padded, strict=True)]
