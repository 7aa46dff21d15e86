"""ONNX's operators without windows: number by number, joined, cut, turned, normalized.

They cost no multiply-adds; what they do to shapes is numpy's and ONNX's rule, worked out here.
"""

from __future__ import annotations

import math
from fractions import Fraction

from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Call as Applied
from cnnsteps.model.expr import Count, Num, Product, Sum
from cnnsteps.networks.onnx.node import Call, Done, Misfit, merged
from cnnsteps.networks.onnx.window_ops import WINDOWS, Operator, broadcast
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.windows import costs as layers
from cnnsteps.windows.receptive_field import Row, Shape, everything, named, seen, shown, whole

ONE_BY_ONE = (
    "Abs", "Cast", "Ceil", "Celu", "Clip", "Cos", "Dropout", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid",
    "HardSwish", "Identity", "LRN", "LeakyRelu", "Log", "Mish", "Neg", "Not", "Reciprocal", "Relu", "Round", "Selu",
    "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Sqrt", "Tanh", "ThresholdedRelu",
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
    "Conv": (1, 2), "ConvTranspose": (1, 2), "Gemm": (0, 1, 2), "MatMul": (0, 1), "PRelu": (1,),
    "BatchNormalization": (1, 2), **dict.fromkeys(OVER_PLANES, (1, 2)), **dict.fromkeys(SHIFTED, tuple(range(64))),
}  # fmt: skip
"""Which inputs are parameters; a BatchNormalization's mean and variance are none."""


def same(call: Call) -> Done:
    return call.same()


def together(call: Call) -> Done:
    """Add, Mul, …: shapes repeated where they are 1; before version 7 the second one's as the first one's."""
    first_only = call.node.op == "PRelu" or (call.opset < 7 and call.number("broadcast"))
    shape = broadcast([call.shape(i) for i in range(1 if first_only else len(call.inputs)) if call.has(i)])
    field, jump = merged(call.values, shape[2:])
    return met(call.line(shape, field, jump), call)


def met(done: Done, call: Call, *rows: Row) -> Done:
    """With the largest field as an equation, where branches of different ones meet."""
    fields = [value.field for value in call.values]
    first = whole(fields[0])
    if done.layer.field and len(set(fields)) > 1 and len(set(done.layer.field)) == 1 and first:
        sides = tuple(Num(max(whole(field) or [1])) for field in fields)
        rows = (*rows, named(phrase("receptive field"), Applied("max", sides), Count(done.layer.field[0])))
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
    field, jump = merged(call.values, shape[2:])
    word = "channels" if axis == 1 else "size"
    row = named(word, Sum(tuple(Num(shape[axis]) for shape in shapes)), Count(shape[axis]))
    return met(call.line(shape, field, jump if axis < 2 else None), call, row)


def view(call: Call) -> Done:
    """The same numbers, or some of them, elsewhere: a field stays, a jump where the planes stay what they are."""
    x = call.shape(0)
    shape = VIEWED[call.node.op](call, x) if call.node.op in VIEWED else call.inferred
    dims = len(call.x.field or ())
    stays = shape is not None and len(shape) > dims and shape[len(shape) - dims :] == x[len(x) - dims :]
    if call.node.op == "Transpose":
        stays = stays and order(call, len(x))[len(x) - dims :] == tuple(range(len(x) - dims, len(x)))
    if call.node.op == "Gather":
        stays = stays and call.number("axis") in (0, 1)
    done = call.line(shape, call.x.field, call.x.jump if stays else None)
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
        return call.line(call.inferred, call.x.field, call.x.jump)
    if len(stated) != 2 * len(x):
        raise Misfit(f"it pads {list(stated)}, but {call.x.given}")
    shape = tuple(n + stated[i] + stated[i + len(x)] for i, n in enumerate(x))
    if min(shape, default=1) < 0:
        raise Misfit(f"nothing is left where it pads {list(stated)}: {call.x.given}")
    return call.line(shape, call.x.field, call.x.jump)


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
    jump = call.x.jump and tuple(step / size for step in call.x.jump)
    return call.line((n, channels // size**2, *(side * size for side in plane)), call.x.field, jump)


def space_to_depth(call: Call) -> Done:
    """Blocks of places become channels: a window of the block's size, as far as fields go."""
    (n, channels, *plane), size = blocks(call)
    if any(side % size for side in plane):
        raise Misfit(f"its blocksize {size} does not divide the plane: {call.x.given}")
    state = seen(call.state(), (size,) * 2, (Fraction(size),) * 2)
    return call.line((n, channels * size**2, *(side // size for side in plane)), state.field, state.jump)


def over_planes(call: Call) -> Done:
    """A normalization whose mean runs over whole planes: each place sees everything."""
    state = everything(call.state())
    return call.line(call.shape(0), state.field, call.x.jump)


def batch_norm(call: Call) -> Done:
    """gamma and beta for each channel; mean and variance are no parameters."""
    layer = layers.batch_norm(Given({}, 2), call.state(), Report()) if len(call.shape(0)) > 1 else None
    return call.same() if layer is None else Done(layer, call.shape(0))


def softmax(call: Call) -> Done:
    """Over the channels it leaves the field as it is; over planes, as before version 13, each place sees all."""
    x, axis = call.shape(0), call.number("axis", -1 if call.opset >= 13 else 1)
    axis += len(x) if axis < 0 else 0
    over = x[max(axis, 2) :] if call.opset < 13 else x[axis : axis + 1] if axis > 1 else ()
    return over_planes(call) if call.x.field and math.prod(over) > 1 else call.same()


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
    "BatchNormalization": batch_norm, "Concat": concat, "Pad": padded, "Softmax": softmax, "LogSoftmax": softmax,
}  # fmt: skip
"""What is known here; of any other operator nothing is guessed."""
