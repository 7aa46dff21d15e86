"""A problem file, worked out."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cnnsteps.api.options import pythonic
from cnnsteps.api.solution import Solution
from cnnsteps.errors import InputError, UsageError
from cnnsteps.reading.file import read_file
from cnnsteps.reading.problem import locate
from cnnsteps.solution import Limits


def load(path: str | os.PathLike[str], *, input_shape: Sequence[int] | None = None) -> Solution:
    """The solution of the problem or network in a file, in JSON or ONNX's format.

    `input_shape` gives the sizes that an ONNX model leaves open. InputError with every mistake in
    the file, each with its line and column.

    >>> import cnnsteps
    >>> cnnsteps.load("samples/conv-padding.json")
    <cnnsteps.Solution of a conv problem: 4 × 4, 16 steps>
    """
    sizes = None if input_shape is None else ",".join(map(str, input_shape))
    try:
        source, problem = read_file(os.fspath(path), None, sizes)
    except UsageError as error:
        raise UsageError(pythonic(str(error))) from None
    limits = Limits()
    try:
        limits.check_size(problem)
        return Solution(problem.solve(limits))
    except InputError as error:
        raise locate(error, source) from None
