"""Tensors as matrices: slice by slice with labels, side by side where they fit.

What does not fit is elided, or, where the whole is asked for, goes on in further matrices, each with its rows and
columns below it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain, islice, product
from typing import Any, TypeAlias

import numpy as np

from cnnsteps.i18n import phrase
from cnnsteps.model.steps import NamedTensor
from cnnsteps.numbers.exact import Number
from cnnsteps.numbers.tensor import Flags, Integers, Tensor
from cnnsteps.records import NamedTuple
from cnnsteps.render.lines import Measure
from cnnsteps.render.notation import Notation
from cnnsteps.render.standing import ALONE
from cnnsteps.render.tokens import DIGITS_TO_ZERO

DEPTH = phrase("depth")
SEVERAL = {"value": phrase("values"), "slice": phrase("slices"), "row": phrase("rows"), "column": phrase("columns")}
FEW = 32
MOST_WRITTEN = 20_000
"""Numbers whose texts are kept from one matrix to the next."""
Place: TypeAlias = "tuple[tuple[str, int | str], ...]"
"""Where a matrix stands in its tensor: (word, index) pairs."""
Counts: TypeAlias = "tuple[int, int]"
"""How many rows or columns are shown, of how many."""


class MatrixLimits(NamedTuple):
    """How large a matrix may be; None is no limit."""

    measure: Measure
    columns: int | None
    rows: int | None
    block_rows: int = 20
    """How many rows each block has of a whole matrix with more than `rows`."""
    shrink: float = 1.0
    """A matrix may be this much wider than the line, and is then shrunk."""


class Slice(NamedTuple):
    """A matrix of a tensor, with `blank` in its holes."""

    tensor: Tensor
    place: Place
    blank: str
    holes: Flags | None

    def numbers(self, at: Any, notation: Notation) -> tuple[Integers, dict[int, Number]]:
        """The numerators at some places, and each of them as it is printed."""
        num, irrational = self.tensor.num[at], self.tensor.irrational
        values = set(num.reshape(-1).tolist())
        den, written = self.tensor.den, self.tensor.written
        return num, {value: notation.shown(value, den, value in irrational, written(value)) for value in values}


class Shown(NamedTuple):
    """A matrix ready for the template's `display`."""

    text: str
    place: Place
    width: float
    rounded: bool
    shrunk: bool
    rows: Counts
    columns: Counts

    @property
    def elided(self) -> bool:
        return self.rows[0] < self.rows[1] or self.columns[0] < self.columns[1]


