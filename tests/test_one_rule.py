"""One rule for a layer: a problem with numbers, the layer in a network of sizes, and in one of numbers agree."""

from __future__ import annotations

import re
from random import Random
from typing import Any, NamedTuple

import pytest

from cnnsteps import operators
from cnnsteps.model.solution import Problem
from cnnsteps.problems.problem import read_value
from cnnsteps.reading.json.text import Document
from cnnsteps.report import Report
from tests.running import solve_json

Keys = dict[str, Any]
ABOUT_LAYERS = re.compile(r"^layer \d+: |; the input has the shape [\d × ]+$")


class Case(NamedTuple):
    """A layer in both forms, and the shape that it is given, channels first."""

    shape: tuple[int, ...]
    numbers: Keys
    sizes: Keys


def zeros(shape: tuple[int, ...], value: int = 0) -> Any:
    return [zeros(shape[1:], value) for _ in range(shape[0])] if shape else value


def each(random: Random, d: int, low: int, high: int) -> int | list[int]:
    """One number, or one a dimension."""
    return random.randint(low, high) if random.random() < 0.6 else [random.randint(low, high) for _ in range(d)]


def some(random: Random, **keys: Any) -> Keys:
    """About half of these keys."""
    return {name: value for name, value in keys.items() if random.random() < 0.5}


def padding(random: Random, d: int) -> Any:
    pairs = [[random.randint(0, 4), random.randint(0, 4)] for _ in range(d)]
    return random.choice(["same", "valid", "same_upper", "same_lower", each(random, d, 0, 3), pairs, pairs])


