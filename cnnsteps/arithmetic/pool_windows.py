"""Windows that may lack places at the edges or be of unequal size: where they lie, and their folds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np

from cnnsteps.model.steps import Column, Operand, Window
from cnnsteps.numbers.exact import decimal_places
from cnnsteps.numbers.tensor import Flags, Integers, Positions, Tensor, unravel, wide_enough
from cnnsteps.windows.axis import Axis

Places: TypeAlias = "slice | Positions"


class Reach(NamedTuple):
    """Along one dimension: where each window starts, and which of its places count (first ≤ a < last)."""

    size: int
    places: int
    s: int
    """How far apart the windows start; 0 where that differs."""
    d: int
    starts: Positions
    first: Positions
    last: Positions

    @property
    def counts(self) -> Positions:
        return self.last - self.first

    def cells_with(self, place: int) -> Places:
        """The windows in which this place counts; at even steps they are neighbours."""
        found = np.flatnonzero((self.first <= place) & (place < self.last))
        if not self.s:
            return found
        return slice(int(found[0]), int(found[-1]) + 1) if len(found) else slice(0, 0)

    def covered(self, window: int) -> Positions:
        """Where one window lies in the source, the places that do not count among them."""
        places = int(self.starts[window]) + np.arange(self.places) * self.d
        return places[places < self.size]

    def padded(self, before: int, size: int) -> Reach:
        """The same windows over a source that has places around it which do not count."""
        return self._replace(size=size, starts=self.starts + before)

    def inside(self, window: int) -> slice:
        """Where the places of one window that count lie in the source."""
        start, first, last = (int(found[window]) for found in (self.starts, self.first, self.last))
        return slice(start + first * self.d, start + last * self.d, self.d) if last > first else slice(0, 0)

    def seen(self, place: int, cells: Places) -> Places:
        """Where those windows meet the place in the source."""
        if not isinstance(cells, slice):
            return self.starts[cells] + place * self.d
        if not cells.stop:
            return slice(0, 0)
        start = int(self.starts[cells.start]) + place * self.d
        return slice(start, start + (cells.stop - cells.start - 1) * self.s + 1, self.s)


def reach_of(axis: Axis, counts_padding: bool) -> Reach:
    """Of windows over the padded input, or over the input alone."""
    size = axis.padded if counts_padding else axis.n
    origin = 0 if counts_padding else -axis.before
    starts = origin + np.arange(axis.out) * axis.step
    first = np.maximum(-(starts // axis.gap), 0)
    last = np.minimum(-(-(size - starts) // axis.gap), axis.f)
    return Reach(size, axis.f, axis.step, axis.gap, starts, first, np.maximum(last, first))


def uneven_reach(size: int, starts: Positions, ends: Positions) -> Reach:
    """Of windows from their own start to their own end, which is the first place that is not theirs."""
    counts = ends - starts
    return Reach(size, int(counts.max()), 0, 1, starts, np.zeros_like(starts), counts)


def fold(x: Tensor, reaches: list[Reach], how: str) -> Tensor:
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


def fold_along(num: Integers, dimension: int, reach: Reach, how: str) -> Integers:
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


def counts_of(reaches: list[Reach]) -> Positions:
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
    """Where total/count stands for its own value: a fraction in lowest terms, and no decimal."""
    source, rough = total.source, [n for n in np.unique(counts).tolist() if decimal_places(n) is None]
    if source.irrational_mask is not None or not rough:
        return None
    over = source.num.reshape(-1)[total.at]
    whole, rest = over // source.den, over % source.den
    found: Flags = (rest == 0) & np.isin(counts, rough) & (np.gcd(whole, counts) == 1)
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
    reaches: tuple[Reach, ...]
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
