"""The steps of a pooling: maximum, average or norm of a window, in runs of one shape.

The columns of a run are the window's numbers (0 … n−1), the value (n), and what the mode adds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np

from cnnsteps.i18n import phrase
from cnnsteps.model.chain_rule import INPUT, KERNEL, Named, Place, at, leading
from cnnsteps.model.equation import Equation
from cnnsteps.model.expr import Call, Chain, Expr, Num, Over, Placed, Power, Root, Sigma, Slot, Sym
from cnnsteps.model.steps import Blank, Column, Indices, JsonFields, NamedTensor, Operand, Run, Window, answer, between
from cnnsteps.numbers.certain_digits import absolute, settled
from cnnsteps.numbers.tensor import Flags, Positions, Tensor, unravel, wide_enough
from cnnsteps.operators.pool.lp_norm import Norm, norm, norm_chain
from cnnsteps.operators.pool.windows import Group, Windows, counts_of, fold, irreducible
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import Axis

BLOCK = 1 << 20


class Side(NamedTuple):
    """One dimension of the input: how many places it has, and how many of padding the windows go over before them."""

    n: int
    before: int = 0


class Told(NamedTuple):
    """What a mode says of cells: their chain, the columns that it adds, and further facts."""

    chain: Chain
    more: tuple[Column | Indices, ...]
    facts: Mapping[str, JsonFields] = {}
    repeats: Flags | None = None


class Maximum(NamedTuple):
    """max(1, 4, 5, 8) = 8, at [2,2]: where it stands in the input; of equal maxima the first."""

    sides: tuple[Side, ...]

    def tell(self, windows: Windows, group: Group) -> Told:
        n, d = len(group.places), len(self.sides)
        stood = zip(self.sides, self.first_maxima(windows, group), strict=True)
        places = tuple(Indices(side.n, at) for side, at in stood)
        return Told(maximum_chain(n, d), places, {"argmax": tuple(range(n + 1, n + 1 + d))})

    def first_maxima(self, windows: Windows, group: Group) -> list[Positions]:
        """The index in the input of each window's maximum, of equal ones the first."""
        num = windows.x.num.reshape(-1)
        at, most = group.places[0], num[group.places[0]]
        for place in group.places[1:]:
            here = num[place]
            above = here > most
            at, most = np.where(above, place, at), np.maximum(most, here)
        index = unravel(at % windows.plane, [reach.size for reach in windows.reaches])
        return [i - side.before for i, side in zip(index, self.sides, strict=True)]

    def stood(self, steps: PoolSteps) -> Positions:
        """For each cell the flat position of its maximum in its channel of the input."""
        found = np.empty(steps.out.num.size, np.int64)
        sizes = [side.n for side in self.sides]
        for cells in np.array_split(np.arange(found.size), found.size * steps.terms // BLOCK + 1):
            for group in steps.windows.groups(cells):
                index = self.first_maxima(steps.windows, group)
                found[group.cells] = np.ravel_multi_index(tuple(index), sizes)
        return found


class Average(NamedTuple):
    """average(1, 4, 5, 8) = 18/4 = 4.5"""

    total: Tensor

    def tell(self, windows: Windows, group: Group) -> Told:
        n = len(group.places)
        total = Column(between(self.total), group.cells, reusable=False)
        return Told(average_chain(n), (total,), repeats=irreducible(total, n))


class Lp(NamedTuple):
    """√(1^2 + 4^2) = √(1 + 16) = √17 ≈ 4.1231"""

    norm: Norm

    def tell(self, windows: Windows, group: Group) -> Told:
        n, norm = len(group.places), self.norm
        more = [
            *(Column(between(norm.powers), place) for place in group.places),
            Column(between(norm.total), group.cells, reusable=False),
        ]
        signed = norm.x is windows.x
        if not signed:
            more += [Column(between(norm.x), place) for place in group.places]
        chain = norm_chain(n, norm.p, norm.line(windows.most), 0 if signed else 2 * n + 2)
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
        columns: list[Column | Indices] = [Column(self.windows.operand, place) for place in group.places]
        columns += [Column(answer(self.out), group.cells, reusable=False), *told.more]
        facts: dict[str, JsonFields] = {"window": tuple(range(n)), "value": n, **told.facts}
        key = (type(self.mode).__name__, group.shape, group.irrational)
        return Run(key, told.chain, facts, tuple(columns), group.cells, group.shape[-1], told.repeats)


def padded(given: Operand, axes: Sequence[Axis], blank: Blank | None) -> Operand:
    """The input with its padding: zeros that count, or `blank` places that do not."""
    values = given.values
    pairs = [(0, 0)] * len(values.dims) + [(axis.before, axis.after) for axis in axes]
    outer = given._replace(name=phrase("Padded input"), values=values._replace(tensor=values.tensor.padded(pairs)))
    if blank is None:
        return outer
    border = np.pad(np.zeros(values.shape, bool), pairs, constant_values=True)
    before = tuple(axis.before for axis in axes)
    return outer._replace(values=outer.values._replace(absent=border, blank=blank), offset=before)


def pooled(windows: Windows, mode: str, p: int, sides: tuple[Side, ...]) -> PoolSteps:
    """Every value, with the tensors that its step shows."""
    x, reaches = windows.x, list(windows.reaches)
    if mode == "lp":
        worked = norm(x, reaches, p)
        return PoolSteps(windows, Lp(worked), worked.out)
    if mode == "max":
        return PoolSteps(windows, Maximum(sides), fold(x, reaches, "max"))
    total = fold(x, reaches, "sum")
    total = total if total.irrational_mask is None else settled(total, fold(absolute(x), reaches, "sum").num)
    return PoolSteps(windows, Average(total), divided(total, counts_of(reaches)))


def divided(total: Tensor, counts: Positions) -> Tensor:
    """total / counts, over one denominator."""
    common = math.lcm(*(int(n) for n in np.unique(counts)))
    dtype = wide_enough(total.bound() * common)
    factors = common // counts.astype(dtype)
    return Tensor(total.num.astype(dtype) * factors, total.den * common, total.irrational_mask)


def slots(n: int) -> tuple[Slot, ...]:
    return tuple(Slot(k, operand=False) for k in range(n))


@lru_cache(maxsize=64)
def maximum_chain(n: int, d: int) -> Chain:
    places = tuple(Slot(k, operand=False) for k in range(n + 1, n + 1 + d))
    return Call("max", slots(n)), Placed(Slot(n, operand=False), places)


@lru_cache(maxsize=64)
def average_chain(n: int) -> Chain:
    return Call(phrase("average"), slots(n)), Over(Slot(n + 1, operand=False), Num(n)), Slot(n, operand=False)


def pool_rule(
    values: NamedTensor, mode: str, p: int, axes: Sequence[Axis], counts_padding: bool, base: int
) -> Equation:
    """Val in letters: the maximum, average or norm of x over the window's letters. x is the padded input where the
    padding counts, else the input; windows of unequal size have no axes, and their letters no bounds."""
    d, lead = len(values.spatial), leading(values.dims)
    letters = zip(axes, INPUT[d], KERNEL[d], strict=True) if axes else ()
    places = [Place(((a.step, o), (a.gap, u)), 0 if counts_padding else -a.before) for a, o, u in letters]
    x = Named("x", (*at(lead), *(places or at(KERNEL[d])))).written(base)
    return Equation((Named("Val", at(lead + INPUT[d])).written(base),), (folded(x, mode, p, axes, counts_padding, d),))


def folded(x: Expr, mode: str, p: int, axes: Sequence[Axis], counts_padding: bool, d: int) -> Expr:
    if mode == "max":
        return Call(f"max_{','.join(KERNEL[d])} ", (x,))
    if mode == "average":
        even = axes and all(a.overhang == 0 and (counts_padding or a.before == a.after == 0) for a in axes)
        return Over(Sigma(KERNEL[d], x), Num(math.prod(a.f for a in axes)) if even else Sym("n"))
    part = Sigma(KERNEL[d], Power(x, Num(p)) if p > 1 else x)
    return Root(part, p) if p > 1 else part
