"""The chain rule of a linear layer, and the gradient of its bias.

∂L/∂x[*,i] = Σ_k ∂L/∂Val[*,k] · w[k,i]      ∂L/∂w[k,i] = Σ_* ∂L/∂Val[*,k] · x[*,i]
∂L/∂b[k] = Σ_* ∂L/∂Val[*,k]
"""

from __future__ import annotations

import numpy as np

from cnnsteps.arithmetic.gradients.sums import added
from cnnsteps.model.chain_rule import ROWS, Named, Place, Rule, at
from cnnsteps.model.solution import Gradient, shaped
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.numbers.tensor import Tensor


def rules(given: NamedTensor) -> tuple[Rule, Rule]:
    """Of the input and of the weight."""
    rows = ROWS[: len(given.shape) - 1]
    x, w, val = (Named(name, at(letters)) for name, letters in (("x", rows + "i"), ("w", "ki"), ("Val", rows + "k")))
    return Rule(x, "k", val, w), Rule(w, rows, val, x)


def bias_gradient(b: Tensor, grad: Operand, given: NamedTensor) -> Gradient:
    """Each output's gradients, of all rows; a bias given as one number has one."""
    rows = ROWS[: len(given.shape) - 1]
    targets = np.arange(grad.tensor.num.size) % b.shape[0]
    steps = added(grad, targets, b.shape)
    k = at("k") if b.shape[0] > 1 else (Place(()),)
    return shaped(steps.out, NamedTensor(b), steps, Rule(Named("b", k), rows, Named("Val", (*at(rows), *k))))
