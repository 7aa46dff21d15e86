"""Other people's engines give the same numbers: SciPy and ONNX's reference evaluator; PyTorch in `test_torch.py`.

Operands are integers, so that all are compared for equality and not within a tolerance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests import oracle
from tests.engines import Array, engine, is_average, is_ceil, onnx_run, ours
from tests.oracle import per_dimension
from tests.problems import SMALL, Problem, convs, pools

SHAPES = [((9,), (3,)), ((7, 8), (2, 3)), ((64, 50), (5, 5)), ((4, 5, 6), (2, 2, 3))]


def random(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).integers(-99, 100, shape)


def spread(w: Array, dilation: list[int]) -> Array:
    """The kernel with zeros between its places, which is what dilation means."""
    shape = [d * (k - 1) + 1 for k, d in zip(w.shape, dilation, strict=True)]
    grown = np.zeros(shape, w.dtype)
    grown[tuple(slice(None, None, d) for d in dilation)] = w
    return grown


@pytest.mark.parametrize(("n", "k"), SHAPES)
def test_one_channel_is_scipys_correlate(n: tuple[int, ...], k: tuple[int, ...]) -> None:
    signal = engine("scipy.signal")
    x, w = random(1, *n), random(2, *k)
    shared = {"type": "conv", "dims": len(n), "input": x.tolist(), "kernel": w.tolist()}
    everywhere = [size - 1 for size in k]
    assert np.array_equal(ours(shared), signal.correlate(x, w, "valid", "direct"))
    assert np.array_equal(ours({**shared, "padding": everywhere}), signal.correlate(x, w, "full", "direct"))
    assert np.array_equal(ours({**shared, "flip": True}), signal.convolve(x, w, "valid", "direct"))
    assert np.array_equal(
        ours({**shared, "flip": True, "padding": everywhere}), signal.convolve(x, w, "full", "direct")
    )


@pytest.mark.parametrize(("n", "k"), [((9,), (3,)), ((7, 8), (5, 3)), ((4, 5, 6), (3, 1, 3))])
@pytest.mark.parametrize("word", ["same", "same_lower"])
def test_same_is_ndimages_constant_border(n: tuple[int, ...], k: tuple[int, ...], word: str) -> None:
    """A window with a middle: all forms of `same` are one."""
    ndimage = engine("scipy.ndimage")
    x, w = random(3, *n), random(4, *k)
    shared = {"type": "conv", "dims": len(n), "input": x.tolist(), "kernel": w.tolist(), "padding": word}
    assert np.array_equal(ours(shared), ndimage.correlate(x, w, mode="constant"))
    assert np.array_equal(ours({**shared, "flip": True}), ndimage.convolve(x, w, mode="constant"))


@pytest.mark.parametrize(
    ("batch", "channels", "filters", "groups"), [(1, 3, 4, 1), (2, 8, 4, 2), (3, 6, 12, 6), (2, 40, 3, 1)]
)
@pytest.mark.parametrize("d", [1, 2, 3])
def test_channels_are_scipys_sum(batch: int, channels: int, filters: int, groups: int, d: int) -> None:
    """Many channels, filters, batch items and groups, depthwise among them, with stride, dilation, padding, bias."""
    signal = engine("scipy.signal")
    n, k, s, p, dilation = [(10, 9, 8)[:d], (3, 2, 2)[:d], [2, 1, 3][:d], [1, 2, 0][:d], [2, 1, 3][:d]]
    share = channels // groups
    x, w, b = random(5, batch, channels, *n), random(6, filters, share, *k), random(7, filters)
    found = ours({
        "type": "conv", "dims": d, "input": x.tolist(), "kernel": w.tolist(), "bias": b.tolist(),
        "stride": s, "padding": p, "dilation": dilation, "groups": groups,
    })  # fmt: skip
    padded = np.pad(x, [(0, 0), (0, 0), *((side, side) for side in p)])
    every = tuple(slice(None, None, step) for step in s)
    for item, f in np.ndindex(batch, filters):
        first = f // (filters // groups) * share
        parts = [signal.correlate(padded[item, first + c], spread(w[f, c], dilation), "valid", "direct")
                 for c in range(share)]  # fmt: skip
        assert np.array_equal(found[item, f], sum(parts)[every] + b[f])


@pytest.mark.parametrize("k", [2, 3, 5])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_max_pool_is_ndimages_maximum_filter(k: int, d: int) -> None:
    ndimage = engine("scipy.ndimage")
    x = random(8, *(9, 8, 7)[:d])
    found = ours({"type": "pool", "dims": d, "input": x.tolist(), "kernel_size": k, "stride": 1, "padding": k // 2})
    low = np.iinfo(x.dtype).min
    filtered = ndimage.maximum_filter(np.pad(x, k // 2, constant_values=low), k, mode="constant", cval=low)
    inside = tuple(slice(k // 2, k // 2 + size) for size in found.shape)
    assert np.array_equal(found, filtered[inside])


@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_average_pool_is_scipys_correlate_with_ones(d: int, include: bool) -> None:
    """With the padding left out, the count is the correlation of ones."""
    signal = engine("scipy.signal")
    x, ones = random(9, *(9, 8, 7)[:d]), np.ones((3,) * d, int)
    problem = {"type": "pool", "mode": "average", "dims": d, "input": x.tolist(), "kernel_size": 3, "stride": 1,
               "padding": 1, "count_include_pad": include}  # fmt: skip
    counts = 3**d if include else signal.correlate(np.ones(x.shape, int), ones, "same", "direct")
    sums = signal.correlate(x, ones, "same", "direct")
    assert np.allclose(ours(problem, float), sums / counts, rtol=1e-15)


def turned(problem: Problem) -> Problem:
    """The same problem for engines that know no `flip`: the kernel turned before."""
    if not problem.get("flip"):
        return problem
    w = np.array(problem["kernel"])
    return {**problem, "kernel": np.flip(w, tuple(range(-oracle.dims_of(problem), 0))).tolist(), "flip": False}


def wrong_in_onnx(problem: Problem) -> str | None:
    """Why ONNX's reference evaluator (1.16 to 1.23, at least) can't be asked; its Conv always can.

    The cases themselves stand in WRONG below; the oracle and PyTorch are asked in its stead.
    """
    if problem["type"] == "conv":
        return None
    d = oracle.dims_of(problem)
    n, k = oracle.shape_of(problem["input"])[-d:], per_dimension(problem["kernel_size"], d)
    s = per_dimension(problem.get("stride", k), d)
    dilated = set(per_dimension(problem.get("dilation", 1), d)) != {1}
    sides = {side for pair in oracle.padding_of(problem, n, tuple(k), s, [1] * d) for side in pair}
    old_path = not is_average(problem) and not dilated and set(s) == {1}
    if isinstance(problem.get("padding"), str):
        if dilated or is_ceil(problem):
            return "with auto_pad it forgets dilations and ceil_mode"
        if any(step > size for step, size in zip(s, k, strict=True)):
            return "SAME with a stride above the window's size asks for a negative padding"
        if problem["padding"] == "same_lower" and not is_average(problem):
            return "MaxPool's SAME_LOWER rounds the output size down and puts the odd place after"
    if is_ceil(problem) and is_average(problem):
        return "AveragePool's ceil_mode puts half of the overhang before the input, which moves the windows"
    if old_path and (d != 2 or len(sides) > 1) and (sides != {0} or isinstance(problem.get("padding"), str)):
        return "MaxPool with stride 1 pads two dimensions only, and takes their pads for top, bottom, left, right"
    return None


@settings(max_examples=300)
@given(st.one_of(convs(SMALL), pools(SMALL)))
def test_onnx_gives_the_same(problem: Problem) -> None:
    engine("onnx")
    assume(wrong_in_onnx(problem) is None)
    theirs = onnx_run(turned(problem))
    mine = ours(problem, float)
    assert mine.size == theirs.size
    assert mine.shape[-oracle.dims_of(problem) :] == theirs.shape[2:]
    assert np.allclose(mine.reshape(-1), theirs.reshape(-1), rtol=1e-12)


LINE = [6, 2, 4, 8, 1]
WRONG: list[tuple[Problem, list[Any], str]] = [
    ({"kernel_size": 2, "stride": 2, "padding": "same_lower"}, [6, 4, 8], "SAME_LOWER: 5/2 is 3, the pad before"),
    ({"kernel_size": 1, "stride": 3, "padding": "same"}, [6, 8], "no padding is below 0"),
    ({"kernel_size": 3, "dilation": 2, "stride": 1, "padding": "valid"}, [6], "auto_pad VALID forgets dilation"),
    ({"kernel_size": 3, "dilation": 2, "stride": 1, "padding": "same", "mode": "average"},
     [10 / 3, 10 / 3, 11 / 3, 10 / 3, 5 / 3], "auto_pad SAME forgets dilation"),
    ({"kernel_size": 2, "stride": 3, "ceil_mode": True, "padding": "valid"}, [6, 8], "auto_pad forgets ceil_mode"),
    ({"kernel_size": 4, "stride": 3, "ceil_mode": True, "mode": "average"},
     [5, 4.5], "ceil_mode: the window hangs over at the end alone, and what hangs over is not counted"),
    ({"kernel_size": 3, "stride": 1, "padding": 1, "input": [6, 2]}, [6, 6], "stride 1: 3 fits into 1 + 2 + 1"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "right", "reason"), WRONG)
def test_where_onnx_is_wrong(keys: Problem, right: list[Any], reason: str) -> None:
    """Small enough to be worked out on paper: PyTorch's documented meaning, and the oracle's."""
    problem = {"type": "pool", "input": LINE, **keys}
    assert wrong_in_onnx(problem)
    assert ours(problem, float).tolist() == right
    assert [float(value) for value in oracle.solve(problem).values.values()] == right
