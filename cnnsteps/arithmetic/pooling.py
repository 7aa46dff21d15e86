"""The steps of a pooling: maximum, average or norm of a window, in runs of one shape.

The columns of a run are the window's numbers (0 … n−1), the value (n), and what the mode adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from cnnsteps.arithmetic.lp_norm import Norm, norm_chain
from cnnsteps.arithmetic.pool_windows import Group, Windows, irreducible
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Call, Chain, Num, Over, Placed, Slot
from cnnsteps.model.steps import Column, Indices, JsonFields, Run, Window
from cnnsteps.numbers.tensor import Flags, Positions, Tensor, unravel

BLOCK = 1 << 20


class Told(NamedTuple):
    """What a mode says of cells: their chain, the columns that it adds, and further facts."""

    chain: Chain
    more: tuple[Column | Indices, ...]
    facts: Mapping[str, JsonFields] = {}
    repeats: Flags | None = None


class Maximum(NamedTuple):
    """max(1, 4, 5, 8) = 8, at [2,2]: where it stands in the input; of equal maxima the first."""

    def tell(self, windows: Windows, group: Group) -> Told:
        n, sizes = len(group.places), [reach.size for reach in windows.reaches]
        stood = unravel(first_maxima(windows, group), sizes)
        places = tuple(Indices(size, at) for size, at in zip(sizes, stood, strict=True))
        return Told(maximum_chain(n, len(sizes)), places, {"argmax": tuple(range(n + 1, n + 1 + len(sizes)))})


class Average(NamedTuple):
    """average(1, 4, 5, 8) = 18/4 = 4.5"""

    total: Tensor

    def tell(self, windows: Windows, group: Group) -> Told:
        n = len(group.places)
        total = Column(self.total, group.cells, reusable=False)
        return Told(average_chain(n), (total,), repeats=irreducible(total, n))


class Lp(NamedTuple):
    """√(1^2 + 4^2) = √(1 + 16) = √17 ≈ 4.1231"""

    norm: Norm

    def tell(self, windows: Windows, group: Group) -> Told:
        n, norm = len(group.places), self.norm
        more = [
            *(Column(norm.powers, place) for place in group.places),
            Column(norm.total, group.cells, reusable=False),
        ]
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
        for group in self.windows.groups(cells, self.out.irrational_mask):
            yield self.run(group)

    def run(self, group: Group) -> Run:
        n, told = len(group.places), self.mode.tell(self.windows, group)
        columns: list[Column | Indices] = [Column(self.windows.x, place) for place in group.places]
        columns += [Column(self.out, group.cells, reusable=False), *told.more]
        facts: dict[str, JsonFields] = {"window": tuple(range(n)), "value": n, **told.facts}
        key = (type(self.mode).__name__, group.shape, group.irrational)
        return Run(key, told.chain, facts, tuple(columns), group.cells, group.shape[-1], told.repeats)

    def stood(self) -> Positions:
        """Where each maximum stands: its flat position in its channel."""
        found = np.empty(self.out.num.size, np.int64)
        for cells in np.array_split(np.arange(found.size), found.size * self.terms // BLOCK + 1):
            for group in self.windows.groups(cells):
                found[group.cells] = first_maxima(self.windows, group)
        return found


def first_maxima(windows: Windows, group: Group) -> Positions:
    """The flat position in its channel of each window's maximum, of equal ones the first."""
    num = windows.x.num.reshape(-1)
    at, most = group.places[0], num[group.places[0]]
    for place in group.places[1:]:
        here = num[place]
        above = here > most
        at, most = np.where(above, place, at), np.maximum(most, here)
    found: Positions = at % windows.plane if len(windows.x.num) > 1 else at
    return found


def slots(n: int) -> tuple[Slot, ...]:
    return tuple(Slot(k, operand=False) for k in range(n))


@lru_cache(maxsize=64)
def maximum_chain(n: int, d: int) -> Chain:
    places = tuple(Slot(k, operand=False) for k in range(n + 1, n + 1 + d))
    return Call("max", slots(n)), Placed(Slot(n, operand=False), places)


@lru_cache(maxsize=64)
def average_chain(n: int) -> Chain:
    return Call(phrase("average"), slots(n)), Over(Slot(n + 1, operand=False), Num(n)), Slot(n, operand=False)
