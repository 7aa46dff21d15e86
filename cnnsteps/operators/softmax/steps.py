"""Softmax: powers of e, each divided by the sum of those that it stands with; in its stable form, or as it is.

Val[i] = e^(x[i] − m)/S        m = max_k x[k]        S = Σ_k e^(x[k] − m)
Val[i] = e^(x[i])/S                                  S = Σ_k e^(x[k])
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from cnnsteps.arithmetic.elementwise import Along, CellSteps, Form, common, form, numbers_of, on_the_way
from cnnsteps.arithmetic.exponentials import e_to, exponentials
from cnnsteps.i18n import Phrase, phrase
from cnnsteps.model.equation import Equation
from cnnsteps.model.expr import Call, Minus, Num, Over, Product, Slot, Sum, Sym
from cnnsteps.model.steps import Column, Operand, Window, answer, between
from cnnsteps.numbers import irrational
from cnnsteps.numbers.exact import Ratio, reduce_ratio
from cnnsteps.numbers.tensor import Flags, Integers, Positions, Tensor, wide_enough
from cnnsteps.records import NamedTuple

MOST_SHOWN = 1000
"""How many exponentials are worked out on their own; each stands in its step as well."""
ROWS = 40
MOST_TOGETHER = 12
"""Of more numbers m and S are not written beside a step."""
SIDES = {
    1: (phrase("length"),),
    2: (phrase("height"), phrase("width")),
    3: (phrase("depth"), phrase("height"), phrase("width")),
}
OVER_CHANNELS = phrase("The shares add up to 1 over the channels, dimension {dim} counted from 0.")
OVER_ITEMS = phrase("The shares add up to 1 over the batch items, dimension {dim} counted from 0.")
ALONG_SIDE = phrase("The shares add up to 1 along the {side}, dimension {dim} counted from 0.")

POWER, PART = e_to(Sum((Slot(0), Minus(Slot(1))))), Slot(2, operand=False)
SUM, SHARE = Slot(3, operand=False), Slot(4, operand=False)
FORMS: tuple[Form, ...] = (
    form("exact", (Over(POWER, SUM), SHARE), 4),
    form("irrational", (Over(POWER, SUM), Over(PART, SUM), SHARE), 4),
)
PLAIN = e_to(Slot(0, operand=False))


def plain_forms(count: int) -> tuple[Form, ...]:
    """Nothing is taken away; the share of one of `count` equal numbers is exact, though its power is not."""
    return (
        form("plain", (Over(PLAIN, SUM), SHARE), 4),
        form("plain irrational", (Over(PLAIN, SUM), Over(PART, SUM), SHARE), 4),
        form(("plain equal", count), (Over(PLAIN, Sum((Product((Num(count), PLAIN)),))), SHARE), 4),
    )


class Group(NamedTuple):
    """One number for each group of `size` cells that lie `inner` apart."""

    operand: Operand
    size: int
    inner: int
    axis: int

    @property
    def tensor(self) -> Tensor:
        return self.operand.tensor

    def at(self, cells: Positions) -> Positions:
        return cells // (self.size * self.inner) * self.inner + cells % self.inner

    def column(self, cells: Positions) -> Column:
        return Column(self.operand, 0 if self.tensor.num.size == 1 else self.at(cells))


class Shares(CellSteps):
    """Columns: x, m, e^(x − m), S, the value; m is 0 where nothing is taken away."""

    @property
    def shifts(self) -> bool:
        """The largest number is taken away first."""
        return self.forms is FORMS

    @property
    def is_exact(self) -> bool:
        """No power is irrational."""
        return self.columns(2).irrational_mask is None

    @property
    def group(self) -> Group:
        found = self.sources[1]
        assert isinstance(found, Group)
        return found

    def members(self, group: int) -> Positions:
        """The flat positions of a group's cells."""
        outer, inner = divmod(group, self.group.inner)
        return outer * self.group.size * self.group.inner + inner + np.arange(self.group.size) * self.group.inner

    def window(self, cell: int) -> Window:
        return Window(self.x, self.members(int(self.group.at(np.array([cell]))[0])))

    @property
    def groups(self) -> int:
        return self.group.tensor.num.size

    def worked(self, base: int) -> Iterator[tuple[str, list[list[Equation]]]]:
        """For each group the words that say which, and m, each exponential and S, in lists of not too many rows."""
        for group in range(min(self.groups, max(1, MOST_SHOWN // self.group.size))):
            rows = list(self.rows(group, base))
            yield self.place(group, base), [rows[i : i + ROWS] for i in range(0, len(rows), ROWS)]

    @property
    def dimension(self) -> Phrase | None:
        """The dimension over which it runs, in words; None where there is one alone."""
        dims, rank, axis = self.x.values.dims, len(self.x.values.shape), self.group.axis
        if rank == 1:
            return None
        if axis < len(dims):
            return phrase(OVER_CHANNELS if dims[axis] == "channel" else OVER_ITEMS, dim=axis)
        return phrase(ALONG_SIDE, dim=axis, side=SIDES[rank - len(dims)][axis - len(dims)])

    def place(self, group: int, base: int) -> str:
        """`Row 2`, or where in the planes the channels are taken, or `[1,:,2]`; empty where there is one group."""
        if self.groups == 1:
            return ""
        axes, shape, axis = self.x.values.dims, self.x.values.shape, self.group.axis
        rest = (*shape[:axis], *shape[axis + 1 :])
        index = [int(i) + base for i in np.unravel_index(group, rest)]
        if axes and axis == len(axes) - 1:
            where = ",".join(map(str, index[axis:]))
            if len(axes) > 1:
                return phrase("Batch item {n}, the channels at [{place}]", n=index[0], place=where)
            return phrase("The channels at [{place}]", place=where)
        if axis == len(shape) - 1 and not axes:
            place = ",".join(map(str, index))
            return phrase("Row {n}", n=place if len(index) == 1 else f"[{place}]")
        if len(shape) == 2:
            return phrase("Column {n}" if axis == 0 else "Row {n}", n=index[0])
        place = ",".join([*map(str, index[:axis]), ":", *map(str, index[axis:])])
        return phrase("The numbers at [{place}]", place=place)

    def shared(self, cell: int, base: int) -> tuple[Equation, ...]:
        """m, where there is one, and S of the cell's group."""
        if self.group.size > MOST_TOGETHER:
            return ()
        rows = list(self.rows(int(self.group.at(np.array([cell]))[0]), base))
        return (rows[0], rows[-1]) if self.shifts else (rows[-1],)

    def rows(self, group: int, base: int) -> Iterator[Equation]:
        cells = self.members(group)
        x, m, powers, total = self.numbers(cells, group)
        if self.shifts:
            yield Equation((Sym("m"),), (Call("max", tuple(x)), m))
        for i, (number, power) in enumerate(zip(x, powers, strict=True)):
            letter = Sym("x", str(i + base))
            if self.shifts:
                yield Equation((e_to(Sum((letter, Minus(Sym("m"))))),), (e_to(Sum((number, Minus(m)))), power))
            else:
                yield Equation((e_to(Sum((letter,))),), (e_to(number), power))
        yield Equation((Sym("S"),), (Sum(tuple(powers)), total) if len(powers) > 1 else (total,))

    def numbers(self, cells: Positions, group: int) -> tuple[list[Num], Num, list[Num], Num]:
        x, powers = (numbers_of(self.columns(n), cells) for n in (0, 2))
        m, total = (numbers_of(self.columns(n), np.array([group]))[0] for n in (1, 3))
        return x, m, powers, total

    def columns(self, n: int) -> Tensor:
        source = self.sources[n]
        assert isinstance(source, Along | Group)
        return source.operand.tensor


def softmax_steps(axis: int, shifts: bool, given: Operand) -> Shares:
    """The numbers along the axis of x stand together; the largest is taken away first, or nothing."""
    x = given.tensor
    count, inner = x.shape[axis], math.prod(x.shape[axis + 1 :])
    lines = x.num.reshape(-1, count, inner)
    m = lines.max(axis=1) if shifts else np.zeros_like(lines[:, 0])
    dtype = wide_enough(2 * x.bound())
    below = lines.astype(dtype) - m.astype(dtype)[:, None]
    loose_x = np.zeros(x.shape, bool) if x.irrational_mask is None else x.irrational_mask
    loose_m = np.zeros(m.shape, bool) if x.irrational_mask is None else x.irrational_among(m) & shifts
    # A number less itself is 0, whatever it is; 0 less an irrational maximum is irrational.
    apart: Flags = (loose_x.reshape(lines.shape) | loose_m[:, None]) & np.not_equal(below, 0).astype(bool)
    powers = exponentials(Tensor(below.reshape(x.shape), x.den, apart.reshape(x.shape)))
    grouped = powers.num.reshape(-1, count, inner)
    sums = grouped.astype(wide_enough(count * powers.bound())).sum(axis=1)
    flags = np.zeros(x.shape, bool) if powers.irrational_mask is None else powers.irrational_mask
    loose: Flags = np.any(flags.reshape(-1, count, inner), axis=1)
    total = Tensor(sums, powers.den, loose)
    equal = (lines == lines[:, :1]).all(axis=1) & ~np.any(loose_x.reshape(lines.shape), axis=1)
    rounded: Flags = loose & ~equal
    out = divided(grouped, sums, rounded).reshape(*x.shape)
    flagged = np.repeat(rounded[:, None], count, 1).reshape(x.shape)
    out = out._replace(irrational_mask=flagged if rounded.any() else None)
    maximum = Group(between(Tensor(m, x.den, loose_m), "m"), count, inner, axis)
    which = np.repeat((rounded + 2 * (loose & equal))[:, None], count, 1).reshape(-1).astype(np.int64)
    sums_of = Group(between(total, "S"), count, inner, axis)
    sources = (Along(given), maximum, on_the_way(powers), sums_of, Along(answer(out), reusable=False))
    return Shares(out, sources, FORMS if shifts else plain_forms(count), given, which)


def divided(powers: Integers, sums: Integers, loose: Flags) -> Tensor:
    """Each power over its sum: a fraction where all are equal, else rounded."""
    tops, unders, flags = (np.broadcast_to(part, powers.shape).reshape(-1).tolist()
                           for part in (powers, sums[:, None], loose[:, None]))  # fmt: skip
    found: list[Ratio] = [
        irrational.divide((top, 1), (under, 1)) if flag else reduce_ratio(top, under)
        for top, under, flag in zip(tops, unders, flags, strict=True)
    ]
    return common(found)
