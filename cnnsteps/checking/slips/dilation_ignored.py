"""The dilation was ignored."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.checking.solved import Problem

SUMMARY = "The dilation was ignored."
WHY = """With dilation D the places of a window stand D apart."""
WRONG = r"""
Y[0,0] = 1*1 + 2*0 + 4*2 + 5*1 = 14
"""
RIGHT = r"""
Y[0,0] = 1*1 + 3*0 + 7*2 + 9*1 = 24
"""
PROBLEM = {"type": "conv", "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "kernel": [[1, 0], [2, 1]], "dilation": 2}
"""What the examples are checked against."""
RANK = 18


def problems(problem: Problem) -> Iterator[Problem]:
    """The window's places next to each other."""
    if problem.get("dilation", 1) != 1:
        yield {key: value for key, value in problem.items() if key != "dilation"}
