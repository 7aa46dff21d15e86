"""lp pooling: the root of the sum of powers, against bisection and Decimals of 400 digits."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnnsteps.errors import InputError
from tests import oracle
from tests.oracle import cells_of
from tests.problems import EDGES, PLAIN, Numbers, Problem, pools
from tests.running import exact, render, solve_json
from tests.tex import compiled, together
from tests.tools import need

PRECISE = Context(prec=400, Emax=999_999, Emin=-999_999)
HALF_UP = "ROUND_HALF_UP"


def whole_root(value: int, p: int) -> int | None:
    """The integer whose p-th power it is, by bisection."""
    low, high = 0, 1 << (value.bit_length() // p + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**p <= value else (low, middle - 1)
    return low if low**p == value else None


def plain_root(value: Fraction, p: int) -> Fraction | Decimal:
    """A Fraction where the root is rational, else a Decimal of 400 digits."""
    over, under = whole_root(value.numerator, p), whole_root(value.denominator, p)
    if over is not None and under is not None:
        return Fraction(over, under)
    ratio = PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))
    if p == 2:
        return PRECISE.sqrt(ratio)
    return PRECISE.exp(PRECISE.divide(PRECISE.ln(ratio), Decimal(p)))


@st.composite
def lps(draw: st.DrawFn, numbers: Numbers = PLAIN) -> Problem:
    """lp poolings, some over nothing but padding."""
    problem = {key: value for key, value in draw(pools(numbers)).items() if key not in ("mode", "count_include_pad")}
    if draw(st.booleans()):
        problem["p"] = draw(st.integers(1, 5))
    if problem.get("padding") == 1:
        problem["padding"] = draw(st.integers(1, 4))
    return {**problem, "mode": "lp"}


def check_lp(problem: Problem) -> None:
    result, p = solve_json(problem), problem.get("p", 2)
    windows = oracle.windows(problem)
    assert result["output_shape"] == list(oracle.shape_from(dict.fromkeys(windows, Fraction(0))))
    output = cells_of(result["output"])
    assert [tuple(i - 1 for i in step["index"]) for step in result["steps"]] == sorted(windows)
    for step in result["steps"]:
        index = tuple(i - 1 for i in step["index"])
        assert exact(step["window"]) == windows[index]
        root = plain_root(sum((abs(x) ** p for x in windows[index]), Fraction(0)), p)
        assert step.get("exact", True) == isinstance(root, Fraction)
        expected = root if isinstance(root, Fraction) else Fraction(Context(prec=17).plus(root))
        assert exact(step["value"]) == expected == output[index]


@settings(max_examples=300)
@given(lps())
@example({"type": "pool", "input": [3, -4, 5, 12], "mode": "lp", "kernel_size": 2})
@example({"type": "pool", "input": [3, -4], "mode": "lp", "kernel_size": 1, "padding": 3, "stride": 1, "p": 3})
@example({"type": "pool", "input": [10**100, 1], "mode": "lp", "kernel_size": 2, "stride": 1})
@example({"type": "pool", "input": [10**100, 1, 10**100, 0], "mode": "lp", "kernel_size": 2, "p": 5})
@example({"type": "pool", "input": [Fraction(1, 50), Fraction(7, 50)], "mode": "lp", "kernel_size": 2})
@example({"type": "pool", "input": [1, 2, 3], "mode": "lp", "kernel_size": 3, "p": 100})
def test_lp_is_the_root_of_the_sum_of_powers(problem: Problem) -> None:
    check_lp(problem)


@settings(max_examples=60)
@given(lps(EDGES))
def test_lp_of_huge_numbers(problem: Problem) -> None:
    check_lp({**problem, "p": min(problem.get("p", 2), 3)})


STEP = re.compile(r"^Val\[[\d,]+\] *(=.*)$", re.MULTILINE)


def value_of(link: str, p: int) -> Fraction | Decimal:
    """A link as the terminal writes it, worked out."""
    text = re.sub(r"√|\^\(1/\d+\)", "", link)
    text = re.sub(r"\d+(\.\d+)?(/\d+)?", lambda n: f"Fraction('{n[0]}')", text).replace("^", "**")
    value = eval(text, {"Fraction": Fraction})
    rooted = "√" in link or "^(1/" in link
    return plain_root(Fraction(value), p) if rooted else Fraction(value)


@settings(max_examples=150)
@given(lps(), st.sampled_from([None, 0, 2, 7]))
def test_each_link_of_an_lp_step_recomputes(problem: Problem, digits: int | None) -> None:
    """What `=` joins is equal; what stands behind `≈` is the root, rounded half up."""
    p = problem.get("p", 2)
    if digits is not None:
        problem = {**problem, "input": np.vectorize(int, otypes=[object])(
            np.array(exact(problem["input"]), dtype=object)).tolist()}  # fmt: skip
    text = render(problem, "terminal", digits=digits)
    result = solve_json(problem)
    found = STEP.findall(text)
    assert len(found) == len(result["steps"])
    for chain, step in zip(found, result["steps"], strict=True):
        *links, last = re.split(r" *[=≈] *", chain)[1:]
        values = [value_of(link, p) for link in links]
        expected = plain_root(sum((abs(x) ** p for x in exact(step["window"])), Fraction(0)), p)
        assert all(value == expected for value in values)
        if isinstance(expected, Fraction):
            assert "≈" not in chain
            assert Fraction(last.strip()) == expected
        else:
            places = 4 if digits is None else digits
            assert chain.count("≈") == 1
            assert Decimal(last.strip()) == expected.quantize(Decimal(1).scaleb(-places), HALF_UP, PRECISE)


WIDE: list[Problem] = [
    {"kernel_size": 5, "stride": 1},
    {"kernel_size": 4, "p": 3},
    {"kernel_size": 3, "p": 10},
    {"kernel_size": 2, "p": 1},
    {"kernel_size": 1, "p": 3},
    {"global": True},
    {"global": True, "p": 7},
]


@pytest.mark.parametrize("scale", [1, Fraction(1, 4), Fraction(1, 3), 10**9, 10**60])
def test_long_roots_fit_into_the_line(scale: Any) -> None:
    """A root sign can't be broken, but what stands under it can: in rows of the window where one fits."""
    need("pdflatex")
    x = [[((7 * i * i + 3 * i * j) % 41 - 20) * scale for j in range(6)] for i in range(6)]
    pages = [render({"type": "pool", "mode": "lp", "input": x, **keys}, "latex") for keys in WIDE]
    assert compiled(together(pages))[0] == []


