"""Whole problems: sizes, networks, and whatever a problem file can say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnnsteps.api.calls import solved, solved_problem
from cnnsteps.api.solution import Solution
from cnnsteps.api.types import Dims, Letters, Numbers, Padding, Sizes


def size(
    input: Sizes | Letters,
    kernel: Sizes | Letters,
    stride: Sizes | Letters = 1,
    padding: Padding | Letters = 0,
    dilation: Sizes | Letters = 1,
    groups: int = 1,
    *,
    filters: int | None = None,
    bias: bool = True,
    ceil_mode: bool = False,
    output: Sizes | None = None,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """The output size of a convolution or pool of these sizes; with channels and `filters` its costs too.

    Letters give the formula in them; with `output` and one "?" all numbers that give it are worked out.

    >>> import cnnsteps
    >>> solution = cnnsteps.size([3, 227, 227], 11, stride=4, filters=96)
    >>> solution.output_shape, solution.parameters
    ((96, 55, 55), 34944)
    """
    return solved("size", locals())


def network(
    input: Numbers,
    layers: Sequence[Mapping[str, object]],
    *,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """A chain of layers, each a mapping with the keys of a problem file; `input` is a shape or holds numbers.

    >>> import cnnsteps
    >>> solution = cnnsteps.network([[1, 2], [3, -4]], [{"type": "relu"}, {"type": "pool", "kernel_size": 2}])
    >>> solution.output
    array([[3]])
    >>> [layer.name for layer in solution.layers]
    ['relu1', 'pool1']
    """
    return solved("network", locals())


def solve(problem: Mapping[str, object]) -> Solution:
    """Any problem: a mapping with the keys of a problem file, whose matrices may be arrays.

    >>> import cnnsteps
    >>> cnnsteps.solve({"type": "pool", "input": [[1, 2], [3, 4]], "kernel_size": 2}).output
    array([[4]])
    """
    return solved_problem(problem, {})
