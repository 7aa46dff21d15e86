"""ONNX's own conformance cases for the layers beside convolution and pooling."""

from __future__ import annotations

import importlib
import pkgutil
import warnings
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.engines import Array, engine
from tests.problems import Problem
from tests.running import exact, solve_json

OPERATORS = {
    "Relu": "relu", "LeakyRelu": "leaky_relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softmax": "softmax",
    "BatchNormalization": "batch_norm", "Gemm": "linear", "Flatten": "flatten", "Dropout": "dropout",
}  # fmt: skip
TRAINING = "training is no part of the contract"
NOT_SAID = {
    **dict.fromkeys(("batchnorm_example_training_mode", "batchnorm_epsilon_training_mode", "training_dropout",
                     "training_dropout_default", "training_dropout_default_mask", "training_dropout_mask",
                     "training_dropout_zero_ratio", "training_dropout_zero_ratio_mask"), TRAINING),
    **dict.fromkeys(("flatten_axis2", "flatten_axis3", "flatten_negative_axis1", "flatten_negative_axis2"),
                    "only batch items are kept apart"),
    "gemm_default_matrix_bias": "a bias is one an output, not one a cell",
    "gemm_alpha": "no factor stands before the products",
    "gemm_beta": "no factor stands before the bias",
    "gemm_all_attributes": "no factor stands before the products",
}  # fmt: skip
"""Cases that no problem file can say."""


@cache
def node_cases() -> dict[str, Any]:
    """The installed version's cases by name; only their modules are imported, for that of poolings takes seconds."""
    engine("onnx")
    from onnx.backend.test.case import node

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in pkgutil.iter_modules(node.__path__):
            if module.name.replace("_", "") in map(str.lower, OPERATORS):
                importlib.import_module(f"{node.__name__}.{module.name}")
    return {case.name.removeprefix("test_"): case for case in node._NodeTestCases
            if case.model is not None and len(case.model.graph.node) == 1
            and case.model.graph.node[0].op_type in OPERATORS}  # fmt: skip


NODES = """
relu leakyrelu leakyrelu_default leakyrelu_example sigmoid sigmoid_example tanh tanh_example
softmax_axis_0 softmax_axis_1 softmax_axis_2 softmax_default_axis softmax_example softmax_large_number
softmax_negative_axis batchnorm_example batchnorm_epsilon
gemm_default_zero_bias gemm_default_no_bias gemm_default_scalar_bias gemm_default_single_elem_vector_bias
gemm_default_vector_bias gemm_transposeA gemm_transposeB
flatten_axis0 flatten_axis1 flatten_default_axis flatten_negative_axis3 flatten_negative_axis4
dropout_default dropout_default_ratio dropout_default_mask dropout_default_mask_ratio dropout_default_old
dropout_random_old
""".split()  # noqa: SIM905


def attributes_of(node: Any) -> dict[str, Any]:
    from onnx.helper import get_attribute_value

    return {attribute.name: get_attribute_value(attribute) for attribute in node.attribute}


def answer_of(problem: Problem) -> Array:
    return np.array(exact(solve_json(problem, answer_only=True)["output"]), dtype=float)


def problem_of(kind: str, attributes: dict[str, Any], inputs: list[Array]) -> Problem:
    """The problem file that says what a node does; floats as the decimals that they are."""
    x, *rest = inputs
    if kind == "linear":
        w = rest[0] if attributes.get("transB") else rest[0].T
        bias = {"bias": exactly(np.broadcast_to(rest[1].reshape(-1), (w.shape[0],)))} if len(rest) > 1 else {}
        return {"type": kind, "input": exactly(x.T if attributes.get("transA") else x), "weight": exactly(w), **bias}
    problem: Problem = {"type": kind, "input": exactly(x)}
    if kind == "softmax":
        # One axis after another is the channels of volumes, of lines in a batch, and the last of one volume.
        axis = attributes.get("axis", -1) % x.ndim
        problem |= {"dims": {0: 2, 1: 1, 2: 3}[axis]} if x.ndim == 3 else {}
    if kind == "batch_norm":
        problem |= {key: exactly(value) for key, value in zip(("gamma", "beta", "mean", "variance"), rest, strict=True)}
    if kind == "flatten":
        problem |= {"dims": 3 if attributes.get("axis", 1) % x.ndim == 0 else 2}
    ours = {"alpha": "negative_slope", "epsilon": "epsilon", "ratio": "p"}
    return problem | {ours[name]: Decimal(value) for name, value in attributes.items() if name in ours}


def exactly(array: Array) -> Any:
    return [exactly(part) for part in array] if array.ndim else Decimal(float(array))


@pytest.mark.parametrize("name", NODES)
def test_node_case(name: str) -> None:
    if name not in node_cases():
        pytest.skip("the installed onnx has no such case")
    case = node_cases()[name]
    node = case.model.graph.node[0]
    for inputs, outputs in case.data_sets:
        problem = problem_of(OPERATORS[node.op_type], attributes_of(node), [np.asarray(x) for x in inputs])
        # A second output of Dropout is its mask.
        expected = np.asarray(outputs[0])
        np.testing.assert_allclose(answer_of(problem).reshape(expected.shape), expected, rtol=2e-5, atol=1e-6)
