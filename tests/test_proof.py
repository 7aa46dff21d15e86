"""Three operators that came last, each in a file or folder, a template and a golden: all else follows from these."""

# A mistake reads best on one line.
# ruff: noqa: E501

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnsteps
from cnnsteps.problems.schema import problem_schema
from tests.engines import Array, engine
from tests.problems import Problem
from tests.running import exact, render, run_cli, solve_json

SHAPES = st.sampled_from([(4,), (3, 4), (2, 3, 4), (2, 2, 3, 2)])


def drawn(data: st.DataObject, shape: tuple[int, ...]) -> Array:
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    found: Array = random.integers(-9, 10, shape)
    return found


def floats(value: Any) -> Array:
    """Nested lists of numbers and fractions."""
    cells = np.array(exact(value), dtype=object)
    return np.array([float(cell) for cell in cells.reshape(-1)]).reshape(cells.shape)


def compare(problem: Problem, function: Callable[..., Any], **operands: Array) -> None:
    """Output and gradients are PyTorch's, to the last digits of a float64."""
    torch = engine("torch")
    tensors = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in operands.items()}
    theirs = function(*tensors.values())
    grad = np.arange(theirs.numel()).reshape(theirs.shape) % 7 - 3
    problem |= {name: value.tolist() for name, value in operands.items()} | {"backward": {"grad_output": grad.tolist()}}
    result = solve_json(problem)
    np.testing.assert_allclose(floats(result["output"]), theirs.detach().numpy(), rtol=1e-12, atol=1e-12)
    theirs.backward(torch.tensor(grad, dtype=torch.float64))
    assert list(result["backward"]) == list(tensors)
    for name, tensor in tensors.items():
        ours = floats(result["backward"][name]["output"])
        np.testing.assert_allclose(ours, tensor.grad.numpy(), rtol=1e-10, atol=1e-10)
        for step in result["backward"][name]["steps"]:
            assert floats(step["value"]) == ours[tuple(i - 1 for i in step["index"])]


@settings(max_examples=30)
@given(st.data(), SHAPES, st.sampled_from([1, 2, 0, -0.5]))
def test_elu(data: st.DataObject, shape: tuple[int, ...], alpha: float) -> None:
    torch = engine("torch")
    compare({"type": "elu", "alpha": alpha}, lambda x: torch.nn.functional.elu(x, alpha), input=drawn(data, shape))


def test_an_elu_near_0_keeps_its_digits() -> None:
    """e^x − 1 is x + x²/2 + … there, of which a difference of two rounded numbers would leave nothing."""
    found = solve_json({"type": "elu", "input": ["-1/1000000000000000000000000000000000000000000000000"], "alpha": 3})
    assert math.isclose(float(found["output"][0]), -3e-48, rel_tol=1e-15)


@settings(max_examples=40)
@given(st.data(), st.integers(1, 3), st.booleans())
def test_upsample(data: st.DataObject, d: int, by_size: bool) -> None:
    torch = engine("torch")
    n = data.draw(st.lists(st.integers(1, 4), min_size=d, max_size=d))
    size = data.draw(st.lists(st.integers(1, 7), min_size=d, max_size=d))
    factors = data.draw(st.lists(st.sampled_from([1, 1.5, 2, 2.5, 3]), min_size=d, max_size=d))
    keys = {"size": size} if by_size else {"scale_factor": factors}
    compare({"type": "upsample", "dims": d, **keys}, lambda x: torch.nn.functional.interpolate(x, **keys),
            input=drawn(data, (2, 2, *n)))  # fmt: skip


@settings(max_examples=30)
@given(st.data(), SHAPES, st.integers(1, 2), st.booleans())
def test_layer_norm(data: st.DataObject, shape: tuple[int, ...], last: int, affine: bool) -> None:
    torch, own = engine("torch"), shape[-last:]
    x = {"input": drawn(data, shape)}
    constants = {"gamma": drawn(data, own), "beta": drawn(data, own)} if affine else {}
    compare({"type": "layer_norm", "normalized_shape": list(own), "epsilon": "1/100"},
            lambda *given: torch.nn.functional.layer_norm(given[0], own, *given[1:], eps=0.01), **x, **constants)  # fmt: skip


def test_a_layer_norm_is_exact_where_its_root_is() -> None:
    result = solve_json(
        {"type": "layer_norm", "input": [1, 3], "normalized_shape": 2, "epsilon": 0, "gamma": ["1/3", 2]}
    )
    assert result["output"] == ["-1/3", 2]
    assert "mean" not in result
    text = render({"type": "layer_norm", "input": [[1, 3], [4, 4]], "normalized_shape": 2}, "terminal")
    assert "μ = (1 + 3)/2 = 2" in text
    assert "σ² = ((-1)^2 + 1^2)/2 = 1" in text


@pytest.mark.parametrize(("problem", "said"), [
    ({"type": "layer_norm", "input": [[1, 2]], "normalized_shape": 3}, "normalized_shape is 3, but the input's last sizes are 2"),
    ({"type": "layer_norm", "input": [1, 2], "normalized_shape": 2, "gamma": [1]}, "gamma has the shape 1, but normalized_shape is 2"),
    ({"type": "layer_norm", "input": [2, 2], "normalized_shape": 2, "epsilon": 0}, "all equal, and epsilon is 0"),
    ({"type": "upsample", "input": [[1]]}, "size is missing: the output's size; without it say scale_factor"),
    ({"type": "upsample", "input": [[1]], "size": 2, "scale_factor": 2}, "size can't be given together with scale_factor"),
    ({"type": "upsample", "input": [[1]], "scale_factor": 0.5}, "scale_factor 0.5 leaves nothing"),
    ({"type": "upsample", "input": [[1]], "scale_factor": [1, 0]}, "scale_factor is 0, but it is above 0"),
    ({"type": "upsample", "input": [[1]], "size": 2, "mode": "bilinear"}, 'mode is "bilinear", not nearest'),
    ({"type": "elu", "input": [-20000]}, "the exponential of -20000 is asked for"),
])  # fmt: skip
def test_mistakes(problem: Problem, said: str) -> None:
    done = run_cli("solve", "-", stdin=json.dumps(problem).encode())
    assert done.code == 2
    assert said in done.err.decode()


