"""Global and adaptive pooling, where a maximum stood, and windows at the edge under `ceil_mode`: against
plain loops over Fractions, and ports of PyTorch's own loops. PyTorch itself: `test_torch.py`.
"""

# A mistake reads best on one line.
# ruff: noqa: E501

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cnnsteps.errors import InputError
from tests import oracle
from tests.oracle import Index, cells_of, shape_of
from tests.problems import PLAIN, SMALL, Numbers, Problem, pools, tensors
from tests.running import exact, render, solve_json


@st.composite
def planes(draw: st.DrawFn, numbers: Numbers = SMALL) -> tuple[Problem, tuple[int, ...]]:
    """An input in one of its layouts, with dims, and its spatial sizes."""
    n = tuple(draw(st.lists(st.integers(1, 7), min_size=1, max_size=3)))
    lead: tuple[int, ...] = draw(st.sampled_from([(), (2,), (2, 2)]))
    return {"type": "pool", "dims": len(n), "input": draw(tensors((*lead, *n), numbers))}, n


@st.composite
def adaptives(draw: st.DrawFn, numbers: Numbers = SMALL) -> Problem:
    problem, n = draw(planes(numbers))
    out = [draw(st.integers(1, size + 3)) for size in n]
    return {
        **problem,
        "mode": draw(st.sampled_from(["max", "average"])),
        "output_size": out[0] if len(set(out)) == 1 else out,
    }


def bounds(n: int, out: int) -> list[range]:
    """PyTorch's start_index and end_index."""
    return [range(math.floor(Fraction(i * n, out)), math.ceil(Fraction((i + 1) * n, out))) for i in range(out)]


def shared(problem: Problem) -> dict[Index, list[tuple[Index, Fraction]]]:
    """Each window's places and numbers, of an adaptive or a global pooling."""
    d, shape, x = problem["dims"], shape_of(problem["input"]), cells_of(problem["input"])
    n = shape[-d:]
    out = oracle.per_dimension(problem.get("output_size", 1), d)
    along = [bounds(size, o) for size, o in zip(n, out, strict=True)]
    return {
        (*lead, *index): [
            (place, x[(*lead, *place)])
            for place in product(*(windows[i] for windows, i in zip(along, index, strict=True)))
        ]
        for lead in product(*map(range, shape[:-d]))
        for index in product(*map(range, out))
    }


def check_shared(problem: Problem) -> None:
    windows, result = shared(problem), solve_json(problem)
    assert result["output_shape"] == list(oracle.shape_from(dict.fromkeys(windows, Fraction(0))))
    output = cells_of(result["output"])
    for step, (index, window) in zip(result["steps"], sorted(windows.items()), strict=True):
        numbers = [value for _, value in window]
        assert tuple(i - 1 for i in step["index"]) == index
        assert exact(step["window"]) == numbers
        average = problem.get("mode") == "average"
        value = Fraction(sum(numbers), len(numbers)) if average else max(numbers)
        assert exact(step["value"]) == value == output[index]
        if average:
            assert "argmax" not in step
        else:
            stood = next(place for place, number in window if number == value)
            assert step["argmax"] == [i + 1 for i in stood]


@settings(max_examples=300)
@given(adaptives(PLAIN))
def test_adaptive_shares_the_input_out(problem: Problem) -> None:
    check_shared(problem)


@settings(max_examples=100)
@given(planes(PLAIN), st.sampled_from(["max", "average"]))
def test_global_is_one_window(given_: tuple[Problem, tuple[int, ...]], mode: str) -> None:
    check_shared({**given_[0], "mode": mode, "global": True})


@settings(max_examples=60)
@given(planes(SMALL), st.integers(1, 4))
def test_global_lp_is_a_window_of_the_inputs_size(given_: tuple[Problem, tuple[int, ...]], p: int) -> None:
    problem, n = given_
    whole = solve_json({**problem, "mode": "lp", "p": p, "global": True})
    assert whole == solve_json({**problem, "mode": "lp", "p": p, "kernel_size": list(n)})


@settings(max_examples=100)
@given(planes(SMALL), st.sampled_from([0, 1]))
def test_an_output_of_the_inputs_size_is_the_input(given_: tuple[Problem, tuple[int, ...]], base: int) -> None:
    problem, n = given_
    assert solve_json({**problem, "mode": "average", "output_size": list(n)})["output"] == problem["input"]


@settings(max_examples=200)
@given(pools(SMALL), st.sampled_from([0, 1]))
@example({"type": "pool", "input": [[1, 4, 4], [4, 4, 2]], "kernel_size": 2, "stride": 1}, 1)
def test_where_each_maximum_stood(problem: Problem, base: int) -> None:
    """The index in JSON; tests/test_recompute.py compares what is printed."""
    problem = {key: value for key, value in problem.items() if key not in ("mode", "count_include_pad")}
    assume(all(oracle.windows(problem).values()))
    result = solve_json(problem, index_base=base)
    expected = [[i + base for i in place] for _, place in sorted(oracle.first_maxima(problem).items())]
    assert [step["argmax"] for step in result["steps"]] == expected


