"""The gradients are PyTorch's, or where it is not installed JAX's: of whole numbers, so exactly.

Both are large and only ever optional; differences, which need neither, are in `test_backward.py`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.running import exact, solve_json

Array = NDArray[Any]
Gradients = list[Array]
N = (5, 6, 4)


def random(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).integers(-9, 10, shape)


def has(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def pulled_back(forward: dict[str, Callable[..., Any]], operands: list[Array], grad: Array) -> Gradients:
    """The gradients of Σ grad·forward(operands) by each operand, by whichever engine there is."""
    if has("torch"):
        import torch

        tensors = [torch.tensor(o, dtype=torch.float64, requires_grad=True) for o in operands]
        (forward["torch"](torch, *tensors) * torch.tensor(grad, dtype=torch.float64)).sum().backward()
        return [np.asarray(t.grad) for t in tensors]
    if not has("jax"):
        pytest.skip("neither PyTorch nor JAX is installed")
    import jax

    jax.config.update("jax_enable_x64", True)
    _, back = jax.vjp(lambda *o: forward["jax"](jax, *o), *(o.astype(float) for o in operands))
    return [np.asarray(found) for found in back(grad.astype(float))]


def check(problem: dict[str, Any], forward: dict[str, Callable[..., Any]], operands: list[Array]) -> None:
    shape = solve_json(problem, answer_only=True)["output_shape"]
    grad = random(9, *shape)
    found = solve_json({**problem, "backward": {"grad_output": grad.tolist()}})["backward"]
    theirs = pulled_back(forward, operands, grad)
    assert len(found) == len(theirs)
    for ours, other in zip(found.values(), theirs, strict=True):
        assert np.array_equal(np.array(exact(ours["output"]), dtype=float), other)


def torch_conv(d: int, **settings: Any) -> Callable[..., Any]:
    def forward(torch: Any, x: Any, w: Any, b: Any) -> Any:
        return getattr(torch.nn.functional, f"conv{d}d")(x, w, b, **settings)

    return forward


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_conv(d: int, groups: int) -> None:
    s, p, gap, k = [2, 1, 2][:d], [1, 2, 0][:d], [1, 2, 1][:d], [3, 2, 2][:d]
    x, w, b = random(1, 2, 4, *N[:d]), random(2, 6, 4 // groups, *k), random(3, 6)

    def jax_conv(jax: Any, x: Any, w: Any, b: Any) -> Any:
        pads = [(side, side) for side in p]
        out = jax.lax.conv_general_dilated(x, w, s, pads, rhs_dilation=gap, feature_group_count=groups)
        return out + b.reshape(-1, *(1,) * d)

    problem = {"type": "conv", "dims": d, "input": x.tolist(), "kernel": w.tolist(), "bias": b.tolist(), "stride": s,
               "padding": p, "dilation": gap, "groups": groups}  # fmt: skip
    torch_form = torch_conv(d, stride=s, padding=p, dilation=gap, groups=groups)
    check(problem, {"torch": torch_form, "jax": jax_conv}, [x, w, b])


@pytest.mark.parametrize(("mode", "numpy_mode"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")])
def test_padding_modes(mode: str, numpy_mode: str) -> None:
    x, w = random(1, 1, 2, 5, 6), random(2, 3, 2, 3, 3)

    def torch_form(torch: Any, x: Any, w: Any) -> Any:
        functional = torch.nn.functional
        return functional.conv2d(functional.pad(x, (3, 3, 2, 2), mode=mode), w)

    def jax_form(jax: Any, x: Any, w: Any) -> Any:
        padded = jax.numpy.pad(x, [(0, 0), (0, 0), (2, 2), (3, 3)], mode=numpy_mode)
        return jax.lax.conv_general_dilated(padded, w, (1, 1), "VALID")

    problem = {"type": "conv", "input": x.tolist(), "kernel": w.tolist(), "padding": [2, 3], "padding_mode": mode}
    check(problem, {"torch": torch_form, "jax": jax_form}, [x, w])


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_conv_transpose(d: int, groups: int) -> None:
    s, p, gap, extra, k = [2, 3, 1][:d], [1, 0, 1][:d], [1, 2, 1][:d], [1, 2, 0][:d], [3, 2, 2][:d]
    x, w, b = random(1, 2, 4, *N[:d]), random(2, 4, 3, *k), random(3, 3 * groups)

    def torch_form(torch: Any, x: Any, w: Any, b: Any) -> Any:
        form = getattr(torch.nn.functional, f"conv_transpose{d}d")
        return form(x, w, b, stride=s, padding=p, output_padding=extra, groups=groups, dilation=gap)

    def jax_form(jax: Any, x: Any, w: Any, b: Any) -> Any:
        split = w.reshape(groups, 4 // groups, 3, *k).swapaxes(1, 2).reshape(3 * groups, 4 // groups, *k)
        spans = [g * (size - 1) for g, size in zip(gap, k, strict=True)]
        pads = [(span - side, span - side + more) for span, side, more in zip(spans, p, extra, strict=True)]
        turned = jax.numpy.flip(split, tuple(range(2, 2 + d)))
        out = jax.lax.conv_general_dilated(
            x, turned, (1,) * d, pads, lhs_dilation=s, rhs_dilation=gap, feature_group_count=groups
        )
        return out + b.reshape(-1, *(1,) * d)

    problem = {"type": "conv_transpose", "dims": d, "input": x.tolist(), "kernel": w.tolist(), "bias": b.tolist(),
               "stride": s, "padding": p, "output_padding": extra, "dilation": gap, "groups": groups}  # fmt: skip
    check(problem, {"torch": torch_form, "jax": jax_form}, [x, w, b])


@pytest.mark.parametrize("mode", ["max", "average"])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_pool(d: int, mode: str) -> None:
    """Windows of 4 or fewer numbers, or of 8: their shares are exact in floating point."""
    x = np.random.default_rng(4).permutation(2 * 3 * np.prod(N[:d])).reshape(2, 3, *N[:d])

    def torch_form(torch: Any, x: Any) -> Any:
        form = getattr(torch.nn.functional, f"{'avg' if mode == 'average' else 'max'}_pool{d}d")
        return form(x, 2, stride=1, padding=1)

    def jax_form(jax: Any, x: Any) -> Any:
        window, ones = (1, 1, *(2,) * d), (1,) * (d + 2)
        pads = [(0, 0), (0, 0), *((1, 1),) * d]
        start, fold = (-np.inf, jax.lax.max) if mode == "max" else (0.0, jax.lax.add)
        out = jax.lax.reduce_window(x, start, fold, window, ones, pads)
        return out if mode == "max" else out / 2**d

    problem = {
        "type": "pool",
        "dims": d,
        "mode": mode,
        "input": x.tolist(),
        "kernel_size": 2,
        "stride": 1,
        "padding": 1,
    }
    check(problem, {"torch": torch_form, "jax": jax_form}, [x])


def test_linear() -> None:
    x, w, b = random(1, 4, 5), random(2, 3, 5), random(3, 3)
    problem = {"type": "linear", "input": x.tolist(), "weight": w.tolist(), "bias": b.tolist()}
    forms = {
        "torch": lambda torch, x, w, b: torch.nn.functional.linear(x, w, b),
        "jax": lambda jax, x, w, b: x @ w.T + b,
    }
    check(problem, forms, [x, w, b])
