"""Max and average pooling are exchanged."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.checking.solved import Problem

SUMMARY = "Max and average pooling are exchanged."
WHY = """Max pooling keeps the largest number of a window, average pooling their mean."""
WRONG = r"""
Y[0,0] = (1+4+5+8)/4 = 4.5
"""
RIGHT = r"""
Y[0,0] = max(1,4,5,8) = 8
"""
PROBLEM = {"type": "pool", "mode": "max", "input": [[1, 4], [5, 8]], "kernel_size": 2}
"""What the examples are checked against."""
RANK = 14


def problems(problem: Problem) -> Iterator[Problem]:
    """The other of max and average."""
    if problem["type"] == "pool" and problem.get("mode", "max") in ("max", "average"):
        others = {k: v for k, v in problem.items() if k != "count_include_pad"}
        yield {**others, "mode": "average" if problem.get("mode", "max") == "max" else "max"}
