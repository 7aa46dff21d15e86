"""The layers beside convolution and pooling: exact ones in fractions, the others to 140 digits.

The oracles are the documented formulas, written once more with Fraction and Decimal; SciPy,
ONNX's own cases and, where it is, PyTorch are asked besides.
"""

from __future__ import annotations

import json
import math
import re
import warnings
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnsteps.errors import InputError
from tests.engines import Array, engine
from tests.problems import DECIMALS, FRACTIONS, NUMBERS, PLAIN, SMALL, Problem, tensors
from tests.running import SAMPLES, exact, render, run_cli, solve_json

PRECISE = Context(prec=140, Emax=MAX_EMAX, Emin=MIN_EMIN)
Exactly = Callable[[list[Fraction]], list[Fraction | None]]
SHAPES = st.lists(st.integers(1, 3), min_size=1, max_size=5).map(tuple)
MILD = st.one_of(SMALL, DECIMALS.filter(lambda x: abs(x) < 60), FRACTIONS)
"""What e can be raised to without a page of digits."""


def flat(value: Any) -> list[Any]:
    return [n for part in value for n in flat(part)] if isinstance(value, list) else [value]


def shape_of(value: Any) -> tuple[int, ...]:
    return (len(value), *shape_of(value[0])) if isinstance(value, list) else ()


def precise(x: Fraction) -> Decimal:
    return PRECISE.divide(Decimal(x.numerator), Decimal(x.denominator))


def e_to(x: Fraction) -> Decimal:
    return PRECISE.exp(precise(x))


def nearest(x: Decimal) -> Fraction:
    """What 17 digits say."""
    return Fraction(Context(prec=17, Emax=MAX_EMAX, Emin=MIN_EMIN).plus(x))


def sigmoid(x: Fraction) -> Fraction | Decimal:
    return Fraction(1, 2) if x == 0 else PRECISE.divide(Decimal(1), PRECISE.add(Decimal(1), e_to(-x)))


def tanh(x: Fraction) -> Fraction | Decimal:
    """By its own formula; 140 digits less what cancels."""
    if x == 0:
        return Fraction(0)
    up, down = e_to(x), e_to(-x)
    return PRECISE.divide(PRECISE.subtract(up, down), PRECISE.add(up, down))


def softmax(x: list[Fraction]) -> list[Fraction | Decimal]:
    """Without taking the maximum away, which changes nothing."""
    if len(set(x)) == 1:
        return [Fraction(1, len(x))] * len(x)
    total = Decimal(0)
    for value in x:
        total = PRECISE.add(total, e_to(value))
    return [PRECISE.divide(e_to(value), total) for value in x]


def softmax_axis(rank: int, dims: int) -> int:
    """PyTorch's, where dims is 1 for a list and 2 for all else: 0, 1, 0, 1."""
    return {0: rank - 1, 1: 0, 2: 1}[rank - dims] if rank > 1 else 0


def batch_norm(x: Fraction, mean: Fraction, variance: Fraction, epsilon: Fraction, g: Fraction, b: Fraction) -> Any:
    under = variance + epsilon
    whole = [math.isqrt(part) for part in (under.numerator, under.denominator)]
    if whole[0] ** 2 == under.numerator and whole[1] ** 2 == under.denominator:
        return g * (x - mean) / Fraction(*whole) + b
    if x == mean or g == 0:
        return b
    return PRECISE.add(PRECISE.divide(precise(g * (x - mean)), PRECISE.sqrt(precise(under))), precise(b))


def check(problem: Problem, expected: list[Fraction | Decimal]) -> None:
    """Answer and steps are these numbers: exact ones exactly, others to 17 digits and marked."""
    result = solve_json(problem)
    values = [value if isinstance(value, Fraction) else nearest(value) for value in expected]
    assert exact(flat(result["output"])) == values
    assert shape_of(result["output"]) == tuple(result["output_shape"])
    steps = result["steps"]
    assert [Fraction(step["value"]) for step in steps] == values
    assert [step.get("exact", True) for step in steps] == [isinstance(value, Fraction) for value in expected]
    indices = [[i + 1 for i in index] for index in np.ndindex(*result["output_shape"])]
    assert [step["index"] for step in steps] == indices
    check_printed(problem, expected, 3)
    if problem["type"] != "dropout":
        assert len(re.findall(r"Val_\{\[", render(problem, "latex"))) == len(expected)


NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:/\d+)?$")


def check_printed(problem: Problem, expected: list[Fraction | Decimal], digits: int) -> None:
    """Every step ends with its value, rounded half away from zero behind `≈`."""
    lines = [line for line in render(problem, "terminal", digits=digits).split("\n") if line.startswith("Val[")]
    if problem["type"] == "dropout":
        return
    assert len(lines) == len(expected)
    for line, value in zip(lines, expected, strict=True):
        said = Fraction(NUMBER.search(line)[0])  # type: ignore[index]
        if isinstance(value, Fraction):
            doubled = math.floor(abs(value) * 10**digits + Fraction(1, 2))
            assert said == Fraction(doubled if value >= 0 else -doubled, 10**digits), line
        else:
            assert said == Fraction(value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, PRECISE)), line
        if said != value:
            assert re.search(r"≈ *\S+$", line), line


@st.composite
def layers(draw: st.DrawFn, kind: str, numbers: Any) -> Problem:
    return {"type": kind, "input": draw(tensors(draw(SHAPES), numbers))}


@given(layers("relu", NUMBERS))
def test_relu(problem: Problem) -> None:
    check(problem, [max(Fraction(0), x) for x in exact(flat(problem["input"]))])


@given(layers("leaky_relu", NUMBERS), st.one_of(st.none(), PLAIN))
def test_leaky_relu(problem: Problem, slope: Any) -> None:
    given = {} if slope is None else {"negative_slope": slope}
    factor = Fraction(1, 100) if slope is None else Fraction(slope)
    check({**problem, **given}, [x if x >= 0 else factor * x for x in exact(flat(problem["input"]))])


@given(layers("sigmoid", MILD))
def test_sigmoid(problem: Problem) -> None:
    check(problem, [sigmoid(x) for x in exact(flat(problem["input"]))])


@given(layers("tanh", MILD))
def test_tanh(problem: Problem) -> None:
    check(problem, [tanh(x) for x in exact(flat(problem["input"]))])


@given(layers("dropout", NUMBERS), st.sampled_from([None, 0, 1, Decimal("0.3")]))
def test_dropout(problem: Problem, p: Any) -> None:
    check({**problem, **({} if p is None else {"p": p})}, exact(flat(problem["input"])))


