"""Other numbers than zeros were put into the padding."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.checking.solved import Problem

SUMMARY = "Other numbers than zeros were put into the padding."
WHY = """Unless a padding mode is named, the padding of a convolution is zeros."""
WRONG = r"""
Y[0,0] = 1*1 + 1*0 + 1*2 + 1*1 = 4
Y[0,1] = 1*1 + 2*0 + 1*2 + 2*1 = 5
"""
RIGHT = r"""
Y[0,0] = 0*1 + 0*0 + 0*2 + 1*1 = 1
Y[0,1] = 0*1 + 0*0 + 1*2 + 2*1 = 4
"""
PROBLEM = {"type": "conv", "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "kernel": [[1, 0], [2, 1]], "padding": 1}
"""What the examples are checked against."""
RANK = 17


def problems(problem: Problem) -> Iterator[Problem]:
    """The padding filled from the input, or with zeros where it should be."""
    if problem["type"] == "conv" and problem.get("padding"):
        for mode in ("replicate", "reflect", "circular", "zeros"):
            if mode != problem.get("padding_mode", "zeros"):
                yield {**problem, "padding_mode": mode}
