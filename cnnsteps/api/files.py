"""A problem file, worked out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from cnnsteps.api.options import pythonic
from cnnsteps.api.solution import Solution
from cnnsteps.errors import UsageError
from cnnsteps.model.solution import Limits
from cnnsteps.pipeline import read, solved


def load(
    path: str | os.PathLike[str], *, input_shape: Sequence[int] | Mapping[str, Sequence[int]] | None = None
) -> Solution:
    """The solution of the problem or network in a file, in JSON or ONNX's format.

    `input_shape` gives the sizes that an ONNX model leaves open, of several inputs by their names.
    InputError with every mistake in the file, each with its line and column.

    >>> import cnnsteps
    >>> cnnsteps.load("samples/conv-padding.json")
    <cnnsteps.Solution of a conv problem: 4 × 4, 16 steps>
    """
    shapes = {"": input_shape} if isinstance(input_shape, Sequence) else input_shape or {}
    told = [(f"{name}=" if name else "") + ",".join(map(str, sizes)) for name, sizes in shapes.items()]
    sizes = "\n".join(told) if told else None
    try:
        (problem, show, given), locate = read(os.fspath(path), None, sizes)
    except UsageError as error:
        raise UsageError(pythonic(str(error))) from None
    return Solution(solved(problem, locate, Limits()), show, given)
