"""PyTorch's own results, forward and through autograd: each operator in one, two and three dimensions.

Operands are whole numbers in float64, and where something is divided multiples of every divisor,
so that results are compared for equality; irrational ones to the last digits of a float.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnsteps.errors import InputError
from tests.engines import Array, engine
from tests.problems import Problem
from tests.running import exact, solve_json

DIMS = pytest.mark.parametrize("d", [1, 2, 3])
MODES = ["zeros", "reflect", "replicate", "circular"]


class Draw:
    """Random settings, and whole numbers that are the same in every run."""

    def __init__(self, data: st.DataObject, d: int) -> None:
        self.data, self.d = data, d
        self.random = np.random.default_rng(self.whole(0, 999))

    def whole(self, low: int, high: int) -> int:
        return self.data.draw(st.integers(low, high))

    def each(self, low: int, high: int) -> list[int]:
        """One a dimension."""
        return [self.whole(low, high) for _ in range(self.d)]

    def flag(self) -> bool:
        return self.data.draw(st.booleans())

    def one_of(self, words: list[str]) -> str:
        return self.data.draw(st.sampled_from(words))

    def lead(self, channels: int) -> tuple[int, ...]:
        """What stands before the spatial dimensions: channels, with batch items or without."""
        batch = self.whole(0, 2)
        return (batch, channels) if batch else (channels,)

    def tensor(self, *shape: int, times: int = 1) -> Array:
        found: Array = self.random.integers(-9, 10, shape) * times
        return found


def torch_tensor(value: Array, grad: bool = False) -> Any:
    return engine("torch").tensor(value, dtype=engine("torch").float64, requires_grad=grad)


def same(found: Any, theirs: Any) -> None:
    """Equal in every number, and in shape."""
    other = np.asarray(theirs.detach())
    array = np.array(exact(found), dtype=float)
    assert array.shape == other.shape
    assert np.array_equal(array, other)


def same_places(problem: Problem, stood: Any, n: list[int]) -> None:
    """Each maximum stands where `return_indices` says; there it is a flat position in the channel."""
    places = [[i - 1 for i in step["argmax"]] for step in solve_json(problem)["steps"]]
    assert np.ravel_multi_index(tuple(np.transpose(places)), tuple(n)).tolist() == stood.reshape(-1).tolist()


def check(problem: Problem, theirs: Any, operands: dict[str, Any], times: int = 1) -> None:
    """The output, and with random whole numbers as its gradient those of the operands, by the JSON's names."""
    grad = np.random.default_rng(9).integers(-9, 10, theirs.shape) * times
    found = solve_json({**problem, "backward": {"grad_output": grad.tolist()}}, answer_only=True)
    same(found["output"], theirs)
    (theirs * torch_tensor(grad)).sum().backward()
    assert list(found["backward"]) == list(operands)
    for name, operand in operands.items():
        same(found["backward"][name]["output"], operand.grad)


def fitting_padding(draw: Draw, mode: str, n: list[int], reaches: list[int]) -> str | list[int]:
    """A word or numbers with which a window, so far from its first place to its last, fits n as PyTorch wants it."""
    if draw.flag():
        word = draw.one_of(["same", "valid"])
        most = [2 * (size - 1) if mode != "zeros" and word == "same" else 10**9 for size in n]
        assume(all(reach <= m for reach, m in zip(reaches, most, strict=True)))
        assume(word == "same" or all(size > reach for size, reach in zip(n, reaches, strict=True)))
        return word
    most = [4 if mode == "zeros" else min(4, size - (mode == "reflect")) for size in n]
    padding = [draw.whole(0, m) for m in most]
    assume(all(size + 2 * p > reach for size, p, reach in zip(n, padding, reaches, strict=True)))
    return padding