BOUND = re.compile(r"^(first|last)_(\d+) = (.*) = (\d+)$", re.MULTILINE)


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize(("n", "out"), [(5, 3), (3, 5), (7, 7), (24, 24), (9, 1)])
def test_bounds_are_worked_out(n: int, out: int, base: int) -> None:
    problem: Problem = {"type": "pool", "input": list(range(n)), "output_size": out}
    text = render(problem, "terminal", index_base=base)
    rows = BOUND.findall(text)
    assert len(rows) == 2 * out
    assert f"all counted from {base}:" in text
    for word, i, links, value in rows:
        window = bounds(n, out)[int(i) - base]
        assert int(value) == (window[0] if word == "first" else window[-1]) + base
        for link in links.split(" = "):
            plain = re.sub(r"⌊([^⌋]*)⌋", r"math.floor(Fraction(\1))", link).replace("×", "*").replace("−", "-")
            plain = re.sub(r"⌈([^⌉]*)⌉", r"math.ceil(Fraction(\1))", plain)
            plain = re.sub(r"(\d+\*\d+|\d+)/(\d+)", r"Fraction(\1, \2)", plain)
            assert eval(plain, {"Fraction": Fraction, "math": math}) == int(value)


def test_of_many_windows_the_first_bounds_are_worked_out() -> None:
    text = render({"type": "pool", "input": list(range(99)), "output_size": 40}, "terminal")
    assert len(BOUND.findall(text)) == 48
    assert "And so on, up to the last of 40 windows." in text


def average_at(x: list[int], k: int, s: int, p: int, i: int, include: bool) -> Fraction:
    """One output of PyTorch's cpu_avg_pool (aten/src/ATen/native/cpu/AvgPoolKernel.cpp), in one dimension."""
    start = i * s - p
    end = min(start + k, len(x) + p)
    pool_size = end - start
    start, end = max(start, 0), min(end, len(x))
    return Fraction(sum(x[start:end]), pool_size if include else end - start)


