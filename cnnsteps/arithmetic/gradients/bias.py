"""The gradient of a bias: ∂L/∂b[f] = Σ_n Σ_o ∂L/∂Val[n,f,o]."""

from __future__ import annotations

import numpy as np

from cnnsteps.arithmetic.gradients.sums import added
from cnnsteps.model.chain_rule import OUTPUT, Named, Place, Rule, at, leading
from cnnsteps.model.solution import Gradient, shaped
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.numbers.tensor import Tensor


def bias_gradient(
    b: Tensor | None, grad: Operand, shape: tuple[int, ...], output_dims: tuple[str, ...]
) -> dict[str, Gradient]:
    """Of a bias, which every value of its filter has in it: the shape is (N, F, *out)."""
    if b is None:
        return {}
    filters = np.broadcast_to(np.arange(shape[1]).reshape(-1, *(1,) * (len(shape) - 2)), shape)
    steps = added(grad, filters.reshape(-1), b.shape, shape[-1])
    lead, k = leading(output_dims), OUTPUT[len(shape) - 2]
    by = Named("b", at("f") if "f" in lead else (Place(()),))
    rule = Rule(by, "".join(c for c in lead if c != "f") + k, Named("Val", at(lead + k)))
    return {"bias": shaped(steps.out, NamedTensor(b), steps, rule)}