class Matrices:
    """Writes tensors with a format's macros."""

    def __init__(self, notation: Notation, limits: MatrixLimits, base: int) -> None:
        self.notation, self.limits, self.base = notation, limits, base
        self.widths: dict[str, float] = {}
        self.written: dict[Number, str] = {}

    def lines(self, labelled: NamedTensor, blank: str, whole: bool = False) -> Iterator[list[Shown]]:
        """The matrices of a tensor, as many in a line as fit; a filter or batch item begins a new one."""
        gap = self.limits.measure.width("  ") + 2
        nested = len(labelled.dims) > 1 and labelled.shape[len(labelled.dims) - 1] > 1
        items = max(len(labelled.dims), len(labelled.shape) - 2) - 1
        line: list[Shown] = []
        used = 0.0
        few = list(islice(shown := self.slices(labelled, blank, whole), FEW))
        all_fit = sum(one.width + gap for one in few) <= self.limits.measure.line and len(few) < FEW
        for one in chain(few, shown):
            apart = nested and bool(line) and one.place[:items] != line[0].place[:items] and not all_fit
            if line and (apart or used + one.width > self.limits.measure.line):
                yield line
                line, used = [], 0.0
            line.append(one)
            used += one.width + gap
        if line:
            yield line

    def slices(self, labelled: NamedTensor, blank: str, whole: bool) -> Iterator[Shown]:
        """One matrix for each index of the dimensions before the last two; a whole one may be several."""
        tensor, dims, absent = labelled.tensor, list(labelled.dims), labelled.absent
        spatial = len(tensor.shape) - len(dims)
        if spatial < 2:
            tensor = tensor.reshape(*tensor.shape[: len(dims)], 1, -1)
            absent = None if absent is None else absent.reshape(tensor.shape)
        dims += [DEPTH] * (spatial - 2)
        for lead in product(*(range(size) for size in tensor.shape[:-2])):
            place = tuple((self.notation.words(word), i + self.base) for word, i in zip(dims, lead, strict=True))
            part = Slice(tensor.part(*lead), place, blank, None if absent is None else absent[lead])
            if whole:
                yield from self.blocks(part)
            else:
                yield self.elided(part)

    def elided(self, part: Slice) -> Shown:
        """One matrix, with dots where rows or columns were left out."""
        height, width = part.tensor.shape
        rows = kept(height, self.limits.rows)
        columns, numbers, rounded = self.fitting(part, rows)
        cells = self.dotted(aligned(numbers, self.limits.measure), rows, columns)
        counts = ((sum(i >= 0 for i in rows), height), (sum(j >= 0 for j in columns), width))
        return self.shown(cells, part.place, self.wide(numbers, columns), rounded, *counts)

    def blocks(self, part: Slice) -> Iterator[Shown]:
        """All of the matrix: where it is too large, block by block."""
        height, width = part.tensor.shape
        limits = self.limits
        bands = parts(height, 1 if limits.rows is None or height <= limits.rows else -(-height // limits.block_rows))
        stripes = self.stripes(part, bands)
        for rows in bands:
            for columns in stripes:
                numbers, rounded = self.tokens(part, list(rows), list(columns))
                place = (*part.place, *self.span("row", rows, height), *self.span("column", columns, width))
                counts = ((len(rows),) * 2, (len(columns),) * 2)
                cells = aligned(numbers, self.limits.measure)
                yield self.shown(cells, place, self.wide(numbers, list(columns)), rounded, *counts)

    def span(self, unit: str, which: range, size: int) -> tuple[tuple[str, str], ...]:
        """Which rows or columns a block has, as `rows`, `1 to 20`; nothing where it has all."""
        if len(which) == size:
            return ()
        words, first, last = self.notation.words, which.start + self.base, which.stop - 1 + self.base
        if len(which) == 1:
            return ((words(unit), str(first)),)
        return ((words(SEVERAL[unit]), words(phrase("{first} to {last}", first=first, last=last))),)

    def stripes(self, part: Slice, bands: list[range]) -> list[range]:
        """The columns, as many at a time as a line holds; all of them where shrinking is enough."""
        measure = self.limits.measure
        widest = np.full(part.tensor.shape[1], measure.width(part.blank))
        for rows in bands:
            numbers, shown = part.numbers(np.s_[rows.start : rows.stop], self.notation)
            widths = {value: self.width(number) for value, number in shown.items()}
            widest = np.maximum(widest, [max(widths[n] for n in column) for column in numbers.T.tolist()])
        ends = np.cumsum(widest + measure.width(self.notation.text("cell")))
        room = measure.line - 2 * measure.width("()") - measure.width(self.notation.text("approx"))
        most = self.limits.columns or len(ends)
        if ends[-1] <= room * self.limits.shrink and len(ends) <= most:
            return [range(len(ends))]
        stripes: list[range] = []
        start = 0
        while start < len(ends):
            before = ends[start - 1] if start else 0.0
            stop = max(start + 1, int(np.searchsorted(ends, before + room, side="right")))
            stripes.append(range(start, min(stop, start + most)))
            start = stripes[-1].stop
        equal = parts(len(ends), len(stripes))
        all_fit = all(ends[part.stop - 1] - (ends[part.start - 1] if part.start else 0.0) <= room for part in equal)
        return equal if all_fit else stripes

    def width(self, number: Number) -> float:
        """About how wide a number is: those that differ in their digits alone are of one width."""
        blank = number.text.translate(DIGITS_TO_ZERO)
        if blank not in self.widths:
            self.widths[blank] = self.limits.measure.width(self.notation.number(number))
        return self.widths[blank]

    def shown(
        self, cells: list[list[str]], place: Place, width: float, rounded: bool, rows: Counts, columns: Counts
    ) -> Shown:
        """The matrix of these cells, as the template writes it."""
        measure, cell = self.limits.measure, self.notation.text("cell")
        full = width + measure.width(self.notation.text("approx")) * rounded
        text = self.notation.macro("matrix", [cell.join(row) for row in cells], len(cells[0]))
        caption = measure.width(", ".join(f"{word} {i}" for word, i in place))
        return Shown(text, place, max(full, caption), rounded, full > measure.line, rows, columns)

    def fitting(self, part: Slice, rows: list[int]) -> tuple[list[int], list[list[str]], bool]:
        """As many columns as the line has room for, their numbers, and whether some are rounded."""
        measure, width = self.limits.measure, part.tensor.shape[1]
        limit = measure.line * self.limits.shrink
        narrowest = measure.width(self.notation.text("cell") + "0")
        most = int(min(limit / narrowest, width)) + 1
        columns = kept(width, min(most, self.limits.columns or most))
        numbers, rounded = self.tokens(part, rows, columns)
        while (full := self.wide(numbers, columns)) > limit and len(columns) > 4:
            columns = kept(width, max(4, min(len(columns) - 1, int(len(columns) * limit / full))))
            numbers, rounded = self.tokens(part, rows, columns)
        return columns, numbers, rounded

    def wide(self, numbers: list[list[str]], columns: list[int]) -> float:
        """The width of a matrix with its brackets, and with the dots of a left-out column."""
        measure = self.limits.measure.width
        widths = {cell: measure(cell) for cell in set(chain.from_iterable(numbers))}
        widest = [max([widths[cell] for cell in column]) for column in zip(*numbers, strict=True)]
        dots = measure(self.notation.text("dots")) if -1 in columns else 0
        return sum(widest) + dots + measure(self.notation.text("cell")) * (len(columns) - 1) + 2 * measure("()")

    def tokens(self, part: Slice, rows: list[int], columns: list[int]) -> tuple[list[list[str]], bool]:
        """The shown numbers as they are written, and whether some are rounded."""
        at = np.ix_([i for i in rows if i >= 0], [j for j in columns if j >= 0])
        numbers, shown = part.numbers(at, self.notation)
        self.write(shown.values())
        written = {value: self.written[number] for value, number in shown.items()}
        table = [[written[value] for value in row] for row in numbers.tolist()]
        if part.holes is not None:
            for row, empty in zip(table, part.holes[at].tolist(), strict=True):
                row[:] = [part.blank if hole else cell for cell, hole in zip(row, empty, strict=True)]
        return table, any(number.rounded for number in shown.values())

    def write(self, shown: Collection[Number]) -> None:
        """Writes these numbers, those that were not written before."""
        if len(self.written) > MOST_WRITTEN:
            self.written.clear()
        missing = [number for number in shown if number not in self.written]
        self.written.update(zip(missing, self.notation.numbers(missing, ALONE), strict=True))

    def dotted(self, cells: list[list[str]], rows: list[int], columns: list[int]) -> list[list[str]]:
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
            cells = aligned(cells, self.limits.measure)
        return cells


def parts(size: int, count: int) -> list[range]:
    """`size` rows or columns in so many parts, about equally long."""
    return [range(size * i // count, size * (i + 1) // count) for i in range(count)]


def kept(size: int, most: int | None) -> list[int]:
    """Which of `size` rows or columns are shown, -1 for those that are left out."""
    if most is None or size <= most:
        return list(range(size))
    return [*range(most - 2), -1, size - 1]


def aligned(table: list[list[str]], measure: Measure) -> list[list[str]]:
    """Each column's cells filled up to one width, numbers to the right."""
    if len(table) == 1:
        return table
    padded = []
    for column in zip(*table, strict=True):
        lengths = {cell: measure.length(cell) for cell in set(column)}
        widest = max(lengths.values())
        filled = {cell: " " * (widest - length) + cell for cell, length in lengths.items()}
        padded.append([filled[cell] for cell in column])
    return [list(row) for row in zip(*padded, strict=True)]
