"""The lp norm of a window, (Σ |x|^p)^(1/p): powers and sums are exact, and so are the roots that can be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from cnnsteps.model.expr import Chain, Expr, Num, Power, Root, Slot, Sum
from cnnsteps.numbers import irrational
from cnnsteps.numbers.exact import IRRATIONAL_DIGITS, decimal_places
from cnnsteps.numbers.tensor import Integers, Tensor, narrowed, wide_enough
from cnnsteps.operators.pool.windows import fold
from cnnsteps.records import NamedTuple
from cnnsteps.windows.extents import WindowExtents

MOST_POWER_DIGITS = 10_000
"""What a power may have; roots of longer numbers take too long."""
ROOT_LINE = 52
"""In characters: a root sign can't go on in the next line."""
LONGEST = 24
"""Formats show the ends alone of a longer number."""


class Norm(NamedTuple):
    """The steps of (Σ |x|^p)^(1/p), tensor by tensor."""

    p: int
    x: Tensor
    """As it stands under the power: without its signs where p is odd."""
    powers: Tensor
    total: Tensor
    out: Tensor

    def line(self, most: int) -> int:
        """How many powers fit under a root sign in one line; 0 where `most` do."""
        longest = max(min(characters(self.x), LONGEST) + 5, min(characters(self.powers), LONGEST) + 3)
        fit = max(1, ROOT_LINE // longest)
        return 0 if most <= fit else fit


def norm(x: Tensor, reaches: list[WindowExtents], p: int) -> Norm:
    """Of each window of x (M, *n)."""
    signed = p % 2 and x.num.size and x.num.min() < 0
    absolute = Tensor(without_signs(x), x.den, x.irrational_mask) if signed else x
    dtype = wide_enough(x.bound() ** p)
    num = absolute.num.astype(dtype)
    powers = Tensor(num if p == 1 else num**p, x.den**p, x.irrational_mask)
    total = fold(powers, reaches, "sum")
    return Norm(p, absolute, powers, total, total if p == 1 else roots(total, x.den, p))


def without_signs(x: Tensor) -> Integers:
    """|x|, in a dtype that has room for the least number's."""
    found: Integers = np.abs(x.num.astype(wide_enough(x.bound())))
    return found


def roots(total: Tensor, den: int, p: int) -> Tensor:
    """The p-th roots of total, whose denominator is den^p: exact ones, else to as many places as are kept, over den.

    T/den^p is a rational number's p-th power just where the integer T is an integer's.
    """
    values, which = np.unique(total.num.reshape(-1), return_inverse=True)
    found = [irrational.root((value, 1), p) for value in values.tolist()]
    exact = np.array([is_exact for _, is_exact in found])
    if exact.all() and total.irrational_mask is None:
        num = narrowed(np.array([over for (over, _), _ in found], wide_enough(max(over for (over, _), _ in found))))
        return Tensor(num[which.reshape(-1)].reshape(total.shape), den)
    scale = 10 ** (irrational.digits() + 1)
    scaled = np.empty(len(found), object)
    # An irrational root's numerator is never a whole one's: formats tell them apart by it.
    scaled[:] = [over * (scale // under) + (under == 1 and not is_exact) for (over, under), is_exact in found]
    inexact = ~exact[which.reshape(-1)].reshape(total.shape)
    inexact = inexact if total.irrational_mask is None else inexact | total.irrational_mask
    return Tensor(scaled[which.reshape(-1)].reshape(total.shape), den * scale, inexact)


def characters(tensor: Tensor) -> int:
    """About how many the longest number takes."""
    digits = int(tensor.bound().bit_length() * 0.30103) + 1
    if tensor.den == 1:
        return digits
    places, under = decimal_places(tensor.den), int(tensor.den.bit_length() * 0.30103)
    if places is None and tensor.irrational_mask is None:
        return digits + under + 2
    shown = IRRATIONAL_DIGITS if places is None or tensor.irrational_mask is not None else places
    return max(digits - under, 1) + shown + 1


@lru_cache(maxsize=64)
def norm_chain(n: int, p: int, line: int, base: int) -> Chain:
    """√(1^2 + 4^2) = √(1 + 16) = √17 ≈ 4.1231, of n places, `line` of them in a line where that is not 0.

    The numbers under the powers stand in the columns from `base`; the value is column n, then
    follow the powers and their total.
    """
    value, total = Slot(n, operand=False), Slot(2 * n + 1, operand=False)
    if n == 0 or n == p == 1:
        return (value,)
    links: list[Expr] = [added([Slot(n + 1 + k, operand=n > 1) for k in range(n)])]
    if p > 1:
        links.insert(0, added([Power(Slot(base + k), Num(p)) for k in range(n)]))
        links += [total] if n > 1 else []
    return (*(Root(part, p, line) if p > 1 else part for part in links), value)


def added(parts: Sequence[Expr]) -> Expr:
    return Sum(tuple(parts)) if len(parts) > 1 else parts[0]
