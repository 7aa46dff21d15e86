"""The layers beside convolution and pooling: exact ones in fractions, the others to 140 digits.

The oracles are the documented formulas, written once more with Fraction and Decimal; SciPy is asked besides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.engines import engine
from tests.problems import DECIMALS, FRACTIONS, NUMBERS, PLAIN, SMALL, Problem, tensors
from tests.running import exact, render, solve_json

PRECISE = Context(prec=140, Emax=MAX_EMAX, Emin=MIN_EMIN)
Exactly = Callable[[list[Fraction]], list[Fraction | None]]
SHAPES = st.lists(st.integers(1, 3), min_size=1, max_size=5).map(tuple).filter(lambda shape: math.prod(shape) <= 36)
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
        assert len(re.findall(r"Val\}_\{\[", render(problem, "latex"))) == len(expected)


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


@pytest.mark.parametrize("kind", ["sigmoid", "tanh", "softmax"])
def test_scipy_gives_the_same(kind: str) -> None:
    special = engine("scipy.special")
    x = np.random.default_rng(3).normal(size=(4, 5, 6)) * 5
    found = np.array(solve_json({"type": kind, "input": x.tolist()}, answer_only=True)["output"], dtype=float)
    theirs = {"sigmoid": special.expit, "tanh": np.tanh, "softmax": lambda x: special.softmax(x, axis=0)}[kind](x)
    assert np.allclose(found, theirs, rtol=1e-13)
