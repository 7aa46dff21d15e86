"""Powers of e, as they are written down and worked out.

e to a rational number other than 0 is irrational (Lindemann), and so are the sigmoid, the
hyperbolic tangent, and the softmax of numbers that are not all equal.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from cnnsteps.arithmetic.elementwise import mapped
from cnnsteps.model.expr import Expr, Power, Sum, Sym
from cnnsteps.numbers import irrational
from cnnsteps.numbers.exact import Ratio
from cnnsteps.numbers.tensor import Flags, Tensor, wide_enough

E = Sym("e")


def e_to(exponent: Expr) -> Power:
    """Unless it is a sum or a letter, the exponent is a sum of one part: formats of one line put it in brackets."""
    bare = isinstance(exponent, Sum) or (isinstance(exponent, Sym) and exponent.name.isalpha())
    return Power(E, exponent if bare else Sum((exponent,)))


def exponentials(x: Tensor) -> Tensor:
    """e to every number."""
    return mapped(x, irrational.exp, not_rational(x))


def not_rational(x: Tensor) -> Flags:
    """Where e to the number is irrational: everywhere but at 0."""
    flags: Flags = np.not_equal(x.num, 0).astype(bool)
    return flags if x.irrational_mask is None else flags | x.irrational_mask


def negated(x: Tensor) -> Tensor:
    """−x; the most negative int64 has no negative among them."""
    return Tensor(-x.num.astype(wide_enough(x.bound())), x.den, x.irrational_mask)


def tanh(x: Ratio) -> Ratio:
    """(1 − e^(−2|x|))/(1 + e^(−2|x|)) with the sign of x; what cancels for a small x is added to the precision."""
    if x[0] == 0:
        return 0, 1
    small = max(0, -irrational.len_of(x) + 1)
    value = irrational.to_decimal(x, small)
    context = irrational.context(irrational.digits() + 20 + small)
    power = context.exp(context.multiply(value.copy_abs(), Decimal(-2)))
    size = context.divide(context.subtract(Decimal(1), power), context.add(Decimal(1), power))
    return irrational.to_ratio(size.copy_sign(value))
