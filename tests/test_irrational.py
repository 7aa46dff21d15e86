"""Printed digits of irrational numbers are right: against mpmath, with many more digits than are printed."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnsteps
from cnnsteps.errors import UsageError
from tests.problems import Problem
from tests.running import exact, render, run_cli, solve_json

FAR = 2500
"""The digits to which mpmath works."""


@pytest.fixture(autouse=True)
def _precise() -> Any:
    with mpmath.workdps(FAR):
        yield


def mp(value: Any) -> Any:
    fraction = Fraction(value)
    return mpmath.mpf(fraction.numerator) / fraction.denominator


def rounded(value: Any, digits: int) -> Decimal:
    """Half away from zero."""
    whole = int(mpmath.floor(abs(value) * mpmath.mpf(10) ** digits + mpmath.mpf(1) / 2))
    return Decimal((int(value < 0 and whole > 0), tuple(map(int, str(whole))), -digits))


def significant(value: Any) -> Fraction:
    """The nearest decimal of 17 significant digits."""
    if not value:
        return Fraction(0)
    size = int(mpmath.floor(mpmath.log10(abs(value)))) + 1
    whole = rounded(value * mpmath.mpf(10) ** (17 - size), 0)
    return Fraction(whole) * Fraction(10) ** (size - 17)


NUMBER = r"-?\d+(?:\.\d+)?"


def answer(problem: Problem, digits: int) -> list[Decimal]:
    """The numbers of the matrix that is printed last."""
    text = render(problem, "terminal", answer_only=True, digits=digits)
    return [Decimal(n) for n in re.findall(NUMBER, text[text.rindex("[") :])]


def softmax(x: list[Any]) -> list[Any]:
    powers = [mpmath.exp(v) for v in x]
    return [power / mpmath.fsum(powers) for power in powers]


def normalized(x: list[Any], keys: Problem) -> list[Any]:
    """By channel, of which a plane has one."""
    constants = [keys[key] * (len(x) // len(keys[key])) for key in ("mean", "variance", "gamma", "beta")]
    return [
        mp(g) * (v - mp(m)) / mpmath.sqrt(mp(s) + mp(keys["epsilon"])) + mp(b)
        for v, m, s, g, b in zip(x, *constants, strict=True)
    ]


def layer(keys: Problem, x: list[Any]) -> list[Any]:
    """One layer's output of a row, by mpmath."""
    match keys["type"]:
        case "sigmoid":
            return [1 / (1 + mpmath.exp(-v)) for v in x]
        case "tanh":
            return [mpmath.tanh(v) for v in x]
        case "softmax":
            return softmax(x)
        case "batch_norm":
            return normalized(x, keys)
        case "linear":
            return [mpmath.fsum(mp(w) * v for w, v in zip(row, x, strict=True)) + mp(b)
                    for row, b in zip(keys["weight"], keys["bias"], strict=True)]  # fmt: skip
        case "conv":
            k = len(keys["kernel"][0])
            return [mpmath.fdot(map(mp, keys["kernel"][0]), x[i : i + k]) + mp(keys["bias"])
                    for i in range(len(x) - k + 1)]  # fmt: skip
        case "pool" if keys["mode"] == "average":
            return [(x[i] + x[i + 1]) / 2 for i in range(len(x) - 1)]
        case "pool":
            return [mpmath.root(abs(x[i]) ** 3 + abs(x[i + 1]) ** 3, 3) for i in range(len(x) - 1)]
        case _:
            return [v if v > 0 else v / 8 for v in x]


ANY = st.one_of(st.integers(-9, 9), st.builds(Fraction, st.integers(-99, 99), st.integers(1, 30)))


@st.composite
def layers(draw: st.DrawFn, kind: str, size: int, channels: int, large: int) -> Problem:
    """A layer for a row of this size; weights up to `large`, which make errors larger."""
    weights = st.one_of(ANY, st.integers(-large, large))

    def some(numbers: st.SearchStrategy[Any], count: int) -> list[Any]:
        return draw(st.lists(numbers, min_size=count, max_size=count))

    match kind:
        case "batch_norm":
            return {"type": kind, "epsilon": Fraction(1, 7), "mean": some(ANY, channels), "beta": some(ANY, channels),
                    "variance": some(ANY.map(abs), channels), "gamma": some(weights, channels)}  # fmt: skip
        case "linear":
            return {"type": kind, "weight": [some(weights, size) for _ in range(size)], "bias": some(ANY, size)}
        case "conv":
            return {"type": kind, "kernel": [some(weights, 2)], "bias": draw(ANY)}
        case "average":
            return {"type": "pool", "mode": kind, "kernel_size": [1, 2], "stride": 1}
        case "lp":
            return {"type": "pool", "mode": kind, "p": 3, "kernel_size": [1, 2], "stride": 1}
        case "leaky_relu":
            return {"type": kind, "negative_slope": Fraction(1, 8)}
    return {"type": kind}