def conv(random: Random, shape: tuple[int, ...]) -> Case:
    d, c = len(shape) - 1, shape[0]
    groups, filters = random.choice([1, 1, 1, 2, 3]), random.randint(1, 4)
    k = tuple(random.randint(1, 4 if d < 3 else 2) for _ in range(d))
    keys = some(random, stride=each(random, d, 1, 3), padding=padding(random, d), dilation=each(random, d, 1, 3))
    keys |= some(
        random, flip=random.choice([True, False]), padding_mode=random.choice(["zeros", "reflect", "circular"])
    )
    keys |= {"groups": groups} if groups > 1 or random.random() < 0.2 else {}
    # Where groups do not divide, no kernel fits; a share of at least 1 lets the rest be judged.
    kernel = zeros((filters, max(c // groups, 1), *k))
    bias = random.choice([True, False])
    numbers = {**keys, "kernel": kernel, **({"bias": zeros((filters,))} if bias else {})}
    return Case(shape, {"type": "conv", **numbers}, {"type": "conv", **keys, "kernel": list(k), "filters": filters,
                                                     "bias": bias})  # fmt: skip


def conv_transpose(random: Random, shape: tuple[int, ...]) -> Case:
    d, c = len(shape) - 1, shape[0]
    groups, share = random.choice([1, 1, 1, 2, 3]), random.randint(1, 2)
    k = tuple(random.randint(1, 4 if d < 3 else 2) for _ in range(d))
    keys = some(random, stride=each(random, d, 1, 4), padding=padding(random, d), dilation=each(random, d, 1, 3),
                output_padding=each(random, d, 0, 2))  # fmt: skip
    keys |= {"groups": groups} if groups > 1 else {}
    bias, filters = random.choice([True, False]), share * groups
    numbers = {**keys, "kernel": zeros((c, share, *k)), **({"bias": zeros((filters,))} if bias else {})}
    kind = {"type": "conv_transpose"}
    return Case(shape, kind | numbers, {**kind, **keys, "kernel": list(k), "filters": filters, "bias": bias})


def pool(random: Random, shape: tuple[int, ...]) -> Case:
    d = len(shape) - 1
    keys = some(random, kernel_size=each(random, d, 1, 4), stride=each(random, d, 1, 3), padding=padding(random, d))
    keys |= some(random, dilation=each(random, d, 1, 3), mode=random.choice(["max", "average", "lp"]))
    keys |= some(random, ceil_mode=random.choice([True, False])) if random.random() < 0.5 else {}
    rare: Keys = {"p": random.choice([1, 2, 3, 100, 101]), "count_include_pad": random.choice([True, False]),
                  "global": random.choice([True, False]), "output_size": each(random, d, 1, 5)}  # fmt: skip
    keys |= {name: value for name, value in rare.items() if random.random() < 0.15}
    if "kernel_size" not in keys and random.random() < 0.8:
        keys["kernel_size"] = each(random, d, 1, 4)
    return Case(shape, {"type": "pool", **keys}, {"type": "pool", **keys})


def linear(random: Random, shape: tuple[int, ...]) -> Case:
    features, out, bias = shape[0], random.randint(1, 4), random.choice([True, False])
    numbers = {"type": "linear", "weight": zeros((out, features)), **({"bias": zeros((out,))} if bias else {})}
    return Case(shape[:1], numbers, {"type": "linear", "out_features": out, "bias": bias})


def batch_norm(random: Random, shape: tuple[int, ...]) -> Case:
    vectors = {name: zeros((shape[0] + (random.random() < 0.1),), random.choice([-1, 0, 1, 1, 1]))
               for name in ("mean", "variance", "gamma", "beta")}  # fmt: skip
    keys = {"type": "batch_norm", **vectors, **some(random, epsilon=random.choice([0, "1/1000", -1]))}
    return Case(shape, keys, keys)


def softmax(random: Random, shape: tuple[int, ...]) -> Case:
    keys = {"type": "softmax", **some(random, dim=random.randint(-5, 4))}
    return Case(shape, keys, keys)


def leaky_relu(random: Random, shape: tuple[int, ...]) -> Case:
    keys = {"type": "leaky_relu", **some(random, negative_slope=random.choice([0, "1/3", -2, 0.5]))}
    return Case(shape, keys, keys)


def dropout(random: Random, shape: tuple[int, ...]) -> Case:
    keys = {"type": "dropout", **some(random, p=random.choice([0, 1, 0.5, 2, -1]))}
    return Case(shape, keys, keys)


def elu(random: Random, shape: tuple[int, ...]) -> Case:
    keys = {"type": "elu", **some(random, alpha=random.choice([0, "1/3", -2, 0.5]))}
    return Case(shape, keys, keys)


def upsample(random: Random, shape: tuple[int, ...]) -> Case:
    d = len(shape) - 1
    factors = random.choice([0.25, 1.5, "7/3", [random.choice([1, 2, 0.4]) for _ in range(d)]])
    keys = {"type": "upsample", **some(random, size=each(random, d, 1, 9)), **some(random, mode="nearest")}
    keys |= {"scale_factor": factors} if "size" not in keys or random.random() < 0.1 else {}
    return Case(shape, keys, keys)


def layer_norm(random: Random, shape: tuple[int, ...]) -> Case:
    own = shape[-random.randint(1, len(shape)) :]
    own = own if random.random() < 0.8 else (*own[:-1], own[-1] + 1)
    keys = {"type": "layer_norm", "normalized_shape": list(own)}
    keys |= some(random, gamma=zeros(own), beta=zeros(own[1:] or own))
    return Case(shape, keys, keys)


MADE = {"elu": elu, "upsample": upsample, "layer_norm": layer_norm,
        "conv": conv, "conv_transpose": conv_transpose, "pool": pool, "linear": linear, "batch_norm": batch_norm,
        "softmax": softmax, "leaky_relu": leaky_relu, "dropout": dropout}  # fmt: skip
COUNT = {"conv": 900, "conv_transpose": 900, "pool": 1500}


def drawn(kind: str, seed: int) -> Case:
    """A random layer of a type; one without settings has none to draw."""
    random = Random(f"{kind} {seed}")
    shape = (random.randint(1, 6), *(random.randint(1, 6) for _ in range(random.choice([1, 2, 2, 3]))))
    return MADE[kind](random, shape) if kind in MADE else Case(shape, {"type": kind}, {"type": kind})


def outcome(problem: Keys) -> tuple[Problem | None, set[str]]:
    """What is read, or what is wrong with it."""
    report = Report()
    exercise = read_value(Document(problem, True), None, report)
    return exercise and exercise.problem, {ABOUT_LAYERS.sub("", m.message) for m in report.mistakes}


def network(case: Case, given: Any, layer: Keys) -> Keys:
    """The layer as a network of its own; a row of numbers is made by flattening."""
    row = [{"type": "flatten"}] if len(case.shape) == 1 else []
    return {"type": "network", "dims": max(len(case.shape) - 1, 1), "input": given, "layers": [*row, layer]}


@pytest.mark.parametrize("kind", operators.layers())
def test_a_layer_fits_alike_everywhere(kind: str) -> None:
    """Its shape as a problem, in a network of sizes and in one of numbers, or mistakes in the same words in all."""
    fitted = 0
    for seed in range(COUNT.get(kind, 150)):
        case = drawn(kind, seed)
        planes = case.shape if len(case.shape) > 1 else (1, *case.shape)
        alone, mistakes = outcome({**case.numbers, "input": zeros(case.shape), "dims": max(len(case.shape) - 1, 1)})
        sizes, of_sizes = outcome(network(case, list(planes), case.sizes))
        numbers, of_numbers = outcome(network(case, zeros(planes), case.numbers))
        told = f"{kind}, seed {seed}: {case}"
        # A layer whose keys can't be read is not held against its shape.
        assert of_sizes == of_numbers <= mistakes, told
        assert len({read is None for read in (alone, sizes, numbers)}) == 1, told
        if alone is None or sizes is None or numbers is None:
            assert of_sizes, told
            continue
        assert alone.output_shape == sizes.output_shape == numbers.output_shape, told
        assert line(sizes) == line(numbers), told
        fitted += 1
    assert fitted > 20


def line(problem: Problem) -> Any:
    """The line of its last layer, without the equations' words."""
    return problem.layers[-1]  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(120))
def test_a_chain_of_layers_counts_alike(seed: int) -> None:
    """Parameters and multiply-adds of a chain with numbers are those of the same chain of sizes."""
    random = Random(seed)
    shape: tuple[int, ...] = (random.randint(1, 3), random.randint(4, 7), random.randint(4, 7))
    sizes: Keys = {"type": "network", "input": list(shape), "layers": []}
    numbers: Keys = {"type": "network", "input": zeros(shape), "layers": []}
    for _ in range(12):
        kind = random.choice(["conv", "conv_transpose", "conv_transpose", "pool", "relu", "batch_norm", "dropout"])
        case = MADE[kind](random, shape) if kind in MADE else Case(shape, {"type": kind}, {"type": kind})
        longer = {**sizes, "layers": [*sizes["layers"], case.sizes]}
        read, _ = outcome(longer)
        if read is not None and max(read.output_shape) < 12:
            sizes, shape = longer, read.output_shape
            numbers["layers"].append(case.numbers)
    features = 1
    for size in shape:
        features *= size
    sizes["layers"] += [{"type": "flatten"}, {"type": "linear", "out_features": 2, "bias": False}]
    numbers["layers"] += [{"type": "flatten"}, {"type": "linear", "weight": zeros((2, features))}]
    ours, theirs = outcome(numbers)[0], outcome(sizes)[0]
    assert ours is not None
    assert theirs is not None
    assert ours.layers == theirs.layers, (sizes, numbers)  # type: ignore[attr-defined]


def test_same_of_a_transposed_convolution_is_its_input_times_the_stride() -> None:
    """TensorFlow's conv2d_transpose(…, padding="SAME"): a kernel smaller than the stride leaves places empty."""
    one = {"type": "conv_transpose", "input": [[1, 2], [3, 4]], "kernel": [[1]], "stride": 2, "padding": "same"}
    assert solve_json(one)["output"] == [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]
    nine = {"type": "conv_transpose", "input": zeros((3, 3), 1), "kernel": zeros((3, 3), 1), "stride": 2,
            "padding": "same"}  # fmt: skip
    assert solve_json(nine)["output_shape"] == [6, 6]
    layers = [{"type": "conv_transpose", "kernel": 3, "filters": 1, "stride": 2, "padding": "same"},
              {"type": "flatten"}, {"type": "linear", "out_features": 1, "bias": False}]  # fmt: skip
    lines = solve_json({"type": "network", "input": [1, 3, 3], "layers": layers})["layers"]
    assert (lines[0]["output_shape"], lines[2]["parameters"]) == ([1, 6, 6], 36)