def conv(draw: Draw) -> Problem:
    """A convolution with stride, padding in each of its modes or `same`, dilation, groups, bias."""
    mode, groups = draw.one_of(MODES), draw.whole(1, 3)
    n, k, gap = draw.each(1, 6 if draw.d < 3 else 4), draw.each(1, 3), draw.each(1, 2)
    padding = fitting_padding(draw, mode, n, [step * (size - 1) for step, size in zip(gap, k, strict=True)])
    channels, filters = groups * draw.whole(1, 2), groups * draw.whole(1, 2)
    bias = {"bias": draw.tensor(filters).tolist()} if draw.flag() else {}
    return {
        "type": "conv", "dims": draw.d, "input": draw.tensor(*draw.lead(channels), *n).tolist(),
        "kernel": draw.tensor(filters, channels // groups, *k).tolist(), **bias,
        "stride": [1] * draw.d if padding == "same" else draw.each(1, 3), "padding": padding, "padding_mode": mode,
        "dilation": gap, "groups": groups,
    }  # fmt: skip


def torch_conv(problem: Problem) -> Any:
    """PyTorch's layer with the problem's settings and numbers."""
    torch, kernel = engine("torch"), torch_tensor(problem["kernel"])
    channels, filters = kernel.shape[1] * problem["groups"], kernel.shape[0]
    settings = (problem[key] for key in ("stride", "padding", "dilation", "groups"))
    form = getattr(torch.nn, f"Conv{problem['dims']}d")
    layer = form(channels, filters, kernel.shape[2:], *settings, "bias" in problem, problem["padding_mode"],
                 dtype=torch.float64)  # fmt: skip
    layer.weight.data = kernel
    if "bias" in problem:
        layer.bias.data = torch_tensor(problem["bias"])
    return layer


@DIMS
@settings(max_examples=300)
@given(data=st.data())
def test_conv(d: int, data: st.DataObject) -> None:
    problem = conv(Draw(data, d))
    layer, x = torch_conv(problem), torch_tensor(problem["input"], grad=True)
    biases = {"bias": layer.bias} if "bias" in problem else {}
    check(problem, layer(x), {"input": x, "kernel": layer.weight, **biases})


@DIMS
@settings(max_examples=200)
@given(data=st.data())
def test_conv_transpose(d: int, data: st.DataObject) -> None:
    torch, draw = engine("torch"), Draw(data, d)
    n, k, s, gap, groups = draw.each(1, 7 - d), draw.each(1, 3), draw.each(1, 3), draw.each(1, 3), draw.whole(1, 3)
    extra = [draw.whole(0, max(step, spread) - 1) for step, spread in zip(s, gap, strict=True)]
    full = [(a - 1) * b + c * (e - 1) + 1 + x for a, b, c, e, x in zip(n, s, gap, k, extra, strict=True)]
    padding = [draw.whole(0, min(3, (size - 1) // 2)) for size in full]
    channels, share = groups * draw.whole(1, 2), draw.whole(1, 2)
    x, w = draw.tensor(*draw.lead(channels), *n), draw.tensor(channels, share, *k)
    operands = {"input": torch_tensor(x, grad=True), "kernel": torch_tensor(w, grad=True)}
    problem: Problem = {
        "type": "conv_transpose", "dims": d, "input": x.tolist(), "kernel": w.tolist(), "stride": s, "padding": padding,
        "output_padding": extra, "dilation": gap, "groups": groups,
    }  # fmt: skip
    if draw.flag():
        b = draw.tensor(share * groups)
        operands["bias"], problem["bias"] = torch_tensor(b, grad=True), b.tolist()
    form = getattr(torch.nn.functional, f"conv_transpose{d}d")
    theirs = form(*operands.values(), stride=s, padding=padding, output_padding=extra, groups=groups, dilation=gap)
    check(problem, theirs, operands)


@DIMS
@settings(max_examples=200)
@given(data=st.data())
def test_max_pool(d: int, data: st.DataObject) -> None:
    """With the places of the maxima, of which the first counts where there are several."""
    torch, draw = engine("torch"), Draw(data, d)
    k, s, gap, ceil_mode = draw.each(1, 4), draw.each(1, 4), draw.each(1, 2), draw.flag()
    padding = [draw.whole(0, size // 2) for size in k]
    n = [max(draw.whole(1, 8), spread * (a - 1) + 1 - 2 * p) for a, p, spread in zip(k, padding, gap, strict=True)]
    x = draw.tensor(*draw.lead(2), *n)
    problem: Problem = {"type": "pool", "dims": d, "input": x.tolist(), "kernel_size": k, "stride": s,
                        "padding": padding, "dilation": gap, "ceil_mode": ceil_mode}  # fmt: skip
    given_ = torch_tensor(x, grad=True)
    form = getattr(torch.nn.functional, f"max_pool{d}d")
    theirs, stood = form(given_, k, s, padding, gap, ceil_mode, return_indices=True)
    if not torch.isfinite(theirs).all():
        with pytest.raises(InputError, match="lies in padding alone"):
            solve_json(problem)
        return
    check(problem, theirs, {"input": given_})
    same_places(problem, stood, n)


@DIMS
@settings(max_examples=200)
@given(data=st.data())
def test_average_pool(d: int, data: st.DataObject) -> None:
    torch, draw = engine("torch"), Draw(data, d)
    k, s, ceil_mode, include = draw.each(1, 4), draw.each(1, 4), draw.flag(), draw.flag()
    padding = [draw.whole(0, size // 2) for size in k]
    # PyTorch's avg_pool3d, unlike the others, refuses a window above the input before it is padded.
    n = [max(draw.whole(1, 8), size if d == 3 else size - 2 * p) for size, p in zip(k, padding, strict=True)]
    times = math.lcm(*range(1, 5)) ** d
    x = draw.tensor(*draw.lead(2), *n, times=times)
    problem: Problem = {
        "type": "pool", "mode": "average", "dims": d, "input": x.tolist(), "kernel_size": k, "stride": s,
        "padding": padding, "ceil_mode": ceil_mode, "count_include_pad": include,
    }  # fmt: skip
    given_ = torch_tensor(x, grad=True)
    theirs = getattr(torch.nn.functional, f"avg_pool{d}d")(given_, k, s, padding, ceil_mode, include)
    check(problem, theirs, {"input": given_}, times)


@DIMS
@pytest.mark.parametrize("mode", ["max", "average"])
@settings(max_examples=80)
@given(data=st.data())
def test_adaptive_pool(d: int, mode: str, data: st.DataObject) -> None:
    """To sizes below and above the input's."""
    torch, draw = engine("torch"), Draw(data, d)
    n, out = draw.each(1, 6), draw.each(1, 9)
    # Divided dimension by dimension, and a gradient may be shared out so too.
    times = math.lcm(*range(1, 7)) ** d
    x = draw.tensor(*draw.lead(2), *n, times=times)
    problem: Problem = {"type": "pool", "mode": mode, "dims": d, "input": x.tolist(), "output_size": out}
    given_ = torch_tensor(x, grad=True)
    if mode == "average":
        check(problem, getattr(torch.nn.functional, f"adaptive_avg_pool{d}d")(given_, out), {"input": given_}, times)
        return
    theirs, stood = getattr(torch.nn.functional, f"adaptive_max_pool{d}d")(given_, out, return_indices=True)
    check(problem, theirs, {"input": given_})
    same_places(problem, stood, n)


@DIMS
@settings(max_examples=60)
@given(data=st.data())
def test_lp_pool(d: int, data: st.DataObject) -> None:
    """Of whole windows, and without negative numbers under odd powers, which PyTorch takes with their sign."""
    torch, draw = engine("torch"), Draw(data, d)
    k, s, p = draw.each(1, 3), draw.each(1, 3), draw.whole(1, 4)
    n = [draw.whole(size, size + 4) for size in k]
    x = draw.tensor(*draw.lead(2), *n)
    x = abs(x) if p % 2 else x
    problem: Problem = {"type": "pool", "mode": "lp", "p": p, "dims": d, "input": x.tolist(), "kernel_size": k,
                        "stride": s}  # fmt: skip
    form = getattr(torch.nn.functional, f"lp_pool{d}d")
    theirs = form(torch_tensor(x), float(p), k if d > 1 else k[0], s if d > 1 else s[0])
    near(problem, theirs, rtol=1e-14)


@settings(max_examples=60)
@given(data=st.data())
def test_linear(data: st.DataObject) -> None:
    torch, draw = engine("torch"), Draw(data, 2)
    lead, size, out = draw.each(1, 3)[: draw.whole(0, 2)], draw.whole(1, 6), draw.whole(1, 4)
    x, w = draw.tensor(*lead, size), draw.tensor(out, size)
    problem: Problem = {"type": "linear", "input": x.tolist(), "weight": w.tolist()}
    operands = {"input": torch_tensor(x, grad=True), "kernel": torch_tensor(w, grad=True)}
    if draw.flag():
        b = draw.tensor(out)
        problem["bias"], operands["bias"] = b.tolist(), torch_tensor(b, grad=True)
    check(problem, torch.nn.functional.linear(*operands.values()), operands)


def near(problem: Problem, theirs: Any, rtol: float = 1e-13) -> None:
    """Irrational numbers, to the last digits of PyTorch's."""
    result = solve_json(problem, answer_only=True)
    found = np.array(exact(result["output"]), dtype=float)
    assert found.shape == tuple(theirs.shape)
    assert np.allclose(found, np.asarray(theirs.detach()), rtol=rtol, atol=1e-13)


@DIMS
@settings(max_examples=30)
@given(data=st.data())
def test_layers(d: int, data: st.DataObject) -> None:
    """What works cell by cell or channel by channel, each of the same input."""
    torch, draw = engine("torch"), Draw(data, d)
    functional = torch.nn.functional
    batch, channels = draw.whole(1, 2), draw.whole(1, 3)
    x = draw.tensor(batch, channels, *draw.each(1, 3))
    tensor, shared = torch_tensor(x), {"dims": d, "input": x.tolist()}
    same(solve_json({"type": "relu", **shared})["output"], functional.relu(tensor))
    leaky = {"type": "leaky_relu", "negative_slope": 0.25, **shared}
    same(solve_json(leaky)["output"], functional.leaky_relu(tensor, 0.25))
    same(solve_json({"type": "flatten", **shared})["output"], torch.nn.Flatten()(tensor))
    same(solve_json({"type": "dropout", **shared})["output"], torch.nn.Dropout().eval()(tensor))
    near({"type": "sigmoid", **shared}, torch.sigmoid(tensor))
    near({"type": "tanh", **shared}, torch.tanh(tensor))
    near({"type": "softmax", **shared}, functional.softmax(tensor, dim=1))
    near({"type": "softmax", "dims": 1, "input": x.reshape(-1).tolist()}, functional.softmax(tensor.reshape(-1), dim=0))
    mean, gamma, beta = (draw.tensor(channels) for _ in range(3))
    variance = abs(draw.tensor(channels)) + 1
    found = {"type": "batch_norm", "mean": mean.tolist(), "variance": variance.tolist(), "gamma": gamma.tolist(),
             "beta": beta.tolist(), **shared}  # fmt: skip
    near(found, functional.batch_norm(tensor, *map(torch_tensor, (mean, variance, gamma, beta))))
