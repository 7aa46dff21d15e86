"""What can be read in one way only is read: other libraries' names, words in capitals, numbers in quotes.

Each is held against the same problem in our own words, and against the JSON Schema.
"""

# A case reads best on one line.
# ruff: noqa: E501

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnsteps import operators
from cnnsteps.problems import types
from cnnsteps.problems.own_words import in_own_words
from cnnsteps.problems.schema import problem_schema
from cnnsteps.reading.aliases import ADVICE
from cnnsteps.reading.field_types import COMMON
from cnnsteps.reading.key import Key
from tests.running import SAMPLES, run_cli, solve_json
from tests.tools import need

X = [[1, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]]
CONV: dict[str, Any] = {"type": "conv", "input": X, "kernel": [[2, 0], [0, 1]]}
POOL: dict[str, Any] = {"type": "pool", "input": X, "kernel_size": 2}
NORM: dict[str, Any] = {"type": "batch_norm", "input": [[1, 3]], "mean": [2], "variance": [4]}
LINEAR: dict[str, Any] = {"type": "linear", "input": [1, 2], "weight": [[3, 4]]}
SIZE: dict[str, Any] = {"type": "size", "input": [3, 9, 9], "kernel": 3, "filters": 4}

SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Conv2d": (
        {"type": "conv", "input": X, "weight": [[2, 0], [0, 1]], "kernel_size": [2, 2], "in_channels": 1, "out_channels": 1,
         "bias": False, "padding_mode": "Zeros"}, CONV),
    "keras.layers.Conv2D": (
        {"type": "conv", "inputs": X, "kernel": [[2, 0], [0, 1]], "filters": 1, "strides": [2, 1], "dilation_rate": 1,
         "use_bias": False, "padding": "VALID"}, {**CONV, "stride": [2, 1]}),
    "ONNX's Conv": (
        {"type": "conv", "x": X, "kernel": [[2, 0], [0, 1]], "auto_pad": "SAME_UPPER", "dilations": [1, 1], "group": 1,
         "kernel_shape": [2, 2]}, {**CONV, "padding": "same"}),
    "in quotes": (
        {**CONV, "stride": "2", "padding": ["1", 0], "dilation": " 1 ", "groups": "1", "dims": "2", "bias": "-1.5e1"},
        {**CONV, "stride": 2, "padding": [1, 0], "bias": -15}),
    "a matrix in quotes": (
        {**CONV, "input": [["1", "2.50", "1/3"], ["-0.5", "1e2", 0], ["007", " 2 ", 1]]},
        {**CONV, "input": [[1, 2.5, "1/3"], [-0.5, 100, 0], [7, 2, 1]]}),
    "flags": ({**CONV, "flip": "True"}, {**CONV, "flip": True}),
    "ONNX's flags": ({**CONV, "flip": 1}, {**CONV, "flip": True}),
    "no flag": ({**CONV, "flip": "false", "padding": "Same"}, {**CONV, "padding": "same"}),
    "edges": ({**CONV, "padding": 1, "padding_mode": "edge"}, {**CONV, "padding": 1, "padding_mode": "replicate"}),
    "ConvTranspose2d": (
        {"type": "conv_transpose", "input": [[1, 2]], "weight": [[3, 4]], "strides": 2, "out_channels": 1, "bias": False},
        {"type": "conv_transpose", "input": [[1, 2]], "kernel": [[3, 4]], "stride": 2}),
    "AvgPool2d": ({**POOL, "mode": "avg", "count_include_pad": 0}, {**POOL, "mode": "average", "count_include_pad": False}),
    "the mean": ({**POOL, "mode": "Mean"}, {**POOL, "mode": "average"}),
    "keras.layers.MaxPooling2D": (
        {"type": "pool", "mode": "MAX", "x": X, "pool_size": [2, 2], "strides": 1, "padding": "SAME"},
        {**POOL, "stride": 1, "padding": "same"}),
    "LPPool2d": ({**POOL, "mode": "lp", "norm_type": "3"}, {**POOL, "mode": "lp", "p": 3}),
    "AdaptiveAvgPool2d": (
        {"type": "pool", "mode": "avg", "input": X, "output_size": "2"},
        {"type": "pool", "mode": "average", "input": X, "output_size": 2}),
    "global": ({"type": "pool", "input": X, "global": "true"}, {"type": "pool", "input": X, "global": True}),
    "BatchNorm2d": (
        {"type": "batch_norm", "input": [[1, 3]], "running_mean": [2], "running_var": [4], "weight": 3, "bias": "1/2",
         "eps": "0.5", "num_features": 1}, {**NORM, "gamma": 3, "beta": "1/2", "epsilon": 0.5}),
    "keras.layers.BatchNormalization": (
        {"type": "batch_norm", "input": [[1, 3]], "moving_mean": [2], "moving_variance": [4], "gamma": 2}, {**NORM, "gamma": 2}),
    "LayerNorm": (
        {"type": "layer_norm", "input": [1, 5], "normalized_shape": "2", "weight": [1, 2], "bias": [0, 1], "eps": 1},
        {"type": "layer_norm", "input": [1, 5], "normalized_shape": 2, "gamma": [1, 2], "beta": [0, 1], "epsilon": 1}),
    "Linear": ({**LINEAR, "in_features": 2, "out_features": 1, "bias": False}, LINEAR),
    "keras.layers.Dense": ({**LINEAR, "units": "1", "use_bias": True, "bias": [5]}, {**LINEAR, "bias": [5]}),
    "LeakyReLU": (
        {"type": "leaky_relu", "inputs": [-1, 2], "alpha": "0.3"},
        {"type": "leaky_relu", "input": [-1, 2], "negative_slope": 0.3}),
    "keras.layers.Softmax": (
        {"type": "softmax", "input": [[0, 0]], "axis": -1}, {"type": "softmax", "input": [[0, 0]], "dim": -1}),
    "keras.layers.Dropout": ({"type": "dropout", "input": [1], "rate": 0.1}, {"type": "dropout", "input": [1], "p": 0.1}),
    "Upsample": (
        {"type": "upsample", "input": [[1, 2]], "scale_factor": "2", "interpolation": "Nearest"},
        {"type": "upsample", "input": [[1, 2]], "scale_factor": 2}),
    "sizes": (
        {"type": "size", "input": ["3", 9, 9], "kernel_size": "3", "out_channels": 4, "in_channels": 3, "use_bias": True},
        SIZE),
}  # fmt: skip


