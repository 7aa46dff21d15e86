"""Transposed convolution, which spreads what a convolution gathers.

    Val[n,f,o] = b[f] + Σ_c Σ_k x[n,c,i] · w[c,f,k]   over all i, k with i·s + k·d − p = o

x input (N, C, *n), w kernel (C, F/groups, *k), b bias (F), s stride, p padding, which is cut
off, d dilation. Output (N, F, *out), out = (n − 1)s − p − p' + d(k − 1) + output_padding + 1.
As PyTorch's conv_transpose1d, 2d, 3d and ONNX's ConvTranspose.
"""

from __future__ import annotations

from collections.abc import Mapping

from cnnsteps.i18n import phrase
from cnnsteps.model.solution import Gradient
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.operators._contract import Node
from cnnsteps.operators._windows import (
    BIAS,
    DILATION,
    FILTERS,
    GROUPS,
    HAS_BIAS,
    IN_CHANNELS,
    INPUT,
    STRIDE,
    WINDOW,
    check_bias,
    check_channels_said,
    check_groups,
    check_kernel,
    check_planes,
)
from cnnsteps.operators._windows import CHECKS as CHECKS
from cnnsteps.operators.conv_transpose.problem import ConvTranspose, transposed_line
from cnnsteps.reading.axes import bias_of, input_of
from cnnsteps.reading.backward import BACKWARD, fitting
from cnnsteps.reading.field_types import TITLE, Numbers, Padding, PaddingValue, PerDimension
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import Shape, State
from cnnsteps.windows.transposed import TransposedAxis, fitted_transposed, sized_axes, transposed_axes

SUMMARY = "Works out a transposed convolution: stamps, then sums."
EXAMPLES = (
    """echo '{"input": [[1, 2]], "kernel": [[3, 4]]}' | cnnsteps conv-transpose -""",
    """echo '{"input": [1], "kernel": [3, 4]}' | cnnsteps conv-transpose - -f latex""",
)
ALIASES = ("convtranspose", "convtranspose2d", "conv2dtranspose", "conv-transpose", "deconv", "deconvolution")
KERNEL = Key(
    "kernel", Numbers((0, 2)), "rank d, or d+2: channels, filters/groups, …", required=True,
    also=("weight",), near=("w", "weights", "kernels", "filter"),
)  # fmt: skip
PADDING: Key[PaddingValue] = Key(
    "padding", Padding(), "what is cut off around the output", default=0,
    also=("auto_pad",), near=("pads", "pad", "cropping"),
)  # fmt: skip
OUTPUT_PADDING = Key(
    "output_padding", PerDimension(0), "what is added at the output's end", default=0, near=("out_padding", "adjust")
)

KEYS = (INPUT, KERNEL, BIAS, STRIDE, PADDING, OUTPUT_PADDING, DILATION, GROUPS, BACKWARD)
SIZE_KEYS = (WINDOW, FILTERS, HAS_BIAS, STRIDE, PADDING, OUTPUT_PADDING, DILATION, GROUPS)
SIZE_CHECKS = (IN_CHANNELS,)
TAKES = "planes"
ADVICE = {"padding_mode": "here padding is cut off, and nothing stands in it"}
ARGUMENTS = {"weight": "kernel"}
ONNX = {"ConvTranspose": (1, 2)}


def read(given: Given, report: Report) -> ConvTranspose | None:
    """The problem, where input, kernel and settings fit together; else their mistakes."""
    if not given.has(INPUT, KERNEL):
        return None
    d, x, w = given.dims, given[INPUT], given[KERNEL]
    x_extra, w_extra = len(x.shape) - d, len(w.shape) - d
    x_full, w_full = x.reshape(*(1,) * (2 - x_extra), *x.shape), w.reshape(*(1,) * (2 - w_extra), *w.shape)
    filters = check_channels(given, x_full.shape[1], w_full.shape, report)
    check_bias(given, filters, report)
    check_kernel(given, x_full.shape[1], filters, w.shape[w_extra:], report)
    axes = fit(given, x.shape[x_extra:], w.shape[w_extra:], report)
    if axes is None:
        return None
    lead = ({"batch item": x.shape[0]} if x_extra == 2 else {}) | ({"filter": filters} if w_extra == 2 else {})
    output_shape = (*lead.values(), *(axis.out for axis in axes))
    backward = None if report else fitting(given, output_shape, tuple(lead), report, x, w, given.get(BIAS))
    if report:
        return None
    padding = given[PADDING]
    operands = (
        input_of(NamedTensor(x, ("batch item", "channel")[2 - x_extra :])),
        Operand("kernel", "w", phrase("Kernel"), NamedTensor(w, ("channel", "filter")[2 - w_extra :])),
        *bias_of(given.get(BIAS)),
        *((backward.operand,) if backward else ()),
    )
    return ConvTranspose(
        given.get(TITLE),
        operands,
        x_full,
        w_full,
        given.get(BIAS),
        axes,
        given[GROUPS],
        padding if isinstance(padding, str) else None,
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
    return transposed_line(state, axes, given[FILTERS], given[GROUPS], given[HAS_BIAS])


def fit(given: Given, n: Shape, f: Shape, report: Report) -> tuple[TransposedAxis, ...] | None:
    """One axis a dimension, where padding and output_padding fit; else the mistakes."""
    if not given.has(STRIDE, PADDING, DILATION, OUTPUT_PADDING):
        return None
    axes = transposed_axes(n, f, given[STRIDE], given[PADDING], given[DILATION], given[OUTPUT_PADDING])
    return fitted_transposed(axes, report)


def back(p: ConvTranspose, grad: Operand) -> Mapping[str, Gradient]:
    """Of input, kernel and bias; what they need is imported only here."""
    from cnnsteps.operators.conv_transpose.gradients import transposed_gradients

    return transposed_gradients(p, grad)


def check_channels(given: Given, channels: int, w: Shape, report: Report) -> int:
    """The kernel has the input's channels, and groups divide them; how many filters there are."""
    groups = given[GROUPS] if given.has(GROUPS) else 1
    if channels != w[0]:
        has = f"kernel has {pluralize(w[0], 'channel')}, but the input has {pluralize(channels, 'channel')}"
        report.add(("kernel",), has, "a transposed convolution's kernel is channels, filters/groups, …")
    else:
        check_groups(channels, w[1] * groups, groups, report)
    return w[1] * groups


def onnx(node: Node, state: State, report: Report) -> Layer | None:
    """A ConvTranspose of an ONNX model: `output_shape` or SAME says the output, else pads and output_padding do."""
    w, groups = node.shape(1), max(node.number("group", 1), 1)
    if not check_planes(node, lambda w: w[0], report):
        return None
    d, n = len(w) - 2, state.spatial
    s, gaps, extra = node.numbers("strides", d), node.numbers("dilations", d), node.numbers("output_padding", d, 0, 0)
    word = node.word("auto_pad", "NOTSET")
    if node.has_attribute("output_shape"):
        wanted = node.numbers("output_shape", d)
        axes = sized_axes(n, w[2:], s, gaps, extra, wanted, odd_before=word != "SAME_UPPER")
    else:
        axes = transposed_axes(n, w[2:], s, node.padding(d), gaps, extra)
    check_groups(state.shape[0], w[1] * groups, groups, report)
    if fitted_transposed(axes, report) is None or report:
        return None
    return transposed_line(state, axes, w[1] * groups, groups, node.has(2))