@given(layers("flatten", NUMBERS))
def test_flatten(problem: Problem) -> None:
    """Batch items are kept apart; all else is one row."""
    check(problem, exact(flat(problem["input"])))
    shape = shape_of(problem["input"])
    rows = shape[:1] if len(shape) > 3 else ()
    assert solve_json(problem)["output_shape"] == [*rows, math.prod(shape) // math.prod(rows)]


@given(layers("softmax", MILD), st.sampled_from([None, 1, 2, 3]))
def test_softmax(problem: Problem, dims: int | None) -> None:
    shape = shape_of(problem["input"])
    d = dims or (3 if len(shape) == 5 else 2)
    assume(len(shape) == 1 or 0 <= len(shape) - d <= 2)
    axis = softmax_axis(len(shape), d)
    x = np.moveaxis(np.array(exact(problem["input"]), dtype=object), axis, -1)
    rows = np.empty(x.shape, dtype=object)
    for index in np.ndindex(*x.shape[:-1]):
        rows[index] = softmax(x[index].tolist())
    expected = np.moveaxis(rows, -1, axis).reshape(-1).tolist()
    check({**problem, **({} if dims is None else {"dims": dims})}, expected)


@given(layers("softmax", MILD), st.data())
def test_softmax_along_a_dimension(problem: Problem, data: st.DataObject) -> None:
    shape = shape_of(problem["input"])
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = np.moveaxis(np.array(exact(problem["input"]), dtype=object), dim, -1)
    rows = np.empty(x.shape, dtype=object)
    for index in np.ndindex(*x.shape[:-1]):
        rows[index] = softmax(x[index].tolist())
    dims = {"dims": 3} if len(shape) == 5 else {}
    check({**problem, "dim": dim, **dims}, np.moveaxis(rows, -1, dim).reshape(-1).tolist())


def test_what_stands_together_is_named() -> None:
    problem = {"type": "softmax", "input": [[[1, 2], [3, 4]], [[0, 0], [1, 1]]]}
    assert "Column 2" in render({"type": "softmax", "input": [[1, 2], [3, 4]], "dim": 0}, "terminal")
    assert "The channels at [2,1]" in render(problem, "terminal")
    assert "The channels at [2,1]" in render({**problem, "dim": -3}, "terminal")
    assert "The numbers at [2,:,1]" in render({**problem, "dim": 1}, "terminal")
    assert "The numbers at [2,1,:]" in render({**problem, "dim": 2}, "terminal")


@st.composite
def normalizations(draw: st.DrawFn) -> tuple[Problem, int]:
    """With how many channels, one after another, each of how many neighbours."""
    shape = draw(SHAPES)
    d = 3 if len(shape) == 5 else 2
    channels = shape[0] if len(shape) == 1 else shape[len(shape) - d - 1] if len(shape) > d else 1
    inner = 1 if len(shape) == 1 else math.prod(shape[-d:])
    vector = st.lists(PLAIN, min_size=channels, max_size=channels)
    squares = st.sampled_from([0, 1, 4, Fraction(4, 9), Decimal("2.25"), Decimal("3.99999"), 2, Fraction(1, 3)])
    problem: Problem = {"type": "batch_norm", "input": draw(tensors(shape, PLAIN)), "mean": draw(vector)}
    problem["variance"] = draw(st.lists(squares, min_size=channels, max_size=channels))
    problem |= draw(st.fixed_dictionaries({}, optional={"gamma": vector, "beta": vector}))
    epsilon = draw(st.sampled_from([None, 1, Decimal("0.001"), *([] if 0 in problem["variance"] else [0])]))
    return problem | ({} if epsilon is None else {"epsilon": epsilon}), inner


@settings(max_examples=200)
@given(normalizations())
def test_batch_norm(drawn: tuple[Problem, int]) -> None:
    problem, inner = drawn
    channels = len(problem["mean"])
    constants = {key: exact(problem.get(key, [default] * channels)) for key, default in
                 (("mean", 0), ("variance", 0), ("gamma", 1), ("beta", 0))}  # fmt: skip
    epsilon = Fraction(problem.get("epsilon", Decimal("0.00001")))
    expected = []
    for n, x in enumerate(exact(flat(problem["input"]))):
        mean, variance, gamma, beta = (constants[key][n // inner % channels] for key in constants)
        expected.append(batch_norm(x, mean, variance, epsilon, gamma, beta))
    check(problem, expected)


def test_batch_norm_of_columns() -> None:
    """A matrix with one mean a column is PyTorch's (N, C)."""
    check({"type": "batch_norm", "input": [[1, 2], [3, 4]], "mean": [1, 2], "variance": [4, 1], "epsilon": 0},
          [Fraction(0), Fraction(0), Fraction(1), Fraction(2)])  # fmt: skip


@settings(max_examples=200)
@given(st.data(), SHAPES, st.integers(1, 4), st.booleans())
def test_linear(data: st.DataObject, shape: tuple[int, ...], out: int, has_bias: bool) -> None:
    x, w = data.draw(tensors(shape, NUMBERS)), data.draw(tensors((out, shape[-1]), NUMBERS))
    problem: Problem = {"type": "linear", "input": x, "weight": w}
    if has_bias:
        problem["bias"] = data.draw(tensors((out,), NUMBERS))
    b = exact(problem.get("bias", [0] * out))
    rows = np.array(exact(x), dtype=object).reshape(-1, shape[-1])
    expected = [sum((p * q for p, q in zip(row, weights, strict=True)), bias)
                for row in rows.tolist() for weights, bias in zip(exact(w), b, strict=True)]  # fmt: skip
    result = solve_json(problem)
    assert result["output_shape"] == [*shape[:-1], out]
    assert exact(flat(result["output"])) == expected
    for step, value in zip(result["steps"], expected, strict=True):
        assert set(step) == {"index", "terms", "bias", "value"}
        terms, bias = exact(step["terms"]), Fraction(step["bias"] or 0)
        assert Fraction(step["value"]) == value == sum((p * q for p, q in terms), bias)
    check_printed(problem, expected, 2)


WORDS = [("×", "*"), ("−", "-"), ("√", "math.sqrt"), ("^", "**"), ("max", "max")]


@pytest.mark.parametrize("kind", ["relu", "leaky_relu", "sigmoid", "tanh", "softmax", "batch_norm", "linear"])
def test_every_link_recomputes(kind: str) -> None:
    """What is printed is a chain of expressions; each comes to the same number, as well as its digits allow."""
    x = [[[Fraction(i * j - c, 2) for j in range(3)] for i in range(-1, 2)] for c in range(2)]
    own: dict[str, Problem] = {
        "batch_norm": {"mean": [Fraction(1, 3), -1], "variance": [2, 4], "gamma": [-2, 3], "beta": [1, -1]},
        "linear": {"weight": [[1, -2, Fraction(1, 3)], [0, 1, 5]], "bias": [-1, 2]},
    }
    text = render({"type": kind, "input": x, **own.get(kind, {})}, "terminal", digits=12)
    lines = [line for line in text.split("\n") if re.match(r"(Val\[|e\^|S )", line) and "0 - m" not in line]
    assert len(lines) > 10
    for line in lines:
        links = re.split(r" ([=≈]) ", line)
        start = next(i for i, link in enumerate(links) if link in "=≈") + 1
        values = [value_of(link) for link in links[start::2]]
        for relation, (before, after) in zip(links[start + 1 :: 2], pairwise(values), strict=True):
            assert math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-15 if relation == "=" else 1e-9), line


def value_of(link: str) -> float:
    for sign, word in WORDS:
        link = link.replace(sign, word)
    assert re.fullmatch(r"[-+*/(),.\d e]|[-+*/(),.\d e]*(?:(?:math\.sqrt|max)[-+*/(),.\d e]*)*", link), link
    return float(eval(link.strip(), {"e": math.e, "math": math, "max": max}))


@pytest.mark.parametrize(
    ("kind", "x", "expected"),
    [
        ("sigmoid", -9000, PRECISE.divide(Decimal(1), PRECISE.add(Decimal(1), e_to(Fraction(9000))))),
        ("tanh", Decimal("1e-40"), Decimal("1e-40")),
        ("tanh", Decimal("-1e-400"), Decimal("-1e-400")),
        ("tanh", 9000, Decimal(1)),
    ],
)
def test_far_numbers(kind: str, x: Any, expected: Decimal) -> None:
    """17 digits are right however small the value is, and what cancels is made up for."""
    result = solve_json({"type": kind, "input": [x]}, answer_only=True)
    assert Fraction(result["output"][0]) == nearest(expected)


def test_large_inputs() -> None:
    """Several blocks of rows, in channels whose constants differ."""
    x = np.random.default_rng(1).integers(-99, 100, (3, 90, 110))
    relu = solve_json({"type": "relu", "input": x.tolist()})
    assert [step["value"] for step in relu["steps"]] == np.maximum(x, 0).reshape(-1).tolist()
    problem = {"type": "batch_norm", "input": x.tolist(), "mean": [1, 2, 3], "variance": [1, 4, 9], "epsilon": 0}
    scaled = (x - np.array([1, 2, 3])[:, None, None]) / np.array([1, 2, 3])[:, None, None]
    found = [float(Fraction(step["value"])) for step in solve_json(problem)["steps"]]
    assert np.allclose(found, scaled.reshape(-1), rtol=1e-15)
    assert "Channel 3" in render({**problem, "gamma": [1, 2, 3]}, "markdown")


def test_chosen_cells() -> None:
    problem = {"type": "softmax", "input": [[[1, 2], [3, 4]], [[0, 0], [1, 1]]]}
    steps = solve_json(problem, cells="2,1:2,2")["steps"]
    assert [step["index"] for step in steps] == [[2, 1, 2], [2, 2, 2]]
    assert "Val[1,1,1]" not in render(problem, "terminal", cells="2,1,2")


def test_many_exponentials_are_not_all_written_twice() -> None:
    x = np.random.default_rng(2).integers(-9, 9, (4, 20, 20)).tolist()
    text = " ".join(render({"type": "softmax", "input": x}, "terminal").split())
    assert "These are 250 of 400 sums; the others are made in the same way." in text


def test_samples() -> None:
    """The scores of Stanford's CS231n, whose slide has 61.95 for the third, without its bias of -1.2."""
    text = (SAMPLES / "linear.json").read_text("utf-8")
    assert exact(solve_json(text)["output"]) == [Fraction("-96.8"), Fraction("437.9"), Fraction("60.75")]
    assert "[ 0.13  0.87  0.00 ]" in render((SAMPLES / "softmax.json").read_text("utf-8"), "terminal", digits=2)


def test_marks_go_on_through_a_network() -> None:
    """What is made of irrational numbers is irrational, but for what a ReLU cuts off."""
    layers: list[Problem] = [
        {"type": "tanh"}, {"type": "relu"}, {"type": "leaky_relu"}, {"type": "flatten"}, {"type": "dropout"},
        {"type": "batch_norm", "mean": [0, 0, 0], "variance": [1, 1, 1], "epsilon": 0},
        {"type": "linear", "weight": [[1, 1, 1], [0, 3, 4]]}, {"type": "softmax"},
    ]  # fmt: skip
    result = solve_json({"type": "network", "input": [[1, -2, 0]], "layers": layers})
    marks = [[step.get("exact", True) for step in layer["steps"]] for layer in result["layers"]]
    kept = [False, True, True]
    assert marks == [[False, False, True], *[kept] * 5, [False, True], [False, False]]


WRONG = {
    '{"type": "relu", "input": 5}': "1:27: error: input is 5, not a list of numbers",
    '{"type": "relu", "input": [[[[[[1]]]]]]}': "1:27: error: input has rank 6, but it has rank 1, 2, 3, 4 or 5",
    '{"type": "relu", "dims": 1, "input": [[[[1]]]]}':
        "1:38: error: input has rank 4, but with 1 dimension it has rank 1, 2 or 3",
    '{"type": "leaky_relu", "input": [1], "alpha": 2}': "hint: did you mean negative_slope?",
    '{"type": "leaky_relu", "input": [1], "negative_slope": "a"}': 'negative_slope: "a" is a string, not a number',
    '{"type": "dropout", "input": [1], "p": 1.5}': "1:40: error: p is 1.5, but it is at most 1",
    '{"type": "dropout", "input": [1], "p": -0.1}': "1:40: error: p is -0.1, but it is at least 0",
    '{"type": "dropout", "input": [1], "rate": 0.1}': "hint: did you mean p?",
    '{"type": "linear", "input": [1, 2], "weight": [[1], [2]]}':
        "1:47: error: weight has 1 column, but the input has 2 numbers (shapes 2 × 1 and 2)\nhint: the weight may be",
    '{"type": "linear", "input": [[1, 2], [3, 4]], "weight": [[1, 2, 3, 4]]}':
        "the input's rows have 2 numbers (shapes 1 × 4 and 2 × 2)\nhint: flatten the input first: 2 × 2 = 4",
    '{"type": "linear", "input": [1, 2], "weight": [1, 2]}': "1:47: error: weight has rank 1, but it has rank 2",
    '{"type": "linear", "input": [1], "weight": [[1]], "bias": [1, 2]}':
        "bias has 2 numbers, but the weight has 1 row, one an output",
    '{"type": "linear", "input": [1], "kernel": [[1]]}': "hint: did you mean weight?",
    '{"type": "fc", "input": [1], "weight": [[1]]}': 'hint: did you mean "linear"?',
    '{"type": "BatchNorm2d", "input": [1]}': 'hint: did you mean "batch_norm"?',
    '{"type": "batch_norm", "input": [[1]], "mean": [1, 2], "variance": 1}':
        "1:48: error: mean has 2 numbers, but the input has 1 channel",
    '{"type": "batch_norm", "input": [1, 2], "mean": [1, 2], "variance": 1}':
        "variance has 1 number, but the input has 2 numbers",
    '{"type": "batch_norm", "input": [1, 2], "mean": [1, 2], "variance": [1, -2]}':
        "1:73: error: variance is -2, but a mean of squares is never below 0",
    '{"type": "batch_norm", "input": [1], "mean": 1, "variance": 0, "epsilon": 0}':
        "1:61: error: variance is 0, and so is epsilon: that divides by 0",
    '{"type": "batch_norm", "input": [1], "mean": 1, "variance": 1, "epsilon": -1}':
        "1:75: error: epsilon is -1, but it is at least 0",
    '{"type": "batch_norm", "input": [1], "running_mean": 1, "variance": 1}': "hint: did you mean mean?",
    '{"type": "sigmoid", "input": [[1, 2], [3, 10001]]}':
        "1:43: error: input: the exponential of -10001 is asked for, which has too many digits",
    '{"type": "tanh", "input": [1, -1e5]}': "1:31: error: input: the exponential of -100000 is asked for",
    '{"type": "softmax", "input": [1, -20000]}': "1:34: error: input: the exponential of -20001 is asked for",
    '{"type": "sigmoid", "input": [-9900, 9900]}': "1:30: error: input: what is worked out of its numbers has",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    """One located line, what helps, and nothing on standard output."""
    done = run_cli("solve", "-", stdin=text.encode())
    assert (done.code, done.out) == (2, b"")
    assert WRONG[text] in done.err.decode()


@pytest.mark.parametrize("kind", ["sigmoid", "tanh", "softmax"])
def test_scipy_gives_the_same(kind: str) -> None:
    special = engine("scipy.special")
    x = np.random.default_rng(3).normal(size=(4, 5, 6)) * 5
    found = np.array(solve_json({"type": kind, "input": x.tolist()}, answer_only=True)["output"], dtype=float)
    theirs = {"sigmoid": special.expit, "tanh": np.tanh, "softmax": lambda x: special.softmax(x, axis=0)}[kind](x)
    assert np.allclose(found, theirs, rtol=1e-13)


def answer_of(problem: Problem) -> Array:
    (result,) = json.loads(render(problem, "json", answer_only=True), parse_float=Fraction)["problems"]
    values = [float(Fraction(value)) for value in flat(result["output"])]
    return np.array(values).reshape(result["output_shape"])


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
    engine("onnx")
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = collect_testcases(None)
    return {case.name.removeprefix("test_"): case for case in cases
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


def test_every_node_case_is_run_or_listed() -> None:
    assert not set(NODES) & set(NOT_SAID)
    assert set(node_cases()) <= {*NODES, *NOT_SAID}


def attributes_of(node: Any) -> dict[str, Any]:
    from onnx.helper import get_attribute_value

    return {attribute.name: get_attribute_value(attribute) for attribute in node.attribute}


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


def test_errors_carry_the_place_in_deep_inputs() -> None:
    with pytest.raises(InputError) as caught:
        render({"type": "sigmoid", "input": [[[1]], [[-10001]]]}, "json")
    assert caught.value.mistakes[0].path == ("input", 1, 0, 0)