ANYWHERE = ["sigmoid", "tanh", "softmax", "batch_norm", "leaky_relu"]


@st.composite
def networks(draw: st.DrawFn, longest: int, large: int) -> Problem:
    """A plane of one row through layer after layer, at last flattened."""
    x = draw(st.lists(ANY, min_size=2, max_size=4))
    found: list[Problem] = []
    row, is_flat = [mp(v) for v in x], False
    for n in range(draw(st.integers(2, longest))):
        if not is_flat and n > longest // 2:
            found.append({"type": "flatten"})
            is_flat = True
        kinds = ["linear"] if is_flat else ["conv", "average", "lp"] if len(row) > 1 else []
        keys = draw(layers(draw(st.sampled_from(kinds + ANYWHERE)), len(row), len(row) if is_flat else 1, large))
        if keys["type"] in ("sigmoid", "tanh", "softmax") and any(abs(v) > 200 for v in row):
            continue
        row = layer(keys, row)
        found.append(keys)
    return {"type": "network", "input": [x], "layers": found or [{"type": "tanh"}]}


def check(problem: Problem, digits: int) -> None:
    """The printed answer, and in JSON that of every layer."""
    row = [mp(v) for v in problem["input"][0]]
    result = solve_json(problem)
    for keys, said in zip(problem["layers"], result["layers"], strict=True):
        row = row if keys["type"] == "flatten" else layer(keys, row)
        for value, found, step in zip(row, exact(np.ravel(said["output"]).tolist()), said["steps"], strict=True):
            if step.get("exact", True):
                assert abs(value - mp(found)) < mpmath.mpf(10) ** (100 - FAR)
            elif abs(value) > mpmath.mpf(10) ** -FAR * 10**200:
                assert found == significant(value)
            else:
                assert found == 0
    for value, text in zip(row, answer(problem, digits), strict=True):
        assert text == rounded(value, digits) or abs(value - mp(text)) < mpmath.mpf(10) ** (100 - FAR)


@settings(max_examples=60)
@given(networks(4, 30), st.sampled_from([0, 1, 4, 20]))
def test_networks(problem: Problem, digits: int) -> None:
    check(problem, digits)


@settings(max_examples=40)
@given(networks(12, 10**12), st.sampled_from([4, 60, 300]))
def test_long_networks_with_large_weights(problem: Problem, digits: int) -> None:
    """Each layer may make the errors before it 10¹² times larger."""
    check(problem, digits)


SINGLE: list[tuple[Problem, list[Any]]] = [
    ({"type": "sigmoid"}, [1, -3, Decimal("0.001"), -500, Decimal("1e-90"), 40]),
    ({"type": "tanh"}, [1, -3, Decimal("0.001"), -500, Decimal("1e-90"), 40]),
    ({"type": "softmax"}, [1, -3, Decimal("0.001"), 2, 0, 700]),
    ({"type": "batch_norm", "mean": [0, 1, 10**30], "variance": [2, 3, Decimal("1e-90")], "gamma": [1, 10**40, -1],
      "beta": [0, Fraction(1, 3), 5], "epsilon": 0}, [1, Fraction(1, 7), 10**60 + 1]),
]  # fmt: skip


@pytest.mark.parametrize("digits", [0, 4, 79, 80, 300, 1000])
@pytest.mark.parametrize("case", SINGLE, ids=lambda case: str(case[0]["type"]))
def test_any_number_of_digits(case: tuple[Problem, list[Any]], digits: int) -> None:
    keys, x = case
    assert answer({**keys, "input": x}, digits) == [rounded(v, digits) for v in layer(keys, [mp(v) for v in x])]


@pytest.mark.parametrize("digits", [0, 4, 79, 300, 1000])
def test_any_number_of_digits_of_roots(digits: int) -> None:
    x = [1, 10**50, Fraction(1, 3), Decimal("1e-200"), 7]
    problem: Problem = {"type": "pool", "mode": "lp", "p": 3, "kernel_size": 2, "stride": 1}
    numbers = [mp(v) for v in x]
    assert answer({**problem, "input": x}, digits) == [rounded(v, digits) for v in layer(problem, numbers)]


def test_numbers_of_a_step_are_right_too() -> None:
    """e^500 has 218 digits before its point; all are printed."""
    text = render({"type": "sigmoid", "input": [-500]}, "terminal", digits=50)
    assert format(rounded(mpmath.exp(500), 50), "f") in text


