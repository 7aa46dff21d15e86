"""Windows that may lack places at the edges or be of unequal size: where they lie along one dimension."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from cnnsteps.numbers.tensor import Positions
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import Axis

Places: TypeAlias = "slice | Positions"


class WindowExtents(NamedTuple):
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

    def padded(self, before: int, size: int) -> WindowExtents:
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


def reach_of(axis: Axis, counts_padding: bool) -> WindowExtents:
    """Of windows over the padded input, or over the input alone."""
    size = axis.padded if counts_padding else axis.n
    origin = 0 if counts_padding else -axis.before
    starts = origin + np.arange(axis.out) * axis.step
    first = np.maximum(-(starts // axis.gap), 0)
    last = np.minimum(-(-(size - starts) // axis.gap), axis.f)
    return WindowExtents(size, axis.f, axis.step, axis.gap, starts, first, np.maximum(last, first))


def uneven_reach(size: int, starts: Positions, ends: Positions) -> WindowExtents:
    """Of windows from their own start to their own end, which is the first place that is not theirs."""
    counts = ends - starts
    return WindowExtents(size, int(counts.max()), 0, 1, starts, np.zeros_like(starts), counts)
