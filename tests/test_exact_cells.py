"""Cells that are exact are printed so, where their neighbours are irrational."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.running import render, solve_json

ROWS = st.lists(st.integers(-6, 6), min_size=1, max_size=5)


@settings(max_examples=60)
@given(x=ROWS)
def test_nothing_taken_away_changes_no_share(x: list[int]) -> None:
    plain, shifted = (solve_json({"type": "softmax", "input": x, "shift": shift}) for shift in (False, True))
    assert plain["output"] == shifted["output"]
    assert [step["value"] for step in plain["steps"]] == plain["output"]


@pytest.mark.parametrize("shift", [True, False])
@given(value=st.sampled_from([0, 1, -3, "1/2"]), count=st.integers(1, 7))
@settings(max_examples=40)
def test_equal_numbers_have_exact_shares(shift: bool, value: Any, count: int) -> None:
    problem = {"type": "softmax", "input": [value] * count, "shift": shift}
    found = solve_json(problem)
    assert [Fraction(share) for share in found["output"]] == [Fraction(1, count)] * count
    assert all("exact" not in step for step in found["steps"])
    text = render(problem, "terminal")
    assert "≈" not in text.split("Step by step")[1]


def test_e_to_the_power_of_0_is_1() -> None:
    text = render({"type": "softmax", "input": [0, 0], "shift": False}, "terminal")
    assert "e^(0) = 1" in text
    assert "≈" not in text
    assert "irrational" not in text


def test_in_a_row_of_its_own_each_is_exact() -> None:
    """The other row is irrational all the same."""
    found = solve_json({"type": "softmax", "input": [[2, 2], [0, 1]], "shift": False})
    assert found["output"][0] == [0.5, 0.5]
    assert [step.get("exact") for step in found["steps"]] == [None, None, False, False]


def test_it_is_in_a_network_and_a_setting() -> None:
    network = {"type": "network", "input": [[1, 2]], "layers": [{"type": "softmax", "shift": False}]}
    assert "No maximum taken away" in render(network, "terminal")
    sizes = {"type": "network", "input": [2, 4, 4], "layers": [{"type": "softmax", "shift": False}]}
    assert solve_json(sizes)["layers"][0]["output_shape"] == [2, 4, 4]


def test_a_batch_norm_is_exact_at_its_mean_and_where_the_root_is_rational() -> None:
    problem = {"type": "batch_norm", "input": [[2, 3]], "mean": 2, "variance": 3, "gamma": 2, "beta": 1}
    text = render(problem, "terminal")
    assert "Val[1,1] = 2×(2 − 2)/√(3 + 0.00001) + 1 = 1\n" in text
    assert "Val[1,2] = 2×(3 − 2)/√(3 + 0.00001) + 1 ≈" in text
    rational = render({**problem, "epsilon": 1}, "terminal")
    assert "Val[1,2] = 2×(3 − 2)/√(3 + 1) + 1 = 2×1/2 + 1 = 2" in rational
    assert "≈" not in rational
    assert json.dumps(solve_json(problem)["steps"][0]).count("exact") == 0
