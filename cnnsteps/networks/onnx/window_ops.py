"""ONNX's operators with weights or windows: Conv, ConvTranspose, the pools, Gemm, MatMul.

Their attributes are those of a network's layers under other names, and they are counted in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from cnnsteps.arithmetic.transposed_convolution import Spread
from cnnsteps.model.expr import Count, Num, Product
from cnnsteps.networks.layer_keys import DILATION, KERNEL, OUTPUT_PADDING, STRIDE
from cnnsteps.networks.onnx.model import Constant
from cnnsteps.networks.onnx.node import Call, Done, Misfit
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.windows import costs as layers
from cnnsteps.windows.axis import axes_of, misfit
from cnnsteps.windows.costs import Layer, Work
from cnnsteps.windows.receptive_field import Shape, State, named, seen, shown


def worked(work: Work, given: Given, state: State) -> Layer:
    report = Report()
    layer = work(given, state, report)
    if layer is None:
        raise Misfit(report.mistakes[0].message)
    return layer


def window_keys(call: Call, kernel: Shape, filters: int) -> Given:
    """The attributes of a Conv by the keys of a layer."""
    dims = len(kernel)
    given = Given({}, dims)
    values = {
        "kernel": kernel,
        "filters": filters,
        "bias": call.has(2),
        "stride": call.numbers("strides", dims),
        "padding": call.padding(dims),
        "dilation": call.numbers("dilations", dims),
        "groups": max(call.number("group", 1), 1),
        "output_padding": call.numbers("output_padding", dims, 0, 0),
    }
    for name, value in values.items():
        given.put(name, value)
    return given


def kernel_of(call: Call) -> Shape:
    """The weight's shape: filters, channels and at least one dimension more."""
    w = call.shape(1)
    if len(w) < 3:
        raise Misfit(f"its kernel {shown(w)} has no planes")
    return w


def planes(call: Call, weight: Shape, channels: int) -> Shape:
    """The input's shape, where it has the kernel's rank and channels."""
    x = call.shape(0)
    if len(x) != len(weight) or x[1] != channels:
        raise Misfit(f"its kernel {shown(weight)} takes {channels} channels, but {call.x.given}")
    return x


def conv(call: Call) -> Done:
    w = kernel_of(call)
    x = planes(call, w, w[1] * max(call.number("group", 1), 1))
    layer = worked(layers.conv, window_keys(call, w[2:], w[0]), call.state())
    return Done(layer, (x[0], *layer.state.shape))


def conv_transpose(call: Call) -> Done:
    w = kernel_of(call)
    x = planes(call, w, w[0])
    given = window_keys(call, w[2:], w[1] * max(call.number("group", 1), 1))
    word = str(call.node.attributes.get("auto_pad", "NOTSET"))
    if word.startswith("SAME") or "output_shape" in call.node.attributes:
        fit(call, given, x[2:], word)
    elif word == "VALID":
        given.put("padding", ((0, 0),) * len(x[2:]))
    layer = worked(layers.conv_transpose, given, call.state())
    return Done(layer, (x[0], *layer.state.shape))


