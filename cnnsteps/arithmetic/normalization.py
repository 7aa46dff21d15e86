"""Numbers shifted and scaled, those of a channel or of a group alike.

Val = γ · (x − μ)/√(σ² + ε) + β
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from cnnsteps.arithmetic.elementwise import Along, CellSteps, Form, common, form, on_the_way
from cnnsteps.model.expr import Chain, Expr, Minus, Over, Product, Root, Slot, Sum, Sym
from cnnsteps.model.steps import NamedTensor, Operand, answer, between
from cnnsteps.numbers import irrational
from cnnsteps.numbers.certain_digits import absolute, settled
from cnnsteps.numbers.exact import Ratio, reduce_ratio
from cnnsteps.numbers.tensor import Flags, Integers, Tensor, from_written, wide_enough
from cnnsteps.records import NamedTuple


class Scaling(NamedTuple):
    """The constants, one a channel; `inner` numbers in a row belong to one channel."""

    mean: Tensor
    variance: Tensor
    epsilon: Ratio
    gamma: Tensor | None
    beta: Tensor | None
    inner: int

    @property
    def channels(self) -> int:
        return self.mean.shape[0]

    def by_channel(self, num: Integers) -> Integers:
        """A view (N, C, inner)."""
        return num.reshape(-1, self.channels, self.inner)

    def roots(self) -> tuple[list[Ratio], Flags]:
        """√(σ² + ε) of each channel, and where it is irrational."""
        over, under = self.epsilon
        den = self.variance.den
        sums = [reduce_ratio(v * under + over * den, den * under) for v in self.variance.num.tolist()]
        found = [irrational.root(value, 2) for value in sums]
        return [root for root, _ in found], np.array([not exact for _, exact in found])


def scaled_steps(scaling: Scaling, constants: Mapping[str, Operand], given: Operand) -> CellSteps:
    """One factor and one shift a channel: Val = a·x + (β − a·μ) with a = γ/√(σ² + ε)."""
    x, mean = given.tensor, scaling.mean
    with irrational.keeping(irrational.digits() + sum(map(whole_digits, (x, mean, scaling.gamma)))):
        roots, loose = scaling.roots()
        gammas = [ratio(scaling.gamma, c, (1, 1)) for c in range(scaling.channels)]
        factors = [factor(g, root, inexact) for g, root, inexact in zip(gammas, roots, loose.tolist(), strict=True)]
    shifts = [shift(ratio(scaling.beta, c, (0, 1)), a, ratio(mean, c, (0, 1))) for c, a in enumerate(factors)]
    apart = differences(scaling, x)
    still = np.array([g[0] == 0 for g in gammas])
    rooted = scaling.by_channel(apart.num != 0).astype(bool) & (loose & ~still)[:, None]
    if x.irrational_mask is not None:
        rooted |= scaling.by_channel(x.irrational_mask) & ~still[:, None]
    a, b = common(factors, "variance"), common(shifts, "variance")
    out = affine(scaling, x, a, b)._replace(irrational_mask=rooted.reshape(x.shape))
    size = affine(scaling, absolute(x), absolute(a), absolute(b))
    out = settled(out, size.num)
    root = common(roots, "variance")._replace(irrational_mask=loose if loose.any() else None)
    epsilon = Operand("setting", "ε", "", NamedTensor(from_written([scaling.epsilon], (1,))))
    of_channel = (constants["mean"], constants["variance"], between(root))
    extra = [constants[name] for name in ("gamma", "beta") if name in constants]
    sources = (
        Along(given), on_the_way(apart), *(Along(operand, scaling.inner) for operand in of_channel), Along(epsilon),
        *(Along(operand, scaling.inner) for operand in extra), Along(answer(out), reusable=False),
    )  # fmt: skip
    # Where x = μ the value is exact, and the rounded root is left out.
    exact = np.broadcast_to(loose[:, None], rooted.shape) & ~rooted
    return CellSteps(out, sources, forms(scaling), given, exact.reshape(-1).astype(np.int64))


def ratio(values: Tensor | None, c: int, default: Ratio) -> Ratio:
    return default if values is None else (int(values.num[c]), values.den)


def factor(gamma: Ratio, root: Ratio, inexact: bool) -> Ratio:
    """γ/root; a decimal where the root is irrational, so that all channels have a denominator in common."""
    if not inexact:
        return gamma[0] * root[1], gamma[1] * root[0]
    inverse = irrational.divide((root[1], 1), (root[0], 1))
    return gamma[0] * inverse[0], gamma[1] * inverse[1]


def shift(beta: Ratio, a: Ratio, mean: Ratio) -> Ratio:
    """β − a·μ"""
    return beta[0] * a[1] * mean[1] - beta[1] * a[0] * mean[0], beta[1] * a[1] * mean[1]


def differences(scaling: Scaling, x: Tensor) -> Tensor:
    """x − μ"""
    mean = scaling.mean
    dtype = wide_enough(x.bound() * mean.den + mean.bound() * x.den)
    num = scaling.by_channel(x.num).astype(dtype) * mean.den - (mean.num.astype(dtype) * x.den)[:, None]
    return Tensor(num.reshape(x.shape), x.den * mean.den, x.irrational_mask)


def whole_digits(values: Tensor | None) -> int:
    """How many stand before the point in the largest."""
    return 0 if values is None else max(0, irrational.len_of((values.bound(), values.den)))


def affine(scaling: Scaling, x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """a[c]·x + b[c]"""
    den = math.lcm(x.den * a.den, b.den)
    scale, shift_scale = den // (x.den * a.den), den // b.den
    dtype = wide_enough(x.bound() * a.bound() * scale + b.bound() * shift_scale)
    factors, shifts = a.num.astype(dtype) * scale, b.num.astype(dtype) * shift_scale
    num = scaling.by_channel(x.num).astype(dtype) * factors[:, None] + shifts[:, None]
    return Tensor(num.reshape(x.shape), den)


def forms(scaling: Scaling) -> tuple[Form, ...]:
    """Columns: x, x − μ, μ, σ², root, ε, then γ and β where they are given, and the value."""
    x, apart, mean, variance, root, epsilon = (Slot(n) for n in range(6))
    gamma = (Slot(6),) if scaling.gamma else ()
    beta = (Slot(6 + len(gamma)),) if scaling.beta else ()
    value = 6 + len(gamma) + len(beta)
    under = Root(Sum((variance, epsilon)) if scaling.epsilon[0] else variance._replace(operand=False))

    def scaled(part: Expr) -> Expr:
        part = Product((*gamma, part)) if gamma else part
        return Sum((part, *beta)) if beta else part

    top = apart._replace(operand=bool(gamma))
    chain: Chain = (
        scaled(Over(Sum((x, Minus(mean))), under)),
        scaled(Over(top, root._replace(operand=False))),
        Slot(value, operand=False),
    )
    key = (bool(gamma), bool(beta), bool(scaling.epsilon[0]))
    return form(key, chain, value), form((*key, "exact"), (chain[0], chain[-1]), value)


def rule(scaling: Scaling) -> Expr:
    """γ × (x − μ)/√(σ² + ε) + β, without what is not there."""
    root = Root(Sum((Sym("sigma^2"), Sym("epsilon"))))
    part: Expr = Over(Sum((Sym("x"), Minus(Sym("mu")))), root)
    part = Product((Sym("gamma"), part)) if scaling.gamma else part
    return Sum((part, Sym("beta"))) if scaling.beta else part