@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_unequal_windows_at_the_edge_divide_as_pytorch_does(k: int, include: bool) -> None:
    """Every size, stride and padding under ceil_mode; the last window is dropped where it starts in the padding."""
    for n, s, p in product(range(k, 10), range(1, 5), range(k // 2 + 1)):
        x = [i * i - 7 * i + 3 for i in range(n)]
        out = -(-(n + 2 * p - k) // s) + 1
        out -= (out - 1) * s >= n + p
        problem = {"type": "pool", "mode": "average", "input": x, "kernel_size": k, "stride": s, "padding": p,
                   "ceil_mode": True, "count_include_pad": include}  # fmt: skip
        expected = [average_at(x, k, s, p, i, include) for i in range(out)]
        assert exact(solve_json(problem, answer_only=True)["output"]) == expected


def test_the_last_window_under_ceil_mode_is_divided_by_what_it_holds() -> None:
    """On paper: 4 of 5 places with padding 1, of which one is padding; past the padding nothing counts."""
    x = [6, 2, 4, 8, 1, 3]
    shared_: Problem = {"type": "pool", "mode": "average", "input": x, "kernel_size": 3, "stride": 2, "ceil_mode": True}
    assert exact(solve_json(shared_)["output"]) == [4, Fraction(13, 3), 2]
    assert exact(solve_json({**shared_, "padding": 1})["output"]) == [
        Fraction(8, 3),
        Fraction(14, 3),
        4,
        Fraction(3, 2),
    ]
    without = {**shared_, "padding": 1, "count_include_pad": False}
    assert exact(solve_json(without)["output"]) == [4, Fraction(14, 3), 4, 3]


def test_a_window_too_large_to_be_written_has_an_answer() -> None:
    x = np.arange(300 * 300).reshape(300, 300).tolist()
    problem: Problem = {"type": "pool", "input": x, "global": True}
    assert solve_json(problem)["output"] == [[89_999]]
    assert "too many numbers" in render(problem, "terminal")


def test_many_shapes_of_windows_in_three_dimensions() -> None:
    """(1, 2, 2), (2, 1, 2) and (2, 2, 1) places are as many, and rows of their own all the same."""
    x = np.arange(5 * 5 * 5).reshape(5, 5, 5).tolist()
    for mode in ("max", "lp"):
        problem: Problem = {
            "type": "pool",
            "dims": 3,
            "mode": mode,
            "input": x,
            "kernel_size": 2,
            "padding": 1,
            "stride": 1,
        }
        windows = oracle.windows(problem)
        steps = solve_json(problem)["steps"]
        assert [exact(step["window"]) for step in steps] == [window for _, window in sorted(windows.items())]


GIVEN = '"input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]'
WRONG: dict[str, list[str]] = {
    '"mode": "lp"': ["1:1: kernel_size is missing: …"],
    '"global": false': ["1:1: kernel_size is missing: …"],
    '"mode": "lp", "kernel_size": 2, "p": 0': ["3:38: p is 0, but it is at least 1"],
    '"mode": "lp", "kernel_size": 2, "p": 2.5': ["3:38: p is 2.5, not a whole number"],
    '"kernel_size": 2, "p": 2': ["3:19: p is for lp pooling, and mode is max"],
    '"mode": "lp", "kernel_size": 2, "count_include_pad": true': ["3:33: count_include_pad is for average pooling, and mode is lp"],
    '"mode": "lp", "output_size": 2': ["3:15: output_size is for max and average pooling, and mode is lp"],
    '"global": true, "kernel_size": 2, "stride": 2, "padding": 0, "dilation": 1, "ceil_mode": false': [
        f"3:{column}: {key} can't be given together with global"
        for column, key in [(17, "kernel_size"), (35, "stride"), (48, "padding"), (62, "dilation"), (77, "ceil_mode")]],
    '"output_size": 2, "kernel_size": 2, "padding": 1': [
        "3:19: kernel_size can't be given together with output_size", "3:37: padding can't be given together with output_size"],
    '"output_size": 2, "global": true': ["3:1: output_size can't be given together with global"],
    '"output_size": [2, 0]': ["3:20: output_size is 0, but it is at least 1"],
    '"output_size": [2, 2, 2]': ["3:16: output_size has 3 numbers for 2 dimensions"],
    '"global": 2, "kernel_size": 2': ["3:11: global is 2, not true or false"],
    '"mode": "lp", "norm": 2, "kernel_size": 2': ['3:15: a pool problem has no key "norm"'],
    '"target_size": 2': ['3:1: a pool problem has no key "target_size"'],
    '"mode": "lp", "kernel_size": 4': ["3:30: kernel_size: a window of size 4 is larger than the padded input of 3: …"],
}  # fmt: skip


@pytest.mark.parametrize("more", WRONG)
def test_mistakes(more: str) -> None:
    with pytest.raises(InputError) as caught:
        render(f'{{"type": "pool",\n{GIVEN},\n{more}}}', "json")
    said = [f"{m.line}:{m.column}: {m.message}" for m in caught.value.mistakes]
    assert len(said) == len(WRONG[more])
    for found, expected in zip(said, WRONG[more], strict=True):
        assert found == expected or (expected.endswith("…") and found.startswith(expected[:-1]))


WIDE = {"type": "pool", "dims": 1, "input": [1, 2, 3], "kernel_size": 3, "stride": 1, "padding": [[2, 0]]}


def test_padding_up_to_the_windows_size_less_one() -> None:
    """As TensorFlow and ONNX have it; where PyTorch would refuse it, the page says so."""
    assert solve_json(WIDE)["output"] == [1, 2, 3]
    text = render(WIDE, "terminal")
    assert "PyTorch takes at most half of the window's size as padding, 1 here" in text
    assert "PyTorch" not in render({**WIDE, "padding": 1}, "terminal")
    assert exact(solve_json({**WIDE, "mode": "average", "count_include_pad": False})["output"]) == [
        1, Fraction(3, 2), 2
    ]  # fmt: skip


@pytest.mark.parametrize("mode", ["max", "average"])
def test_a_window_of_padding_alone_is_refused(mode: str) -> None:
    """Wherever it stands: before the input, after it, or stepping over it."""
    for keys in ({"padding": [[3, 0]]}, {"padding": [[0, 3]]}, {"padding": 3},
                 {"kernel_size": 2, "dilation": 4, "padding": [[1, 3]]}):  # fmt: skip
        with pytest.raises(InputError, match="lies in padding alone"):
            solve_json({**WIDE, **keys, "mode": mode})


@given(st.integers(1, 12), st.integers(1, 6), st.integers(1, 5), st.integers(0, 20), st.integers(0, 20),
       st.integers(1, 15), st.booleans())  # fmt: skip
def test_missing_the_input_is_found_without_looking_at_each_window(
    n: int, f: int, s: int, before: int, after: int, d: int, ceil_mode: bool
) -> None:
    from cnnsteps.windows.axis import Axis

    axis = Axis(n, f, s, before, after, d, ceil_mode)
    assume(axis.fits)
    starts = [i * s - before for i in range(axis.out)]
    assert axis.misses == any(not any(0 <= start + a * d < n for a in range(f)) for start in starts)


def test_missing_the_input_is_found_at_any_size() -> None:
    from cnnsteps.windows.axis import Axis

    assert Axis(10**30, 10**29, 7, 10**28, 10**28).misses is False
    assert Axis(10**12, 3, 1, 10**12 + 5, 10**12 + 5, 10**12 + 1).misses is True
