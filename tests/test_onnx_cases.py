"""ONNX's own conformance cases for Conv and all poolings, and its stored PyTorch models.

The float operands are put into problem files exactly, as decimals, and our exact answer is held
against the stored one. Nothing is left out.
"""

from __future__ import annotations

import json
import warnings
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import test_onnx_layers as layers
from tests.engines import Array, engine
from tests.problems import Problem
from tests.running import render

OPERATORS = ("Conv", "MaxPool", "AveragePool", "LpPool", "GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool")
MODES = {"AveragePool": "average", "MaxPool": "max", "LpPool": "lp"}
NODES = """
basic_conv_with_padding basic_conv_without_padding conv_with_autopad_same
conv_with_strides_and_asymmetric_padding conv_with_strides_no_padding conv_with_strides_padding
maxpool_1d_default maxpool_2d_ceil maxpool_2d_ceil_output_size_reduce_by_one maxpool_2d_default maxpool_2d_dilations
maxpool_2d_precomputed_pads maxpool_2d_precomputed_same_upper maxpool_2d_precomputed_strides maxpool_2d_same_lower
maxpool_2d_same_upper maxpool_2d_strides maxpool_2d_uint8 maxpool_3d_default maxpool_3d_dilations
maxpool_3d_dilations_use_ref_impl maxpool_3d_dilations_use_ref_impl_large
maxpool_2d_pads
maxpool_with_argmax_2d_precomputed_pads maxpool_with_argmax_2d_precomputed_strides
averagepool_1d_default averagepool_2d_ceil averagepool_2d_ceil_last_window_starts_on_pad averagepool_2d_default
averagepool_2d_dilations averagepool_2d_precomputed_pads averagepool_2d_precomputed_pads_count_include_pad
averagepool_2d_precomputed_same_upper averagepool_2d_precomputed_strides averagepool_2d_same_lower
averagepool_2d_pads averagepool_2d_pads_count_include_pad averagepool_2d_same_upper
averagepool_2d_strides averagepool_3d_default averagepool_3d_dilations_small
averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_False
averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_True
averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_False
averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True
lppool_1d_default lppool_2d_default lppool_2d_dilations lppool_2d_pads lppool_2d_same_lower lppool_2d_same_upper
lppool_2d_strides lppool_3d_default
globalaveragepool globalaveragepool_precomputed globalmaxpool globalmaxpool_precomputed
""".split()  # noqa: SIM905
ROUNDED = {"averagepool_2d_ceil_last_window_starts_on_pad": 1e-3}
"""Cases whose stored answer has fewer digits than a float, and how good it is."""

STORED = """
AvgPool1d AvgPool1d_stride AvgPool2d AvgPool2d_stride AvgPool3d AvgPool3d_stride AvgPool3d_stride1_pad0_gpu_input
Conv1d Conv1d_dilated Conv1d_groups Conv1d_pad1 Conv1d_pad1size1 Conv1d_pad2 Conv1d_pad2size1 Conv1d_stride
Conv2d Conv2d_depthwise Conv2d_depthwise_padded Conv2d_depthwise_strided Conv2d_depthwise_with_multiplier
Conv2d_dilated Conv2d_groups Conv2d_groups_thnn Conv2d_no_bias Conv2d_padding Conv2d_strided
Conv3d Conv3d_dilated Conv3d_dilated_strided Conv3d_groups Conv3d_no_bias Conv3d_stride Conv3d_stride_padding
MaxPool1d MaxPool1d_stride MaxPool1d_stride_padding_dilation MaxPool2d MaxPool2d_stride_padding_dilation
MaxPool3d MaxPool3d_stride MaxPool3d_stride_padding operator_conv operator_maxpool
""".split()  # noqa: SIM905
AROUND = {"Unsqueeze", "Squeeze"}
"""Nodes that a stored model may have beside its one Conv or pool: they add a dimension and take it away."""
MOST_CELLS = 20_000
"""Of larger inputs the first batch item is worked out; a maximum of more is taken of ranks."""


def padding_of(attributes: dict[str, Any], d: int) -> Any:
    word = attributes.get("auto_pad", b"NOTSET").decode()
    if word != "NOTSET":
        return word.lower()
    pads = attributes.get("pads", [0] * 2 * d)
    return [[before, after] for before, after in zip(pads[:d], pads[d:], strict=True)]


def problem_of(node: Any, x: Array, w: Array | None = None, b: Array | None = None) -> Problem:
    """The problem file that says what an ONNX node does."""
    from onnx.helper import get_attribute_value

    given = {attribute.name: get_attribute_value(attribute) for attribute in node.attribute}
    d = x.ndim - 2
    if node.op_type.startswith("Global"):
        mode = MODES[node.op_type.removeprefix("Global")]
        p = {"p": given.get("p", 2)} if mode == "lp" else {}
        return {"type": "pool", "dims": d, "input": exactly(x), "mode": mode, "global": True, **p}
    problem: Problem = {"dims": d, "input": exactly(x), "padding": padding_of(given, d)}
    problem |= {"stride": list(given.get("strides", [1] * d)), "dilation": list(given.get("dilations", [1] * d))}
    if w is not None:
        bias = {} if b is None else {"bias": exactly(b)}
        return {"type": "conv", **problem, "kernel": exactly(w), "groups": given.get("group", 1), **bias}
    problem |= {"type": "pool", "kernel_size": list(given["kernel_shape"])}
    problem |= {"ceil_mode": bool(given.get("ceil_mode", 0)), "mode": MODES[node.op_type]}
    if node.op_type == "AveragePool":
        problem["count_include_pad"] = bool(given.get("count_include_pad", 0))
    if node.op_type == "LpPool":
        problem["p"] = given.get("p", 2)
    return problem


