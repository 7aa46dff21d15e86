"""Numbers as they were written: what is printed is exactly the number, and no answer mixes two notations."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnsteps
from tests.problems import convs, pools
from tests.running import as_json, exact, render, solve_json

ROW = re.compile(r"[⎡⎢⎣\[] (.*?) [⎤⎥⎦\]]")
BOTH = st.one_of(
    st.integers(-9, 9),
    st.integers(-99, 99).map(lambda n: Decimal(n) / 8),
    st.fractions(min_value=-3, max_value=3, max_denominator=9),
)
MIXED = {"type": "conv", "input": [["1/2", 2, 0.25]], "kernel": [[0.2, "-1/2"]]}


def numbers_of(text: str) -> list[str]:
    """The numbers of the rows of all matrices in a text."""
    return [number for row in ROW.findall(text) for number in row.split() if number not in "·…⋯⋮⋱-∞"]


def answer_of(text: str) -> list[str]:
    return numbers_of(text[text.index("The answer is") :])


def leaves(value: Any) -> list[Any]:
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, list | tuple) else [value]


@settings(max_examples=60)
@given(convs(BOTH) | pools(BOTH).filter(lambda p: p.get("mode") != "lp"), st.sampled_from(["as-written", "fractions"]))
def test_the_answer_is_exact_in_one_notation(problem: dict[str, Any], numbers: str) -> None:
    shown = answer_of(render(problem, "terminal", answer_only=True, numbers=numbers))
    assert sorted(map(Fraction, shown)) == sorted(leaves(exact(solve_json(problem)["output"])))
    assert not (any("/" in number for number in shown) and any("." in number for number in shown))
    assert numbers == "as-written" or not any("." in number for number in shown)


@settings(max_examples=40)
@given(st.lists(st.lists(BOTH, min_size=3, max_size=3), min_size=2, max_size=2))
def test_what_is_given_stands_as_it_is_written(rows: list[list[Any]]) -> None:
    text = render({"type": "conv", "input": rows, "kernel": [[1]]}, "terminal", answer_only=True)
    shown = numbers_of(text[: text.index("Kernel:")])
    for number, one in zip(shown, leaves(rows), strict=True):
        assert Fraction(number) == Fraction(one)
        same = [other for other in leaves(rows) if other == one and isinstance(other, Fraction)]
        assert ("/" in number) == bool(same and Fraction(one).denominator > 1)


@pytest.mark.parametrize(("numbers", "operand", "answer"), [
    ("as-written", "(1/2)×0.2 + 2×(-1/2) = -9/10", ["-9/10", "11/40"]),
    ("fractions", "(1/2)×(1/5) + 2×(-1/2) = -9/10", ["-9/10", "11/40"]),
    ("decimals", "0.5×0.2 + 2×(-0.5) = -0.9", ["-0.9", "0.275"]),
])  # fmt: skip
def test_the_option_chooses(numbers: str, operand: str, answer: list[str]) -> None:
    text = render(MIXED, "terminal", numbers=numbers)
    assert operand in re.sub(r" +(?=[\d(-])", " ", text.replace("Val[1,1] = ", "Val[1,1] =  "))
    assert answer_of(text) == answer


def test_decimals_that_never_end_are_rounded_behind_a_sign() -> None:
    text = render({"type": "conv", "input": [["1/3", 1]], "kernel": [["1/2"]]}, "terminal", numbers="decimals")
    steps = [re.sub(r" +", " ", line) for line in text.splitlines() if line.startswith("Val")]
    assert steps == ["Val[1,1] ≈ 0.3333×0.5 ≈ 0.1667", "Val[1,2] = 1×0.5 = 0.5"]
    assert answer_of(text) == ["0.1667", "0.5"]


def test_digits_round_all_but_asked_for_fractions() -> None:
    assert answer_of(render(MIXED, "terminal", digits=1)) == ["-0.9", "0.3"]
    assert answer_of(render(MIXED, "terminal", digits=1, numbers="fractions")) == ["-9/10", "11/40"]


def test_a_layer_reads_the_result_of_the_one_before_as_it_stands_there() -> None:
    layers = [{"type": "conv", "kernel": [["1/2"]]}, {"type": "relu"}]
    text = render({"type": "network", "input": [[1, 3.5]], "layers": layers}, "terminal")
    assert "3.5×(1/2) = 7/4" in text
    assert "max(0, 7/4) = 7/4" in text


def test_settings_stand_as_they_are_written() -> None:
    slope = {"type": "leaky_relu", "input": [-3.5]}
    assert "(1/4)×(-3.5) = -7/8" in render({**slope, "negative_slope": "1/4"}, "terminal")
    assert "0.25×(-3.5) = -0.875" in render({**slope, "negative_slope": Decimal("0.25")}, "terminal")
    assert "0.01×(-3.5) = -0.035" in render(slope, "terminal"), "although the default is kept as 1/100"


def test_the_steps_of_python_follow_the_same_rule() -> None:
    assert cnnsteps.conv([[Fraction(1, 2), 0.25]], [[3]]).steps[0, 1].text == "Val[1,2] = 0.25×3 = 3/4"
    assert cnnsteps.avg_pool([[1, 2], [3, 4]], 2).steps[0, 0].text == "Val[1,1] = average(1, 2, 3, 4) = 10/4 = 2.5"


@pytest.mark.parametrize("format", ["latex", "markdown"])
def test_typeset_fractions_are_stacked_wherever_they_stand(format: str) -> None:
    text = render({"type": "conv", "input": [["1/2", 3]], "kernel": [["-1/3"]]}, format)
    assert r"\tfrac{1}{2} \times (-\tfrac{1}{3})" in text
    assert text.count(r"-\tfrac{1}{6}") == 2, "in its step and in the answer"
    assert not re.search(r"\d/\d", text.partition("Step by step")[2])


@pytest.mark.parametrize(("problem", "step"), [
    ({"type": "conv", "input": [[-2, 3]], "kernel": [[4, -1]]}, "Val[1,1] = -2×4 + 3×(-1) = -11"),
    ({"type": "conv", "input": [[1]], "kernel": [[2]], "bias": "1/2"}, "Val[1,1] = 1×2 + 1/2 = 5/2"),
    ({"type": "conv", "input": [["-1/2"]], "kernel": [[2]], "bias": -1}, "Val[1,1] = (-1/2)×2 + (-1) = -2"),
    ({"type": "pool", "mode": "average", "input": [["1/2", 1]], "kernel_size": [1, 2]},
     "Val[1,1] = average(1/2, 1) = (3/2)/2 = 3/4"),
    ({"type": "pool", "mode": "lp", "p": 2, "input": [[-3, 4]], "kernel_size": [1, 2]},
     "Val[1,1] = √((-3)^2 + 4^2) = √(9 + 16) = √(25) = 5"),
])  # fmt: skip
def test_brackets_stand_only_where_arithmetic_needs_them(problem: dict[str, Any], step: str) -> None:
    lines = [re.sub(r"(?<=[ (])\s+", "", line) for line in render(as_json(problem), "terminal").splitlines()]
    assert step in lines
