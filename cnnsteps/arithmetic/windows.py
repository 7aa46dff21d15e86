"""Windows that may lack places at the edges: their folds, and their steps in runs of one shape."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from cnnsteps.expr import Call, Chain, Num, Over, Slot
from cnnsteps.geometry import Axis
from cnnsteps.solution import Column, Facts, Labelled, Run, Window
from cnnsteps.tensor import Positions, Tensor, inexact_if, wide_enough


class Reach(NamedTuple):
    """Along one dimension: where each window starts, and which of its places count (first ≤ a < last)."""

    size: int
    places: int
    s: int
    d: int
    origin: int
    starts: Positions
    first: Positions
    last: Positions

    @property
    def counts(self) -> Positions:
        return self.last - self.first

    def cells_with(self, place: int) -> slice:
        """The windows in which this place counts; they are neighbours."""
        found = np.flatnonzero((self.first <= place) & (place < self.last))
        return slice(int(found[0]), int(found[-1]) + 1) if len(found) else slice(0, 0)

    def seen(self, place: int, cells: slice) -> slice:
        """Where those windows meet the place in the source."""
        start = int(self.starts[cells.start]) + place * self.d if cells.stop else 0
        return slice(start, start + (cells.stop - cells.start - 1) * self.s + 1 if cells.stop else 0, self.s)


def reach_of(axis: Axis, counts_padding: bool) -> Reach:
    """Of windows over the padded input, or over the input alone."""
    size = axis.padded if counts_padding else axis.n
    origin = 0 if counts_padding else -axis.before
    starts = origin + np.arange(axis.out) * axis.s
    first = np.maximum(-(starts // axis.d), 0)
    last = np.minimum(-(-(size - starts) // axis.d), axis.f)
    return Reach(size, axis.f, axis.s, axis.d, origin, starts, first, np.maximum(last, first))


def fold(x: Tensor, reaches: list[Reach], how: str) -> tuple[Tensor, Positions]:
    """Maximum or sum of each window of x (M, *n), and how many places of it count: (M, *out)."""
    shape = (x.shape[0], *(len(reach.starts) for reach in reaches))
    places = math.prod(reach.places for reach in reaches)
    if how == "max":
        out = np.full(shape, x.num.min(), x.num.dtype)
    else:
        out = np.zeros(shape, wide_enough(places * x.bound()))
    for place in product(*(range(reach.places) for reach in reaches)):
        cells = tuple(reach.cells_with(a) for reach, a in zip(reaches, place, strict=True))
        seen = tuple(reach.seen(a, c) for reach, a, c in zip(reaches, place, cells, strict=True))
        into, values = out[(slice(None), *cells)], x.num[(slice(None), *seen)]
        if how == "max":
            np.maximum(into, values, out=into)
        else:
            into += values.astype(out.dtype)
    counts = np.ones((1,), np.int64)
    for reach in reaches:
        counts = counts[..., None] * reach.counts
    return Tensor(out, x.den, inexact_if(out.shape, x)), counts.reshape(shape[1:])


class PoolSteps(NamedTuple):
    """Val = max(…), or average(…) = sum/count."""

    x: Tensor
    reaches: tuple[Reach, ...]
    mode: str
    total: Tensor
    counts: Positions
    out: Tensor
    shown: Labelled
    """x as the file had it, with the names of its dimensions."""

    @property
    def terms(self) -> int:
        return math.prod(reach.places for reach in self.reaches)

    def indices(self, cells: Positions) -> tuple[int, list[Positions]]:
        """The plane that these cells lie in, and their indices along each dimension."""
        outs = [len(reach.starts) for reach in self.reaches]
        plane = math.prod(outs)
        lead = int(cells[0]) // plane
        return lead, list(np.unravel_index(cells - lead * plane, outs))

    def runs(self, cells: Positions) -> Iterator[Run]:
        lead, indices = self.indices(cells)
        counts = [reach.counts[i] for reach, i in zip(self.reaches, indices, strict=True)]
        shapes, which = np.unique(np.stack(counts, axis=1), axis=0, return_inverse=True)
        for n, shape in enumerate(shapes.tolist()):
            part = which.reshape(-1) == n
            yield self.run(cells[part], lead, [i[part] for i in indices], shape)

    def run(self, cells: Positions, lead: int, indices: list[Positions], shape: list[int]) -> Run:
        """Cells in whose windows as many places count along each dimension."""
        places = self.places(lead, indices, shape)
        columns = [Column(self.x, place) for place in places]
        if self.mode == "average":
            columns.append(Column(self.total, cells, lasting=False))
        columns.append(Column(self.out, cells, lasting=False))
        chain, facts = shape_of(self.mode, len(places))
        return Run((self.mode, len(places), shape[-1]), chain, facts, tuple(columns), cells, shape[-1])

    def places(self, lead: int, indices: list[Positions], shape: list[int]) -> list[Positions]:
        """The flat positions in x of each place that counts, one array a place."""
        found = [np.full(len(indices[0]), lead)]
        for reach, i, count in zip(self.reaches, indices, shape, strict=True):
            start = reach.starts[i] + reach.first[i] * reach.d
            found = [base * reach.size + start + a * reach.d for base in found for a in range(count)]
        return found

    def window(self, cell: int) -> Window:
        lead, indices = self.indices(np.array([cell]))
        shape = [int(reach.counts[i[0]]) for reach, i in zip(self.reaches, indices, strict=True)]
        places = np.array([int(place[0]) for place in self.places(lead, indices, shape)])
        return Window(self.shown, places, cell)


@lru_cache(maxsize=64)
def shape_of(mode: str, places: int) -> tuple[Chain, dict[str, Facts]]:
    """The chain of a window with this many places that count, and its facts."""
    window = tuple(range(places))
    if mode == "max":
        seen = Call("max", tuple(Slot(k, operand=False) for k in window))
        return (seen, Slot(places, operand=False)), {"window": window, "value": places}
    seen = Call("average", tuple(Slot(k, operand=False) for k in window))
    mean = Over(Slot(places, operand=False), Num(places))
    return (seen, mean, Slot(places + 1, operand=False)), {"window": window, "value": places + 1}
