"""The steps of a pooling: maximum, average or norm of a window, in runs of one shape.

The columns of a run are the window's numbers (0 … n−1), the value (n), and what the mode adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from cnnsteps.arithmetic.norms import Norm, norm_chain
from cnnsteps.arithmetic.windows import Group, Windows
from cnnsteps.expr import Call, Chain, Num, Over, Slot
from cnnsteps.solution import Column, Facts, Labelled, Run, Window
from cnnsteps.tensor import Positions, Tensor

BLOCK = 1 << 20


class Told(NamedTuple):
    """What a mode says of cells: their chain, the columns that it adds, and further facts."""

    chain: Chain
    more: tuple[Column, ...]
    facts: Mapping[str, Facts] = {}


class Maximum(NamedTuple):
    """max(1, 4, 5, 8) = 8, and where it stood: its flat position in the channel, from 0, as PyTorch
    and NumPy count; of equal maxima the first."""

    positions: Tensor
    """0, 1, 2, …: the flat positions in one channel."""

    def tell(self, windows: Windows, group: Group) -> Told:
        n = len(group.places)
        stood = Column(self.positions, first_maxima(windows, group), lasting=False)
        return Told(maximum_chain(n), (stood,), {"argmax": n + 1})


class Average(NamedTuple):
    """average(1, 4, 5, 8) = 18/4 = 4.5"""

    total: Tensor

    def tell(self, windows: Windows, group: Group) -> Told:
        return Told(average_chain(len(group.places)), (Column(self.total, group.cells, lasting=False),))


class Lp(NamedTuple):
    """√(1^2 + 4^2) = √(1 + 16) = √17 ≈ 4.1231"""

    norm: Norm

    def tell(self, windows: Windows, group: Group) -> Told:
        n, norm = len(group.places), self.norm
        more = [*(Column(norm.powers, place) for place in group.places), Column(norm.total, group.cells, lasting=False)]
        signed = norm.x is windows.x
        if not signed:
            more += [Column(norm.x, place) for place in group.places]
        chain = norm_chain(n, norm.p, windows.most <= norm.roomy, norm.bracketed, 0 if signed else 2 * n + 2)
        return Told(chain, tuple(more))


class PoolSteps(NamedTuple):
    """The steps of all cells."""

    windows: Windows
    mode: Maximum | Average | Lp
    out: Tensor

    @property
    def terms(self) -> int:
        return self.windows.most

    def window(self, cell: int) -> Window | None:
        return self.windows.window(cell)

    def runs(self, cells: Positions) -> Iterator[Run]:
        for group in self.windows.groups(cells, self.out.inexact):
            yield self.run(group)

    def run(self, group: Group) -> Run:
        n, told = len(group.places), self.mode.tell(self.windows, group)
        columns = [Column(self.windows.x, place) for place in group.places]
        columns += [Column(self.out, group.cells, lasting=False), *told.more]
        facts: dict[str, Facts] = {"window": tuple(range(n)), "value": n, **told.facts}
        facts |= {"exact": "false"} if group.inexact else {}
        key = (type(self.mode).__name__, group.shape, group.inexact)
        return Run(key, told.chain, facts, tuple(columns), group.cells, group.shape[-1])

    def stood(self, base: int) -> list[Labelled]:
        """Where each maximum stood in its channel: an index a dimension, counted from `base`."""
        found = np.empty(self.out.num.size, np.int64)
        for cells in np.array_split(np.arange(found.size), found.size * self.terms // BLOCK + 1):
            for group in self.windows.groups(cells, None):
                found[group.cells] = first_maxima(self.windows, group)
        sizes = tuple(reach.size for reach in self.windows.reaches)
        axes = self.windows.shown.axes
        lead = self.windows.shown.shape[: len(axes)]
        shape = (*lead, *self.out.shape[1:])
        return [Labelled(Tensor(i.reshape(shape) + base), axes) for i in np.unravel_index(found, sizes)]


def first_maxima(windows: Windows, group: Group) -> Positions:
    """The flat position in its channel of each window's maximum, of equal ones the first."""
    places = np.stack(group.places)
    best = windows.x.num.reshape(-1)[places].argmax(axis=0)
    found: Positions = places[best, np.arange(places.shape[1])] % windows.plane
    return found


def slots(n: int) -> tuple[Slot, ...]:
    return tuple(Slot(k, operand=False) for k in range(n))


@lru_cache(maxsize=64)
def maximum_chain(n: int) -> Chain:
    return Call("max", slots(n)), Slot(n, operand=False)


@lru_cache(maxsize=64)
def average_chain(n: int) -> Chain:
    return Call("average", slots(n)), Over(Slot(n + 1, operand=False), Num(n)), Slot(n, operand=False)
