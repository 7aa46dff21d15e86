"""The kernel was turned by 180°, or was not where it should be."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.checking.solved import Problem

SUMMARY = "The kernel was turned by 180°, or was not where it should be."
WHY = """What CNNs call convolution is cross-correlation: the kernel is laid on the window as it is.
Only the textbook's convolution turns it first."""
WRONG = r"""
Y[0,0] = 1*3 + 2*2 + 4*0 + 5*1 = 12
Y[0,1] = 2*3 + 3*2 + 5*0 + 6*1 = 18
"""
RIGHT = r"""
Y[0,0] = 1*1 + 2*0 + 4*2 + 5*3 = 24
Y[0,1] = 2*1 + 3*0 + 5*2 + 6*3 = 30
"""
PROBLEM = {"type": "conv", "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "kernel": [[1, 0], [2, 3]]}
"""What the examples are checked against."""
RANK = 14


def problems(problem: Problem) -> Iterator[Problem]:
    """The kernel turned the other way."""
    if problem["type"] == "conv":
        yield {**problem, "flip": not problem.get("flip", False)}