def exactly(array: Array) -> Any:
    """Every float as the decimal that it is."""
    if array.dtype.kind in "iu":
        return array.tolist()
    return [exactly(part) for part in array] if array.ndim else Decimal(float(array))


def answer_of(problem: Problem) -> Array:
    (result,) = json.loads(render(problem, "json", answer_only=True))["problems"]
    found = np.array(result["output"], dtype=object)
    assert list(found.shape) == result["output_shape"]
    return np.array([float(Fraction(v) if isinstance(v, str) else v) for v in found.reshape(-1)]).reshape(found.shape)


@cache
def of_one_node() -> list[Any]:
    """The installed version's cases of one node."""
    engine("onnx")
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = collect_testcases(None)
    return [case for case in cases if case.model is not None and len(case.model.graph.node) == 1]


@cache
def node_cases() -> dict[str, tuple[Any, list[tuple[list[Array], list[Array]]]]]:
    """Those that are ours, by name: the node, its inputs and outputs."""
    return {
        case.name.removeprefix("test_"): (case.model.graph.node[0], arrays(case.data_sets))
        for case in of_one_node()
        if case.model.graph.node[0].op_type in OPERATORS
    }


def arrays(data_sets: Any) -> list[tuple[list[Array], list[Array]]]:
    return [([np.asarray(x) for x in inputs], [np.asarray(y) for y in outputs]) for inputs, outputs in data_sets]


def test_every_node_case_is_run_or_listed() -> None:
    """Here, or with the layers (tests/test_onnx_layers.py)."""
    ours = {case.name.removeprefix("test_") for case in of_one_node()
            if case.model.graph.node[0].op_type in (*OPERATORS, *layers.OPERATORS)}  # fmt: skip
    run, listed = {*NODES, *layers.NODES}, set(layers.NOT_SAID)
    assert not run & listed
    assert ours <= run | listed


@pytest.mark.parametrize("name", NODES)
def test_node_case(name: str) -> None:
    if name not in node_cases():
        pytest.skip("the installed onnx has no such case")
    node, data_sets = node_cases()[name]
    for inputs, outputs in data_sets:
        found = answer_of(problem_of(node, *inputs))
        assert found.shape == outputs[0].shape
        np.testing.assert_allclose(found, outputs[0].astype(float), rtol=ROUNDED.get(name, 1e-6), atol=1e-6)


@pytest.mark.parametrize("name", [name for name in NODES if "argmax" in name])
def test_where_the_maximum_stood(name: str) -> None:
    """ONNX's Indices are flat in the whole tensor; `storage_order` 1 counts down the columns."""
    from onnx.helper import get_attribute_value

    if name not in node_cases():
        pytest.skip("the installed onnx has no such case")
    node, data_sets = node_cases()[name]
    order = {a.name: get_attribute_value(a) for a in node.attribute}.get("storage_order", 0)
    for (x,), (_, indices) in data_sets:
        assert x.shape[:2] == (1, 1)
        (result,) = json.loads(render(problem_of(node, x), "json"))["problems"]
        stood = np.array([step["argmax"] for step in result["steps"]]) - 1
        found = np.ravel_multi_index(tuple(stood.T), x.shape[2:], order="F" if order else "C")
        assert found.tolist() == indices.reshape(-1).tolist()


@cache
def stored_models() -> dict[str, Path]:
    """The folders of stored models with one node that is ours, by name."""
    onnx = engine("onnx")
    data = Path(str(onnx.__file__)).parent / "backend" / "test" / "data"
    folders = sorted([*data.glob("pytorch-converted/test_*"), *data.glob("pytorch-operator/test_*")])
    found = {}
    for folder in folders:
        types = [node.op_type for node in onnx.load(str(folder / "model.onnx")).graph.node]
        if set(types) & set(OPERATORS) and len([t for t in types if t not in AROUND]) == 1:
            found[folder.name.removeprefix("test_")] = folder
    return found


def test_every_stored_model_is_run() -> None:
    assert set(stored_models()) <= set(STORED)


@pytest.mark.parametrize("name", STORED)
def test_stored_pytorch_model(name: str) -> None:
    onnx = engine("onnx")
    if name not in stored_models():
        pytest.skip("the installed onnx has no such model")
    folder = stored_models()[name]
    graph = onnx.load(str(folder / "model.onnx")).graph
    node = next(node for node in graph.node if node.op_type in OPERATORS)
    x, expected = (
        onnx.numpy_helper.to_array(onnx.load_tensor(str(folder / "test_data_set_0" / file)))
        for file in ("input_0.pb", "output_0.pb")
    )
    if len(graph.node) > 1:
        x, expected = x[..., None], expected[..., None]
    weights = [onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer]
    if x.size > MOST_CELLS:
        x, expected = x[:1], expected[:1]
    if x.size > MOST_CELLS and node.op_type == "MaxPool":
        values, x = np.unique(x, return_inverse=True)
        expected = np.searchsorted(values, expected)
    found = answer_of(problem_of(node, x, *weights))
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