@pytest.mark.parametrize("p", [2, 3, 4])
@pytest.mark.parametrize("fmt", ["latex", "markdown"])
def test_a_long_root_is_a_root_sign_over_several_lines(fmt: str, p: int) -> None:
    """5×5 numbers: five lines of five under one sign; 40×40 would fill pages, and are a power."""
    ones = {"type": "pool", "mode": "lp", "p": p, "input": [[1] * 5] * 5, "kernel_size": 5}
    text = render(ones, fmt)
    sign = r"\\sqrt" if p == 2 else rf"\\sqrt\[{p}\]"
    lines = re.search(sign + r"\{\\begin\{aligned\}(.*?)\\end\{aligned\}\}", text, re.DOTALL)
    assert lines
    assert [line.count(f"^{{{p}}}") for line in lines[1].split(r"\\")] == [5] * 5
    assert "operatorname" not in text
    large = render({**ones, "input": [[1] * 40] * 40, "kernel_size": 40}, fmt)
    assert large.count(rf"^{{1/{p}}}") == 2
    assert re.search(sign + r"\{1600\}", large)


def test_powers_are_counted_before_they_are_made() -> None:
    with pytest.raises(InputError, match="digits"):
        render({"type": "pool", "mode": "lp", "p": 100, "input": [10**900], "kernel_size": 1}, "json")
