"""The answer in JSON: nested lists of exact numbers, however many of them are written at once."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsteps.formats import json as format_json
from cnnsteps.numbers.exact import integer_text
from cnnsteps.numbers.tensor import Tensor
from tests.running import exact


@given(
    shape=st.lists(st.integers(1, 4), max_size=5),
    numbers=st.lists(st.integers(-(10**20), 10**20) | st.integers(-9, 9), min_size=1, max_size=9),
    den=st.sampled_from([1, 3, 8]),
    at_once=st.integers(1, 9),
)
def test_nested_lists_are_the_tensor(shape: list[int], numbers: list[int], den: int, at_once: int) -> None:
    num = np.resize(np.array(numbers, dtype=object), shape)
    if max(map(abs, numbers)) < 2**63:
        num = num.astype(np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(format_json, "AT_ONCE", at_once)
        text = b"".join(format_json.nested(Tensor(num, den)))
    assert exact(json.loads(text, parse_float=Fraction)) == exact(np.asarray(num * Fraction(1, den)).tolist())


def test_numbers_of_any_length() -> None:
    long = 10**5000 + 1
    text = b"".join(format_json.nested(Tensor(np.array([[long, 1]], dtype=object))))
    assert text.decode() == f"[[{integer_text(long)}, 1]]"
