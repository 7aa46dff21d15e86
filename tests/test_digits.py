"""--digits N prints N digits, of every operator and in every format, and what is long still fits."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.running import render
from tests.test_markdown import formulas_of, refused_by_katex, refused_by_math_core
from tests.tex import HOSTS, compiled, host, together
from tests.tools import need

X = [[f"{(7 * i + 3 * j) % 11 + 1}/{(5 * i + j) % 7 + 3}" for j in range(4)] for i in range(4)]
"""Most of them have no end as decimals."""
W = [["1/3", "-2/7"], ["1/9", "5/11"]]
PROBLEMS: dict[str, dict[str, Any]] = {
    "conv": {"type": "conv", "input": X, "kernel": W, "bias": "1/13"},
    "backward": {"type": "conv", "input": X, "kernel": W, "backward": {"grad_output": [["1/3", "1/7", "1/9"]] * 3}},
    "conv_transpose": {"type": "conv_transpose", "input": X, "kernel": W, "stride": 2},
    "average": {"type": "pool", "mode": "average", "input": X, "kernel_size": 2},
    "max": {"type": "pool", "mode": "max", "input": X, "kernel_size": 2},
    "lp": {"type": "pool", "mode": "lp", "p": 3, "input": X, "kernel_size": 2},
    "linear": {"type": "linear", "input": X[0], "weight": [X[1]], "bias": ["1/7"]},
    "leaky_relu": {"type": "leaky_relu", "input": [[-3, 2, -5]], "negative_slope": "1/7"},
    "sigmoid": {"type": "sigmoid", "input": X},
    "tanh": {"type": "tanh", "input": X},
    "softmax": {"type": "softmax", "input": X},
    "batch_norm": {"type": "batch_norm", "input": [X], "mean": ["1/3"], "variance": ["2/7"], "gamma": ["1/7"]},
    "network": {"type": "network", "input": X, "layers": [
        {"type": "tanh"}, {"type": "conv", "kernel": W}, {"type": "flatten"}, {"type": "softmax"}]},
}  # fmt: skip
DECIMAL = re.compile(r"\d+\.(\d{16,})")
"""What has fewer places is exact: 1.4^3 is 2.744."""


@pytest.mark.parametrize("fmt", ["terminal", "latex", "markdown"])
@pytest.mark.parametrize("kind", PROBLEMS)
def test_forty_digits_are_forty(kind: str, fmt: str) -> None:
    text = render(PROBLEMS[kind], fmt, digits=40)
    assert r"\underbrace" not in text
    lengths = {len(places) for places in DECIMAL.findall(text)}
    assert lengths == {40}


@pytest.mark.parametrize("fragment", [False, True])
def test_latex_has_room_for_them(fragment: bool) -> None:
    need("pdflatex")
    texts = [render(problem, "latex", digits=40, fragment=fragment) for problem in PROBLEMS.values()]
    assert compiled(host(HOSTS["article 12pt"], texts) if fragment else together(texts))[0] == []


def test_markdowns_readers_take_them() -> None:
    formulas = [part for problem in PROBLEMS.values() for part in formulas_of(render(problem, "markdown", digits=40))]
    assert refused_by_math_core(formulas) == []
    assert refused_by_katex(formulas) == []


def test_a_long_root_and_a_large_answer_are_read_too() -> None:
    five = [[(3 * i + j) % 7 for j in range(5)] for i in range(5)]
    texts = [
        render({"type": "pool", "mode": "lp", "p": 4, "input": five, "kernel_size": 5}, "markdown"),
        render({"type": "pool", "mode": "lp", "input": [[1] * 40] * 40, "kernel_size": 40}, "markdown"),
        render(
            {"type": "relu", "input": [[i * j for j in range(40)] for i in range(60)]}, "markdown", answer_only=True
        ),
    ]
    formulas = [part for text in texts for part in formulas_of(text)]
    assert refused_by_math_core(formulas) == []
    assert refused_by_katex(formulas) == []
