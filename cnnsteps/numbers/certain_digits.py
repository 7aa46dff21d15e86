"""Sums of irrational numbers: which of them are irrational, and how many of their digits mean anything.

    0.7310585786… + 0.2689414213… = 1        (the sigmoids of 1 and −1)

comes out as 0.99…97 or 1.00…04, and must not be rounded like one of these. Digits that the
errors of the terms can reach are rounded away, so that what cancels or comes out whole does so.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cnnsteps.numbers.tensor import Integers, Tensor, wide_enough

SPOILED = 20
"""How many of the digits that are kept the errors of a sum's terms may reach."""
Work = Callable[[Tensor, Tensor, Tensor | None], Tensor]


def settled_products(out: Tensor, work: Work, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
    """`out` is work(x, w, b), sums of products of x and w: irrational where such an x meets a w other than 0."""
    if x.irrational_mask is None or not x.irrational_mask.any():
        return out._replace(irrational_mask=None)
    met = work(Tensor(x.irrational_mask.astype(np.int8)), Tensor(np.not_equal(w.num, 0).astype(np.int8)), None).num > 0
    size = work(absolute(x), absolute(w), None if b is None else absolute(b))
    return settled(out._replace(irrational_mask=met.astype(bool)), size.num)


def absolute(x: Tensor) -> Tensor:
    """|x|, in a dtype that has room for the least number's."""
    return Tensor(np.abs(x.num.astype(wide_enough(x.bound()))), x.den)


def settled(out: Tensor, size: Integers) -> Tensor:
    """Without the digits that errors may have reached; `size` has the sums of the terms' |numerators|."""
    if out.irrational_mask is None or not out.irrational_mask.any():
        return out._replace(irrational_mask=None)
    from cnnsteps.numbers import irrational

    loose = out.irrational_mask.reshape(-1)
    given, sizes = out.num.reshape(-1).astype(object), size.reshape(-1)[loose].tolist()
    kept = irrational.digits() - SPOILED
    places = [kept - irrational.len_of((int(n), out.den)) for n in sizes]
    exact = given[~loose]
    under = out.den // math.gcd(out.den, *exact.tolist())
    den = math.lcm(under if len(exact) else 1, 10 ** max(0, *places))
    num = np.empty(given.shape, object)
    num[~loose] = exact * den // out.den
    num[loose] = [rounded(n, out.den, p, den) for n, p in zip(given[loose].tolist(), places, strict=True)]
    return Tensor(num.reshape(out.shape), den, out.irrational_mask)


def rounded(over: int, under: int, places: int, den: int) -> int:
    """The numerator over `den` of over/under rounded to so many places."""
    unit, scale = (10**-places, 1) if places < 0 else (1, 10**places)
    whole = (2 * over * scale + under * unit) // (2 * under * unit)
    return whole * unit * (den // scale)