def valid(problem: Mapping[str, Any]) -> bool:
    need("jsonschema")
    from jsonschema import Draft202012Validator

    return bool(Draft202012Validator(problem_schema()).is_valid(problem))


@pytest.mark.parametrize("name", SAME)
def test_it_is_the_same_problem(name: str) -> None:
    other, ours = SAME[name]
    assert solve_json(json.dumps(other)) == solve_json(json.dumps(ours))
    assert valid(other)
    assert valid(ours)


@pytest.mark.parametrize("name", SAME)
def test_two_names_at_once_are_a_mistake_in_its_place(name: str) -> None:
    """Both of them, in either order, whichever the key is."""
    other, _ = SAME[name]
    operator = types.load(other["type"])
    keys = [*operator.KEYS, *operators.checks(operator)]
    names = {alias: key.name for key in keys for alias in key.also if alias not in {k.name for k in keys}}
    for alias in other.keys() & names.keys():
        for order in (1, -1):
            both = dict(list({**other, names[alias]: other[alias]}.items())[::order])
            text = json.dumps(both)
            done = run_cli("solve", "-", stdin=text.encode())
            column = text.index(f'"{alias}"') + 1
            said = f"<stdin>:1:{column}: error: {alias} and {names[alias]} are two names for one thing\n"
            assert (done.code, done.out, done.err.decode().startswith(said)) == (2, b"", True), done.err
            assert not valid(both)


