"""What comes out, worked out a second time: plain loops over Python Fractions, straight from the contract.

Nothing here is shared with cnnsteps. Tensors are dicts from an index to a Fraction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

Index = tuple[int, ...]
Cells = dict[Index, Fraction]


class Answer(NamedTuple):
    """The output, and for each index what its step shows: pairs for a convolution, a window for a pool."""

    shape: Index
    values: Cells
    terms: dict[Index, list[tuple[Fraction, Fraction]]]
    windows: dict[Index, list[Fraction]]
    bias: dict[Index, Fraction | None]


def solve(problem: Mapping[str, Any]) -> Answer:
    """The answer of a conv or pool problem as a file has it."""
    return conv(problem) if problem["type"] == "conv" else pool(problem)


def shape_of(value: Any) -> Index:
    return (len(value), *shape_of(value[0])) if isinstance(value, list) else ()


def cells_of(value: Any, index: Index = ()) -> Cells:
    """Nested lists as a dict; a string is a fraction."""
    if isinstance(value, list):
        return {key: cell for i, part in enumerate(value) for key, cell in cells_of(part, (*index, i)).items()}
    return {index: Fraction(value)}


def dims_of(problem: Mapping[str, Any]) -> int:
    given = problem["input"]
    flat = isinstance(given, list) and not isinstance(given[0], list) and problem["type"] != "size"
    return int(problem.get("dims", 1 if flat else 2))


def per_dimension(value: int | list[int], d: int) -> list[int]:
    return value if isinstance(value, list) else [value] * d


def padding_of(problem: Mapping[str, Any], n: Index, f: Index, s: list[int], dilation: list[int]) -> list[Index]:
    """[before, after] of each dimension. `same` gives ⌈N/S⌉ windows; the odd place goes after, or before."""
    padding, d = problem.get("padding", 0), len(n)
    if padding == "valid":
        return [(0, 0)] * d
    if not isinstance(padding, str):
        sides = padding if isinstance(padding, list) else [padding] * d
        return [tuple(side) if isinstance(side, list) else (side, side) for side in sides]
    pairs: list[Index] = []
    for i in range(d):
        need = max(0, (math.ceil(n[i] / s[i]) - 1) * s[i] + dilation[i] * (f[i] - 1) + 1 - n[i])
        small, large = need // 2, need - need // 2
        pairs.append((large, small) if padding == "same_lower" else (small, large))
    return pairs


def windows_along(n: int, f: int, s: int, d: int, pair: Index, ceil_mode: bool = False) -> list[list[int]]:
    """The places of each window, counted from the input's first; they may lie outside of it.

    Windows start at −before, S apart, while they end within the padded input. Under
    `ceil_mode` one more hangs over where something is left; the last is dropped where it
    would start in the padding after the input (PyTorch: pooling_output_shape).
    """
    before, after = pair
    starts = []
    start = -before
    while start + d * (f - 1) < n + after:
        starts.append(start)
        start += s
    if ceil_mode and starts[-1] + d * (f - 1) + 1 < n + after:
        starts.append(start)
    if ceil_mode and starts[-1] >= n:
        starts.pop()
    return [[start + d * a for a in range(f)] for start in starts]


def axes_of(problem: Mapping[str, Any], n: Index, f: Index, stride: int | list[int]) -> tuple[Any, list[Index]]:
    """For each dimension its windows and its padding."""
    dims = len(n)
    s, d = per_dimension(stride, dims), per_dimension(problem.get("dilation", 1), dims)
    pairs = padding_of(problem, n, f, s, d)
    ceil_mode = bool(problem.get("ceil_mode", False))
    return [windows_along(n[i], f[i], s[i], d[i], pairs[i], ceil_mode) for i in range(dims)], pairs


def outputs(axes: Any) -> Iterator[tuple[Index, list[Index]]]:
    """Each index of the spatial output, and the places of its window in row-major order."""
    for index in product(*(range(len(windows)) for windows in axes)):
        yield index, list(product(*(windows[i] for windows, i in zip(axes, index, strict=True))))


def conv(problem: Mapping[str, Any]) -> Answer:
    """Val[n,f,i] = b[f] + Σ_c Σ_a x[n,c,i·s + a·d − p] · w[f,c,a]"""
    d, groups = dims_of(problem), int(problem.get("groups", 1))
    x_shape, w_shape = shape_of(problem["input"]), shape_of(problem["kernel"])
    n, k = x_shape[-d:], w_shape[-d:]
    x_lead, w_lead = x_shape[:-d], w_shape[:-d]
    several = len(w_lead) == 1 and not x_lead
    items, channels = ((1, 1), (1, *x_lead), x_lead)[len(x_lead)]
    filters, share = (w_lead[0], 1) if several else ((1, 1), (1, *w_lead), w_lead)[len(w_lead)]
    x = dict(zip(product(*map(range, (items, channels, *n))), cells_of(problem["input"]).values(), strict=True))
    w = dict(zip(product(*map(range, (filters, share, *k))), cells_of(problem["kernel"]).values(), strict=True))
    given = problem.get("bias")
    b = None if given is None else list(cells_of(given if isinstance(given, list) else [given]).values())
    axes, _ = axes_of(problem, n, k, problem.get("stride", 1))
    answer = Answer((), {}, {}, {}, {})
    for item, f in product(range(items), range(filters)):
        first = f // (filters // groups) * share
        for index, _ in outputs(axes):
            key = (*((item,) if len(x_lead) == 2 else ()), *((f,) if several or len(w_lead) == 2 else ()), *index)
            terms = []
            for c, a in product(range(share), product(*map(range, k))):
                place = tuple(windows[i][j] for windows, i, j in zip(axes, index, a, strict=True))
                turned = tuple(size - 1 - j for size, j in zip(k, a, strict=True)) if problem.get("flip") else a
                terms.append((x.get((item, first + c, *place), Fraction(0)), w[(f, c, *turned)]))
            answer.terms[key] = terms
            answer.bias[key] = None if b is None else b[f]
            answer.values[key] = sum((p * q for p, q in terms), Fraction(0)) + (b[f] if b else 0)
    return answer._replace(shape=shape_from(answer.values))


def windows(problem: Mapping[str, Any]) -> dict[Index, list[Fraction]]:
    """The numbers of a pool's windows that count: never the overhang, and the padding only for average with
    `count_include_pad`."""
    d = dims_of(problem)
    shape, x = shape_of(problem["input"]), cells_of(problem["input"])
    n, k = shape[-d:], tuple(per_dimension(problem["kernel_size"], d))
    axes, pairs = axes_of(problem, n, k, problem.get("stride", list(k)))
    counts_padding = problem.get("mode") == "average" and problem.get("count_include_pad", True)
    found = {}
    for lead in product(*map(range, shape[:-d])):
        for index, places in outputs(axes):
            window = []
            for place in places:
                inside = all(0 <= p < size for p, size in zip(place, n, strict=True))
                padded = all(-b <= p < size + a for p, size, (b, a) in zip(place, n, pairs, strict=True))
                if inside or (counts_padding and padded):
                    window.append(x[(*lead, *place)] if inside else Fraction(0))
            found[(*lead, *index)] = window
    return found


def pool(problem: Mapping[str, Any]) -> Answer:
    """The maximum or the average of each window."""
    found = windows(problem)
    average = problem.get("mode") == "average"
    values = {i: sum(window, Fraction(0)) / len(window) if average else max(window) for i, window in found.items()}
    return Answer(shape_from(values), values, {}, found, {})


def first_maxima(problem: Mapping[str, Any]) -> dict[Index, Index]:
    """Where each window's first maximum stands in its channel, by loops over its places in order."""
    d, shape, x = dims_of(problem), shape_of(problem["input"]), cells_of(problem["input"])
    n, k = shape[-d:], tuple(per_dimension(problem["kernel_size"], d))
    axes, _ = axes_of(problem, n, k, problem.get("stride", list(k)))
    found = {}
    for lead in product(*map(range, shape[:-d])):
        for out, places in outputs(axes):
            inside = [p for p in places if all(0 <= i < size for i, size in zip(p, n, strict=True))]
            found[(*lead, *out)] = max(inside, key=lambda p: x[(*lead, *p)])
    return found


def size(problem: Mapping[str, Any]) -> Index:
    """The output's shape, channels first where there are filters."""
    d = dims_of(problem)
    n, f = (tuple(per_dimension(problem[key], d))[-d:] for key in ("input", "kernel"))
    axes, _ = axes_of(problem, n, f, problem.get("stride", 1))
    filters = problem.get("filters")
    return (*(() if filters is None else (filters,)), *(len(windows) for windows in axes))


def shape_from(values: Cells) -> Index:
    return tuple(i + 1 for i in max(values))
