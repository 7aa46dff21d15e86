"""ONNX's operators with windows or weights that are more than a layer of ours: reductions, products, resizing."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from cnnsteps.model.expr import Count, Num, Product
from cnnsteps.networks.onnx.node import Call, Done, Misfit, worked
from cnnsteps.operators.pool.problem import adaptive_line
from cnnsteps.windows.adaptive import AdaptiveAxis
from cnnsteps.windows.field_rows import named
from cnnsteps.windows.receptive_field import Reads, Shape, shown


def reduce(call: Call) -> Done:
    """ReduceMean over all planes is a global pool; over channels it leaves the field as it is."""
    x = call.shape(0)
    axes, keep = call.axes(len(x)), bool(call.number("keepdims", 1))
    axes = list(range(len(x))) if not axes and not call.number("noop_with_empty_axes") else axes or []
    shape = tuple(1 if i in axes else n for i, n in enumerate(x) if keep or i not in axes)
    spatial = set(range(2, len(x)))
    if spatial and set(axes) == spatial:
        layer = adaptive_line(call.state(), [AdaptiveAxis(n, 1) for n in x[2:]])
        state = layer.state._replace(placed=layer.state.placed and keep)
        return Done(layer._replace(kind=call.kind, state=state), shape)
    known = not set(axes) & spatial
    return call.line(shape, call.x.fields if known else None, call.x.placed and keep)


def gemm(call: Call) -> Done:
    """A fully connected layer, or any product of two matrices."""
    a, b = call.shape(0), call.shape(1)
    a = a[::-1] if call.number("transA") else a
    b = b[::-1] if call.number("transB") else b
    return worked(call.node.op, call) or product(call, a, b)


def matmul(call: Call) -> Done:
    return worked(call.node.op, call) or product(call, call.shape(0), call.shape(1))


def product(call: Call, a: Shape, b: Shape) -> Done:
    """(…, m, k) × (…, k, n), as numpy's matmul has it; one multiply-add for each product."""
    if not a or not b or a[-1] != b[-2 if len(b) > 1 else 0]:
        raise Misfit(f"{shown(a)} and {shown(b)} can't be multiplied: {call.x.given}")
    lead = broadcast([a[:-2], b[:-2]])
    shape = (*lead, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))
    one = shape[1:] if shape and shape[0] == call.batch else shape
    adds = math.prod(one) * a[-1]
    done = call.line(shape, None, adds=adds)
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
    done = worked(call.node.op, call)
    if done is not None:
        return done
    x, out = call.shape(0), call.inferred
    mode, how = call.word("mode", "nearest"), call.word("coordinate_transformation_mode", "half_pixel")
    how = "asymmetric" if call.node.op == "Upsample" else how
    if out is None or len(out) != len(x) or x[:2] != out[:2] or call.number("antialias") or mode not in SPANS:
        return call.line(out, None).named("resize")
    reads = [resized(n, o, how, SPANS[mode]) for n, o in zip(x[2:], out[2:], strict=True)]
    state = call.state().through(reads, out[1:])
    return call.line(out, state.fields, state.placed).named("resize")


SPANS = {"nearest": 1, "linear": 2, "cubic": 4}


def resized(n: int, out: int, how: str, span: int) -> Reads:
    """The places around i·N/O, from which `how` has it moved; one place where it is whole, or for the nearest."""
    step = Fraction(n - 1, max(out - 1, 1)) if how == "align_corners" else Fraction(n, out)
    offset = (step - 1) / 2 if how.endswith("half_pixel") else Fraction(0)

    def at(i: int) -> range:
        place = i * step + offset
        if span == 1:
            nearest = math.ceil(place - Fraction(1, 2)) if offset else math.floor(place)
            return range(nearest, nearest + 1)
        first = math.floor(place)
        return range(first, first + 1) if place == first else range(first - span // 2 + 1, first + span // 2 + 1)

    return Reads(at, step.numerator, step.denominator)


Operator = Callable[[Call], Done]
WINDOWS: dict[str, Operator] = {
    "Gemm": gemm, "MatMul": matmul, "Resize": resize, "Upsample": resize,
    "ReduceMean": reduce, "ReduceMax": reduce, "ReduceMin": reduce, "ReduceSum": reduce,
}  # fmt: skip
