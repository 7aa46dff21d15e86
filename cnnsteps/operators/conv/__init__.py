"""Convolution, as CNNs have it: cross-correlation, and with `flip` the textbook's convolution.

    Val[n,f,i] = b[f] + Σ_c Σ_a x[n, c, i·s + a·d − p] · w[f, c, a]

x input (N, C, *n), w kernel (F, C/groups, *k), b bias (F), s stride, p padding before,
d dilation, one of each a dimension; c runs over the channels of f's group. Output
(N, F, *out), out = ⌊(n − d(k − 1) − 1 + p + p')/s⌋ + 1. As PyTorch's conv1d, conv2d, conv3d
and ONNX's Conv.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnnsteps.i18n import phrase
from cnnsteps.model.solution import Gradient
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.operators._windows import (
    BIAS,
    DILATION,
    FILTERS,
    GROUPS,
    HAS_BIAS,
    IN_CHANNELS,
    INPUT,
    PADDING,
    STRIDE,
    WINDOW,
    check_bias,
    check_channels_said,
    check_groups,
    check_kernel,
    check_planes,
)
from cnnsteps.operators._windows import CHECKS as CHECKS
from cnnsteps.operators.conv.problem import Conv, conv_line
from cnnsteps.reading.axes import bias_of, input_of
from cnnsteps.reading.backward import BACKWARD, fitting
from cnnsteps.reading.field_types import TITLE, Choice, Flag, Numbers
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.axis import Axis, axes_of, fitted

if TYPE_CHECKING:
    from cnnsteps.operators._contract import Node
    from cnnsteps.windows.costs import Layer
    from cnnsteps.windows.receptive_field import Shape, State

SUMMARY = "Works out a convolution: every Val[i,j] with its products."
EXAMPLES = (
    """echo '{"input": [1, 2, 3], "kernel": [1, -1]}' | cnnsteps conv -""",
    "cnnsteps conv samples/conv-padding.json -o solution.tex",
)
ALIASES = ("conv1d", "conv2d", "conv3d", "convolution", "convolution2d", "cross-correlation", "correlate")

KERNEL = Key(
    "kernel",
    Numbers(),
    "rank d: one filter; d+1: one filter over the channels, or several of one channel; d+2: filters, channels",
    required=True,
    also=("weight",),
    near=("w", "weights", "kernels", "filter", "in2", "rhs"),
)
MODES = Choice(
    ("zeros", "reflect", "replicate", "circular"), (("constant", "zeros"), ("edge", "replicate"), ("wrap", "circular"))
)
PADDING_MODE = Key("padding_mode", MODES, "what stands in the padding", default="zeros", near=("pad_mode", "boundary"))
FLIP = Key(
    "flip", Flag(), "true: the kernel is turned by 180° first", default=False,
    near=("flipped", "flip_kernel", "true_convolution"),
)  # fmt: skip

KEYS = (INPUT, KERNEL, BIAS, STRIDE, PADDING, PADDING_MODE, DILATION, GROUPS, FLIP, BACKWARD)
SIZE_KEYS = (WINDOW, FILTERS, HAS_BIAS, STRIDE, PADDING, PADDING_MODE, DILATION, GROUPS, FLIP)
SIZE_CHECKS = (IN_CHANNELS,)
ADVICE = {
    "mode": 'how a convolution treats the edges is said by padding, which may be "valid" or "same"',
    "kernel_initializer": "give the numbers themselves in kernel",
}
TAKES = "planes"
ARGUMENTS = {"weight": "kernel"}
ONNX = {"Conv": (1, 2)}


def read(given: Given, report: Report) -> Conv | None:
    """The problem, where input, kernel and settings fit together; else their mistakes."""
    if not given.has(INPUT, KERNEL):
        return None
    d, x, w = given.dims, given[INPUT], given[KERNEL]
    x_extra, w_extra = len(x.shape) - d, len(w.shape) - d
    x_full = x.reshape(*(1,) * (2 - x_extra), *x.shape)
    several = w_extra == 1 and x_extra == 0
    w_full = w.reshape(w.shape[0], 1, *w.shape[1:]) if several else w.reshape(*(1,) * (2 - w_extra), *w.shape)
    check_channels(given, x_full.shape[1], w_full.shape, report)
    check_bias(given, w_full.shape[0], report)
    check_kernel(given, x_full.shape[1], w_full.shape[0], w.shape[w_extra:], report)
    axes = fit(given, x.shape[x_extra:], w.shape[w_extra:], report)
    if axes is None:
        return None
    filtered = several or w_extra == 2
    lead = {"batch item": x.shape[0]} if x_extra == 2 else {}
    lead |= {"filter": w_full.shape[0]} if filtered else {}
    output_shape = (*lead.values(), *(axis.out for axis in axes))
    backward = None if report else fitting(given, output_shape, tuple(lead), report, x, w, given.get(BIAS))
    if report:
        return None
    padding = given[PADDING]
    kernel_dims = (phrase("filter"),) if several else (phrase("filter"), phrase("channel"))[2 - w_extra :]
    operands = (
        input_of(NamedTensor(x, ("batch item", "channel")[2 - x_extra :])),
        Operand("kernel", "w", phrase("Kernel"), NamedTensor(w, kernel_dims)),
        *bias_of(given.get(BIAS)),
        *((backward.operand,) if backward else ()),
    )
    return Conv(
        given.get(TITLE),
        operands,
        x_full,
        w_full,
        given.get(BIAS),
        axes,
        given[GROUPS],
        given[FLIP],
        padding if isinstance(padding, str) else None,
        given[PADDING_MODE],
        tuple(lead),
        output_shape,
        backward,
        back,
    )


def sizes(given: Given, state: State, report: Report) -> Layer | None:
    """The line of a layer of which only sizes are known."""
    if not given.has(WINDOW, FILTERS, HAS_BIAS, GROUPS):
        return None
    check_groups(state.shape[0], given[FILTERS], given[GROUPS], report)
    check_channels_said(given, state.shape[0], report)
    axes = fit(given, state.spatial, given[WINDOW], report)
    if axes is None or report:
        return None
    return conv_line(state, axes, given[FILTERS], given[GROUPS], given[HAS_BIAS])


def fit(given: Given, n: Shape, f: Shape, report: Report) -> tuple[Axis, ...] | None:
    """One Axis a dimension, where a window f with the settings fits on n; else the mistakes."""
    if not given.has(STRIDE, PADDING, DILATION):
        return None
    axes = fitted(axes_of(n, f, given[STRIDE], given[PADDING], given[DILATION]), "kernel", report)
    if axes is not None and given.has(PADDING_MODE):
        check_mode(axes, given[PADDING_MODE], report)
    return axes


def back(p: Conv, grad: Operand, x: Operand, w: Operand) -> Mapping[str, Gradient]:
    """Of input, kernel and bias; what they need is imported only here."""
    from cnnsteps.operators.conv.gradients import conv_gradients

    return conv_gradients(p, grad, x, w)


def check_mode(axes: tuple[Axis, ...], mode: str, report: Report) -> None:
    """PyTorch: reflection does not reach past the other end, and what is circular goes round once at most."""
    most = {"reflect": -1, "circular": 0}
    for axis in axes:
        wide = max(axis.before, axis.after)
        if mode in most and wide > axis.n + most[mode]:
            reason = "the edge itself is not repeated" if mode == "reflect" else "it goes round once"
            message = (
                f"padding is {wide}, but {mode} padding of {axis.n} values is at most {axis.n + most[mode]}: {reason}"
            )
            report.add(("padding",), message)
            return


def check_channels(given: Given, channels: int, w: Shape, report: Report) -> None:
    """PyTorch: groups divide channels and filters, and the kernel has channels/groups."""
    if not given.has(GROUPS):
        return
    groups = given[GROUPS]
    check_groups(channels, w[0], groups, report)
    if channels % groups == 0 and w[1] != channels // groups:
        share = f"{channels}/{groups} = {channels // groups}" if groups > 1 else str(channels)
        needs = f"kernel has {pluralize(w[1], 'channel')}, but the input has {pluralize(channels, 'channel')}"
        hint = "several filters over channels have rank d+2: filters, channels, …"
        report.add(("kernel",), f"{needs}: with groups {groups} a filter has {share}", hint)


def onnx(node: Node, state: State, report: Report) -> Layer | None:
    """A Conv of an ONNX model; its attributes are a layer's keys under other names."""
    w, groups = node.shape(1), max(node.number("group", 1), 1)
    if not check_planes(node, lambda w: w[1] * groups, report):
        return None
    d = len(w) - 2
    strides, dilations = node.numbers("strides", d), node.numbers("dilations", d)
    axes = fitted(axes_of(state.spatial, w[2:], strides, node.padding(d), dilations), KERNEL.name, report)
    check_groups(state.shape[0], w[0], groups, report)
    return None if axes is None or report else conv_line(state, axes, w[0], groups, node.has(2))