LAYERS = [{"type": "upsample", "scale_factor": 2}, {"type": "elu"}, {"type": "layer_norm", "normalized_shape": [4, 6]}]


def test_in_networks_of_sizes_and_of_numbers() -> None:
    sizes = solve_json({"type": "network", "input": [1, 2, 3], "layers": LAYERS})["layers"]
    numbers = solve_json({"type": "network", "input": [[1, -2, 3], [4, 5, -6]], "layers": LAYERS})["layers"]
    for ours, theirs in zip(sizes, numbers, strict=True):
        assert {key: theirs[key] for key in ours if key != "output_shape"} == {
            key: ours[key] for key in ours if key != "output_shape"
        }
        assert ours["output_shape"][1:] == theirs["output_shape"] == [4, 6]
    assert [layer["parameters"] for layer in sizes] == [0, 0, 48]
    assert [layer["receptive_field"] for layer in sizes] == [[1, 1], [1, 1], [2, 3]]


def test_from_python() -> None:
    """Under PyTorch's names, in PyTorch's order."""
    assert str(cnnsteps.elu([-1], 2).steps[0]) == "Val[1] = 2×(e^(-1) − 1) ≈ 2×(0.3679 − 1) ≈ -1.2642"  # type: ignore[attr-defined]
    assert cnnsteps.upsample([[1, 2]], (1, 4)).output.tolist() == [[1, 1, 2, 2]]  # type: ignore[attr-defined]
    normal = cnnsteps.layer_norm([1, 3], 2, weight=[2, 1], bias=[0, 1], eps=0, grad_output=[1, 1])  # type: ignore[attr-defined]
    assert normal.output.tolist() == [-2, 2]
    assert list(normal.gradients) == ["input", "gamma", "beta"]
    with pytest.raises(cnnsteps.InputError, match="eps is -1"):
        cnnsteps.layer_norm([1, 3], 2, eps=-1)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["elu", "upsample", "layer_norm"])
def test_in_help_completions_schema_and_walk(name: str) -> None:
    command = name.replace("_", "-")
    assert "Example" in run_cli(command, "--help").out.decode()
    assert command in run_cli("completion", "bash").out.decode()
    assert name in problem_schema()["$defs"]  # type: ignore[operator]
    case = next(Path("tests/golden").glob(f"{command}*.md"))
    problem = case.read_text("utf-8").split("```json\n")[1].split("```")[0]
    walked = run_cli("walk", "-", stdin=problem.encode()).out.decode()
    assert "Val[1" in walked
    for language in ("de", "zh"):
        assert run_cli(command, "-", "--language", language, stdin=problem.encode()).code == 0


def test_in_a_table_of_an_onnx_model_and_as_its_reference_has_them(tmp_path: Path) -> None:
    onnx = engine("onnx")
    from onnx import TensorProto, helper, numpy_helper
    from onnx.reference import ReferenceEvaluator

    scales, gamma = np.array([1, 1, 2, 1.5], np.float32), np.array([1, 2, 3], np.float32)
    nodes = [
        helper.make_node("Resize", ["x", "", "scales"], ["a"], mode="nearest", nearest_mode="floor",
                         coordinate_transformation_mode="asymmetric"),
        helper.make_node("Elu", ["a"], ["b"], alpha=0.5),
        helper.make_node("LayerNormalization", ["b", "gamma"], ["y"], axis=-1, epsilon=0.01),
    ]  # fmt: skip
    x, y = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("x", [1, 1, 2, 2]), ("y", None))
    )
    stored = [numpy_helper.from_array(scales, "scales"), numpy_helper.from_array(gamma, "gamma")]
    model = helper.make_model(
        helper.make_graph(nodes, "g", [x], [y], stored), opset_imports=[helper.make_opsetid("", 18)]
    )
    path = tmp_path / "model.onnx"
    onnx.save(model, str(path))
    lines = json.loads(run_cli("network", str(path), "-f", "json").out)["problems"][0]["layers"]
    assert [(line["type"], line["output_shape"], line["parameters"]) for line in lines] == [
        ("upsample", [1, 4, 3], 0), ("elu", [1, 4, 3], 0), ("layer_norm", [1, 4, 3], 3)
    ]  # fmt: skip
    given = np.array([[[[1, -2], [-3, 4]]]], np.float32)
    theirs = np.array(next(iter(ReferenceEvaluator(model).run(None, {"x": given}))))
    layers = [{"type": "upsample", "scale_factor": [2, 1.5]}, {"type": "elu", "alpha": 0.5},
              {"type": "layer_norm", "normalized_shape": 3, "gamma": [1, 2, 3], "epsilon": 0.01}]  # fmt: skip
    ours = solve_json({"type": "network", "input": given.tolist(), "layers": layers}, answer_only=True)["output"]
    np.testing.assert_allclose(floats(ours), theirs, rtol=1e-5, atol=1e-6)
