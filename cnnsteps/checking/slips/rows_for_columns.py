"""Rows and columns are exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnsteps.checking.solved import Problem

SUMMARY = "Rows and columns are exchanged."
WHY = """The first index is the row, the second the column; a kernel is laid down row on row."""
WRONG = r"""
Y[0,0] = 1*1 + 2*2 + 4*0 + 5*3 = 20
Y[0,1] = 2*1 + 3*2 + 5*0 + 6*3 = 26
"""
RIGHT = r"""
Y[0,0] = 1*1 + 2*0 + 4*2 + 5*3 = 24
Y[0,1] = 2*1 + 3*0 + 5*2 + 6*3 = 30
"""
PROBLEM = {"type": "conv", "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "kernel": [[1, 0], [2, 3]]}
"""What the examples are checked against."""
RANK = 19


def problems(problem: Problem) -> Iterator[Problem]:
    """The kernel or the input transposed, in its last two dimensions."""
    for key in ("kernel", "input"):
        turned = transposed(problem.get(key))
        if turned is not None and turned != problem.get(key):
            yield {**problem, key: turned}


def transposed(value: Any) -> Any:
    """A nested list with its last two dimensions exchanged; None where it has fewer."""
    if not isinstance(value, list) or not value or not isinstance(value[0], list):
        return None
    if isinstance(value[0][0], list):
        return [transposed(part) for part in value]
    return [list(column) for column in zip(*value, strict=True)]