LAYERS = {
    "PyTorch's": [
        {"type": "conv", "in_channels": 1, "out_channels": 6, "kernel_size": 5, "padding": "2", "bias": False},
        {"type": "pool", "mode": "avg", "kernel_size": 2}, {"type": "flatten"},
        {"type": "linear", "in_features": 1176, "out_features": 10},
    ],
    "Keras's": [
        {"type": "conv", "filters": 6, "kernel_size": [5, 5], "padding": "SAME", "strides": 1, "use_bias": False},
        {"type": "pool", "mode": "Average", "pool_size": 2, "strides": 2}, {"type": "flatten"},
        {"type": "linear", "units": 10},
    ],
    "ours": [
        {"type": "conv", "filters": 6, "kernel": 5, "padding": 2, "bias": False},
        {"type": "pool", "mode": "average", "kernel_size": 2}, {"type": "flatten"},
        {"type": "linear", "out_features": 10},
    ],
}  # fmt: skip


def test_layers_of_a_network_by_their_libraries_names() -> None:
    found = [
        solve_json(json.dumps({"type": "network", "input": [1, 28, 28], "layers": layers}))
        for layers in LAYERS.values()
    ]
    assert found[0] == found[1] == found[2]


def test_layers_with_numbers() -> None:
    layers = [{"type": "conv", "weight": [[1, "0"], [0, 1]], "kernel_size": 2, "strides": "1"}, {"type": "flatten"},
              {"type": "linear", "weight": [[1] * 9], "units": 1}]  # fmt: skip
    ours = [{"type": "conv", "kernel": [[1, 0], [0, 1]]}, {"type": "flatten"}, {"type": "linear", "weight": [[1] * 9]}]
    theirs, plain = ({"type": "network", "input": X, "layers": some} for some in (layers, ours))
    assert solve_json(json.dumps(theirs)) == solve_json(json.dumps(plain))


WRONG_LAYERS = {
    '{"type": "conv", "kernel": 3, "kernel_size": 3, "filters": 1}': ("kernel_size", "kernel_size and kernel are two names"),
    '{"type": "conv", "kernel_size": 3, "out_channels": 1, "in_channels": 4}': ("4", "in_channels is 4, but the input has 1"),
    '{"type": "conv", "kernel_size": 0, "out_channels": 1}': ("0", "kernel_size is 0, but it is at least 1"),
    '{"type": "conv", "kernel_size": 9, "out_channels": 1}': ("9", "kernel_size: a window of size 9 is larger"),
    '{"type": "batch_norm", "num_features": 2}': ("2", "num_features is 2, but the input has 1 channel"),
}  # fmt: skip


@pytest.mark.parametrize("layer", WRONG_LAYERS)
def test_a_layers_mistakes_are_told_by_the_names_that_it_has(layer: str) -> None:
    what, message = WRONG_LAYERS[layer]
    text = f'{{"type": "network", "input": [1, 4, 4], "layers": [{layer}]}}'
    done = run_cli("solve", "-", stdin=text.encode())
    assert done.code == 2
    line = done.err.decode().splitlines()[0]
    assert f"error: layer 1: {message}" in line
    column = int(line.split(":")[2])
    assert text[column - 1 :].strip('"').startswith(what)


def names_of(keys: Any) -> set[str]:
    return {name for key in keys for name in (key.name, *key.also)}


def known_to(kind: str) -> set[str]:
    """All names that a problem or a layer of this type takes or has an answer to."""
    operator = types.load(kind)
    taken = names_of((*operator.KEYS, *operators.checks(operator)))
    taken |= names_of((*getattr(operator, "SIZE_KEYS", ()), *operators.checks(operator, of_sizes=True)))
    return taken | {*ADVICE, *operators.advice(operator)}


