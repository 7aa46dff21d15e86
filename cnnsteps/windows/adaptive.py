"""Adaptive pooling: windows of unequal size, so that there are as many as the output shall have.

    start(i) = ⌊i·N/O⌋        end(i) = ⌈(i + 1)·N/O⌉        i = 0 … O − 1

N input, O output along a dimension; a window holds start ≤ j < end. Neighbours may overlap,
and O may be above N. As PyTorch's adaptive_avg_pool and adaptive_max_pool.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cnnsteps.model.expr import Ceil, Chain, Expr, Floor, Minus, Num, Over, Product, Sum, Sym
from cnnsteps.records import NamedTuple
from cnnsteps.windows.extents import WindowExtents, uneven_reach

MOST_BOUNDS = 24
"""Of how many windows a dimension the bounds are worked out on the page."""

Row = tuple[tuple[Expr, ...], Chain]


class AdaptiveAxis(NamedTuple):
    """One dimension of N places, shared among O windows."""

    n: int
    out: int

    def start(self, i: int) -> int:
        return i * self.n // self.out

    def end(self, i: int) -> int:
        return -(-(i + 1) * self.n // self.out)

    @property
    def reach(self) -> WindowExtents:
        i = np.arange(self.out, dtype=np.int64)
        return uneven_reach(self.n, i * self.n // self.out, -(-(i + 1) * self.n // self.out))

    @property
    def widest(self) -> int:
        """The most places that a window has; their numbers repeat after O/gcd(N, O) windows."""
        common = math.gcd(self.n, self.out)
        n, out = self.n // common, self.out // common
        return n if out == 1 else -(-n // out) + (out < n and (n % out) > 1) + (out > n > 1)

    @property
    def elided(self) -> int:
        """How many windows' bounds are left out."""
        return max(self.out - MOST_BOUNDS, 0)

    def rows(self, base: int) -> list[Row]:
        """The first and the last place of each window, both counted from `base`, as they are worked out."""
        return [row for i in range(min(self.out, MOST_BOUNDS)) for row in (self.first(i, base), self.last(i, base))]

    def first(self, i: int, base: int) -> Row:
        links = [Floor(Over(top, Num(self.out))) for top in (Product((Num(i), Num(self.n))), Num(i * self.n))]
        return (Sym("first", str(i + base)),), moved([*links, Num(self.start(i))], self.start(i) + base, base)

    def last(self, i: int, base: int) -> Row:
        links = [Ceil(Over(top, Num(self.out))) for top in (Product((Num(i + 1), Num(self.n))), Num((i + 1) * self.n))]
        return (Sym("last", str(i + base)),), moved([*links, Num(self.end(i))], self.end(i) + base - 1, base - 1)


def moved(links: Sequence[Expr], value: int, by: int) -> Chain:
    """The links counted from somewhere else: ⌊2×5/3⌋ + 1 = ⌊10/3⌋ + 1 = 3 + 1 = 4."""
    if not by:
        return tuple(links)
    part = Num(by) if by > 0 else Minus(Num(-by))
    return (*(Sum((link, part)) for link in links), Num(value))


def formulas(base: int) -> list[Row]:
    """The same in letters; window i is counted from `base`, as the places are."""
    i: Expr = Sym("i")
    before = Sum((i, Minus(Num(1)))) if base else i
    after = i if base else Sum((i, Num(1)))
    first: Expr = Floor(Over(Product((before, Sym("N"))), Sym("O")))
    last: Expr = Ceil(Over(Product((after, Sym("N"))), Sym("O")))
    moved_first = Sum((first, Num(1))) if base else first
    moved_last = last if base else Sum((last, Minus(Num(1))))
    return [((Sym("first", "i"),), (moved_first,)), ((Sym("last", "i"),), (moved_last,))]
