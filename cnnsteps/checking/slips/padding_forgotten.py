"""The padding was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.checking.solved import Problem

SUMMARY = "The padding was forgotten."
WHY = """With padding P the window starts P places before the input; what stands there is 0."""
WRONG = r"""
Y[0,0] = 1*1 + 2*0 + 4*2 + 5*1 = 14
Y[0,1] = 2*1 + 3*0 + 5*2 + 6*1 = 18
"""
RIGHT = r"""
Y[0,0] = 0*1 + 0*0 + 0*2 + 1*1 = 1
Y[0,1] = 0*1 + 0*0 + 1*2 + 2*1 = 4
"""
PROBLEM = {"type": "conv", "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "kernel": [[1, 0], [2, 1]], "padding": 1}
"""What the examples are checked against."""
RANK = 15


def problems(problem: Problem) -> Iterator[Problem]:
    """The problem without its padding."""
    if problem.get("padding"):
        yield {key: value for key, value in problem.items() if key not in ("padding", "padding_mode")}
