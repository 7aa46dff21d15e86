"""Where windows stand along one dimension, and how many of them there are.

out = ⌊(N − D(F − 1) − 1 + P_before + P_after)/S⌋ + 1, with ⌈ ⌉ under `ceil_mode`, as in
PyTorch's Conv2d and MaxPool2d; `same` is ONNX's SAME_UPPER and SAME_LOWER: out = ⌈N/S⌉.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from cnnsteps.i18n import phrase
from cnnsteps.model.equation import substitute
from cnnsteps.model.expr import Ceil, Chain, Expr, Floor, Minus, Multiple, Num, Over, Product, Sum
from cnnsteps.model.settings import Setting, each, setting
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.text import abbreviate
from cnnsteps.windows.letters import P_AFTER, P_BEFORE, D, F, N, P, S

Pairs = tuple[tuple[int, int], ...]
"""The padding [before, after] of each dimension."""
MODES: dict[str, Literal["edge", "reflect", "wrap"]] = {"replicate": "edge", "reflect": "reflect", "circular": "wrap"}
"""NumPy's names for PyTorch's padding modes."""


class Axis(NamedTuple):
    """One dimension: N input, F kernel, S stride, D dilation, padding before and after."""

    n: int
    f: int
    s: int = 1
    before: int = 0
    after: int = 0
    d: int = 1
    ceil_mode: bool = False

    @property
    def span(self) -> int:
        """From the window's first place to its last: D(F − 1) + 1."""
        return self.d * (self.f - 1) + 1

    @property
    def step(self) -> int:
        """The stride as a distance in memory: 10**30 is one, but a single window never moves."""
        return self.s if self.out > 1 else 1

    @property
    def gap(self) -> int:
        """The dilation as a distance in memory."""
        return self.d if self.f > 1 else 1

    @property
    def padded(self) -> int:
        return self.n + self.before + self.after

    @property
    def room(self) -> int:
        """How far the window can travel; negative where it does not fit at all."""
        return self.padded - self.span

    @property
    def fits(self) -> bool:
        return self.room >= 0

    @property
    def rounded(self) -> int:
        """out before a window that starts in the padding after the input is dropped."""
        steps = -(-self.room // self.s) if self.ceil_mode else self.room // self.s
        return steps + 1

    @property
    def drops_last(self) -> bool:
        return self.ceil_mode and (self.rounded - 1) * self.s >= self.n + self.before

    @property
    def out(self) -> int:
        return self.rounded - self.drops_last

    @property
    def even(self) -> bool:
        """The division comes out even, so that nothing has to be rounded."""
        return self.room % self.s == 0

    @property
    def misses(self) -> bool:
        """A window lies in padding alone."""
        if self.span <= self.before or (self.out - 1) * self.s - self.before >= self.n:
            return True
        # A window that starts in the padding before the input steps over it where its gaps are wider.
        starting = min(self.out, -(-self.before // self.s))
        return self.d > self.n and inside(starting, self.d, self.s, -self.before, self.n) < starting

    @property
    def unread(self) -> int:
        """How many places at the end no window reaches; 0 where the last one hangs over."""
        return max(self.padded - ((self.out - 1) * self.s + self.span), 0)

    @property
    def overhang(self) -> int:
        """How many places the last window reaches past the padded input, under `ceil_mode`."""
        return max((self.out - 1) * self.s + self.span - self.padded, 0)

    def chain(self) -> Chain:
        """(N − F + 2P)/S + 1 = … = out: the formula, the numbers put in, the result."""
        letters = Sum((self.quotient(Sum((N, *self.span_parts, *self.padding_parts)), S), Num(1)))
        links = letters, substitute(letters, self.numbers), Sum((self.quotient(Num(self.room), Num(self.s)), Num(1)))
        if self.even:
            return (*links, Num(self.rounded))
        return (*links, Sum((Num(self.rounded - 1), Num(1))), Num(self.rounded))

    @property
    def numbers(self) -> dict[Expr, Expr]:
        """What the formula's letters stand for."""
        letters = (N, self.n), (F, self.f), (S, self.s), (D, self.d), (P, self.before)
        sides = (P_BEFORE, self.before), (P_AFTER, self.after)
        return {letter: Num(value) for letter, value in (*letters, *sides)}

    def quotient(self, top: Expr, bottom: Expr) -> Expr:
        """The division, rounded where it does not come out even."""
        if self.even:
            return Over(top, bottom)
        return Ceil(Over(top, bottom)) if self.ceil_mode else Floor(Over(top, bottom))

    @property
    def span_parts(self) -> tuple[Expr, ...]:
        """− F, or − D(F − 1) − 1"""
        return (Minus(F),) if self.d == 1 else (Minus(Product((D, Sum((F, Minus(Num(1))))))), Minus(Num(1)))

    @property
    def padding_parts(self) -> tuple[Expr, ...]:
        """2P, or P_before + P_after"""
        return (Multiple(2, P),) if self.before == self.after else (P_BEFORE, P_AFTER)


def inside(count: int, modulus: int, step: int, start: int, below: int) -> int:
    """For how many i = 0 … count − 1 the remainder of (start + i·step)/modulus is below `below`."""
    whole = floor_sum(count, modulus, step % modulus, start % modulus)
    return whole - floor_sum(count, modulus, step % modulus, start % modulus - below)


def floor_sum(count: int, modulus: int, step: int, start: int) -> int:
    """Σ ⌊(start + i·step)/modulus⌋ for i = 0 … count − 1, in as many steps as Euclid's algorithm has."""
    total = 0
    while count > 0:
        total += (count - 1) * count // 2 * (step // modulus) + count * (start // modulus)
        step, start = step % modulus, start % modulus
        top = step * count + start
        if top < modulus:
            break
        count, start, modulus, step = top // modulus, top % modulus, step, modulus
    return total


def resolve_padding(
    padding: Pairs | str, n: tuple[int, ...], f: tuple[int, ...], s: tuple[int, ...], d: tuple[int, ...]
) -> Pairs:
    """The pairs [before, after] that `valid` and `same` stand for."""
    if not isinstance(padding, str):
        return padding
    if padding == "valid":
        return tuple((0, 0) for _ in n)
    pairs = []
    for size, window, step, dilation in zip(n, f, s, d, strict=True):
        out = -(-size // step)
        total = max((out - 1) * step + dilation * (window - 1) + 1 - size, 0)
        less, more = total // 2, total - total // 2
        pairs.append((more, less) if padding == "same_lower" else (less, more))
    return tuple(pairs)


def axes_of(
    n: tuple[int, ...],
    f: tuple[int, ...],
    s: tuple[int, ...],
    padding: Pairs | str,
    d: tuple[int, ...],
    ceil_mode: bool = False,
) -> tuple[Axis, ...]:
    """One Axis a dimension."""
    pairs = resolve_padding(padding, n, f, s, d)
    rows = zip(n, f, s, pairs, d, strict=True)
    return tuple(Axis(size, window, step, *pair, dilation, ceil_mode) for size, window, step, pair, dilation in rows)


def fitted(axes: tuple[Axis, ...], key: str, report: Report) -> tuple[Axis, ...] | None:
    """The axes, where a window fits on each; else the mistakes of `key`, which says the window."""
    for axis in dict.fromkeys(axes):
        if not axis.fits:
            report.add((key,), f"{key}: {misfit(axis, 'a window')}")
    return axes if all(axis.fits for axis in axes) else None


class Side(Protocol):
    """What every window has along a dimension."""

    @property
    def s(self) -> int: ...
    @property
    def before(self) -> int: ...
    @property
    def after(self) -> int: ...
    @property
    def d(self) -> int: ...


def settings_of(axes: Sequence[Side], padding: str | None, stride_default: tuple[int, ...]) -> list[Setting]:
    """The settings of windows that are not the default."""
    found: list[Setting] = []
    strides, dilations = (tuple(axis.s for axis in axes), tuple(axis.d for axis in axes))
    if strides != stride_default:
        found.append(Setting("stride", per_dimension(strides), phrase("stride"), each(strides)))
    pairs = tuple((axis.before, axis.after) for axis in axes)
    if padding is not None:
        found.append(setting("padding", phrase("padding"), padding))
    elif any(pair != (0, 0) for pair in pairs):
        found.append(padding_of(pairs))
    if any(d != 1 for d in dilations):
        found.append(Setting("dilation", per_dimension(dilations), phrase("dilation"), each(dilations)))
    return found


def ceil_of(ceil_mode: bool) -> list[Setting]:
    return [Setting("ceil_mode", "true", phrase("size rounded up"))] if ceil_mode else []


def groups_of(groups: int) -> list[Setting]:
    """Where there are several."""
    return [setting("groups", phrase("groups"), str(groups))] if groups > 1 else []


def padding_of(pairs: Pairs) -> Setting:
    """Padding 1, or 1 before and 2 behind, one a dimension where they differ."""
    if all(before == after for before, after in pairs):
        sides = tuple(before for before, _ in pairs)
        return Setting("padding", per_dimension(sides), phrase("padding"), each(sides))
    value = f"[{', '.join(f'[{before}, {after}]' for before, after in pairs)}]"
    return Setting("padding", value, phrase("padding"), sides_of(pairs))


def sides_of(pairs: Pairs) -> str:
    """What stands before and behind the input where that differs."""
    if len(set(pairs)) == 1:
        return phrase("{before} before and {after} behind", before=pairs[0][0], after=pairs[0][1])
    if len(pairs) == 2:
        (top, bottom), (left, right) = pairs
        return phrase(
            "{top} above, {bottom} below, {left} left, {right} right", top=top, bottom=bottom, left=left, right=right
        )
    return each([f"{before}+{after}" for before, after in pairs])


def is_same(padding: object) -> bool:
    """It is the word `same`, or one of ONNX's that say which side has the odd place."""
    return isinstance(padding, str) and padding.startswith("same")


def per_dimension(values: tuple[int, ...]) -> str:
    """One number where all are equal, else a list."""
    return str(values[0]) if len(set(values)) == 1 else f"[{', '.join(map(str, values))}]"


def misfit(axis: Axis, name: str) -> str:
    """Why a window does not fit, with the size formula, its numbers and its result."""
    n, f, s, d, span = (abbreviate(str(number)) for number in (axis.n, axis.f, axis.s, axis.d, axis.span))
    grown = f", spread to {span} by dilation {d}," if axis.d > 1 else ""
    taken = f"{d}×({f} − 1) − 1" if axis.d > 1 else f
    letters = "N − D(F − 1) − 1 + 2P" if axis.d > 1 else "N − F + 2P"
    padding = abbreviate(str(axis.before + axis.after))
    left, right = ("", "") if axis.even else ("⌊", "⌋")
    result = abbreviate(str(axis.room // axis.s + 1)).replace("-", "−")
    return (
        f"{name} of size {f}{grown} is larger than the padded input of {abbreviate(str(axis.padded))}: "
        f"{left}({letters})/S{right} + 1 = {left}({n} − {taken} + {padding})/{s}{right} + 1 = {result}"
    )