TORCH = {
    "conv": ("Conv1d", "Conv2d", "Conv3d"), "conv_transpose": ("ConvTranspose2d",),
    "pool": ("MaxPool2d", "AvgPool2d", "LPPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d"),
    "batch_norm": ("BatchNorm2d",), "layer_norm": ("LayerNorm",), "linear": ("Linear",), "leaky_relu": ("LeakyReLU",),
    "softmax": ("Softmax",), "dropout": ("Dropout",), "relu": ("ReLU",), "elu": ("ELU",), "upsample": ("Upsample",),
}  # fmt: skip
NOT_OURS = {
    # How parameters are made and trained.
    "affine", "track_running_stats", "elementwise_affine",
    # Between places; it goes with modes that there are not.
    "align_corners", "recompute_scale_factor",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in TORCH.items() for name in names])
def test_every_argument_of_pytorchs_classes_is_known(kind: str, name: str) -> None:
    """It is read, or told why not."""
    need("torch")
    import torch

    arguments = set(inspect.signature(getattr(torch.nn, name)).parameters) - NOT_OURS
    assert arguments - known_to(kind) == set()


KERAS = {
    "conv": ("filters kernel_size strides padding data_format dilation_rate groups activation use_bias kernel_initializer"),
    "conv_transpose": "filters kernel_size strides padding output_padding data_format dilation_rate activation use_bias",
    "pool": "pool_size strides padding data_format keepdims output_size",
    "batch_norm": "axis momentum epsilon gamma beta moving_mean moving_variance",
    "layer_norm": "axis epsilon gamma beta", "linear": "units activation use_bias", "leaky_relu": "negative_slope alpha",
    "softmax": "axis", "dropout": "rate", "elu": "alpha", "upsample": "interpolation data_format",
}  # fmt: skip
"""Of keras.layers. `size` of UpSampling2D is left out: there it is a factor, and here, as in PyTorch, a size."""


@pytest.mark.parametrize("kind", KERAS)
def test_every_argument_of_kerass_classes_is_known(kind: str) -> None:
    assert set(KERAS[kind].split()) - known_to(kind) == set()


@pytest.mark.parametrize("kind", types.names())
def test_no_name_stands_for_two_keys(kind: str) -> None:
    operator = types.load(kind)
    for keys in (
        (*COMMON, *operator.KEYS, *operators.checks(operator)),
        (*getattr(operator, "SIZE_KEYS", ()), *operators.checks(operator, of_sizes=True)),
    ):
        own = [key.name for key in keys]
        others = [name for key in keys for name in key.also if name not in own]
        assert len(own) == len(set(own))
        assert len(others) == len(set(others))
        near = {name for key in keys for name in key.near}
        assert near & {*own, *others} <= {"dim", "name", "layer", "b", "bias", "size", "kernel", "rank"} & {
            *own,
            *others,
        }


def spelled(word: str) -> st.SearchStrategy[str]:
    return st.lists(st.booleans(), min_size=len(word), max_size=len(word)).map(
        lambda upper: "".join(c.upper() if up else c for c, up in zip(word, upper, strict=True))
    )


VALUES = st.one_of(
    st.sampled_from(["same", "valid", "same_upper", "same_lower", "max", "average", "avg", "mean", "true", "false", "edge"]).flatmap(spelled),
    st.integers(-1, 3), st.integers(-1, 3).map(str), st.integers(0, 2).map(lambda n: f" 0{n} "), st.booleans(),
    st.sampled_from(["1.0", "1e0", "+1", "", " ", "1/1", "x", 1.5, None, [], [1, 1], ["1", 1], [[1, "0"], [0, 1]], "\u0661"]),
)  # fmt: skip


