"""The gradients of a transposed convolution, from the gradient of its output.

    ∂L/∂x[n,c,i] = Σ_f Σ_k ∂L/∂Val[n, f, i·s + k·d − p] · w[c,f,k]
    ∂L/∂w[c,f,k] = Σ_n Σ_i ∂L/∂Val[n, f, i·s + k·d − p] · x[n,c,i]
    ∂L/∂b[f]     = Σ_n Σ_o ∂L/∂Val[n,f,o]

As PyTorch's autograd has them.
"""

from __future__ import annotations

from cnnsteps.arithmetic.convolution import ConvSteps, convolve
from cnnsteps.arithmetic.gradients.bias import bias_gradient
from cnnsteps.arithmetic.gradients.kernel import WeightSteps, weight_gradient
from cnnsteps.i18n import phrase
from cnnsteps.model.chain_rule import INPUT, KERNEL, Named, Place, Rule, at, leading, without
from cnnsteps.model.solution import Gradient, shaped
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.operators.conv_transpose.problem import ConvTranspose
from cnnsteps.reading.backward import UPSTREAM
from cnnsteps.windows.axis import Axis

SPREAD = phrase("∂L/∂Val, spread out")
"""What was cut off stands there as zeros."""


def transposed_gradients(p: ConvTranspose, upstream: Operand) -> dict[str, Gradient]:
    """Of a transposed convolution: its input's gradient is a convolution of what the output's stood for
    before it was cut."""
    grad = upstream.tensor.reshape(p.x.shape[0], p.w.shape[1] * p.groups, *(axis.out for axis in p.axes))
    kept = [min(axis.out, axis.full - axis.before) for axis in p.axes]
    cut = grad.part(slice(None), slice(None), *(slice(size) for size in kept))
    around = [(axis.before, axis.full - axis.before - size) for axis, size in zip(p.axes, kept, strict=True)]
    full = cut.padded([(0, 0), (0, 0), *around])
    axes = tuple(Axis(axis.full, axis.f, axis.s, d=axis.d) for axis in p.axes)
    by_x = convolve(full, p.w, None, axes, p.groups)
    by_w = weight_gradient(p.x, full, axes, p.groups, flip=False)
    input_rule, kernel_rule = transposed_rules(p)
    lead = upstream.values.shape[: len(p.output_dims)]
    values = NamedTensor(full.reshape(*lead, *full.shape[2:]), p.output_dims)
    spread = Operand("gradient", UPSTREAM, SPREAD, values, tuple(before for before, _ in around))
    x, w = p.operands[:2]
    found = {
        "input": shaped(by_x, p.given, ConvSteps(spread, w, None, by_x, axes, p.groups), input_rule),
        "kernel": shaped(
            by_w, p.given_kernel, WeightSteps(x, spread, by_w, axes, p.groups, small_first=False), kernel_rule
        ),
    }  # fmt: skip
    return found | bias_gradient(p.b, upstream, grad.shape, p.output_dims)


def transposed_rules(p: ConvTranspose) -> tuple[Rule, Rule]:
    """Of the input and of the kernel."""
    d = len(p.axes)
    i, u = INPUT[d], KERNEL[d]
    x_lead, w_lead, out_lead = (leading(axes) for axes in (p.given.dims, p.given_kernel.dims, p.output_dims))
    landed = tuple(
        Place(((axis.s, here), (axis.d, a)), -axis.before) for axis, here, a in zip(p.axes, i, u, strict=True)
    )
    val = Named("Val", (*at(out_lead), *landed))
    x, w = Named("x", at(x_lead + i)), Named("w", at(w_lead + u))
    is_cut = any(axis.before or axis.full > axis.before + axis.out for axis in p.axes)
    notes = (
        *((phrase("What was cut off counts 0."),) if is_cut else ()),
        *((phrase("c and f belong to one group, and w counts its filters within the group."),) if p.groups > 1 else ()),
    )
    by_x = Rule(x, without(out_lead + w_lead, x_lead) + u, val, w, notes=notes)
    by_w = Rule(w, without(out_lead + x_lead, w_lead) + i, val, x, notes=notes)
    return by_x, by_w
