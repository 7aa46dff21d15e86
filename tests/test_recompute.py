"""Every printed step is read back from its text and worked out again, in every format.

What `=` joins is exactly equal. Where `≈` stands, a number next to it was rounded, half away
from zero, and where none was, `=` stands. All formats say the numbers that JSON says.
"""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnnsteps.render.options import Screen
from tests import oracle, printed
from tests.printed import Read
from tests.problems import SMALL, Problem, convs, pools, sizes
from tests.running import SAMPLES, exact, render, solve_json

FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "pipe": ("terminal", {}),
    "narrow": ("terminal", {"screen": Screen(columns=48)}),
    "colors": ("terminal", {"screen": Screen(True, 100, "truecolor")}),
    "ascii": ("terminal", {"screen": Screen(ascii_only=True)}),
    "latex": ("latex", {}),
    "fragment": ("latex", {"fragment": True}),
    "dollar": ("markdown", {"flavor": "dollar"}),
    "github": ("markdown", {"flavor": "github"}),
}
HUGE = -(2**1100)
RAGGED: Problem = {
    "type": "conv",
    "input": [[[[0, 0, HUGE]], [[0, 0, 0]]], [[[0, 0, 0]], [[HUGE, HUGE, 0]]]],
    "kernel": [[[[1, 1]], [[1, 1]]]],
    "padding": 1,
}
"""Each step's long numbers stand in another channel."""
DIGITS = [None, 0, 1, 2, 3]
COLOR = re.compile(r"\x1b\[[0-9;]*m")
OURS = [path for kind in ("conv", "edge", "pool", "size") for path in sorted(SAMPLES.glob(f"{kind}-*.json"))]
"""Samples that the oracle can work out; those of layers and networks have tests of their own."""
ELIDED = re.compile(r"\\cdots|\\vdots|⋯|⋮|\.\.\.")


def text_of(problem: Problem | str, form: str, **options: Any) -> str:
    fmt, own = FORMS[form]
    return COLOR.sub("", render(problem, fmt, **own, **options))


def rounded(value: Fraction, digits: int | None) -> Fraction:
    """To so many places, half away from zero."""
    if digits is None:
        return value
    size = math.floor(abs(value) * 10**digits + Fraction(1, 2))
    return Fraction(size if value >= 0 else -size, 10**digits)


def links_of(step: dict[str, Any], problem: Problem, digits: int | None) -> list[list[Fraction]]:
    """The exact numbers of each link of a step's chain, from JSON."""
    value = [exact(step["value"])]
    if "window" in step and problem.get("mode") == "average":
        window = exact(step["window"])
        quotient = [sum(window, Fraction(0)), Fraction(len(window))]
        links = [window, quotient, value]
        return links[:2] if digits is None and says_itself(quotient[0], quotient[1], in_fractions(problem)) else links
    if "window" in step:
        return [exact(step["window"]), value]
    bias = [] if step["bias"] is None else [exact(step["bias"])]
    terms = [exact(pair) for pair in step["terms"]]
    size = math.prod(oracle.shape_of(problem["kernel"])[-oracle.dims_of(problem) :])
    products = [[n for term in terms for n in term] + bias]
    if 1 < size < len(terms):
        parts = [terms[i : i + size] for i in range(0, len(terms), size)]
        products.append([sum((a * b for a, b in part), Fraction(0)) for part in parts] + bias)
    return [*products, value]


def in_fractions(problem: Problem) -> bool:
    """Results stand as fractions: one was written, or one of them never ends as a decimal."""
    written = any(isinstance(n, Fraction) and n.denominator > 1 for n in flat(problem["input"]))
    values = [exact(step["value"]) for step in solve_json(problem)["steps"]]
    return written or any(10**1000 % value.denominator for value in values)


def says_itself(total: Fraction, count: Fraction, in_fractions: bool) -> bool:
    """total/count is written as its value is: 613/9 = 613/9 would say one thing twice."""
    value = total / count
    return in_fractions and value.denominator > 1 and Fraction(value.denominator) == count


def check_step(step: printed.Step, links: list[list[Fraction]], digits: int | None, average: bool) -> None:
    assert len(step.links) == len(links), step
    inexact = [any(rounded(n, digits) != n for n in link) for link in links]
    for i, (read, numbers) in enumerate(zip(step.links, links, strict=True)):
        said = [rounded(n, digits) for n in numbers]
        if average and i == 1:
            # In text a quotient and a fraction are one and the same: 7/3/4.
            assert read.value == said[0] / said[1], step
        else:
            assert read.numbers == said, step
        assert step.relations[i] == ("≈" if inexact[i] or (i and inexact[i - 1]) else "="), step
        if i and step.relations[i] == "=":
            assert read.value == step.links[i - 1].value, step


