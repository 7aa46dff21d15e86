"""The answers of problems once more, in plain Python and fractions: it shares no arithmetic with the operators.

    conv   out[n, f, i…] = b[f] + Σ x[n, c, i·s − p + a·d, …] · w[f, c, a…]
    pool   out[n, c, i…] = max or mean of x[n, c, i·s − p + a·d, …]

Slow and short: one loop over all places, as the formula says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from cnnsteps.records import NamedTuple

Index: TypeAlias = "tuple[int, ...]"
Cells: TypeAlias = "dict[Index, Fraction]"
Problem: TypeAlias = "Mapping[str, Any]"


class Step(NamedTuple):
    """What one cell comes to: of products, or of the numbers in its window."""

    value: Fraction
    terms: tuple[tuple[Fraction, Fraction], ...] = ()
    window: tuple[Fraction, ...] = ()


Steps: TypeAlias = "dict[Index, Step]"


class Unknown(ValueError):
    """A problem, or a setting of it, that is not known here."""


def answer(problem: Problem) -> Steps | None:
    """Each cell of the output by its index from 0, in the contract's shape; None where the kind is not known here."""
    recompute = KINDS.get(str(problem["type"]))
    try:
        return None if recompute is None else recompute(problem)
    except Unknown:
        return None


def conv(problem: Problem) -> Steps:
    x, w = cells(problem["input"]), cells(problem["kernel"])
    d, groups = dims_of(problem, x), problem.get("groups", 1)
    x, w, batched, filtered = full(x, w, d)
    n, _, *sizes = shape_of(x)
    f, depth, *window = shape_of(w)
    axes = axes_of(problem, sizes, window)
    at = padded(problem.get("padding_mode", "zeros"), sizes)
    bias = spread(problem.get("bias"), f)
    found: Steps = {}
    for b, k, *i in product(range(n), range(f), *(range(axis.count) for axis in axes)):
        terms = []
        for inner, *a in product(range(depth), *map(range, window)):
            turned = [size - 1 - j for size, j in zip(window, a, strict=True)] if problem.get("flip") else a
            place = at([axis.place(j, tap) for axis, j, tap in zip(axes, i, a, strict=True)])
            channel = k // (f // groups) * depth + inner
            terms.append((x[(b, channel, *place)] if place else Fraction(0), w[(k, inner, *turned)]))
        found[(b, k, *i)] = Step(bias[k] + sum(v * u for v, u in terms), tuple(terms))
    return squeezed(found, batched, filtered)


def pool(problem: Problem) -> Steps:
    x = cells(problem["input"])
    d = dims_of(problem, x)
    lead = len(next(iter(x))) - d
    sizes = shape_of(x)[lead:]
    mode = problem.get("mode", "max")
    if mode not in ("max", "average"):
        raise Unknown
    windows = windows_of(problem, sizes)
    counted = mode == "average" and problem.get("count_include_pad") is not False
    found: Steps = {}
    for index in product(*map(range, shape_of(x)[:lead]), *(range(len(axis)) for axis in windows)):
        places = product(*(axis[j] for axis, j in zip(windows, index[lead:], strict=True)))
        values = [x.get((*index[:lead], *place)) for place in places]
        inside = tuple(value or Fraction(0) for value in values if counted or value is not None)
        value = max(inside) if mode == "max" else sum(inside, Fraction(0)) / len(inside)
        found[index] = Step(value, window=inside)
    return found


def linear(problem: Problem) -> Steps:
    x, w = cells(problem["input"]), cells(problem["weight"])
    outs, ins = shape_of(w)
    bias = spread(problem.get("bias"), outs)
    found: Steps = {}
    for front, o in product(sorted({index[:-1] for index in x}), range(outs)):
        terms = tuple((x[(*front, i)], w[(o, i)]) for i in range(ins))
        found[(*front, o)] = Step(bias[o] + sum(v * u for v, u in terms), terms)
    return found


KINDS: Mapping[str, Callable[[Problem], Steps]] = {"conv": conv, "pool": pool, "linear": linear}


