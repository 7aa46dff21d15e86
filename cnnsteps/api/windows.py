"""Convolutions and pools: a window that moves over the input.

Names and defaults are those of PyTorch's functional API. An input of rank d, the number of spatial
dimensions, is one channel; d+1 has its channels first, d+2 batch and channels. d is 2, and 1 for a flat list;
`dims` says otherwise. Each raises InputError with every mistake in its arguments.
"""

from __future__ import annotations

from typing import Literal

from cnnsteps.api.calls import solved
from cnnsteps.api.solution import Solution
from cnnsteps.api.types import Dims, Number, Numbers, Padding, PaddingMode, Sizes


def conv(
    input: Numbers,
    weight: Numbers,
    bias: Numbers | Number | None = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    *,
    padding_mode: PaddingMode = "zeros",
    flip: bool = False,
    grad_output: Numbers | None = None,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """A convolution, as PyTorch's conv1d, conv2d and conv3d; `flip` turns the kernel by 180° first.

    `weight` has rank d for one filter, d+1 for one over several channels or several of one, else d+2:
    filters, channels/groups, … With `grad_output` the gradients are worked out too.

    >>> import cnnsteps
    >>> solution = cnnsteps.conv([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, -1]], stride=2, padding=1)
    >>> solution.output
    array([[-1, -3],
           [-7, -4]])
    >>> print(solution.steps[0, 0])
    Val[1,1] = 0×1 + 0×0 + 0×0 + 1×(-1) = -1
    """
    return solved("conv", locals())


def conv_transpose(
    input: Numbers,
    weight: Numbers,
    bias: Numbers | Number | None = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
    *,
    grad_output: Numbers | None = None,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """A transposed convolution, as PyTorch's conv_transpose1d, 2d and 3d.

    `weight` has rank d, or d+2: channels, filters/groups, …

    >>> import cnnsteps
    >>> cnnsteps.conv_transpose([[1, 2], [3, 4]], [[1, 10]], stride=2).output
    array([[ 1, 10,  2, 20],
           [ 0,  0,  0,  0],
           [ 3, 30,  4, 40]])
    """
    return solved("conv_transpose", locals())


def pool(
    input: Numbers,
    kernel_size: Sizes | None = None,
    stride: Sizes | None = None,
    padding: Padding = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    mode: Literal["max", "average", "lp"] = "max",
    count_include_pad: bool = True,
    p: int = 2,
    global_: bool = False,
    output_size: Sizes | None = None,
    grad_output: Numbers | None = None,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """A pooling of any mode: windows of `kernel_size`, one over everything (`global_`), or shared out (`output_size`).

    >>> import cnnsteps
    >>> cnnsteps.pool([[1, 2], [3, 5]], 2, mode="average").output
    array([[2.75]])
    >>> cnnsteps.pool([[1, 2], [3, 5]], global_=True).output
    array([[5]])
    """
    return solved("pool", locals())


def max_pool(
    input: Numbers,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Padding = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    grad_output: Numbers | None = None,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """The maximum of each window, as PyTorch's max_pool2d; each step says where it stood.

    >>> import cnnsteps
    >>> solution = cnnsteps.max_pool([[1, 2, 3, 4], [5, 6, 7, 8]], kernel_size=2)
    >>> solution.output
    array([[6, 8]])
    >>> print(solution.steps[0, 0])
    Val[1,1] = max(1, 2, 5, 6) = 6, at [2,2]
    """
    return solved("pool", locals())


def avg_pool(
    input: Numbers,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    *,
    grad_output: Numbers | None = None,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """The average of each window, as PyTorch's avg_pool2d.

    >>> import cnnsteps
    >>> print(cnnsteps.avg_pool([[1, 4], [5, 8]], 2).steps[0, 0])
    Val[1,1] = average(1, 4, 5, 8) = 18/4 = 4.5
    """
    return solved("pool", {**locals(), "mode": "average"})


def lp_pool(
    input: Numbers,
    norm_type: int,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
    *,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """The `norm_type`-th root of the sum of powers of each window, as PyTorch's lp_pool2d.

    >>> import cnnsteps
    >>> print(cnnsteps.lp_pool([[3, 4]], 2, (1, 2)).steps[0, 0].value)
    5
    """
    return solved("pool", {**locals(), "mode": "lp"}, {"norm_type": "p"})


def adaptive_max_pool(
    input: Numbers,
    output_size: Sizes,
    *,
    grad_output: Numbers | None = None,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """The maxima of as many windows as the output is to have numbers, as PyTorch's adaptive_max_pool2d.

    >>> import cnnsteps
    >>> cnnsteps.adaptive_max_pool([1, 2, 3, 4, 5], 2).output
    array([3, 5])
    """
    return solved("pool", locals())


def adaptive_avg_pool(
    input: Numbers,
    output_size: Sizes,
    *,
    grad_output: Numbers | None = None,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """The averages of as many windows as the output is to have numbers, as PyTorch's adaptive_avg_pool2d.

    >>> import cnnsteps
    >>> cnnsteps.adaptive_avg_pool([1, 2, 3, 4, 5], 2).output
    array([2, 4])
    """
    return solved("pool", {**locals(), "mode": "average"})