def flat(value: Any) -> list[Fraction]:
    return [n for part in value for n in flat(part)] if isinstance(value, list) else [value]


def planes(value: Any, spatial: int) -> list[list[list[Fraction]]]:
    """A nested list as the matrices in which it is printed."""
    depth = len(oracle.shape_of(value))
    if spatial == 1:
        return [[value]] if depth == 1 else [m for part in value for m in planes(part, 1)]
    return [value] if depth == 2 else [m for part in value for m in planes(part, spatial)]


def check_answer(text: str, output: Any, spatial: int, digits: int | None) -> None:
    """The matrices behind "The answer is", and a ≈ before each that holds a rounded number."""
    answer = re.split(r"This\s+is\s", text.split("The answer is")[1])[0]
    if ELIDED.search(answer):
        return
    expected = planes(exact(output), spatial)
    said = [[[rounded(n, digits) for n in row] for row in matrix] for matrix in expected]
    assert printed.matrices(answer) == said
    inexact = sum(matrix != shown for matrix, shown in zip(expected, said, strict=True))
    assert len(re.findall(r"≈|~|\\approx", answer)) == inexact


def check(problem: Problem, form: str, digits: int | None = None, base: int = 1, **options: Any) -> None:
    result = solve_json(problem, index_base=base, **options)
    text = text_of(problem, form, digits=digits, index_base=base, **options)
    chains = [links_of(step, problem, digits) for step in result["steps"]]
    if "\\underbrace" in text:
        numbers = {n for chain in chains for link in chain for n in link} | set(flat(exact(result["output"])))
        numbers |= {n for key in ("input", "kernel") for n in oracle.cells_of(problem.get(key, 0)).values()}
        text = printed.unabridged(text, numbers | {rounded(n, digits) for n in numbers}, digits or 0)
    found = printed.steps(text)
    assert [list(step.place) for step in found] == [step["index"] for step in result["steps"]]
    for step, links in zip(found, chains, strict=True):
        check_step(step, links, digits, problem.get("mode") == "average")
    if problem["type"] == "pool" and problem.get("mode", "max") == "max":
        check_places(problem, found, text, base)
    else:
        assert not any(step.stands for step in found)
    check_answer(text, result["output"], oracle.dims_of(problem), digits)
    check_sizes(problem, text, result["output_shape"])


def check_places(problem: Problem, steps: list[printed.Step], text: str, base: int) -> None:
    """Behind each maximum stands the place of the first in its window; the printed input has the maximum there."""
    d, shape = oracle.dims_of(problem), oracle.shape_of(problem["input"])
    firsts = oracle.first_maxima(problem)
    head = re.split("The padded input|Step by step", text)[0]
    planes = [] if ELIDED.search(head) else printed.matrices(head)
    places = product(*map(range, shape[:-2] if d > 1 else shape[:-1]))
    slices = dict(zip(places, planes, strict=not ELIDED.search(head)))
    for step in steps:
        assert step.stands is not None, step
        index, stands = (tuple(i - base for i in place) for place in (step.place, step.stands))
        assert stands == firsts[index], step
        *lead, last = (*index[:-d], *stands)
        if planes:
            row = slices[tuple(lead[:-1])][lead[-1]] if d > 1 else slices[tuple(lead)][0]
            assert row[last] == step.links[-1].value, step