@pytest.mark.parametrize("digits", [0, 3, 100])
def test_close_to_where_rounding_changes(digits: int) -> None:
    """x = −ln(1/y − 1), cut after 200 digits, of a y half way between two printed numbers."""
    y = mpmath.mpf(5) / 10 ** (digits + 1) + (mpmath.mpf(3) / 10**digits if digits else 0)
    for end in (0, 1):
        x = (int(mpmath.floor(-mpmath.log(1 / y - 1) * 10**200)) + end) if y != 0.5 else 2 * end - 1
        value = Fraction(x, 10**200)
        assert answer({"type": "sigmoid", "input": [value]}, digits) == [
            rounded(1 / (1 + mpmath.exp(-mp(value))), digits)
        ]


def test_what_cancels_is_whole() -> None:
    """The sigmoids of x and −x are 1 together; half of it is rounded up, and less 1 it is 0."""
    shared = {"type": "network", "input": [[3, -3]]}
    half = {**shared, "layers": [{"type": "sigmoid"}, {"type": "pool", "mode": "average", "kernel_size": [1, 2]}]}
    assert answer(half, 0) == [1]
    assert answer(half, 200) == [Decimal("0.5")]
    none = {**shared, "layers": [{"type": "sigmoid"}, {"type": "conv", "kernel": [[1, 1]], "bias": -1}]}
    assert solve_json(none)["layers"][1]["output"] == [[0]]
    linear = {"type": "linear", "weight": [[1, 1], [1, -1]], "bias": [-1, 0]}
    deep = {**shared, "layers": [{"type": "flatten"}, {"type": "sigmoid"}, linear, {"type": "tanh"}, linear]}
    assert solve_json(deep)["layers"][2]["output"][0] == 0


CHAINS: list[tuple[Problem, list[bool]]] = [
    ({"type": "conv", "kernel": [[1, 2]]}, [True, False, False, True]),
    ({"type": "conv", "kernel": [[0, 2]]}, [True, False, True, True]),
    ({"type": "conv", "kernel": [[1, 2]], "padding": [0, 2], "padding_mode": "reflect"},
     [False, True, True, False, False, True, True, False]),
    ({"type": "conv_transpose", "kernel": [[1, 2]]}, [True, True, False, False, True, True]),
    ({"type": "pool", "mode": "average", "kernel_size": [1, 2], "stride": 1}, [True, False, False, True]),
    ({"type": "pool", "kernel_size": [1, 2], "stride": 1}, [True, False, False, True]),
    ({"type": "pool", "mode": "lp", "kernel_size": [1, 2], "stride": 1, "p": 1}, [True, False, False, True]),
    ({"type": "linear", "weight": [[1, 1, 0, 1, 1], [0, 0, 1, 0, 0]]}, [True, False]),
    ({"type": "batch_norm", "mean": [0], "variance": [1], "epsilon": 0}, [True, True, False, True, True]),
    ({"type": "softmax"}, [False] * 5),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "marks"), CHAINS)
def test_a_step_with_an_irrational_value_says_so(keys: Problem, marks: list[bool]) -> None:
    """The contract's `exact`, after a sigmoid of which all values but one are 1/2; exact values are printed as such."""
    flat = [{"type": "flatten"}] if keys["type"] == "linear" else []
    problem = {"type": "network", "input": [[0, 0, 2, 0, 0]], "layers": [{"type": "sigmoid"}, *flat, keys]}
    (*_, found) = solve_json(problem)["layers"]
    assert [step.get("exact", True) for step in found["steps"]] == marks


def test_from_python() -> None:
    """Solved before anyone says how many digits are printed; a layer alone has those that the network kept."""
    digits = 300
    found = cnnsteps.solve({"type": "network", "input": [[1, 2]], "layers": [{"type": "tanh"}, {"type": "sigmoid"}]})
    numbers = [1 / (1 + mpmath.exp(-mpmath.tanh(v))) for v in (1, 2)]
    for text in (found.render(digits=digits), cnnsteps.tanh([1]).render(digits=digits)):
        assert format(rounded(mpmath.tanh(1), digits), "f") in text
    assert all(format(rounded(v, digits), "f") in found.render(digits=digits) for v in numbers)
    layer = found.layers[1].solution
    assert layer is not None
    assert format(rounded(numbers[0], 40), "f") in layer.render(digits=40)
    assert not layer.steps[0, 0].exact
    with pytest.raises(UsageError, match="at most 40: render the network"):
        layer.render(digits=41)


def test_too_many_digits_is_a_usage_error() -> None:
    done = run_cli("solve", "-", "--digits", "1001", stdin=b'{"type": "tanh", "input": [1]}')
    assert (done.code, done.out) == (2, b"")
    assert b"1001" in done.err
