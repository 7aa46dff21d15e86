"""Folds of windows that may lack places at the edges or be of unequal size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnnsteps.model.steps import Column, Operand, Window
from cnnsteps.numbers.tensor import Flags, Integers, Positions, Tensor, unravel, wide_enough
from cnnsteps.records import NamedTuple
from cnnsteps.windows.extents import WindowExtents


def fold(x: Tensor, reaches: list[WindowExtents], how: str) -> Tensor:
    """Maximum or sum of each window of x (M, *n): (M, *out). One dimension after the other, since
    both are the same whether taken at once or of rows first."""
    bound = x.bound()
    for reach in reaches:
        bound *= reach.places
    num = x.num if how == "max" else x.num.astype(wide_enough(bound), copy=False)
    for i, reach in enumerate(reaches, 1):
        num = fold_along(num, i, reach, how)
    if x.irrational_mask is None:
        return Tensor(num, x.den)
    if how == "max":
        return Tensor(num, x.den, x.irrational_among(num))
    met = fold(Tensor(x.irrational_mask.astype(np.int8)), reaches, "sum").num > 0
    return Tensor(num, x.den, met.astype(bool))


def fold_along(num: Integers, dimension: int, reach: WindowExtents, how: str) -> Integers:
    """The same along one dimension: window by window, or where there are fewer places, place by place."""
    before = (slice(None),) * dimension
    if len(reach.starts) < reach.places:
        of = np.maximum if how == "max" else np.add
        parts = [of.reduce(num[(*before, reach.inside(i))], dimension, num.dtype) for i in range(len(reach.starts))]
        return np.stack(parts, dimension)
    shape = (*num.shape[:dimension], len(reach.starts), *num.shape[dimension + 1 :])
    out = np.full(shape, num.min(), num.dtype) if how == "max" else np.zeros(shape, num.dtype)
    for place in range(reach.places):
        cells = reach.cells_with(place)
        into, values = (*before, cells), num[(*before, reach.seen(place, cells))]
        out[into] = np.maximum(out[into], values) if how == "max" else out[into] + values
    return out


def counts_of(reaches: list[WindowExtents]) -> Positions:
    """How many places of each window count: (*out)."""
    counts = np.ones((), np.int64)
    for reach in reaches:
        counts = counts[..., None] * reach.counts
    return counts


def alike(marks: list[Positions]) -> list[Positions]:
    """The places at which all of these agree, by what they agree on; mostly all do, and nothing is sorted."""
    parts = [np.arange(len(marks[0]))]
    for mark in marks:
        parts = [own for part in parts for own in split(part, mark[part])]
    return parts


def split(part: Positions, mark: Positions) -> list[Positions]:
    if mark.min() == mark.max():
        return [part]
    return [part[mark == value] for value in np.unique(mark)]


def irreducible(total: Column, counts: Positions | int) -> Flags | None:
    """Where total/count stands for its own value as a fraction, in lowest terms."""
    source = total.source
    if source.irrational_mask is not None:
        return None
    over = source.num.reshape(-1)[total.at].astype(wide_enough(max(source.bound(), source.den)))
    whole, rest = over // source.den, over % source.den
    found: Flags = (rest == 0) & (np.gcd(whole, counts) == 1) & np.greater(counts, 1)
    return found


class Group(NamedTuple):
    """Cells in whose windows as many places count along each dimension."""

    cells: Positions
    shape: tuple[int, ...]
    places: list[Positions]
    """The flat positions in the source of each place that counts, one array a place."""
    irrational: bool
    """Their values are irrational."""


class Windows(NamedTuple):
    """The windows of x (M, *n), which lies behind the steps of a pooling."""

    x: Tensor
    reaches: tuple[WindowExtents, ...]
    operand: Operand
    """The same numbers in the shape that the file had."""

    @property
    def most(self) -> int:
        """The places of the largest window."""
        most = 1
        for reach in self.reaches:
            most *= reach.places
        return most

    @property
    def plane(self) -> int:
        """How many values one channel has."""
        size = 1
        for reach in self.reaches:
            size *= reach.size
        return size

    def indices(self, cells: Positions) -> list[Positions]:
        """The indices of flat positions in the output: of the channel, then along each dimension."""
        return unravel(cells, (self.x.shape[0], *(len(reach.starts) for reach in self.reaches)))

    def groups(self, cells: Positions, inexact: Flags | None = None) -> Iterator[Group]:
        """The cells by the shapes of their windows, and exact values apart from irrational ones."""
        indices = self.indices(cells)
        marks = [reach.counts[i] for reach, i in zip(self.reaches, indices[1:], strict=True)]
        marks += [] if inexact is None else [inexact.reshape(-1)[cells].astype(np.int64)]
        for part in alike(marks):
            one = int(part[0])
            shape = tuple(int(mark[one]) for mark in marks[: len(self.reaches)])
            every = len(part) == len(cells)
            places = self.places(indices if every else [i[part] for i in indices], shape)
            loose = inexact is not None and bool(marks[-1][one])
            yield Group(cells if every else cells[part], shape, places, loose)

    def places(self, indices: list[Positions], shape: tuple[int, ...]) -> list[Positions]:
        """The flat positions in x of each place that counts, one array a place."""
        found = indices[:1]
        for reach, i, count in zip(self.reaches, indices[1:], shape, strict=True):
            start = reach.starts[i] + reach.first[i] * reach.d
            found = [base * reach.size + start + a * reach.d for base in found for a in range(count)]
        return found

    def window(self, cell: int) -> Window | None:
        """Where the step of one cell reads; None where no place of its window counts."""
        (group,) = self.groups(np.array([cell]))
        if not group.places:
            return None
        if self.operand.values.absent is None:
            return Window(self.operand, np.array([int(place[0]) for place in group.places]))
        channel, *own = (int(i[0]) for i in self.indices(np.array([cell])))
        covered = [reach.covered(i) for reach, i in zip(self.reaches, own, strict=True)]
        grid = np.meshgrid(np.array([channel]), *covered, indexing="ij")
        return Window(self.operand, np.ravel_multi_index(tuple(grid), self.x.shape).reshape(-1))
