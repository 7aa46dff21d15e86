"""Large matrices: elided with a word that says so, or whole, over several displays."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

import cnnsteps
from cnnsteps.render.options import Screen
from tests.running import render, solve_json
from tests.tex import compiled
from tests.tools import need

WHOLE: dict[str, dict[str, Any]] = {"--answer-only": {"answer_only": True}, "--whole": {"whole": True, "cells": "1,1"}}
BLOCK = re.compile(r"rows (\d+) to (\d+)(?:, columns (\d+) to (\d+))?|columns (\d+) to (\d+)")


def numbered(rows: int, columns: int) -> dict[str, object]:
    """A matrix in which every number stands once."""
    return {"type": "relu", "input": [[1000 + columns * i + j for j in range(columns)] for i in range(rows)]}


def answer_of(text: str) -> str:
    return text[text.rindex("The answer is") :]


@pytest.mark.parametrize("how", WHOLE)
@pytest.mark.parametrize("fmt", ["latex", "markdown", "terminal", "ipynb"])
@pytest.mark.parametrize("shape", [(60, 3), (25, 40), (3, 200), (61, 61)])
def test_every_number_of_the_answer_stands_once(fmt: str, how: str, shape: tuple[int, int]) -> None:
    """Also on a narrow screen."""
    problem = numbered(*shape)
    text = answer_of(render(problem, fmt, screen=Screen(columns=80), **WHOLE[how]))
    numbers = [int(number) for number in re.findall(r"\b\d{4}\b", text)]
    assert sorted(numbers) == [number for row in problem["input"] for number in row]  # type: ignore[attr-defined]
    assert "shown" not in text


def test_blocks_say_which_rows_and_columns_they_hold() -> None:
    text = answer_of(render(numbered(61, 61), "latex", answer_only=True))
    rows = sorted({(int(a), int(b)) for a, b, *_ in BLOCK.findall(text)})
    columns = sorted({(int(c), int(d)) for _, _, c, d, *_ in BLOCK.findall(text)})
    for spans in (rows, columns):
        assert (spans[0][0], spans[-1][1]) == (1, 61)
        assert all(first[1] + 1 == second[0] for first, second in pairwise(spans))
    assert len(BLOCK.findall(text)) == len(rows) * len(columns)


def test_places_count_from_the_index_base() -> None:
    assert "rows 0 to 19" in render(numbered(60, 3), "latex", answer_only=True, index_base=0)


def test_with_expansions_the_answer_is_elided_and_that_is_said() -> None:
    for fmt, shown in (("latex", 27), ("markdown", 23)):
        text = answer_of(render(numbered(60, 3), fmt, cells="1,1"))
        assert f"{shown} of 60 rows shown" in text


def test_whole_shows_every_matrix_whole() -> None:
    """With the answer alone the input stays elided; with --whole it is not."""
    problem = numbered(60, 3)
    given = render(problem, "latex", answer_only=True).partition("The answer is")[0]
    assert "27 of 60 rows shown" in given
    assert "shown" not in render(problem, "latex", answer_only=True, whole=True)


def test_json_is_whole_always() -> None:
    problem = numbered(60, 40)
    assert solve_json(problem, whole=True) == solve_json(problem) == solve_json(problem, whole=False)


def test_gradients_are_answers_too() -> None:
    grad = [[1] * 3 for _ in range(60)]
    problem = numbered(60, 3) | {"type": "conv", "kernel": [[1]], "backward": {"grad_output": grad}}
    text = render(problem, "latex", answer_only=True)
    after = text[text.index("The gradient of the input is") : text.index("The gradient of the kernel}")]
    assert "rows 41 to 60" in after


def test_in_a_notebook_a_large_answer_stays_cut() -> None:
    rows = [[1] * 3 for _ in range(100)]
    shown = cnnsteps.network(rows, [{"type": "relu"}])._repr_markdown_()
    assert "23 of 100 rows shown" in shown


@pytest.mark.parametrize("fragment", [False, True])
def test_latex_sets_it_page_by_page(fragment: bool) -> None:
    """Fractions, two channels, more rows than a page has and more columns than a line."""
    need("pdflatex")
    x = [[[(7 * i * j + 3 * c + i) % 97 - 40 for j in range(40)] for i in range(70)] for c in range(2)]
    problem = {"type": "pool", "mode": "average", "input": x, "kernel_size": 3, "stride": 1}
    text = render(problem, "latex", answer_only=True, fragment=fragment)
    if fragment:
        text = rf"\documentclass{{article}}\usepackage{{amsmath,graphicx}}\begin{{document}}{text}\end{{document}}"
    assert compiled(text)[0] == []
