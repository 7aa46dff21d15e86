"""The divisor counts the padding, or does not where it should."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.checking.solved import Problem

SUMMARY = "The divisor counts the padding, or does not where it should."
WHY = """With count_include_pad an average divides by all places of the window, without it by those in the input."""
WRONG = r"""
Y[0,0] = (4)/1 = 4
Y[0,1] = (4+8)/2 = 6
Y[0,2] = (8)/1 = 8
"""
RIGHT = r"""
Y[0,0] = (0+0+0+4)/4 = 1
Y[0,1] = (0+0+4+8)/4 = 3
Y[0,2] = (0+0+8+0)/4 = 2
"""
PROBLEM = {"type": "pool", "mode": "average", "input": [[4, 8], [2, 6]], "kernel_size": 2, "stride": 1, "padding": 1}
"""What the examples are checked against."""
RANK = 15


def problems(problem: Problem) -> Iterator[Problem]:
    """The other divisor."""
    if problem["type"] == "pool" and problem.get("mode") == "average" and problem.get("padding"):
        yield {**problem, "count_include_pad": not problem.get("count_include_pad", True)}
