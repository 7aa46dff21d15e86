"""Output sizes backwards: which input, window, stride or padding gives a size.

    out = ⌊A/S⌋ + 1  ⟺  (out − 1)·S ≤ A ≤ (out − 1)·S + S − 1        A = N − D(F − 1) − 1 + P_before + P_after

The size only grows, or only shrinks, with each of the four, so that the solutions are all whole numbers from the
first to the last; there need be neither. What the page works out is the inequality; the ends themselves come from the
size's own rule, in which with `ceil_mode` a last window behind the input is dropped.
"""

from __future__ import annotations

from collections.abc import Callable

from cnnsteps.model.equation import substitute
from cnnsteps.model.expr import AtMost, Below, Ceil, Expr, Minus, Multiple, Num, Over, Sum
from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import Axis, resolve_padding
from cnnsteps.windows.field_rows import Row
from cnnsteps.windows.letters import F, N, P, S

LETTERS: dict[str, Expr] = {"input": N, "kernel": F, "stride": S, "padding": P}
FIELDS = ("input", "kernel", "stride")
GROWING = ("input", "padding")
"""With these the size grows, with the others it shrinks."""


class Solutions(NamedTuple):
    """All whole numbers from `first` to `last`; there is none where `first` is None, no end where `last` is."""

    first: int | None
    last: int | None

    @property
    def number(self) -> int | None:
        """None where there is no end."""
        return 0 if self.first is None else None if self.last is None else self.last - self.first + 1


