"""The layers beside convolutions and pools. Names and defaults are those of PyTorch's functional API.

Each raises InputError with every mistake in its arguments.
"""

from __future__ import annotations

from cnnsteps.api.calls import solved
from cnnsteps.api.solution import Solution
from cnnsteps.api.types import Dims, Number, Numbers
from cnnsteps.errors import InputError, Mistake


def linear(
    input: Numbers,
    weight: Numbers,
    bias: Numbers | Number | None = None,
    *,
    grad_output: Numbers | None = None,
    title: str | None = None,
) -> Solution:
    """A linear, or fully connected, layer; `weight` has one row an output and one column an input.

    >>> import cnnsteps
    >>> print(cnnsteps.linear([1, 2], [[3, 4], [5, 6]], bias=[0, 0.5]).steps[1])
    Val[2] = 1×5 + 2×6 + 0.5 = 17.5
    """
    return solved("linear", locals())


def relu(input: Numbers, *, dims: Dims | None = None, title: str | None = None) -> Solution:
    """What is negative becomes 0.

    >>> import cnnsteps
    >>> cnnsteps.relu([[1, -2], [-3, 4]]).output
    array([[1, 0],
           [0, 4]])
    """
    return solved("relu", locals())


def leaky_relu(
    input: Numbers, negative_slope: Number = 0.01, *, dims: Dims | None = None, title: str | None = None
) -> Solution:
    """What is negative is multiplied by `negative_slope`.

    >>> import cnnsteps
    >>> print(cnnsteps.leaky_relu([-2, 3]).steps[0])
    Val[1] = 0.01×(-2) = -0.02
    """
    return solved("leaky_relu", locals())


def sigmoid(input: Numbers, *, dims: Dims | None = None, title: str | None = None) -> Solution:
    """1/(1 + e^(−x)).

    >>> import cnnsteps
    >>> cnnsteps.sigmoid([0, 1]).output
    array([       0.5, 0.73105858])
    """
    return solved("sigmoid", locals())


def tanh(input: Numbers, *, dims: Dims | None = None, title: str | None = None) -> Solution:
    """The hyperbolic tangent.

    >>> import cnnsteps
    >>> cnnsteps.tanh([0, 1]).numpy()
    array([0.        , 0.76159416])
    """
    return solved("tanh", locals())


def softmax(
    input: Numbers,
    dim: int | None = None,
    *,
    shift: bool = True,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """Shares that add up to 1 along `dim`; along the channels, where there are some, or the last one unless told.

    With `shift=False` the largest number is not taken away first; the shares are the same.

    >>> import cnnsteps
    >>> cnnsteps.softmax([[0, 0], [1, 1]], dim=1).output
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    return solved("softmax", locals())


def batch_norm(
    input: Numbers,
    running_mean: Numbers | Number,
    running_var: Numbers | Number,
    weight: Numbers | Number | None = None,
    bias: Numbers | Number | None = None,
    training: bool = False,
    eps: Number = 1e-5,
    *,
    dims: Dims | None = None,
    title: str | None = None,
) -> Solution:
    """Batch normalization as it is used, with the mean and variance that training has left, one a channel.

    >>> import cnnsteps
    >>> print(cnnsteps.batch_norm([[3, 5]], running_mean=[1], running_var=[4], eps=0).steps[0, 0].value)
    1
    """
    refuse_training(training, "batch_norm", "it takes its mean and variance as training has left them")
    return solved("batch_norm", without(locals(), "training"))


def flatten(input: Numbers, *, dims: Dims | None = None, title: str | None = None) -> Solution:
    """One row of what is there, or one a batch item.

    >>> import cnnsteps
    >>> cnnsteps.flatten([[1, 2], [3, 4]]).output
    array([1, 2, 3, 4])
    """
    return solved("flatten", locals())


def dropout(
    input: Numbers, p: Number = 0.5, training: bool = False, *, dims: Dims | None = None, title: str | None = None
) -> Solution:
    """Nothing: that is what dropout does when a network is used.

    >>> import cnnsteps
    >>> cnnsteps.dropout([1, 2]).output
    array([1, 2])
    """
    refuse_training(training, "dropout", "what it drops is random")
    return solved("dropout", without(locals(), "training"))


def without(arguments: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in arguments.items() if name not in names}


def refuse_training(training: bool, what: str, reason: str) -> None:
    """InputError where something is asked for that is not worked out here."""
    if training:
        message = f"training is True, but {what} is worked out as a network is used: {reason}"
        raise InputError([Mistake(message, "leave training out", ("training",))], None)
