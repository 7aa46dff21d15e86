"""How a layer normalization is worked out: mean and variance of each group, and each value."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from cnnsteps.arithmetic.elementwise import Along, CellSteps, common, numbers_of, on_the_way
from cnnsteps.arithmetic.normalization import Scaling, factor, forms, whole_digits
from cnnsteps.errors import InputError, Mistake
from cnnsteps.i18n import phrase
from cnnsteps.model.equation import Equation
from cnnsteps.model.expr import Num, Over, Power, Sum, Sym
from cnnsteps.model.steps import NamedTensor, Operand, answer, between
from cnnsteps.numbers import irrational
from cnnsteps.numbers.exact import Ratio
from cnnsteps.numbers.tensor import Flags, Integers, Tensor, from_written, wide_enough
from cnnsteps.records import NamedTuple

MOST_SHOWN = 1000
"""Of how many numbers means and variances are worked out on their own."""
MOST_ADDED = 200
"""Of more numbers a sum is not written down."""
MOST_TOGETHER = 12
"""Of more numbers mean and variance are not written beside a step."""
NONE = Tensor(np.zeros(1, np.int64))


class Norm(NamedTuple):
    """How many numbers stand together, and the constants."""

    size: int
    epsilon: Ratio
    gamma: Operand | None
    beta: Operand | None

    def scaling(self, mean: Tensor = NONE, variance: Tensor = NONE) -> Scaling:
        """The same with a mean and a variance for each group of numbers."""
        gamma, beta = (operand and operand.tensor for operand in (self.gamma, self.beta))
        return Scaling(mean, variance, self.epsilon, gamma, beta, self.size)

    def factors(self, shape: tuple[int, ...]) -> tuple[Integers, int]:
        """γ of each place, over a denominator."""
        if self.gamma is None:
            return np.ones(shape, np.int64), 1
        return self.gamma.tensor.num.reshape(1, -1), self.gamma.tensor.den


class Groups(NamedTuple):
    """What is worked out of each group: mean, variance, what is left of x, and the root with its inverse."""

    mean: Tensor
    variance: Tensor
    apart: Tensor
    """x − μ, a row a group."""
    root: Tensor
    inverse: Tensor
    loose: Flags
    """Whose root, or numbers, are irrational."""


def groups_of(norm: Norm, x: Tensor) -> Groups:
    """Mean and variance exactly, the root to as many digits as are kept."""
    rows, n = x.num.reshape(-1, norm.size), norm.size
    total = rows.astype(wide_enough(n * x.bound())).sum(1)
    mask: Flags | None = None if x.irrational_mask is None else np.any(x.irrational_mask.reshape(rows.shape), axis=1)
    mean = Tensor(total, x.den * n, mask)
    dtype = wide_enough(2 * n * x.bound())
    apart = Tensor(rows.astype(dtype) * n - total.astype(dtype)[:, None], x.den * n, x.irrational_mask)
    squares = apart.num.astype(wide_enough(n * apart.bound() ** 2)) ** 2
    variance = Tensor(squares.sum(1), n * apart.den**2, mask)
    if not norm.epsilon[0] and not squares.any(1).all():
        message = "the numbers that stand together are all equal, and epsilon is 0: that divides by 0"
        raise InputError([Mistake(message, "epsilon is 0.00001 unless told", ("epsilon",))])
    scale = whole_digits(apart) + whole_digits(norm.gamma and norm.gamma.tensor)
    with irrational.keeping(irrational.digits() + scale):
        roots, loose = norm.scaling(mean, variance).roots()
        inverse = common([factor((1, 1), root, flag) for root, flag in zip(roots, loose.tolist(), strict=True)])
    loose = loose if mask is None else loose | mask
    return Groups(mean, variance, apart, common(roots)._replace(irrational_mask=loose), inverse, loose)


class Normalized(CellSteps):
    """Columns: x, x − μ, μ, σ², the root, ε, then γ and β where they are given, and the value."""

    @property
    def size(self) -> int:
        mean = self.sources[2]
        assert isinstance(mean, Along)
        return mean.inner

    @property
    def groups(self) -> int:
        return self.out.num.size // self.size

    def worked(self, base: int) -> Iterator[tuple[str, tuple[Equation, ...]]]:
        """For each group the words that say which, its mean and its variance."""
        for group in range(min(self.groups, max(1, MOST_SHOWN // self.size))):
            yield self.place(group, base), self.equations(group)

    def place(self, group: int, base: int) -> str:
        """`[2,:,:]`; empty where there is one group."""
        shape = self.x.values.shape
        lead = [size for i, size in enumerate(shape) if math.prod(shape[i:]) > self.size]
        index = [str(int(i) + base) for i in np.unravel_index(group, lead)] if lead else []
        place = ",".join([*index, *":" * (len(shape) - len(lead))])
        return phrase("The numbers at [{place}]", place=place) if self.groups > 1 else ""

    def shared(self, cell: int, base: int) -> tuple[Equation, ...]:
        """Mean and variance of the cell's group."""
        return self.equations(cell // self.size) if self.size <= MOST_TOGETHER else ()

    def equations(self, group: int) -> tuple[Equation, ...]:
        cells, n = group * self.size + np.arange(self.size), Num(self.size)
        x, apart = (numbers_of(self.column(k), cells) for k in (0, 1))
        mean, variance = (numbers_of(self.column(k), np.array([group]))[0] for k in (2, 3))
        squares = tuple(Power(part, Num(2)) for part in apart)
        rows = (("mu", tuple(x), mean), ("sigma^2", squares, variance))
        is_sum = 1 < self.size <= MOST_ADDED
        return tuple(
            Equation((Sym(name),), (Over(Sum(parts), n), value) if is_sum else (value,)) for name, parts, value in rows
        )

    def column(self, k: int) -> Tensor:
        source = self.sources[k]
        assert isinstance(source, Along)
        return source.operand.tensor


def steps(norm: Norm, given: Operand) -> Normalized:
    """Val = γ·(x − μ)·1/√(σ² + ε) + β"""
    x = given.tensor
    groups = groups_of(norm, x)
    (factors, under), apart, inverse = norm.factors((1, norm.size)), groups.apart, groups.inverse
    beta = norm.beta.tensor if norm.beta else NONE
    den = math.lcm(apart.den * inverse.den * under, beta.den)
    scale, shift = den // (apart.den * inverse.den * under), den // beta.den
    bound = apart.bound() * inverse.bound() * max(abs(int(f)) for f in factors.reshape(-1).tolist()) * scale
    dtype = wide_enough(bound + beta.bound() * shift)
    num = apart.num.astype(dtype) * (inverse.num.astype(dtype) * scale)[:, None] * factors.astype(dtype)
    num = num + beta.num.reshape(1, -1).astype(dtype) * shift
    loose = (apart.num != 0).astype(bool) & groups.loose[:, None] & (factors != 0).astype(bool)
    out = Tensor(num.reshape(x.shape), den, loose.reshape(x.shape) if loose.any() else None)
    epsilon = Operand("setting", "ε", "", NamedTensor(from_written([norm.epsilon], (1,))))
    of_group = between(groups.mean, "μ"), between(groups.variance, "σ²"), between(groups.root)
    own = [operand for operand in (norm.gamma, norm.beta) if operand is not None]
    sources = (
        Along(given), on_the_way(apart.reshape(*x.shape)), *(Along(operand, norm.size) for operand in of_group),
        Along(epsilon), *map(Along, own), Along(answer(out), reusable=False),
    )  # fmt: skip
    return Normalized(out, sources, forms(norm.scaling()), given)
