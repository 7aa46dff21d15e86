"""Zeros of the padding take part in a maximum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnsteps.checking.solved import Problem

SUMMARY = "Zeros of the padding take part in a maximum."
WHY = """The padding of max pooling is minus infinity: a padded place is never the maximum,
not even among negative numbers."""
WRONG = r"""
Y[0,0] = max(0,0,0,-4) = 0
Y[0,1] = max(0,0,-8,0) = 0
"""
RIGHT = r"""
Y[0,0] = max(-4) = -4
Y[0,1] = max(-8) = -8
"""
PROBLEM = {"type": "pool", "mode": "max", "input": [[-4, -8], [-2, -6]], "kernel_size": 2, "padding": 1}
"""What the examples are checked against."""
RANK = 13


def problems(problem: Problem) -> Iterator[Problem]:
    """The input with its padding as zeros."""
    padding = problem.get("padding")
    x: Any = problem.get("input")
    is_max = problem["type"] == "pool" and problem.get("mode", "max") == "max"
    if is_max and isinstance(padding, int) and padding and isinstance(x[0], list) and not isinstance(x[0][0], list):
        empty = [[0] * (len(x[0]) + 2 * padding)] * padding
        rows = [[0] * padding + list(row) + [0] * padding for row in x]
        yield {**{k: v for k, v in problem.items() if k != "padding"}, "input": [*empty, *rows, *empty]}
