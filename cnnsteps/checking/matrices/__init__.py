"""Matrices of numbers, in every form in which they stand in documents: one form a file, with its examples.

Each module has `EXAMPLES`, texts with the rows that they hold, and `find(text)`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from cnnsteps.checking.claims import value
from cnnsteps.checking.grammar import parse
from cnnsteps.checking.numerals import readings, value_of
from cnnsteps.checking.tokens import tokens
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple

FORMS = ("latex", "nested", "tables", "drawn", "columns", "bare")
"""In this order: what one form has taken no other takes."""


class Cell(NamedTuple):
    """A number of a matrix: its value and where it stands."""

    value: Exact
    start: int
    end: int


class Matrix(NamedTuple):
    """Rows of equal length; `rows` is empty where something in it is no number."""

    rows: tuple[tuple[Cell, ...], ...]
    start: int
    end: int
    role: str = ""
    """input, padded, kernel, output, gradient; empty where nothing is said."""
    label: str = ""
    loose: bool = False
    """Its numbers are rounded: a ≈ stands before it."""

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0]) if self.rows else 0

    @property
    def values(self) -> list[list[Exact]]:
        return [[cell.value for cell in row] for row in self.rows]


@lru_cache(maxsize=20_000)
def number_in(text: str) -> Exact | None:
    """The number that a cell holds, which may be worked out in it; None where it is none."""
    reading = readings(text)[0]
    if not reading.texts:
        return None
    given = tokens(reading.shape)
    while given and given[-1].kind in (",", ".", ";", "\n"):
        given.pop()
    found = parse(given, 0, len(given))
    if found is None or found[1] != len(given):
        return None
    return value(found[0], tuple(map(value_of, reading.texts)))


def cell(text: str, start: int, end: int) -> Cell | None:
    """The number in a part of the text, its spaces and markup left out of its place."""
    part = text[start:end]
    found = number_in(part.strip())
    if found is None:
        return None
    left = len(part) - len(part.lstrip(" \t\n{}$*\\&"))
    right = len(part.rstrip(" \t\n{}$*\\&,;."))
    return Cell(found, start + left, start + max(right, left))


def matrix(rows: list[list[Cell | None]], start: int, end: int) -> Matrix:
    """The matrix of these cells, or a place without numbers where one is missing or the rows differ in length."""
    whole = [[c for c in row if c is not None] for row in rows]
    sizes = {len(row) for row in rows}
    if len(sizes) != 1 or sizes == {0} or any(len(w) != len(row) for w, row in zip(whole, rows, strict=True)):
        return Matrix((), start, end)
    return Matrix(tuple(map(tuple, whole)), start, end)


def matrices(text: str) -> list[Matrix]:
    """All matrices of a text, in order."""
    found: list[Matrix] = []
    for form in FORMS:
        taken = sorted((m.start, m.end) for m in found)
        found += [m for m in import_module(f"{__name__}.{form}").find(text) if not overlaps(taken, m)]
    return sorted(found, key=lambda m: m.start)


def overlaps(taken: list[tuple[int, int]], one: Matrix) -> bool:
    """Whether it lies in a place that is taken already."""
    from bisect import bisect_right

    i = bisect_right(taken, (one.start, one.end))
    before = i > 0 and taken[i - 1][1] > one.start
    return before or (i < len(taken) and taken[i][0] < one.end)
