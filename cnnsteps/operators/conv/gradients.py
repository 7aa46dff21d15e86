"""The gradients of a convolution, from the gradient of its output: for each its numbers, its steps and its rule.

    ∂L/∂x[n,c,i] = Σ_f Σ_o ∂L/∂Val[n,f,o] · w[f, c, (i − o·s + p)/d]
    ∂L/∂w[f,c,a] = Σ_n Σ_o ∂L/∂Val[n,f,o] · x[n, c, o·s + a·d − p]
    ∂L/∂b[f]     = Σ_n Σ_o ∂L/∂Val[n,f,o]

As PyTorch's autograd has them.
"""

from __future__ import annotations

from cnnsteps.arithmetic.gradients.bias import bias_gradient
from cnnsteps.arithmetic.gradients.input import Return, returned
from cnnsteps.arithmetic.gradients.kernel import WeightSteps, weight_gradient
from cnnsteps.arithmetic.transposed_convolution import ScatterSteps
from cnnsteps.i18n import phrase
from cnnsteps.model.chain_rule import INPUT, KERNEL, OUTPUT, PADDED, Named, Place, Rule, at, leading, without
from cnnsteps.model.solution import Gradient, shaped
from cnnsteps.model.steps import Operand
from cnnsteps.operators.conv.problem import Conv

GROUPS = phrase("f and c belong to one group, and w counts its channels within the group.")
TURNED = phrase("w is the kernel as it was given, before it was turned.")


def conv_gradients(p: Conv, upstream: Operand, x: Operand, w: Operand) -> dict[str, Gradient]:
    """Of a convolution that read the padded x with w, which `flip` has turned."""
    grad = upstream.tensor.reshape(p.x.shape[0], p.w.shape[0], *(axis.out for axis in p.axes))
    whole_x = x.tensor.reshape(*p.x.shape[:2], *(axis.padded for axis in p.axes))
    back = tuple(Return(axis, p.padding_mode) for axis in p.axes)
    by_x = returned(grad, w.tensor.reshape(*p.w.shape), back, p.groups)
    by_w = weight_gradient(grad, whole_x, p.axes, p.groups, p.flip)
    input_rule, kernel_rule = conv_rules(p)
    counted = x if p.repeats or not p.is_padded else x._replace(offset=tuple(axis.before for axis in p.axes))
    found = {
        "input": shaped(by_x, p.given, ScatterSteps(upstream, w, None, by_x, back, p.groups), input_rule),
        "kernel": shaped(
            by_w, p.given_kernel, WeightSteps(upstream, counted, by_w, p.axes, p.groups, p.flip), kernel_rule
        ),
    }  # fmt: skip
    return found | bias_gradient(p.b, upstream, grad.shape, p.output_dims)


def conv_rules(p: Conv) -> tuple[Rule, Rule]:
    """Of the input and of the kernel."""
    d = len(p.axes)
    i, k, u = INPUT[d], OUTPUT[d], KERNEL[d]
    x_lead, w_lead, out_lead = (leading(axes) for axes in (p.given.dims, p.given_kernel.dims, p.output_dims))
    repeats = p.repeats
    place = PADDED[d] if repeats else i
    val = Named("Val", at(out_lead + k))
    through, met = [], []
    for axis, here, o, a in zip(p.axes, place, k, u, strict=True):
        before, last = 0 if repeats else axis.before, axis.d * (axis.f - 1)
        if p.flip:
            through.append(Place(((axis.s, o), (-1, here)), last - before, axis.d))
            met.append(Place(((axis.s, o), (-axis.d, a)), last - before))
        else:
            through.append(Place(((1, here), (-axis.s, o)), before, axis.d))
            met.append(Place(((axis.s, o), (axis.d, a)), -before))
    shared = (*([GROUPS] if p.groups > 1 else []), *([TURNED] if p.flip else []))
    where = [repeated(", ".join(place), ",".join(i))] if repeats else []
    counts = phrase(
        "Only what stands at whole places in the kernel and in the output counts."
        if any(axis.d > 1 for axis in p.axes)
        else "Only what stands in the kernel and in the output counts."
    )
    by_x = Rule(
        Named("x", at(x_lead + i)),
        without(out_lead + w_lead, x_lead) + (place if repeats else "") + k,
        val,
        Named("w", (*at(w_lead), *through)),
        notes=(*where, counts, *shared),
    )
    padding = (phrase("x is the padded input here." if repeats else "In the padding, x is 0."),)
    by_w = Rule(
        Named("w", at(w_lead + u)),
        without(out_lead + x_lead, w_lead) + k,
        val,
        Named("x", (*at(x_lead), *met)),
        notes=(*(padding if p.is_padded else ()), *shared),
    )
    return by_x, by_w


def repeated(letters: str, place: str) -> str:
    return phrase("{letters}: each place of the padded input at which x[{place}] stands.", letters=letters, place=place)
