"""Checking takes a time in proportion to the text."""

from __future__ import annotations

import random
import time

import pytest

from cnnsteps.checking.check import check

pytestmark = pytest.mark.bench


def lines(count: int) -> str:
    rng = random.Random(1)
    found = []
    for i in range(count):
        terms = [(rng.randint(0, 9), rng.randint(0, 9)) for _ in range(9)]
        right = " + ".join(f"{a} \\times {b}" for a, b in terms)
        found.append(f"Val_{{[{i // 4 + 1},{i % 4 + 1}]}} &= {right} = {sum(a * b for a, b in terms)} \\\\\n")
    return "".join(found)


def seconds(text: str) -> float:
    """The best of three, in this process's own time."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        check(text)
        best = min(best, time.process_time() - start)
    return best


def test_double_the_text_takes_double_the_time() -> None:
    one, two = lines(3000), lines(6000)
    check(lines(100))
    first, second = seconds(one), seconds(two)
    print(f"{len(two) / second / 1e6:.2f} MB/s, {second / first:.2f} × for double the text")
    assert second <= 2.3 * first
