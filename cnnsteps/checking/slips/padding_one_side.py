"""The padding was put on one side only."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.checking.solved import Problem

SUMMARY = "The padding was put on one side only."
WHY = """Padding P goes before the input and after it, in each dimension."""
WRONG = r"""
Y[0,0] = 1*1 + 2*0 + 4*2 + 5*1 = 14
Y[0,1] = 2*1 + 3*0 + 5*2 + 6*1 = 18
Y[0,2] = 3*1 + 0*0 + 6*2 + 0*1 = 15
"""
RIGHT = r"""
Y[0,0] = 0*1 + 0*0 + 0*2 + 1*1 = 1
Y[0,1] = 0*1 + 0*0 + 1*2 + 2*1 = 4
Y[0,2] = 0*1 + 0*0 + 2*2 + 3*1 = 7
"""
PROBLEM = {"type": "conv", "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "kernel": [[1, 0], [2, 1]], "padding": 1}
"""What the examples are checked against."""
RANK = 16


def problems(problem: Problem) -> Iterator[Problem]:
    """The padding before alone, or after alone."""
    padding = problem.get("padding")
    if isinstance(padding, int) and padding and problem["type"] != "size":
        dims = problem.get("dims", 2)
        for pair in ([padding, 0], [0, padding]):
            yield {**problem, "padding": [pair] * dims}