class UnknownAxis(NamedTuple):
    """One dimension in which `name` is sought; what `axis` has in its place means nothing."""

    name: str
    axis: Axis
    out: int
    same: bool = False
    """The padding is that word."""

    def at(self, value: int) -> Axis:
        """The dimension with this value for what is sought."""
        axis = self.axis
        if self.name == "padding":
            return axis._replace(before=value, after=value)
        n, f, s = (value if self.name == name else own for name, own in zip(FIELDS, axis[:3], strict=True))
        axis = axis._replace(n=n, f=f, s=s)
        if self.same:
            ((before, after),) = resolve_padding("same", (axis.n,), (axis.f,), (axis.s,), (axis.d,))
            axis = axis._replace(before=before, after=after)
        return axis

    def size(self, value: int) -> int:
        """The output's size with it; 0 where no window fits."""
        axis = self.at(value)
        return axis.out if axis.fits else 0

    @property
    def solutions(self) -> Solutions:
        """All of them."""
        least = 0 if self.name == "padding" else 1
        if self.name in GROWING:
            first = first_where(lambda v: self.size(v) >= self.out, least)
            last = first_where(lambda v: self.size(v) > self.out, least)
        else:
            if (self.name == "kernel" and self.same) or (self.name == "stride" and self.out == 1):
                return self.endless(least)
            first = first_where(lambda v: self.size(v) <= self.out, least)
            last = first_where(lambda v: self.size(v) < self.out, least) if self.size(first) == self.out else first
        return Solutions(first, last - 1) if last > first else Solutions(None, None)

    def endless(self, least: int) -> Solutions:
        """Of what may grow without end: a window under `same`, and a stride where one window is all there is."""
        if self.name == "kernel":
            return Solutions(least if self.size(least) == self.out else None, None)
        if not self.axis.fits and not self.same:
            return Solutions(None, None)
        return Solutions(first_where(lambda v: self.size(v) <= 1, least), None)

    # What the page says

    @property
    def letter(self) -> Expr:
        return LETTERS[self.name]

    @property
    def numbers(self) -> dict[Expr, Expr]:
        """What is given; the letter sought stays."""
        return {letter: value for letter, value in self.axis.numbers.items() if letter != self.letter}

    def formula(self) -> Expr:
        """⌊(N − F + 2P)/S⌋ + 1, or ⌈N/S⌉"""
        if self.same:
            return Ceil(Over(N, S))
        axis = self.axis if self.name != "padding" else self.axis._replace(before=0, after=0)
        # Unless the stride is 1, nobody knows yet whether the division comes out even.
        rounds = axis._replace(s=2, n=axis.span - axis.before - axis.after + 1) if self.rounds else axis._replace(s=1)
        return rounds.chain()[0]

    @property
    def rounds(self) -> bool:
        return self.name == "stride" or self.axis.s > 1

    def rows(self) -> list[Row]:
        """out = the formula with its numbers, and the inequalities that follow."""
        numbers = substitute(self.formula(), self.numbers)
        return [((Num(self.out),), (numbers,)), *(self.of_stride() if self.name == "stride" else self.of_room())]

    @property
    def bounds(self) -> tuple[int, int]:
        """Between which numbers the room lies."""
        q, s = self.out - 1, self.axis.s
        return (max((q - 1) * s + 1, 0), q * s) if self.axis.ceil_mode else (q * s, q * s + s - 1)

    def of_room(self) -> list[Row]:
        """low ≤ c + k·x ≤ high, then k·x, then x."""
        if self.same:
            return self.of_same()
        low, high = self.bounds
        constant, factor = self.line()
        part = Num(constant) if constant else None
        sought: Expr = self.letter if abs(factor) == 1 else Multiple(abs(factor), self.letter)
        whole = self.joined(part, sought, factor)
        rows: list[tuple[tuple[Expr, ...], list[Expr]]] = [between(low, whole, high)]
        low, high = (low - constant, high - constant) if factor > 0 else (constant - high, constant - low)
        if part is not None or factor < 0:
            rows.append(between(low, sought, high))
        if abs(factor) > 1:
            ends = [Num(end, abs(factor)) for end in (low, high)]
            several: list[Expr] = [AtMost(self.letter), AtMost(ends[1])]
            rows.append(((ends[0],), several) if low < high else ((self.letter,), [ends[0]]))
        return [(names, tuple(chain)) for names, chain in rows]

    def joined(self, part: Expr | None, sought: Expr, factor: int) -> Expr:
        if part is None:
            return sought if factor > 0 else Sum((Minus(sought),))
        if factor < 0:
            return Sum((part, Minus(sought)))
        over = part.over if isinstance(part, Num) else 0
        return Sum((sought, Minus(Num(-over)))) if over < 0 else Sum((part, sought))

    def line(self) -> tuple[int, int]:
        """c and k of the room c + k·x."""
        here, next_one = (self.at(value).room for value in (1, 2))
        return here - (next_one - here), next_one - here

    def of_same(self) -> list[Row]:
        """(out − 1)·S < N ≤ out·S"""
        if self.name == "kernel":
            return []
        s = self.axis.s
        return [((Num((self.out - 1) * s),), (Below(N), AtMost(Num(self.out * s))))]

    def of_stride(self) -> list[Row]:
        """A/(q + 1) < S ≤ A/q for ⌊A/S⌋ = q, and A/q ≤ S < A/(q − 1) for ⌈A/S⌉ = q."""
        q, room = (self.out, self.axis.n) if self.same else (self.out - 1, self.axis.room)
        if room < 0:
            return []
        rounded_up = self.same or self.axis.ceil_mode
        low, high = (q, q - 1) if rounded_up else (q + 1, q)
        if low == 0:
            return []
        least = quotient(room, low)
        relation: tuple[type[AtMost] | type[Below], ...] = (AtMost, Below) if rounded_up else (Below, AtMost)
        chain: tuple[Expr, ...] = (relation[0](S),)
        return [((least,), (*chain, relation[1](quotient(room, high))) if high else chain)]


def between(low: int, part: Expr, high: int) -> tuple[tuple[Expr, ...], list[Expr]]:
    """low ≤ part ≤ high, or one number."""
    if low == high:
        return (part,), [Num(low)]
    return (Num(low),), [AtMost(part), AtMost(Num(high))]


def quotient(top: int, bottom: int) -> Expr:
    return Num(top) if bottom == 1 else Over(Num(top), Num(bottom))


def first_where(holds: Callable[[int], bool], least: int) -> int:
    """The first number from `least` on for which this holds, as it then does for all after it."""
    step = 1
    while not holds(least + step - 1):
        step *= 2
    low, high = least + step // 2 - 1, least + step - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
