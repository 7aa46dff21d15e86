"""ONNX's operators without windows: number by number, joined, cut, turned, normalized.

They cost no multiply-adds; what they do to shapes is numpy's and ONNX's rule, worked out here.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

from cnnsteps import operators
from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Call as Applied
from cnnsteps.model.expr import Count, Num, Product, Sum
from cnnsteps.networks.onnx.node import Call, Done, Misfit, kinds, merged, worked
from cnnsteps.networks.onnx.window_ops import WINDOWS, Operator, broadcast
from cnnsteps.operators import load_layer
from cnnsteps.windows.axis import Axis
from cnnsteps.windows.field_rows import Row, named
from cnnsteps.windows.receptive_field import Shape, nearest_reads, shown, sizes_of, window_reads

ONE_BY_ONE = (
    "Abs", "Cast", "Ceil", "Celu", "Clip", "Cos", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish",
    "Identity", "LRN", "Log", "Mish", "Neg", "Not", "Reciprocal", "Round", "Selu", "Sign", "Sin", "Softplus",
    "Softsign", "Sqrt", "ThresholdedRelu",
)  # fmt: skip
TOGETHER = (
    "Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Mean", "Min", "Mod",
    "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Where", "Xor",
)  # fmt: skip
SHIFTED = ("Add", "Div", "Max", "Mean", "Min", "Mul", "Sub", "Sum")
"""Where a constant of several numbers is counted as parameters."""
VIEWS = (
    "Flatten", "Gather", "Reshape", "Slice", "Split", "Squeeze", "Transpose", "Unsqueeze",
)  # fmt: skip
OVER_PLANES = ("GroupNormalization", "InstanceNormalization", "LayerNormalization")
PARAMETERS: dict[str, tuple[int, ...]] = {
    "PRelu": (1,), **dict.fromkeys(OVER_PLANES, (1, 2)), **dict.fromkeys(SHIFTED, tuple(range(64))),
}  # fmt: skip


def same(call: Call) -> Done:
    return call.same()


def together(call: Call) -> Done:
    """Add, Mul, …: shapes repeated where they are 1; before version 7 the second one's as the first one's."""
    first_only = call.node.op == "PRelu" or (call.opset < 7 and call.number("broadcast"))
    shape = broadcast([call.shape(i) for i in range(1 if first_only else len(call.inputs)) if call.has(i)])
    return met(call.line(shape, *merged(call.values, shape[2:])), call)


def met(done: Done, call: Call, *rows: Row) -> Done:
    """With the largest field as an equation, where branches of different ones meet."""
    sizes = [sizes_of(value.fields) for value in call.values]
    if done.layer.field and len(set(map(str, sizes))) > 1 and len(set(done.layer.field)) == 1:
        sides = tuple(Num(max(size or [1])) for size in sizes)
        is_largest = max(side.over for side in sides) == done.layer.field[0]
        chain = (Applied("max", sides), Count(done.layer.field[0]))
        word = phrase("receptive field") if is_largest else phrase("receptive field, counted")
        rows = (*rows, named(word, *(chain if is_largest else chain[1:])))
    return done._replace(layer=done.layer._replace(equations=rows))


def concat(call: Call) -> Done:
    """One after the other along an axis."""
    shapes = [call.shape(i) for i in range(len(call.inputs))]
    rank, axis = len(shapes[0]), call.number("axis", 1)
    if not -rank <= axis < rank:
        raise Misfit(f"its axis is {axis}, but {call.x.given}")
    axis %= rank
    rest = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
    if len(rest) > 1 or {len(shape) for shape in shapes} != {rank}:
        raise Misfit(f"the shapes {' and '.join(map(shown, shapes))} can't be joined along axis {axis}")
    shape = (*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])
    fields, placed = merged(call.values, shape[2:])
    word = "channels" if axis == 1 else "size"
    row = named(word, Sum(tuple(Num(shape[axis]) for shape in shapes)), Count(shape[axis]))
    return met(call.line(shape, fields, placed and axis < 2), call, row)


def view(call: Call) -> Done:
    """The same numbers, or some of them, elsewhere: a field stays, a jump where the planes stay what they are."""
    x = call.shape(0)
    shape = VIEWED[call.node.op](call, x) if call.node.op in VIEWED else call.inferred
    dims = len(call.x.fields or ())
    stays = shape is not None and len(shape) > dims and shape[len(shape) - dims :] == x[len(x) - dims :]
    if call.node.op == "Transpose":
        stays = stays and order(call, len(x))[len(x) - dims :] == tuple(range(len(x) - dims, len(x)))
    if call.node.op == "Gather":
        stays = stays and call.number("axis") in (0, 1)
    done = call.line(shape, call.x.fields, call.x.placed and stays)
    one = x[1:] if x and x[0] == call.batch else x
    if shape is not None and len(shape) == 2 and len(one) > 1 and call.node.op in ("Flatten", "Reshape"):
        row = named("size", Product(tuple(map(Num, one))), Count(shape[1]))
        done = done._replace(layer=done.layer._replace(equations=(row,) if math.prod(one) == shape[1] else ()))
    return done


def reshaped(call: Call, x: Shape) -> Shape | None:
    """0 stands for the input's size, -1 for what is left."""
    attribute = call.node.attributes.get("shape")
    wanted = call.constant(1) if attribute is None else [int(n) for n in attribute]
    if wanted is None:
        return call.inferred
    keeps = not call.number("allowzero")
    sizes = [x[i] if n == 0 and keeps and i < len(x) else n for i, n in enumerate(wanted)]
    known = math.prod(n for n in sizes if n != -1)
    if sizes.count(-1) == 1 and known > 0 and math.prod(x) % known == 0:
        sizes[sizes.index(-1)] = math.prod(x) // known
    if min(sizes, default=1) < 0 or math.prod(sizes) != math.prod(x):
        raise Misfit(f"the shape {wanted} does not hold the {math.prod(x):,} numbers of {shown(x)}: {call.x.given}")
    return tuple(sizes)


