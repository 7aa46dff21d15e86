"""Mistakes in problems of the layers beside convolution and pooling."""

from __future__ import annotations

import pytest

from cnnsteps.errors import InputError
from tests.running import render, run_cli

WRONG = {
    '{"type": "relu", "input": 5}': "1:27: error: input is 5, not a list of numbers",
    '{"type": "relu", "input": [[[[[[1]]]]]]}': "1:27: error: input has rank 6, but it has rank 1, 2, 3, 4 or 5",
    '{"type": "relu", "dims": 1, "input": [[[[1]]]]}':
        "1:38: error: input has rank 4, but with 1 dimension it has rank 1, 2 or 3",
    '{"type": "leaky_relu", "input": [1], "slope": 2}': "hint: did you mean negative_slope?",
    '{"type": "leaky_relu", "input": [1], "negative_slope": "a"}': 'negative_slope: "a" is a string, not a number',
    '{"type": "dropout", "input": [1], "p": 1.5}': "1:40: error: p is 1.5, but it is at most 1",
    '{"type": "dropout", "input": [1], "p": -0.1}': "1:40: error: p is -0.1, but it is at least 0",
    '{"type": "dropout", "input": [1], "keep_prob": 0.1}': "hint: did you mean p?",
    '{"type": "linear", "input": [1, 2], "weight": [[1], [2]]}':
        "1:47: error: weight has 1 column, but the input has 2 numbers (shapes 2 × 1 and 2)\nhint: the weight may be",
    '{"type": "linear", "input": [[1, 2], [3, 4]], "weight": [[1, 2, 3, 4]]}':
        "the input's rows have 2 numbers (shapes 1 × 4 and 2 × 2)\nhint: flatten the input first: 2 × 2 = 4",
    '{"type": "linear", "input": [1, 2], "weight": [1, 2]}': "1:47: error: weight has rank 1, but it has rank 2",
    '{"type": "linear", "input": [1], "weight": [[1]], "bias": [1, 2]}':
        "bias has 2 numbers, but the weight has 1 row, one an output",
    '{"type": "linear", "input": [1], "kernel": [[1]]}': "hint: did you mean weight?",
    '{"type": "fc", "input": [1], "weight": [[1]]}': 'hint: did you mean "linear"?',
    '{"type": "BatchNorm2d", "input": [1]}': 'hint: did you mean "batch_norm"?',
    '{"type": "batch_norm", "input": [[1]], "mean": [1, 2], "variance": 1}':
        "1:48: error: mean has 2 numbers, but the input has 1 channel",
    '{"type": "batch_norm", "input": [1, 2], "mean": [1, 2], "variance": 1}':
        "variance has 1 number, but the input has 2 numbers",
    '{"type": "batch_norm", "input": [1, 2], "mean": [1, 2], "variance": [1, -2]}':
        "1:73: error: variance is -2, but a mean of squares is never below 0",
    '{"type": "batch_norm", "input": [1], "mean": 1, "variance": 0, "epsilon": 0}':
        "1:61: error: variance is 0, and so is epsilon: that divides by 0",
    '{"type": "batch_norm", "input": [1], "mean": 1, "variance": 1, "epsilon": -1}':
        "1:75: error: epsilon is -1, but it is at least 0",
    '{"type": "batch_norm", "input": [1], "input_mean": 1, "variance": 1}': "hint: did you mean mean?",
    '{"type": "sigmoid", "input": [[1, 2], [3, 10001]]}':
        "1:43: error: input: the exponential of -10001 is asked for, which has too many digits",
    '{"type": "tanh", "input": [1, -1e5]}': "1:31: error: input: the exponential of -100000 is asked for",
    '{"type": "softmax", "input": [1, -20000]}': "1:34: error: input: the exponential of -20001 is asked for",
    '{"type": "sigmoid", "input": [-9900, 9900]}': "1:30: error: input: what is worked out of its numbers has",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    """One located line, what helps, and nothing on standard output."""
    done = run_cli("solve", "-", stdin=text.encode())
    assert (done.code, done.out) == (2, b"")
    assert WRONG[text] in done.err.decode()


def test_errors_carry_the_place_in_deep_inputs() -> None:
    with pytest.raises(InputError) as caught:
        render({"type": "sigmoid", "input": [[[1]], [[-10001]]]}, "json")
    assert caught.value.mistakes[0].path == ("input", 1, 0, 0)
