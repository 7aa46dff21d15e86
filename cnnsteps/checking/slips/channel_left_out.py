"""A channel is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnsteps.checking.solved import Problem

SUMMARY = "A channel is left out."
WHY = """A filter has a plane for each channel of the input; the products of all of them are added."""
WRONG = r"""
Y[0,0] = 1*1 + 2*0 + 3*2 + 4*1 = 11
"""
RIGHT = r"""
Y[0,0] = (1*1 + 2*0 + 3*2 + 4*1) + (5*1 + 6*1 + 7*0 + 8*2) = 38
"""
PROBLEM = {
    "type": "conv",
    "input": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]],
    "kernel": [[[1, 0], [2, 1]], [[1, 1], [0, 2]]],
}
"""What the examples are checked against."""
RANK = 14


def problems(problem: Problem) -> Iterator[Problem]:
    """The input and the filters without one of their channels."""
    x: Any = problem.get("input")
    w: Any = problem.get("kernel")
    if problem["type"] != "conv" or rank(x) != 3 or rank(w) not in (3, 4) or problem.get("groups", 1) != 1:
        return
    for c in range(len(x)):
        drop = [plane for i, plane in enumerate(x) if i != c]
        kept = (
            [p for i, p in enumerate(w) if i != c]
            if rank(w) == 3
            else [[p for i, p in enumerate(f) if i != c] for f in w]
        )
        yield {**problem, "input": drop, "kernel": kept}


def rank(value: Any) -> int:
    return 1 + rank(value[0]) if isinstance(value, list) and value else 0