def flattened(call: Call, x: Shape) -> Shape:
    axis = call.number("axis", 1)
    if not -len(x) <= axis <= len(x):
        raise Misfit(f"its axis is {axis}, but {call.x.given}")
    axis += len(x) if axis < 0 else 0
    return math.prod(x[:axis]), math.prod(x[axis:])


def order(call: Call, rank: int) -> Shape:
    perm = tuple(call.node.attributes.get("perm") or range(rank)[::-1])
    if sorted(perm) != list(range(rank)):
        raise Misfit(f"its perm is {list(perm)}, but {call.x.given}")
    return perm


def turned(call: Call, x: Shape) -> Shape:
    return tuple(x[i] for i in order(call, len(x)))


def squeezed(call: Call, x: Shape) -> Shape | None:
    axes = call.axes(len(x))
    if axes is None:
        return call.inferred if call.has(1) else tuple(n for n in x if n != 1)
    if any(x[axis] != 1 for axis in axes):
        raise Misfit(f"its axes {axes} are to be 1, but {call.x.given}")
    return tuple(n for i, n in enumerate(x) if i not in axes)


def unsqueezed(call: Call, x: Shape) -> Shape | None:
    stated = call.node.attributes.get("axes") or call.constant(1)
    if stated is None:
        return call.inferred
    axes = call.axes(len(x) + len(stated))
    rest = iter(x)
    return tuple(1 if i in (axes or []) else next(rest) for i in range(len(x) + len(stated)))


def padded(call: Call) -> Done:
    """Pad: the planes grow, and what a place sees does not."""
    x = call.shape(0)
    stated = call.node.attributes.get("pads") or call.constant(1)
    if stated is None or call.has(3):
        return call.line(call.inferred, call.x.fields, call.x.placed)
    if len(stated) != 2 * len(x):
        raise Misfit(f"it pads {list(stated)}, but {call.x.given}")
    shape = tuple(n + stated[i] + stated[i + len(x)] for i, n in enumerate(x))
    if min(shape, default=1) < 0:
        raise Misfit(f"nothing is left where it pads {list(stated)}: {call.x.given}")
    if len(x) < 3:
        return call.line(shape, call.x.fields, call.x.placed)
    shifted = [Axis(n, 1, 1, before) for n, before in zip(x[2:], stated[2:], strict=False)]
    state = call.state().through([window_reads(axis) for axis in shifted], shape[1:])
    return call.line(shape, state.fields, state.placed)


def blocks(call: Call) -> tuple[Shape, int]:
    """The input's shape, which has two spatial dimensions, and the side of a block."""
    x, size = call.shape(0), call.number("blocksize")
    if len(x) != 4 or size < 1:
        raise Misfit(f"it needs two spatial dimensions and a blocksize of at least 1, which is {size}: {call.x.given}")
    return x, size


def depth_to_space(call: Call) -> Done:
    """Channels become blocks of places, each of which sees what its channel saw."""
    (n, channels, *plane), size = blocks(call)
    if channels % size**2:
        raise Misfit(f"its blocksize {size} asks for channels in groups of {size**2}, but {call.x.given}")
    shape = (n, channels // size**2, *(side * size for side in plane))
    state = call.state().through([nearest_reads(Fraction(1, size))] * 2, shape[1:])
    return call.line(shape, state.fields, state.placed)


def space_to_depth(call: Call) -> Done:
    """Blocks of places become channels: a window of the block's size, as far as fields go."""
    (n, channels, *plane), size = blocks(call)
    if any(side % size for side in plane):
        raise Misfit(f"its blocksize {size} does not divide the plane: {call.x.given}")
    shape = (n, channels * size**2, *(side // size for side in plane))
    state = call.state().through([window_reads(Axis(side, size, size)) for side in plane], shape[1:])
    return call.line(shape, state.fields, state.placed)


def over_planes(call: Call) -> Done:
    """A normalization whose mean runs over whole planes: each place sees everything."""
    state = call.state().seeing_all()
    return call.line(call.shape(0), state.fields, state.placed)


def log_softmax(call: Call) -> Done:
    """As far as shapes and fields go it is a softmax."""
    return worked("Softmax", call) or call.same()


def ours(call: Call) -> Done:
    """An operator of our own; what it leaves works number by number."""
    return worked(call.node.op, call) or call.same()


VIEWED = {
    "Reshape": reshaped, "Flatten": flattened, "Transpose": turned, "Squeeze": squeezed, "Unsqueeze": unsqueezed,
}  # fmt: skip
"""Of the other views ONNX's own inference says the shape."""
OPERATORS: dict[str, Operator] = {
    **WINDOWS,
    **dict.fromkeys(ONE_BY_ONE, same),
    **dict.fromkeys(TOGETHER, together),
    **dict.fromkeys(VIEWS, view),
    **dict.fromkeys(OVER_PLANES, over_planes),
    "DepthToSpace": depth_to_space, "SpaceToDepth": space_to_depth,
    "Concat": concat, "Pad": padded, "LogSoftmax": log_softmax,
}  # fmt: skip


@cache
def known() -> dict[str, Operator]:
    """What is known here; of any other operator nothing is guessed."""
    return {**dict.fromkeys(kinds(), ours), **OPERATORS}


@cache
def parameters() -> dict[str, tuple[int, ...]]:
    """Which inputs are parameters; a BatchNormalization's mean and variance are none."""
    return {**PARAMETERS, **{op: own for name in operators.layers() for op, own in load_layer(name).ONNX.items()}}
