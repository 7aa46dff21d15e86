"""Networks: published totals, each layer as a problem of its own, and mistakes in their places."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.running import SAMPLES, Result, exact, render, run_cli, solve_json

PUBLISHED = {
    # As it is taught, every map joined with every map: LeCun's C3 joins some only and has 1,516, 60,806 in all
    # with two parameters a map in S2 and S4.
    "network-lenet5": (61_706, 416_520, 32),
    # The paper's two groups; without them it is 62,378,344 parameters.
    "network-alexnet": (60_965_224, 724_406_816, 195),
    # Configuration D, biases included; receptive field of pool5 by Araujo, Norris and Sim.
    "network-vgg16": (138_357_544, 15_470_264_320, 212),
}


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.json").read_text("utf-8")


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_totals(name: str) -> None:
    parameters, multiply_adds, field = PUBLISHED[name]
    found = solve_json(sample(name))
    assert (found["parameters"], found["multiply_adds"]) == (parameters, multiply_adds)
    flatten = next(layer for layer in found["layers"] if layer["type"] == "flatten")
    assert flatten["receptive_field"] == [field, field]
    for key in ("parameters", "multiply_adds"):
        assert sum(layer[key] for layer in found["layers"]) == found[key]
    assert set(found["layers"][0]) == {
        "name", "type", "output_shape", "parameters", "multiply_adds", "receptive_field", "receptive_field_start",
        "receptive_field_padding",
    }  # fmt: skip


def test_alexnet_layers() -> None:
    """Krizhevsky's first layer, 55 × 55 × 96 and 34,944 parameters; the planes that the paper draws."""
    layers = {layer["name"]: layer for layer in solve_json(sample("network-alexnet"))["layers"]}
    assert layers["conv1"]["output_shape"] == [96, 55, 55]
    assert layers["conv1"]["parameters"] == 34_944
    assert layers["conv1"]["multiply_adds"] == 105_415_200
    assert [layers[name]["output_shape"] for name in ("conv2", "conv5", "pool5")] == [
        [256, 27, 27], [256, 13, 13], [256, 6, 6]
    ]  # fmt: skip
    printed = render(sample("network-alexnet"), "terminal")
    assert "parameters = K×(C×F×F + 1) = 96×(3×11×11 + 1) = 34 944" in printed
    assert "parameters = K×(C/G×F×F + 1) = 256×(96/2×5×5 + 1) = 307 456" in printed


def test_a_size_has_what_a_network_has() -> None:
    """One layer as a size problem: the same numbers, and the same formulas."""
    single = solve_json(sample("size-alexnet"))
    layer = solve_json(sample("network-alexnet"))["layers"][0]
    for key in ("output_shape", "parameters", "multiply_adds", "receptive_field"):
        assert single[key] == layer[key]
    assert "parameters" not in solve_json({"type": "size", "input": 8, "kernel": 3, "filters": 4})
    grouped = {"type": "size", "input": [4, 8, 8], "kernel": [2, 3, 3], "filters": 6, "groups": 2, "bias": False}
    assert (solve_json(grouped)["parameters"], solve_json(grouped)["multiply_adds"]) == (108, 108 * 36)


def test_dilation_and_unequal_sides() -> None:
    """F counts as D(F − 1) + 1; each dimension has its own field where they differ."""
    network = {"type": "network", "input": [1, 40, 40], "layers": [
        {"type": "conv", "kernel": [3, 5], "filters": 2, "dilation": 2, "stride": [1, 2]},
        {"type": "pool", "kernel_size": 2}]}  # fmt: skip
    layers = solve_json(network)["layers"]
    assert [layer["receptive_field"] for layer in layers] == [[5, 9], [6, 11]]
    printed = render(network, "terminal")
    assert "receptive field (width) = r + D×(F − 1)×j = 1 + 2×(5 − 1)×1 = 9" in printed
    assert "jump (width) = j×S = 2×2 = 4" in printed


