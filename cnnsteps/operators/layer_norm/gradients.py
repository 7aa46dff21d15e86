"""The gradients of a layer normalization, from the gradient of its output.

    ∂L/∂x = (h − m − (x − μ)·c)/√(σ² + ε)    with h = ∂L/∂Val·γ, m = Σ_i h/N and c = Σ_i h·(x − μ)/(N·(σ² + ε))
    ∂L/∂γ[i] = Σ_* ∂L/∂Val[*,i]·z[*,i]       with z = (x − μ)/√(σ² + ε)
    ∂L/∂β[i] = Σ_* ∂L/∂Val[*,i]

As PyTorch's autograd has them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from cnnsteps.arithmetic.convolution import shape_of
from cnnsteps.arithmetic.elementwise import Along, CellSteps, Form, common, on_the_way
from cnnsteps.i18n import phrase
from cnnsteps.model.chain_rule import INPUT as SPACE
from cnnsteps.model.chain_rule import Derivative, Named, Rule, at, leading
from cnnsteps.model.expr import Minus, Over, Partial, Product, Root, Slot, Sum, Sym
from cnnsteps.model.solution import Gradient, shaped
from cnnsteps.model.steps import Column, NamedTensor, Operand, Run, Window, answer, between
from cnnsteps.numbers.certain_digits import absolute, settled
from cnnsteps.numbers.exact import reduce_ratio
from cnnsteps.numbers.tensor import Positions, Tensor, from_written, wide_enough
from cnnsteps.operators.layer_norm.steps import Groups, Norm, groups_of
from cnnsteps.records import NamedTuple


def norm_gradients(norm: Norm, given: Operand, grad: Operand) -> Mapping[str, Gradient]:
    """Of the input, and of gamma and beta where they are given."""
    groups, shape = groups_of(norm, given.tensor), given.tensor.shape
    letters = leading(given.values.dims) + SPACE[len(given.values.spatial)]
    own = letters[len(letters) - len((norm.gamma or norm.beta or given).values.shape) :]
    found = {"input": input_gradient(norm, groups, given, grad, letters)}
    val, rows = Named("Val", at(letters)), letters[: len(letters) - len(own)]
    if norm.gamma is not None:
        z = normalized(groups, shape)
        scaled = ScaleSteps(grad, z, gamma_gradient(grad.tensor, z.tensor, norm.size), norm.size)
        note = phrase("z is (x − μ)/√(σ² + ε), what gamma was multiplied with.")
        by = Rule(Named("gamma", at(own)), rows, val, Named("z", at(letters)), notes=(note,))
        found["gamma"] = shaped(scaled.out, norm.gamma.values, scaled, by)
    if norm.beta is not None:
        from cnnsteps.arithmetic.gradients.sums import added

        summed = added(grad, np.arange(grad.tensor.num.size) % norm.size, norm.beta.values.shape)
        found["beta"] = shaped(summed.out, norm.beta.values, summed, Rule(Named("beta", at(own)), rows, val))
    return found


def normalized(groups: Groups, shape: tuple[int, ...]) -> Operand:
    """z = (x − μ)/√(σ² + ε)"""
    apart, inverse = groups.apart, groups.inverse
    dtype = wide_enough(apart.bound() * inverse.bound())
    num = apart.num.astype(dtype) * inverse.num.astype(dtype)[:, None]
    loose = (apart.num != 0).astype(bool) & groups.loose[:, None]
    mask = loose.reshape(shape) if loose.any() else None
    return between(Tensor(num.reshape(shape), apart.den * inverse.den, mask), "z")


def gamma_gradient(grad: Tensor, z: Tensor, size: int) -> Tensor:
    """Σ_* ∂L/∂Val·z for each place of gamma."""
    g, values = grad.num.reshape(-1, size), z.num.reshape(-1, size)
    dtype = wide_enough(len(g) * grad.bound() * z.bound())
    num = (g.astype(dtype) * values.astype(dtype)).sum(0)
    sizes = (absolute(grad).num.reshape(-1, size).astype(dtype) * absolute(z).num.reshape(-1, size).astype(dtype)).sum(
        0
    )
    mask = None if z.irrational_mask is None else (z.irrational_mask.reshape(-1, size) & (g != 0)).any(0)
    return settled(Tensor(num, grad.den * z.den, mask), sizes)


class ScaleSteps(NamedTuple):
    """∂L/∂γ[i] = Σ_* ∂L/∂Val[*,i]·z[*,i]"""

    grad: Operand
    z: Operand
    out: Tensor
    size: int

    @property
    def terms(self) -> int:
        return self.grad.tensor.num.size // self.size

    def runs(self, cells: Positions) -> Iterator[Run]:
        starts = range(0, self.terms * self.size, self.size)
        columns = [Column(operand, cells + start) for start in starts for operand in (self.grad, self.z)]
        chain, facts = shape_of(self.terms, 1, False)
        yield Run(self.terms, chain, facts, (*columns, Column(answer(self.out), cells, reusable=False)), cells)

    def window(self, cell: int) -> Window | None:
        return None


def input_gradient(norm: Norm, groups: Groups, given: Operand, grad: Operand, letters: str) -> Gradient:
    """(h − m − (x − μ)·c)/√(σ² + ε): all but the root is rational."""
    x, g, n = given.tensor, grad.tensor, norm.size
    factors, under = norm.factors((1, n))
    h = g.num.reshape(-1, n).astype(object) * factors.astype(object)
    apart = groups.apart.num.astype(object)
    h_den, apart_den = g.den * under, groups.apart.den
    roots = [(v * norm.epsilon[1] + norm.epsilon[0] * groups.variance.den, groups.variance.den * norm.epsilon[1])
             for v in groups.variance.num.tolist()]  # fmt: skip
    slopes = [reduce_ratio(int(total) * root[1], h_den * apart_den * n * root[0])
              for total, root in zip((h * apart).sum(1).tolist(), roots, strict=True)]  # fmt: skip
    mean, c = Tensor(h.sum(1), h_den * n), common(slopes)
    den = math.lcm(h_den * n, apart_den * c.den)
    inner = h * (den // h_den) - (mean.num * (den // mean.den))[:, None]
    inner = inner - apart * (c.num.astype(object) * (den // (apart_den * c.den)))[:, None]
    loose = (inner != 0).astype(bool) & groups.loose[:, None]
    mask = loose.reshape(x.shape) if loose.any() else None
    num = inner * groups.inverse.num.astype(object)[:, None]
    out = Tensor(num.reshape(x.shape), den * groups.inverse.den, mask)
    epsilon = Operand("setting", "ε", "", NamedTensor(from_written([norm.epsilon], (1,))))
    of_group = (between(t, name) for t, name in ((mean, "m"), (c, "c"), (groups.variance, "σ²"), (groups.root, "")))
    sources = (
        Along(given), Along(grad), on_the_way(groups.apart.reshape(*x.shape)), *(Along(o, n) for o in of_group),
        Along(epsilon), on_the_way(Tensor(inner.reshape(x.shape), den)), Along(answer(out), reusable=False),
        *([Along(norm.gamma)] if norm.gamma else []),
    )  # fmt: skip
    worked = CellSteps(out, sources, (back_form(norm),), given)
    by, val = Named("x", at(letters)), Partial(Named("Val", at(letters)).written(1))
    upstream = Product((val, Sym("gamma"))) if norm.gamma else val
    apart_letters = Product((Sum((by.written(1), Minus(Sym("mu")))), Sym("c")))
    part = Over(Sum((upstream, Minus(Sym("m")), Minus(apart_letters))), Root(Sum((Sym("sigma^2"), Sym("epsilon")))))
    note = phrase(
        "m is the mean of the first terms of the numbers that stand together, and c that of their products with x − μ, "
        "divided by σ² + ε."
    )
    return shaped(out, given.values, worked, Derivative(by, part, (note,)))


def back_form(norm: Norm) -> Form:
    """Columns: x, ∂L/∂Val, x − μ, m, c, σ², the root, ε, the numerator, the value, γ."""
    _, g, apart, mean, c, variance, root, epsilon, inner, value, gamma = (Slot(k) for k in range(11))
    upstream = Product((g, gamma)) if norm.gamma else g
    under = Root(Sum((variance, epsilon)) if norm.epsilon[0] else variance._replace(operand=False))
    chain = (
        Over(Sum((upstream, Minus(mean), Minus(Product((apart, c))))), under),
        Over(inner, root._replace(operand=False)),
        value._replace(operand=False),
    )
    return Form(bool(norm.gamma), chain, {"input": 0, "grad_output": 1, "value": 9})