def check_sizes(problem: Problem, text: str, shape: list[int]) -> None:
    """Each dimension's formula, in letters and in numbers, comes to what is printed at its end."""
    d = oracle.dims_of(problem)
    n = oracle.shape_of(problem["input"])[-d:]
    f = oracle.shape_of(problem["kernel"])[-d:] if "kernel" in problem else ()
    if problem["type"] == "size":
        n, f = (tuple(oracle.per_dimension(problem[key], d))[-d:] for key in ("input", "kernel"))
    f = f or tuple(oracle.per_dimension(problem["kernel_size"], d))
    stride = oracle.per_dimension(problem.get("stride", list(f) if problem["type"] == "pool" else 1), d)
    dilation = oracle.per_dimension(problem.get("dilation", 1), d)
    pairs = oracle.padding_of(problem, n, f, stride, dilation)
    names = "L" if d == 1 else "DHW"[-d:]
    letters = {
        name: {"N": n[i], "F": f[i], "S": stride[i], "D": dilation[i], "P": pairs[i][0],
               "P_before": pairs[i][0], "P_after": pairs[i][1]}
        for i, name in enumerate(names)
    }  # fmt: skip
    found = printed.sizes(text, letters)
    assert sorted(found) == sorted(names)
    for name, out in zip(names, shape[-d:], strict=True):
        relations, links = found[name]
        assert set(relations) == {"="}
        assert len({link.value for link in links}) == 1, links
        assert links[-1] == Read(links[-1].value, [links[-1].value])
        dropped = (
            f"the last of {links[-1].value} windows would start in the padding after the input and is dropped: {out}."
        )
        assert links[-1].value == out or (problem.get("ceil_mode") and " ".join(text.split()).count(dropped))


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=50)
@given(problem=st.one_of(convs(), pools()), base=st.sampled_from([0, 1]))
@example(RAGGED, 1)
@example({"type": "pool", "mode": "average", "input": [1, 1, 2, 5, 1, -4], "kernel_size": 3, "stride": 1}, 1)
def test_every_step(form: str, problem: Problem, base: int) -> None:
    check(problem, form, base=base)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=50)
@given(problem=st.one_of(convs(), pools()), digits=st.sampled_from(DIGITS[1:]))
@example({"type": "conv", "input": [Fraction(1, 2), Fraction(-1, 2)], "kernel": [1]}, 0)
@example({"type": "conv", "input": [Fraction(1, 3), 1, Fraction(-1, 300)], "kernel": [1], "bias": Fraction(1, 400)}, 2)
def test_every_rounded_step(form: str, problem: Problem, digits: int) -> None:
    check(problem, form, digits)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=40)
@given(problem=sizes())
@example({"type": "size", "input": 227, "kernel": 11, "stride": 4})
@example({"type": "size", "input": [1, 1], "kernel": [1, 1], "padding": 1, "ceil_mode": True})
def test_every_size(form: str, problem: Problem) -> None:
    text = text_of(problem, form)
    shape = list(oracle.size(problem))
    check_sizes(problem, text, shape)
    volume = "×".join(map(str, shape))
    said = text.split("The output size is")[1]
    assert volume in re.sub(r"\\times|x", "×", said).replace(" ", "")


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=30)
@given(problem=st.one_of(convs(SMALL), pools(SMALL)), data=st.data())
def test_chosen_cells(form: str, problem: Problem, data: st.DataObject) -> None:
    """With --cells exactly these steps are printed, and the whole answer."""
    shape = solve_json(problem)["output_shape"]
    index = [data.draw(st.integers(1, size)) for size in shape]
    check(problem, form, cells=",".join(map(str, index)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("digits", DIGITS)
@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.stem))
def test_samples(path: Any, digits: int | None, form: str) -> None:
    problem = json.loads(path.read_text(), parse_float=Fraction)
    if problem["type"] == "size":
        check_sizes(problem, text_of(problem, form, digits=digits), list(oracle.size(problem)))
    else:
        check(problem, form, digits)


@pytest.mark.parametrize("form", FORMS)
def test_long_sums_and_many_frames(form: str) -> None:
    """Three channels of 5×5 over 100 cells: lines break everywhere they can, and blocks end."""
    x = [[[(i * j + c) % 7 - 3 for j in range(14)] for i in range(14)] for c in range(3)]
    w = [[[(i - j + c) % 5 - 2 for j in range(5)] for i in range(5)] for c in range(3)]
    check({"type": "conv", "input": x, "kernel": w, "bias": -1}, form)


@pytest.mark.parametrize("form", FORMS)
def test_ragged_numbers(form: str) -> None:
    """Numbers of very different lengths in one column."""
    x = [[1, 10**999, Fraction(-1, 3)], [Fraction(10**500, 7), 0, 2], [1, -(10**60), 3]]
    check({"type": "conv", "input": x, "kernel": x, "padding": 1}, form)
    check({"type": "conv", "input": x, "kernel": [[1]], "bias": 10**998}, form, 2)
    check({"type": "pool", "input": x, "kernel_size": 2, "stride": 1, "mode": "average"}, form)


def test_indices_of_many_digits() -> None:
    x = [[(i + j) % 10 for j in range(101)] for i in range(12)]
    for form, base in product(FORMS, (0, 1)):
        check({"type": "pool", "input": x, "kernel_size": 1}, form, base=base)
