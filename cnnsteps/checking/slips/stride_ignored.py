"""The stride was ignored."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.checking.solved import Problem

SUMMARY = "The stride was ignored."
WHY = """With stride S the window moves S places at a time: cell (i, j) starts at (i × S, j × S)."""
WRONG = r"""
Y[0,0] = 1*1 + 2*0 + 5*2 + 6*1 = 17
Y[0,1] = 2*1 + 3*0 + 6*2 + 7*1 = 21
"""
RIGHT = r"""
Y[0,0] = 1*1 + 2*0 + 5*2 + 6*1 = 17
Y[0,1] = 3*1 + 4*0 + 7*2 + 8*1 = 25
"""
PROBLEM = {
    "type": "conv",
    "input": [[1, 2, 3, 4], [5, 6, 7, 8], [9, 1, 2, 3], [4, 5, 6, 7]],
    "kernel": [[1, 0], [2, 1]],
    "stride": 2,
}
"""What the examples are checked against."""
RANK = 18


def problems(problem: Problem) -> Iterator[Problem]:
    """The window moved by one place; a pool's by its own size."""
    stride = problem.get("stride", problem.get("kernel_size"))
    if stride not in (None, 1):
        yield {**problem, "stride": 1}
    if problem["type"] == "pool" and "stride" in problem and "kernel_size" in problem:
        yield {key: value for key, value in problem.items() if key != "stride"}
