"""The samples are what their titles say, and the homework's answers are the known ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnnsteps.problems import types
from tests.running import SAMPLES, render, solve_json, start_cli

FILES = sorted(SAMPLES.glob("*.json"))
ANSWERS = {
    "conv-no-padding": [[15, 16], [6, 15]],
    "conv-padding": [[7, 12, 10, 2], [4, 15, 16, 10], [10, 6, 15, 6], [8, 10, 4, 3]],
    "pool-max": [[8, 4], [7, 5]],
}


@pytest.mark.parametrize("name", ANSWERS)
def test_homework(name: str) -> None:
    """Two convolutions and a pooling of shared/examples/homework.md, whose own answers are partly wrong."""
    assert solve_json((SAMPLES / f"{name}.json").read_text("utf-8"))["output"] == ANSWERS[name]


def test_homework_average() -> None:
    """Its other pooling, in decimals that are exact."""
    text = render((SAMPLES / "pool-average.json").read_text("utf-8"), "json")
    assert '"output": [[4.5, 2.5], [4.25, 3]]' in text


def test_homework_size() -> None:
    """AlexNet's first layer: 55 × 55 × 96, with the formula as it is taught."""
    text = (SAMPLES / "size-alexnet.json").read_text("utf-8")
    assert solve_json(text)["output_shape"] == [96, 55, 55]
    printed = render(text, "terminal")
    assert "(N − F + 2P)/S + 1 = (227 − 11 + 2×0)/4 + 1 = 216/4 + 1 = 55" in printed
    assert "55×55×96" in printed.replace(" ", "")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_each_is_run_by_its_command(path: Path) -> None:
    """Its type names the command, and its title is the heading; from the program's very start."""
    problem = json.loads(path.read_text("utf-8"))
    assert problem["type"] in types.names()
    assert len(problem["title"]) < 100
    done = start_cli(problem["type"].replace("_", "-"), str(path), "-f", "terminal")
    assert (done.code, done.err) == (0, b"")
    assert done.out.decode().startswith(problem["title"])
