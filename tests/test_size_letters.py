"""Output sizes in letters and backwards: against every number tried, one after the other."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cnnsteps.problems.schema import problem_schema
from tests.oracle import size
from tests.running import render, run_cli, solve_json

Problem = dict[str, Any]
SMALL = st.integers(1, 6)
ONE: Problem = {"type": "size", "dims": 1}


def out_of(problem: Problem) -> int:
    """The size along the one dimension, by the tests' own rule."""
    return int(size(problem)[-1])


def fits(problem: Problem) -> bool:
    n, f, p, d = (problem[key] for key in ("input", "kernel", "padding", "dilation"))
    return p == "same" or bool(n + 2 * (0 if p == "valid" else p) >= d * (f - 1) + 1)


@settings(max_examples=150)
@given(
    values=st.fixed_dictionaries({"input": st.integers(1, 20), "kernel": SMALL, "stride": SMALL,
                                  "padding": st.integers(0, 4), "dilation": st.integers(1, 3)}),
    lettered=st.sets(st.sampled_from(["input", "kernel", "stride", "padding", "dilation"]), min_size=1),
    ceil_mode=st.booleans(),
)  # fmt: skip
@example({"input": 7, "kernel": 3, "stride": 2, "padding": 2, "dilation": 1}, {"input", "padding"}, True)
def test_a_formula_in_letters_gives_each_size(values: dict[str, int], lettered: set[str], ceil_mode: bool) -> None:
    """Worked out by Python itself with the letters' numbers."""
    plain: Problem = {**ONE, **values, "ceil_mode": ceil_mode}
    span = values["dilation"] * (values["kernel"] - 1) + 1
    assume(fits(plain) and (not ceil_mode or values["padding"] <= span))
    names = dict(zip(("input", "kernel", "stride", "padding", "dilation"), "nkspd", strict=True))
    problem = {**plain, **{key: names[key] for key in lettered}}
    (formula,) = solve_json(problem)["formula"]
    known = {names[key]: value for key, value in values.items()}
    # Floor and ceil of a quotient of whole numbers this small are exact in floating point.
    found = eval(formula, {"floor": math.floor, "ceil": math.ceil, "min": min, "__builtins__": {}}, known)
    assert found == out_of(plain), formula


@pytest.mark.parametrize(
    ("problem", "formula"),
    [
        ({"input": "n", "kernel": 3, "padding": "p"}, "n + 2*p - 2"),
        ({"input": "n", "kernel": 3, "padding": "p", "stride": 2}, "floor((n - 1)/2) + p"),
        ({"input": "n", "kernel": "k", "stride": "k"}, "floor(n/k)"),
        ({"input": "n", "kernel": 2, "stride": 2}, "floor(n/2)"),
        ({"input": "n", "kernel": 7, "stride": "s", "padding": "same"}, "ceil(n/s)"),
        ({"input": 12, "kernel": "k"}, "13 - k"),
    ],
)
def test_it_is_as_short_as_on_paper(problem: Problem, formula: str) -> None:
    assert solve_json({**ONE, **problem})["formula"] == [formula]


def test_channels_stand_first() -> None:
    found = solve_json({"type": "size", "input": [3, "n", 32], "kernel": 3, "filters": 8})
    assert found["output_shape"] is None
    assert found["formula"] == [8, "n - 2", "30"]


RANGES = {"input": range(1, 70), "kernel": range(1, 40), "stride": range(1, 70), "padding": range(40)}


@settings(max_examples=250)
@given(
    values=st.fixed_dictionaries({"input": st.integers(1, 12), "kernel": SMALL, "stride": SMALL,
                                  "padding": st.one_of(st.integers(0, 4), st.sampled_from(["same", "valid"]))}),
    sought=st.sampled_from(["input", "kernel", "stride", "padding"]),
    dilation=st.integers(1, 3), ceil_mode=st.booleans(), out=st.integers(1, 8),
)  # fmt: skip
@example({"input": 1, "kernel": 1, "stride": 3, "padding": 1}, "input", 1, True, 2)
def test_backwards_gives_all_solutions(
    values: dict[str, Any], sought: str, dilation: int, ceil_mode: bool, out: int
) -> None:
    """All that are found by trying; where there is no end, to the end of what is tried."""
    problem = {**ONE, **values, "dilation": dilation, "ceil_mode": ceil_mode}
    tried = [v for v in RANGES[sought] if fits(candidate := {**problem, sought: v}) and out_of(candidate) == out]
    (found,) = solve_json({**problem, sought: "?", "output": out})["solutions"]
    if found["first"] is None:
        assert tried == []
        assert found == {"first": None, "last": None, "values": []}
    elif found["last"] is None:
        assert tried == list(range(found["first"], RANGES[sought].stop))
    else:
        assert tried == found["values"] == list(range(found["first"], found["last"] + 1))


def said(problem: Problem, form: str = "terminal") -> str:
    return render({"type": "size", **problem}, form)


def test_the_page_works_it_out() -> None:
    text = said({"input": 32, "kernel": 3, "stride": 2, "padding": "?", "output": 16})
    for line in ("16 = ⌊(32 − 3 + 2P)/2⌋ + 1", "30 ≤ 29 + 2P ≤ 31", "1 ≤ 2P ≤ 2", "The only solution: padding 1."):
        assert line in text
    assert "⌊(32 − 3 + 2×1)/2⌋ + 1 = ⌊31/2⌋ + 1 = 15 + 1 = 16" in text


def test_without_a_solution_it_says_so_and_is_done() -> None:
    problem = {"type": "size", "input": 32, "kernel": 4, "padding": "?", "output": 32}
    result = run_cli("size", "-", stdin=json.dumps(problem).encode())
    assert result.code == 0
    assert "There is no solution" in result.out.decode()
    assert "With 3 places in all, 1 before and 2 behind the input, it would be 32." in result.out.decode()


def test_a_family_without_end_is_said_with_its_bound() -> None:
    text = said({"input": 32, "kernel": 3, "stride": "?", "padding": 1, "output": [16, 1]})
    assert "The only solution: stride 2." in text
    assert "Every stride from 32 on gives the size 1." in text


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        ({"input": "?", "kernel": "?", "output": 3}, 'input and kernel are both "?", but only one can be worked out'),
        ({"input": 5, "kernel": "?"}, 'kernel is "?", but output is missing'),
        ({"input": 5, "kernel": 3, "output": 3}, "output is given, but nothing is sought"),
        ({"input": "n", "kernel": "?", "output": 3}, 'kernel is "?", but n is a letter'),
        ({"input": 5, "kernel": 3, "dilation": "?", "output": 3}, "output is given, but nothing is sought"),
        ({"input": ["?", 5, 5], "kernel": 3, "output": 3}, "channels"),
        ({"input": "nn", "kernel": 3}, 'input is "nn", not a whole number'),
    ],
)
def test_what_cannot_be_worked_out_is_an_error(problem: Problem, message: str) -> None:
    result = run_cli("size", "-", stdin=json.dumps({"type": "size", **problem}).encode())
    assert (result.code, result.out) == (2, b"")
    assert message in result.err.decode()


@pytest.mark.parametrize("problem", [
    {"input": "n", "kernel": 3, "padding": [["p", 0], [1, "q"]]},
    {"input": [3, "n", 5], "kernel": ["k", 3], "stride": "s"},
    {"input": 5, "kernel": 3, "padding": "?", "output": [5, 5]},
])  # fmt: skip
def test_the_schema_has_letters(problem: Problem) -> None:
    Draft202012Validator(problem_schema()).validate({"type": "size", **problem})
    solve_json({"type": "size", **problem})
