"""What is printed of the layers beside convolution and pooling."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tests.problems import Problem
from tests.running import SAMPLES, exact, render, solve_json

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


def test_what_stands_together_is_named() -> None:
    problem = {"type": "softmax", "input": [[[1, 2], [3, 4]], [[0, 0], [1, 1]]]}
    assert "Column 2" in render({"type": "softmax", "input": [[1, 2], [3, 4]], "dim": 0}, "terminal")
    assert "The channels at [2,1]" in render(problem, "terminal")
    assert "The channels at [2,1]" in render({**problem, "dim": -3}, "terminal")
    assert "The numbers at [2,:,1]" in render({**problem, "dim": 1}, "terminal")
    assert "The numbers at [2,1,:]" in render({**problem, "dim": 2}, "terminal")


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
