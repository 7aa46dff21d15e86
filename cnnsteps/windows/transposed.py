"""Where the stamps of a transposed convolution land along one dimension.

out = (N − 1)S − P_before − P_after + D(F − 1) + P_output + 1, as on PyTorch's page of ConvTranspose2d.
"""

from __future__ import annotations

import numpy as np

from cnnsteps.model.equation import substitute
from cnnsteps.model.expr import Chain, Expr, Minus, Multiple, Num, Product, Sum
from cnnsteps.numbers.tensor import Positions
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.windows.axis import Pairs
from cnnsteps.windows.letters import P_AFTER, P_BEFORE, P_OUTPUT, D, F, N, P, S

FAR = 1 << 40


class TransposedAxis(NamedTuple):
    """One dimension of it: N input, F kernel, S stride, D dilation, padding cut off, output_padding added."""

    n: int
    f: int
    s: int
    before: int
    after: int
    d: int
    extra: int

    @property
    def step(self) -> int:
        """The stride as a distance in memory: 10**30 is one, but a single input value never moves."""
        return min(self.s, FAR)

    @property
    def gap(self) -> int:
        """The dilation as a distance in memory."""
        return min(self.d, FAR)

    @property
    def full(self) -> int:
        """What the stamps cover, before padding is cut off."""
        return (self.n - 1) * self.s + self.d * (self.f - 1) + 1

    @property
    def out(self) -> int:
        return self.full - self.before - self.after + self.extra

    def chain(self) -> Chain:
        """(N − 1)S − 2P + D(F − 1) + 1 = … = out, as on PyTorch's page of ConvTranspose2d."""
        one = Minus(Num(1))
        cut: tuple[Expr, ...] = (Minus(P_BEFORE), Minus(P_AFTER))
        cut = (Minus(Multiple(2, P)),) if self.before == self.after else cut
        reach: tuple[Expr, ...] = (F,) if self.d == 1 else (Product((D, Sum((F, one)))), Num(1))
        added = (P_OUTPUT,) if self.extra else ()
        letters = Sum((Product((Sum((N, one)), S)), *cut, *reach, *added))
        worked = Num((self.n - 1) * self.s), Num(self.d * (self.f - 1) + 1)
        pads = [Num(2 * self.before)] if self.before == self.after else [Num(self.before), Num(self.after)]
        short = Sum((worked[0], *map(Minus, pads), worked[1], *((Num(self.extra),) if self.extra else ())))
        return letters, substitute(letters, self.numbers), short, Num(self.out)

    @property
    def numbers(self) -> dict[Expr, Expr]:
        """What the formula's letters stand for."""
        letters = (N, self.n), (F, self.f), (S, self.s), (D, self.d), (P, self.before)
        sides = (P_BEFORE, self.before), (P_AFTER, self.after), (P_OUTPUT, self.extra)
        return {letter: Num(value) for letter, value in (*letters, *sides)}

    def landing(self) -> tuple[Positions, Positions, Positions]:
        """For each output cell how many places of the kernel reach it, which, and from which input."""
        from_start = np.arange(self.out)[:, None] + self.before - np.arange(self.f) * self.gap
        i = from_start // self.step
        lands = (from_start % self.step == 0) & (i >= 0) & (i < self.n)
        places = np.argsort(~lands, axis=1, kind="stable")
        return lands.sum(1), places, np.take_along_axis(i, places, 1)


def transposed_axes(
    n: tuple[int, ...],
    f: tuple[int, ...],
    s: tuple[int, ...],
    padding: Pairs | str,
    d: tuple[int, ...],
    extra: tuple[int, ...],
) -> tuple[TransposedAxis, ...]:
    """One a dimension. `same` cuts or adds what makes the output S times the input, as ONNX and TensorFlow have it."""
    if padding == "valid":
        padding = ((0, 0),) * len(n)
    if isinstance(padding, str):
        wanted = tuple(size * step for size, step in zip(n, s, strict=True))
        return sized_axes(n, f, s, d, extra, wanted, odd_before=padding == "same_lower")
    rows = zip(n, f, s, padding, d, extra, strict=True)
    return tuple(
        TransposedAxis(size, window, step, pair[0], pair[1], gap, more) for size, window, step, pair, gap, more in rows
    )


def sized_axes(
    n: tuple[int, ...],
    f: tuple[int, ...],
    s: tuple[int, ...],
    d: tuple[int, ...],
    extra: tuple[int, ...],
    out: tuple[int, ...],
    odd_before: bool,
) -> tuple[TransposedAxis, ...]:
    """The padding that leaves an output of this size; where the stamps cover less, places are added at its end."""
    axes = []
    for size, window, step, gap, more, wanted in zip(n, f, s, d, extra, out, strict=True):
        axis = TransposedAxis(size, window, step, 0, 0, gap, more)
        over = max(axis.out - wanted, 0)
        before = (over + odd_before) // 2
        axes.append(axis._replace(before=before, after=over - before, extra=more + max(wanted - axis.out, 0)))
    return tuple(axes)


def fitted_transposed(axes: tuple[TransposedAxis, ...], report: Report) -> tuple[TransposedAxis, ...] | None:
    """The axes, where something is left and output_padding is below stride or dilation, as PyTorch has it."""
    for axis in dict.fromkeys(axes):
        n, f, s, d, extra = axis.n, axis.f, axis.s, axis.d, axis.extra
        if extra >= max(s, d):
            message = f"output_padding is {extra}, but it has to be below stride {s} or dilation {d}"
            report.add(("output_padding",), message)
        elif axis.out < 1:
            formula = f"({n} − 1)×{s} − {axis.before + axis.after} + {d}×({f} − 1) + {extra} + 1 = {axis.out}"
            report.add(("padding",), f"padding leaves nothing: (N − 1)S − 2P + D(F − 1) + P_output + 1 = {formula}")
        else:
            continue
        return None
    return axes
