"""From Python: what is wrong with a call is said by the arguments' names, all of it, and never by a bare TypeError."""

# A case reads best on one line.
# ruff: noqa: E501

from __future__ import annotations

import pickle
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import cnnsteps

IMAGE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
Wrong: Any = cnnsteps
"""The same functions for arguments that no type checker lets through."""


WRONG: list[tuple[Callable[[], object], list[str]]] = [
    (lambda: cnnsteps.conv([[1, 2, 3], [4, 5, 6], [7, 8, 9, 0]], [[1]]), ["input: row 3 has 4 values, the others have 3 (input[2])"]),
    (lambda: Wrong.conv(IMAGE, [[1, True], [2, None]]), ["weight: true is not a number (weight[0][1])", "weight: null is not a number (weight[1][1])"]),
    (lambda: cnnsteps.conv([[1, float("nan")]], [[1]], stride=0, padding="sme"), [
        "input: nan is not a number that can be computed with (input[0][1])", "stride is 0, but it is at least 1",
        'padding is "sme", which is not a padding', 'hint: did you mean "same"?']),
    (lambda: cnnsteps.conv([[1, 2]], [[Decimal("-Infinity")]]), ["weight: -Infinity is not a number that can be computed with (weight[0][0])"]),
    (lambda: cnnsteps.conv(np.zeros((2, 2), bool), [[1j]]), ["input: the array holds bool, not numbers", "hint: numbers are wanted: .astype(int)", "weight: a complex is not a number, a list or an array (weight[0][0])"]),
    (lambda: cnnsteps.conv(np.ma.masked_equal([[1, 2]], 2), [[1]]), ["input: the array has masked values", "hint: fill them first: .filled(0)"]),
    (lambda: Wrong.relu({1, 2}), ["input: a set is not a number, a list or an array"]),
    (lambda: Wrong.relu(None), ["input is missing: …"]),
    (lambda: cnnsteps.relu(np.array(object())), ["input: a ndarray is not a number, a list or an array"]),
    (lambda: cnnsteps.relu(Unreadable()), ["input: an Unreadable can't be read as an array: no numbers\\n here"]),
    (lambda: cnnsteps.relu([Fraction(1, 10**1001)]), ["input: a fraction has more than 1,000 digits (input[0])"]),
    (lambda: cnnsteps.relu([Decimal("1e10000000")]), ["input: 1E+10000000 is a number with 10,000,001 digits; at most 1,000 are allowed (input[0])"]),
    (lambda: cnnsteps.relu([10**1000]), [f"1{'0' * 29}…{'0' * 15} is a number with 1,001 digits; at most 1,000 are allowed (input[0])"]),
    (lambda: cnnsteps.conv([[1]], [[1]], groups=10**1000), [f"1{'0' * 29}…{'0' * 15} is a number with 1,001 digits; at most 1,000 are allowed (groups)"]),
    (lambda: cnnsteps.relu(np.zeros((2, 0))), ["input: row 1 is empty (input[0])", "input: row 2 is empty (input[1])"]),
    (lambda: cnnsteps.conv(np.zeros((2, 2, 2)), np.zeros((1, 3, 1, 1))), ["weight has 3 channels, but the input has 2 channels: with groups 1 a filter has 2", "hint: …"]),
    (lambda: cnnsteps.conv(IMAGE, [[1]], grad_output=[[1, 2]]), ["grad_output has the shape 1 × 2, but the output has the shape 3 × 3"]),
    (lambda: cnnsteps.conv(IMAGE, [[1]], grad_output=[["x"]]), ['grad_output: "x" is a string, not a number (grad_output[0][0])', "hint: …"]),
    (lambda: cnnsteps.batch_norm([[1, 2]], [1, 2, 3], [1], eps=-1), ["eps is -1, but it is at least 0"]),
    (lambda: cnnsteps.batch_norm([[1, 2]], [0, 0], [1, -4]), ["running_var is -4, but a mean of squares is never below 0 (running_var[1])"]),
    (lambda: cnnsteps.batch_norm([[1]], 0, 1, training=True), ["training is True, …", "hint: leave training out"]),
    (lambda: cnnsteps.dropout([1], training=True), ["training is True, …", "hint: leave training out"]),
    (lambda: cnnsteps.pool(IMAGE), ["kernel_size is missing: the size of the window; without it say global or output_size"]),
    (lambda: cnnsteps.pool(IMAGE, 2, global_=True), ["kernel_size can't be given together with global", "hint: …"]),
    (lambda: cnnsteps.max_pool(IMAGE, 2, padding=2), ["padding is 2, so that a window of size 2 lies in padding alone", "hint: padding is at most 1 here"]),
    (lambda: cnnsteps.softmax(IMAGE, dim=2), ["dim is 2, but the input has rank 2: from -2 to 1"]),
    (lambda: cnnsteps.sigmoid([1, 10**6]), ["input: the exponential of -1000000 is asked for, which has too many digits (input[1])", "hint: …"]),
    (lambda: cnnsteps.network([1, 5, 5], [{"type": "conv", "kernel": 3, "filters": 2, "subsample": 2}]), ['layer 1: a conv problem has no key "subsample" (layers[0]["subsample"])', "hint: did you mean stride?"]),
    (lambda: cnnsteps.network([[1, 2]], [{"type": "linear", "weight": np.array([[1, np.inf]])}]), ["weight: inf is not a number that can be computed with (layers[0][\"weight\"][0][1])", "layer 1: a linear layer takes a row of numbers, but the input has the shape 1 × 1 × 2 (layers[0])", "hint: …"]),
    (lambda: Wrong.solve([1]), ['a problem is a mapping, {"type": "conv", …}, but this is a list']),
    (lambda: cnnsteps.solve({"type": "convv", "input": IMAGE}), ['type is "convv", which is no kind of problem', 'hint: did you mean "conv"?']),
    (lambda: cnnsteps.solve({"type": "sigmoid", "x": [1, 10**6]}), ["x: the exponential of -1000000 is asked for, which has too many digits (x[1])", "hint: …"]),
    (lambda: cnnsteps.solve({"type": "conv", "x": IMAGE, "weight": [[1]], "kernel": [[1]]}), ["weight and kernel are two names for one thing", "hint: …"]),
    (lambda: cnnsteps.conv([[1]], [[1]], padding=20_000), ["its padded input or its answer has 1,600,080,001 cells, more than 100,000,000", "hint: …"]),
    (lambda: Wrong.conv(IMAGE, [[1]], title=3), ["title is 3, not a string"]),
]  # fmt: skip