def test_a_transposed_convolution_shares_places_out() -> None:
    """j' = j/S, a fraction; ⌈(D(F − 1) + 1)/S⌉ places land on one, but where dilation steps over places, fewer."""
    network = {"type": "network", "input": [1, 16, 16], "layers": [
        {"type": "conv_transpose", "kernel": 3, "filters": 2, "stride": 2},
        {"type": "conv_transpose", "kernel": 3, "filters": 2, "stride": 3, "dilation": 2}]}  # fmt: skip
    printed = render(network, "terminal")
    assert "receptive field = r + (⌈F/S⌉ − 1)×j = 1 + (2 − 1)×1 = 2" in printed
    assert "receptive field, counted = 2" in printed
    assert "jump = j/S = 0.5/3 = 1/6" in printed
    assert [layer["receptive_field"] for layer in solve_json(network)["layers"]] == [[2, 2], [2, 2]]


@pytest.mark.parametrize(("n", "out"), [(n, out) for n in range(1, 25) for out in range(1, 25)])
def test_widest_adaptive_window(n: int, out: int) -> None:
    """The closed form is the largest of ⌈(i + 1)·N/O⌉ − ⌊i·N/O⌋."""
    from cnnsteps.windows.adaptive import AdaptiveAxis

    assert AdaptiveAxis(n, out).widest == max(-(-(i + 1) * n // out) - i * n // out for i in range(out))


IMAGE = [[1, 2, 0, 1, 3], [0, 1, 2, 3, 1], [2, 1, 0, 0, 1], [1, 0, 3, 1, 0], [0, 2, 1, 1, 2]]
CHAINS: list[tuple[Any, list[dict[str, Any]]]] = [
    (IMAGE, [
        {"type": "conv", "kernel": [[[[1, 0], [0, -1]]], [[[0, 1], ["1/3", 0]]]], "bias": [1, -2], "padding": 1},
        {"type": "leaky_relu"}, {"type": "pool", "kernel_size": 2, "mode": "average"},
        {"type": "batch_norm", "mean": [1, 2], "variance": [4, 1], "epsilon": 0},
        {"type": "flatten"},
        {"type": "linear", "weight": [[1] * 18, [0, 1, -1] * 6], "bias": [0, 1]}, {"type": "softmax"},
    ]),
    ([IMAGE, IMAGE], [
        {"type": "conv_transpose", "kernel": [[[[1, 2]]], [[[0, 1]]]], "stride": 2},
        {"type": "relu"}, {"type": "dropout"}, {"type": "pool", "global": True}, {"type": "sigmoid"},
    ]),
    ([[IMAGE], [IMAGE]], [{"type": "conv", "kernel": [[[[1, 1], [1, 1]]]]}, {"type": "tanh"}, {"type": "flatten"}]),
    ([1, 2, 3], [{"type": "linear", "weight": [[1, 2, 3], [0, 0, 1]]}, {"type": "relu"}]),
]  # fmt: skip


@pytest.mark.parametrize(("given", "layers"), CHAINS)
def test_numbers_are_those_of_a_chain_of_problems(given: Any, layers: list[dict[str, Any]]) -> None:
    """Each layer gives what it gives as a problem of its own, with the answer before it as input."""
    found = solve_json({"type": "network", "input": given, "layers": layers})
    x, irrational = given, False
    for layer, own in zip(layers, found["layers"], strict=True):
        if irrational:
            break
        alone = solve_json({**layer, "input": x})
        assert exact(own["output"]) == exact(alone["output"])
        assert own["steps"] == alone["steps"]
        assert own["output_shape"] == alone["output_shape"]
        x, irrational = alone["output"], any("exact" in step for step in own["steps"])
    assert found["output"] == found["layers"][-1]["output"]
    assert found["output_shape"] == found["layers"][-1]["output_shape"]


def test_numbers_count_what_sizes_count() -> None:
    """The lines of a network with numbers are those of the same network with sizes."""
    given, layers = CHAINS[0]
    numbers = solve_json({"type": "network", "input": given, "layers": layers})
    sizes = solve_json({"type": "network", "input": [1, 5, 5], "layers": [
        {"type": "conv", "kernel": 2, "filters": 2, "padding": 1}, {"type": "leaky_relu"},
        {"type": "pool", "kernel_size": 2}, {"type": "batch_norm"}, {"type": "flatten"},
        {"type": "linear", "out_features": 2}, {"type": "softmax"}]})  # fmt: skip
    for ours, theirs in zip(numbers["layers"], sizes["layers"], strict=True):
        for key in ("name", "type", "output_shape", "parameters", "multiply_adds", "receptive_field"):
            assert ours[key] == theirs[key]


def test_small_network_ends_in_shares() -> None:
    found = solve_json(sample("network-small"))
    assert [layer["type"] for layer in found["layers"]] == ["conv", "relu", "pool", "flatten", "linear", "softmax"]
    assert abs(sum(map(float, found["output"])) - 1) < 1e-12
    assert "steps" not in solve_json(sample("network-small"), answer_only=True)["layers"][0]


def network(*layers: str, given: str = "[3, 8, 8]") -> bytes:
    lines = ",\n ".join(layers)
    return f'{{"type": "network", "input": {given}, "layers": [\n {lines}]}}'.encode()


def refused(*layers: str, given: str = "[3, 8, 8]") -> list[str]:
    done: Result = run_cli("network", "-", stdin=network(*layers, given=given))
    assert (done.code, done.out) == (2, b"")
    return done.err.decode().splitlines()


CONV = '{"type": "conv", "kernel": 5, "filters": 4, "name": "first"}'
MISTAKES = [
    ([CONV, '{"type": "maxpol", "kernel_size": 2}'],
     ['<stdin>:3:11: error: layer 2: type is "maxpol", which is no kind of layer', 'hint: did you mean "pool"?']),
    ([CONV, '{"type": "Dense", "out_features": 2}'],
     ['<stdin>:3:11: error: layer 2: type is "Dense", which is no kind of layer', 'hint: did you mean "linear"?']),
    ([CONV, '{"type": "conv", "kernel": 5, "filters": 2, "name": "C3"}'],
     ["<stdin>:3:29: error: layer 2, C3: kernel: a window of size 5 is larger than the padded input of 4: "
      "(N − F + 2P)/S + 1 = (4 − 5 + 0)/1 + 1 = 0; first gives 4 × 4 × 4"]),
    ([CONV, '{"type": "pool", "kernel_size": 9}'],
     ["<stdin>:3:34: error: layer 2: kernel_size: a window of size 9 is larger than the padded input of 4: "
      "⌊(N − F + 2P)/S⌋ + 1 = ⌊(4 − 9 + 0)/9⌋ + 1 = 0; first gives 4 × 4 × 4"]),
    ([CONV, '{"type": "linear", "out_features": 10}'],
     ["<stdin>:3:2: error: layer 2: a linear layer takes a row of numbers, but first gives 4 × 4 × 4",
      'hint: put {"type": "flatten"} before it']),
    (['{"type": "flatten"}', CONV],
     ["<stdin>:3:2: error: layer 2, first: a conv layer needs channels and planes, but flatten1 gives 192 numbers"]),
    (['{"type": "conv", "kernel": 3, "filters": 4, "groups": 2}'],
     ["<stdin>:2:56: error: layer 1: groups is 2, which does not divide input's 3 channels; "
      "the input has the shape 3 × 8 × 8"]),
    (['{"type": "conv", "kernel": 3}'], ["<stdin>:2:2: error: layer 1: filters is missing: "
                                         "how many channels the output has"]),
    (['{"kernel": 3}'], ["<stdin>:2:2: error: layer 1: type is missing"]),
    (['{"type": "conv_transpose", "kernel": 3, "filters": 4, "stride": 2, "output_padding": 2}'],
     ["<stdin>:2:87: error: layer 1: output_padding is 2, but it has to be below stride 2 or dilation 1; "
      "the input has the shape 3 × 8 × 8"]),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "lines"), MISTAKES)
def test_mistakes(layers: list[str], lines: list[str]) -> None:
    """The layer's place, what it is given and by whom, and the formula."""
    assert refused(*layers)[: len(lines)] == lines


def test_all_mistakes_at_once() -> None:
    """After a layer that does not fit, the later ones are still read."""
    lines = refused('{"type": "conv", "kernel": 9, "filters": 2}', '{"type": "pol"}', '{"type": "conv", "kernl": 3}')
    assert [line.split(":")[1] for line in lines if ": error: " in line] == ["2", "3", "4", "4"]


def test_mistakes_with_numbers() -> None:
    """A kernel with other channels, a weight with other columns: both shapes, and who gives them."""
    conv = '{"type": "conv", "name": "C1", "kernel": [[[[1]]], [[[2]]]]}'
    line = refused(conv, '{"type": "conv", "kernel": [[[[1]]]]}', given="[[1, 2], [3, 4]]")[0]
    assert line.startswith("<stdin>:3:")
    assert "kernel has 1 channel, but the input has 2 channels" in line
    assert line.endswith("; C1 gives 2 × 2 × 2")
    lines = refused('{"type": "flatten"}', '{"type": "linear", "weight": [[1, 2, 3]]}', given="[[1, 2], [3, 4]]")
    assert "weight has 3 columns" in lines[0]
    assert "flatten1 gives 4" in lines[0]
    lines = refused(conv, '{"type": "linear", "weight": [[1, 2]]}', given="[[1, 2], [3, 4]]")
    assert "a linear layer takes a row of numbers, but C1 gives 2 × 2 × 2" in lines[0]


def test_input_that_is_no_shape() -> None:
    for given, message in [("[3, 8]", "input has 2 sizes, but there are 2 dimensions"), ("[3, 0, 8]", "at least 1"),
                           ("7", "neither a shape like"), ("[]", "neither a shape like"),
                           ('["a", 1, 2]', "no layer carries numbers")]:  # fmt: skip
        assert message in refused(CONV, given=given)[0]


def test_large_shapes_need_no_room() -> None:
    """Sizes are numbers only: an output of a thousand million cells is counted, not made."""
    huge = {"type": "network", "input": [3, 100_000, 100_000], "layers": [json.loads(CONV)]}
    assert solve_json(huge)["layers"][0]["output_shape"] == [4, 99_996, 99_996]
    done = run_cli("network", "-", stdin=json.dumps(huge).encode())
    assert done.code == 0


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_no_table_is_wider_than_the_screen(columns: int) -> None:
    """Names go over two lines, become letters, then columns go below."""
    from cnnsteps.render.options import Screen

    for name in ("network-vgg16", "network-alexnet"):
        text = render(sample(name), "terminal", answer_only=True, screen=Screen(True, columns, None, False))
        assert max(map(len, text.splitlines())) <= columns
        for word in ("conv1", "receptive", "total"):
            assert word in text


def test_an_answer_is_not_given_again() -> None:
    """A layer's input is the answer above it, which is named and not repeated; its kernel and padding are shown."""
    layers = [
        {"type": "relu", "name": "first"},
        {"type": "conv", "kernel": [[5]], "padding": 1},
    ]
    text = render({"type": "network", "input": [[1, 2], [-3, 4]], "layers": layers}, "terminal")
    relu, conv = text.split("first: ReLU")[1].split("conv1: Convolution")
    assert "Input:" in relu
    assert "Input:" not in conv
    assert "Its input is the answer of layer 1, first." in conv
    assert conv.index("Its input") < conv.index("Kernel:") < conv.index("The padded input:")