class Axis:
    """How a window moves along one dimension."""

    def __init__(self, size: int, window: int, stride: int, before: int, after: int, dilation: int, ceil: bool) -> None:
        self.stride, self.before, self.dilation, self.end = stride, before, dilation, size + after
        free = size + before + after - dilation * (window - 1) - 1
        self.count = (-(-free // stride) if ceil else free // stride) + 1
        if ceil and (self.count - 1) * stride >= size + before:
            self.count -= 1

    def place(self, i: int, tap: int) -> int:
        return i * self.stride - self.before + tap * self.dilation


def axes_of(problem: Problem, sizes: list[int], window: list[int]) -> list[Axis]:
    d = len(sizes)
    strides = several(problem.get("stride", problem.get("kernel_size", 1) if problem["type"] == "pool" else 1), d)
    dilations = several(problem.get("dilation", 1), d)
    ceil = bool(problem.get("ceil_mode", False))
    pairs = [
        pair(problem.get("padding", 0), i, size, k, s, dil)
        for i, (size, k, s, dil) in enumerate(zip(sizes, window, strides, dilations, strict=True))
    ]
    return [
        Axis(size, k, s, before, after, dil, ceil)
        for size, k, s, (before, after), dil in zip(sizes, window, strides, pairs, dilations, strict=True)
    ]


def pair(padding: Any, i: int, size: int, window: int, stride: int, dilation: int) -> tuple[int, int]:
    """The padding before and after of one dimension."""
    if isinstance(padding, str):
        if padding == "valid":
            return 0, 0
        total = max(0, (-(-size // stride) - 1) * stride + dilation * (window - 1) + 1 - size)
        small, large = total // 2, total - total // 2
        return (large, small) if padding == "same_lower" else (small, large)
    own = padding[i] if isinstance(padding, list) else padding
    return (own[0], own[1]) if isinstance(own, list) else (own, own)


def windows_of(problem: Problem, sizes: list[int]) -> list[list[list[int]]]:
    """Of each dimension each window: its places in the input and in the padding, which are below 0 and past its end."""
    if problem.get("global"):
        return [[list(range(size))] for size in sizes]
    if "output_size" in problem:
        outs = several(problem["output_size"], len(sizes))
        axes = zip(sizes, outs, strict=True)
        return [[list(range(i * n // out, -(-(i + 1) * n // out))) for i in range(out)] for n, out in axes]
    window = several(problem["kernel_size"], len(sizes))
    return [
        [[p for p in (axis.place(i, a) for a in range(k)) if p < axis.end] for i in range(axis.count)]
        for k, axis in zip(window, axes_of(problem, sizes, window), strict=True)
    ]


def padded(mode: str, sizes: list[int]) -> Callable[[list[int]], Index | None]:
    """Which place of the input stands at a place that may be in the padding; None where 0 does."""

    def folded(at: int, n: int) -> int | None:
        match mode:
            case "zeros":
                return at if 0 <= at < n else None
            case "replicate":
                return min(max(at, 0), n - 1)
            case "circular":
                return at % n
            case "reflect":
                return -at if at < 0 else at if at < n else 2 * (n - 1) - at
        raise Unknown

    def place(ats: list[int]) -> Index | None:
        found = [folded(at, n) for at, n in zip(ats, sizes, strict=True)]
        return None if any(at is None for at in found) else tuple(at for at in found if at is not None)

    return place


def full(x: Cells, w: Cells, d: int) -> tuple[Cells, Cells, bool, bool]:
    """Both with all their dimensions: batch, channels, …, and filters, channels, …; and which of these were given."""
    rank_x, rank_w = len(next(iter(x))), len(next(iter(w)))
    filtered = rank_w == d + 2 or (rank_w == d + 1 and rank_x == d)
    x = {(0,) * (d + 2 - rank_x) + index: value for index, value in x.items()}
    if rank_w == d + 1 and rank_x == d:
        w = {(index[0], 0, *index[1:]): value for index, value in w.items()}
    else:
        w = {(0,) * (d + 2 - rank_w) + index: value for index, value in w.items()}
    return x, w, rank_x == d + 2, filtered


def squeezed(found: Steps, batched: bool, filtered: bool) -> Steps:
    """Without the dimensions that nobody gave."""
    return {
        (*([index[0]] if batched else []), *([index[1]] if filtered else []), *index[2:]): value
        for index, value in found.items()
    }  # fmt: skip


def cells(value: Any, at: Index = ()) -> Cells:
    """Nested lists by index."""
    if isinstance(value, list):
        return {index: number for i, part in enumerate(value) for index, number in cells(part, (*at, i)).items()}
    if isinstance(value, str) and not value.lstrip("-")[:1].isdigit():
        raise Unknown
    return {at: Fraction(value)}


def shape_of(some: Mapping[Index, object]) -> list[int]:
    return [max(axis) + 1 for axis in zip(*some, strict=True)]


def dims_of(problem: Problem, x: Cells) -> int:
    return int(problem.get("dims", 1 if len(next(iter(x))) == 1 else 2))


def several(value: Any, d: int) -> list[int]:
    return list(value) if isinstance(value, list) else [value] * d


def spread(bias: Any, count: int) -> list[Fraction]:
    """One bias a filter."""
    if isinstance(bias, bool) or bias is None:
        return [Fraction(0)] * count
    return [Fraction(b) for b in bias] if isinstance(bias, list) else [Fraction(bias)] * count