@given(
    st.sampled_from(
        ["stride", "strides", "padding", "auto_pad", "dilation_rate", "flip", "groups", "bias", "padding_mode"]
    ),
    VALUES,
)
@settings(max_examples=300, deadline=None)
def test_the_schema_accepts_what_is_read(key: str, value: Any) -> None:
    """And what it refuses is refused: a value by itself, on an input on which every size fits."""
    problem = {"type": "conv", "input": [[1] * 9] * 9, "kernel": [[1, 2], [3, 4]], key: value}
    done = run_main(problem)
    if done:
        assert valid(problem)
    elif valid(problem):
        # What is wrong is not the value's form: the schema does not count dimensions.
        assert (key, value) in [
            ("groups", 2),
            ("groups", 3),
            ("groups", "2"),
            ("groups", "3"),
            ("groups", " 02 "),
        ] or isinstance(value, list)


def run_main(problem: dict[str, Any]) -> bool:
    """Whether it is read."""
    from cnnsteps.errors import InputError
    from cnnsteps.problems.problem import read_problem
    from cnnsteps.reading.source import Source

    try:
        read_problem(Source("x.json", json.dumps(problem)))
    except InputError:
        return False
    return True


def test_what_means_another_thing_elsewhere_is_not_read() -> None:
    """Keras's Dense has the inputs in its kernel's rows; ONNX's pads are not in our order."""
    for text, hint in (
        ('{"type": "linear", "input": [1], "kernel": [[1]]}', b"hint: did you mean weight?"),
        ('{"type": "conv", "input": [[1]], "kernel": [[1]], "pads": [1, 1, 1, 1]}', b"hint: did you mean padding?"),
    ):
        done = run_cli("solve", "-", stdin=text.encode())
        assert done.code == 2
        assert hint in done.err


def test_keys_have_names_of_one_kind() -> None:
    """Lower case with underscores, as files have them."""
    every: list[Key[Any]] = [key for kind in types.names() for key in types.load(kind).KEYS]
    assert all(name.replace("_", "").isalnum() and name.islower() for key in every for name in (*key.also, *key.near))


def test_samples_are_as_they_were() -> None:
    """They use the keys' own names."""
    for file in sorted(SAMPLES.glob("*.json")):
        problem = json.loads(file.read_text())
        assert problem.keys() <= {key.name for key in (*COMMON, *types.load(problem["type"]).KEYS)}


@pytest.mark.parametrize("name", SAME)
def test_in_own_words(name: str) -> None:
    """What the checker looks into has our names, and is the same problem."""
    other, ours = SAME[name]
    plain = in_own_words(other)
    assert plain.keys() <= {key.name for key in (*COMMON, *types.load(other["type"]).KEYS)}
    assert all(plain[key] == ours[key] for key in ("stride", "mode", "flip", "p") if key in ours)
    assert solve_json(json.dumps(plain)) == solve_json(json.dumps(ours))


def test_in_own_words_a_mistake_stays_one() -> None:
    wrong = {**CONV, "weight": [[1]]}
    assert in_own_words({**CONV, "title": "5"})["title"] == "5"
    assert in_own_words(wrong) == wrong
    assert in_own_words({"type": "nothing", "strides": 1}) == {"type": "nothing", "strides": 1}


def test_the_checker_judges_by_a_problem_in_other_words(tmp_path: Path) -> None:
    """It finds the same slip: the stride that was forgotten."""
    ours = {**POOL, "mode": "average", "stride": 2}
    other = {"type": "pool", "x": X, "pool_size": "2", "mode": "AVG", "strides": "2"}
    document = "Val[1,1] = (1 + 2 + 0 + 1)/4 = 1\nVal[1,2] = (2 + 3 + 1 + 2)/4 = 2\n"
    (tmp_path / "hw.md").write_text(document)
    reports = []
    for n, problem in enumerate((ours, other)):
        (tmp_path / f"{n}.json").write_text(json.dumps(problem))
        done = run_cli("check", "hw.md", "--problem", f"{n}.json", "-f", "json", cwd=tmp_path)
        reports.append((done.code, json.loads(done.out)))
    assert reports[0][0] == 1
    assert reports[0][1]["findings"] == reports[1][1]["findings"]
