"""The size is rounded the other way: a window too many, or too few."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.checking.solved import Problem

SUMMARY = "The size is rounded the other way: a window too many, or too few."
WHY = """Without ceil_mode a window that does not fit is left out; with it the last one reaches past the end."""
WRONG = r"""
out = ⌈(6-3)/2⌉ + 1 = 3
"""
RIGHT = r"""
out = ⌊(6-3)/2⌋ + 1 = 2
"""
PROBLEM = {"type": "size", "input": 6, "kernel": 3, "stride": 2}
"""What the examples are checked against."""
RANK = 21


def problems(problem: Problem) -> Iterator[Problem]:
    """The other rounding."""
    if problem["type"] in ("pool", "size"):
        yield {**problem, "ceil_mode": not problem.get("ceil_mode", False)}