class Unreadable:
    def __array__(self, dtype: object = None, copy: bool | None = None) -> Any:
        raise RuntimeError("no numbers\n here")


@pytest.mark.parametrize(("call", "said"), WRONG)
def test_errors_are_located_by_the_arguments(call: Callable[[], object], said: list[str]) -> None:
    with pytest.raises(cnnsteps.InputError) as found:
        call()
    assert found.value.file is None
    lines = str(found.value).split("\n")
    assert len(lines) == len(said), lines
    for line, expected in zip(lines, said, strict=True):
        assert line.startswith(expected[:-1]) if expected.endswith("…") else line == expected
    copied = pickle.loads(pickle.dumps(found.value))
    assert (str(copied), copied.mistakes) == (str(found.value), found.value.mistakes)


def test_a_list_that_holds_itself() -> None:
    endless: list[Any] = [1]
    endless.append(endless)
    with pytest.raises(cnnsteps.InputError, match="has more than 8 lists inside one another"):
        cnnsteps.relu(endless)
    layer: dict[str, Any] = {"type": "relu"}
    layer["layers"] = [layer]
    with pytest.raises(cnnsteps.InputError):
        cnnsteps.network([1, 2, 2], [layer])


def test_many_mistakes_are_cut() -> None:
    with pytest.raises(cnnsteps.InputError) as found:
        cnnsteps.relu([[True] * 50] * 50)
    assert len(found.value.mistakes) == 101
    assert str(found.value).endswith("these are the first 100 mistakes; there are more")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"format": "pdf"}, "format is 'pdf', but it is 'ipynb', 'json', 'latex', 'markdown' or 'terminal'"),
        ({"index_base": 2}, "index_base is 2, but it is 0 or 1"),
        ({"index_base": True}, "index_base is True, but it is 0 or 1"),
        ({"digits": -1}, "digits is -1, but it is a whole number from 0 to 1000"),
        ({"digits": 2.5}, "digits is 2.5, but it is a whole number from 0 to 1000"),
        ({"flavor": "gitlab"}, "flavor is 'gitlab', but it is 'dollar' or 'github'"),
        ({"cells": "4,4"}, "cells '4,4': 4 lies outside 1:3, the answer's indices there"),
        ({"max_cells": 8}, "9 expansions are asked for, more than the 8 of max_cells"),
        ({"template": "/nowhere/at/all"}, "/nowhere/at/all:1:1: error: there is no such folder of templates"),
    ],
)
def test_options_that_do_not_fit(options: dict[str, Any], said: str) -> None:
    with pytest.raises(cnnsteps.CnnstepsError) as found:
        cnnsteps.conv(IMAGE, [[1]]).render(**options)
    assert str(found.value).split("\n")[0] == said