def fit(call: Call, given: Given, x: Shape, word: str) -> None:
    """The padding that gives the output_shape, or input × stride for SAME; the odd one goes where ONNX puts it."""
    stride = given[STRIDE]
    scaled = tuple(n * s for n, s in zip(x, stride, strict=True))
    wanted = call.numbers("output_shape", len(x)) if "output_shape" in call.node.attributes else scaled
    sides = zip(x, given[KERNEL], stride, given[DILATION], given[OUTPUT_PADDING], wanted, strict=True)
    totals = [Spread(n, f, s, 0, 0, d, extra).out - out for n, f, s, d, extra, out in sides]
    halves = [(max(total, 0) // 2, max(total, 0) - max(total, 0) // 2) for total in totals]
    given.put("padding", tuple(pair if word == "SAME_UPPER" else pair[::-1] for pair in halves))
    extra = tuple(extra - min(total, 0) for extra, total in zip(given[OUTPUT_PADDING], totals, strict=True))
    given.put("output_padding", extra)


def pool(call: Call) -> Done:
    """MaxPool, AveragePool, LpPool; ONNX sets no limit on padding."""
    x = call.shape(0)
    dims = len(x) - 2
    if "kernel_shape" not in call.node.attributes or dims < 1:
        raise Misfit(f"it needs a kernel_shape and planes, but {call.x.given}")
    window = call.numbers("kernel_shape", dims)
    stride, dilation = call.numbers("strides", dims), call.numbers("dilations", dims)
    axes = axes_of(x[2:], window, stride, call.padding(dims), dilation, bool(call.number("ceil_mode")))
    for axis in axes:
        if not axis.fits:
            raise Misfit(f"{misfit(axis, 'a window')}; {call.x.given}")
    layer = layers.pooled(axes, call.state())
    return Done(layer, (x[0], *layer.state.shape))


def global_pool(call: Call) -> Done:
    x = call.shape(0)
    layer = layers.shared_out((1,) * len(x[2:]), call.state())
    return Done(layer, (x[0], *layer.state.shape))


def reduce(call: Call) -> Done:
    """ReduceMean over all planes is a global pool; over channels it leaves the field as it is."""
    x = call.shape(0)
    axes, keep = call.axes(len(x)), bool(call.number("keepdims", 1))
    axes = list(range(len(x))) if not axes and not call.number("noop_with_empty_axes") else axes or []
    shape = tuple(1 if i in axes else n for i, n in enumerate(x) if keep or i not in axes)
    spatial = set(range(2, len(x)))
    if spatial and set(axes) == spatial:
        pooled = layers.shared_out((1,) * len(spatial), call.state())
        state = pooled.state if keep else pooled.state._replace(jump=None)
        return Done(pooled._replace(kind=call.kind, state=state), shape)
    known = not set(axes) & spatial
    return call.line(shape, call.x.field if known else None, call.x.jump if known and keep else None)


def gemm(call: Call) -> Done:
    """A fully connected layer, or any product of two matrices."""
    a, b = call.shape(0), call.shape(1)
    a = a[::-1] if call.number("transA") else a
    b = b[::-1] if call.number("transB") else b
    return product(call, a, b, plain=not call.number("transA"))


def matmul(call: Call) -> Done:
    return product(call, call.shape(0), call.shape(1), plain=True)


def product(call: Call, a: Shape, b: Shape, plain: bool) -> Done:
    """(…, m, k) × (…, k, n), as numpy's matmul has it; one multiply-add for each product."""
    if not a or not b or a[-1] != b[-2 if len(b) > 1 else 0]:
        raise Misfit(f"{shown(a)} and {shown(b)} can't be multiplied: {call.x.given}")
    if plain and len(a) == len(b) == 2 and a[0] == call.batch and isinstance(call.inputs[1], Constant):
        given = Given({}, len(call.spatial))
        given.put("out_features", b[1])
        given.put("bias", call.has(2))
        return Done(worked(layers.linear, given, call.state()), (a[0], b[1]))
    lead = broadcast([a[:-2], b[:-2]])
    shape = (*lead, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))
    one = shape[1:] if shape and shape[0] == call.batch else shape
    adds = math.prod(one) * a[-1]
    done = call.line(shape, None, None, adds)
    row = named("multiply-adds", Product(tuple(map(Num, (*one, a[-1])))), Count(adds))
    return done._replace(layer=done.layer._replace(equations=(row,)))


def broadcast(shapes: list[Shape]) -> Shape:
    """numpy's rule: from the right, and a 1 is repeated."""
    rank = max(map(len, shapes), default=0)
    filled = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    out = tuple(max(column) if 0 not in column else 0 for column in zip(*filled, strict=True))
    for shape in filled:
        if any(n not in (1, wide) for n, wide in zip(shape, out, strict=True)):
            raise Misfit(f"the shapes {' and '.join(map(shown, shapes))} don't fit together")
    return out


def resize(call: Call) -> Done:
    """Resize and Upsample: the shape is ONNX's; each place sees 1 (nearest), 2 (linear) or 4 (cubic) places."""
    x, out = call.shape(0), call.inferred
    span = {"nearest": 1, "linear": 2, "cubic": 4}.get(str(call.node.attributes.get("mode", "nearest")))
    if out is None or len(out) != len(x) or x[:2] != out[:2] or span is None or call.number("antialias"):
        return call.line(out, None, None)
    steps = tuple(Fraction(n, o) for n, o in zip(x[2:], out[2:], strict=True))
    state = seen(call.state(), (span,) * len(steps), steps)
    return call.line(out, state.field, state.jump)


Operator = Callable[[Call], Done]
WINDOWS: dict[str, Operator] = {
    "Conv": conv, "ConvTranspose": conv_transpose, "Gemm": gemm, "MatMul": matmul, "Resize": resize, "Upsample": resize,
    "MaxPool": pool, "AveragePool": pool, "LpPool": pool,
    "GlobalMaxPool": global_pool, "GlobalAveragePool": global_pool, "GlobalLpPool": global_pool,
    "ReduceMean": reduce, "ReduceMax": reduce, "ReduceMin": reduce, "ReduceSum": reduce,
}  # fmt: skip
