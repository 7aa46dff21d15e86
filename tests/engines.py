"""Other engines: how a problem is put to them, and which of them have to be there.

In CI a missing SciPy or ONNX is a failure; elsewhere its tests are skipped. PyTorch is 800 MB,
and optional there too: `.ci/run` installs it where a wheel for CPUs is to be had.
"""

from __future__ import annotations

import importlib
import os
import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests import oracle
from tests.problems import Problem
from tests.running import exact, solve_json

Array = NDArray[Any]


def engine(name: str) -> ModuleType:
    """The module, or the test's end."""
    try:
        module = importlib.import_module(name)
        if name == "torch":
            module.set_num_threads(1)  # threads that wait for one another are slower, on a busy machine by far
        return module
    except ImportError as error:
        if os.environ.get("CI") and not name.startswith("torch"):
            pytest.fail(f"{name} must be installed in CI: {error}")
        pytest.skip(f"{name} is not installed")


def ours(problem: Problem, dtype: Any = np.int64) -> Array:
    """cnnsteps' answer as an array."""
    result = solve_json(problem, answer_only=True)
    array = np.array(exact(result["output"]), dtype=object)
    assert list(array.shape) == result["output_shape"]
    return array.astype(dtype)


def full(problem: Problem) -> tuple[Array, Array | None, list[int]]:
    """Input (N, C, *n) and kernel (F, C/groups, *k) as ONNX and PyTorch want them, and the output's shape for them."""
    d = oracle.dims_of(problem)
    x = np.array(problem["input"])
    lead = x.shape[:-d]
    x = x.reshape(*(1,) * (2 - len(lead)), *x.shape)
    if problem["type"] == "pool":
        return x, None, list(x.shape[:2])
    w = np.array(problem["kernel"])
    several = w.ndim == d + 1 and not lead
    w = w[:, None] if several else w.reshape(*(1,) * (d + 2 - w.ndim), *w.shape)
    return x, w, [x.shape[0], w.shape[0]]


def onnx_attributes(problem: Problem) -> dict[str, Any]:
    """The settings under ONNX's names."""
    d = oracle.dims_of(problem)
    found: dict[str, Any] = {}
    if "stride" in problem or problem["type"] == "pool":
        found["strides"] = oracle.per_dimension(problem.get("stride") or problem.get("kernel_size") or 1, d)
    else:
        found["strides"] = [1] * d
    found["dilations"] = oracle.per_dimension(problem.get("dilation", 1), d)
    padding = problem.get("padding", 0)
    if isinstance(padding, str):
        found["auto_pad"] = {"same": "SAME_UPPER"}.get(padding, padding.upper())
    else:
        sides = padding if isinstance(padding, list) else [padding] * d
        pairs = [side if isinstance(side, list) else [side, side] for side in sides]
        found["pads"] = [before for before, _ in pairs] + [after for _, after in pairs]
    if problem["type"] == "conv":
        return found | {"group": problem.get("groups", 1)}
    found |= {"kernel_shape": oracle.per_dimension(problem["kernel_size"], d), "ceil_mode": int(is_ceil(problem))}
    return found | ({"count_include_pad": int(problem.get("count_include_pad", True))} if is_average(problem) else {})


def is_ceil(problem: Problem) -> bool:
    return bool(problem.get("ceil_mode"))


def is_average(problem: Problem) -> bool:
    return problem.get("mode") == "average"


def onnx_run(problem: Problem, dtype: Any = np.float64) -> Array:
    """ONNX's reference evaluator on the same numbers."""
    engine("onnx")
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    x, w, _ = full(problem)
    op = {"conv": "Conv", "pool": "AveragePool" if is_average(problem) else "MaxPool"}[problem["type"]]
    feeds = {"x": x.astype(dtype)}
    if w is not None:
        feeds["w"] = w.astype(dtype)
    if "bias" in problem:
        feeds["b"] = np.atleast_1d(problem["bias"]).astype(dtype)
    node = helper.make_node(op, list(feeds), ["y"], **onnx_attributes(problem))
    infos = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, None) for name in feeds]
    graph = helper.make_graph([node], "one", infos, [helper.make_tensor_value_info("y", TensorProto.DOUBLE, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (y,) = ReferenceEvaluator(model).run(None, feeds)
    return np.asarray(y)
