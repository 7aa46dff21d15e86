"""`--verify`: a document that says something else than its problem comes to is not put in place."""

from __future__ import annotations

import json
import random
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cnnsteps
from cnnsteps.checking.recomputed import answer, cells
from cnnsteps.checking.verify import verify
from cnnsteps.errors import VerificationError
from cnnsteps.options import DEFAULTS
from tests.cases import Case, cases, names
from tests.problems import Problem, convs, pools
from tests.running import FORMATS, SAMPLES, as_json, run_cli, solve_json

NUMBER = re.compile(r"(?<=[= ,\[&])-?\d+(?= |,|\]|\n|\\)")


@pytest.mark.parametrize("case", cases(), ids=names(cases()))
def test_what_we_write_is_verified(case: Case) -> None:
    solution = cnnsteps.solve(json.loads(case.problem, parse_float=Fraction))
    for format in FORMATS:
        assert solution.render(format, **{**case.options, "verify": True})


@pytest.mark.parametrize("format", ["latex", "markdown", "json"])
@pytest.mark.parametrize("stem", ["conv-padding", "pool-average", "conv-rgb"])
def test_each_changed_number_of_the_steps_is_refused(format: str, stem: str) -> None:
    solution = cnnsteps.load(SAMPLES / f"{stem}.json")
    text = solution.render(format, no_source=True)
    begin = max(text.find("Step by step"), 0)
    places = [match for match in NUMBER.finditer(text) if match.start() > begin]
    assert len(places) > 15
    for match in random.Random(stem).sample(places, 15):
        changed = f"{text[: match.start()]}{int(match[0]) + 1}{text[match.end() :]}"
        with pytest.raises(VerificationError):
            verify(changed.encode(), format, solution.given, DEFAULTS, solution.steps.size)


def test_a_template_that_writes_other_numbers_is_found_out(tmp_path: Path) -> None:
    """Nothing is put in place, and an older file stays as it was."""
    folder, output = tmp_path / "looks", tmp_path / "out.md"
    output.write_text("before")
    assert run_cli("templates", "copy", "markdown", str(folder)).code == 0
    template = folder / "markdown.jinja"
    words = template.read_text()
    assert "\\times" in words + (folder / "math.jinja").read_text() if (folder / "math.jinja").exists() else True
    for file in folder.glob("*.jinja"):
        file.write_text(file.read_text().replace("\\times", "+"))
    args = ("conv", str(SAMPLES / "conv-padding.json"), "--template", str(folder), "-o", str(output))
    done = run_cli(*args, "--verify")
    assert (done.code, output.read_text()) == (70, "before")
    assert b"error: the document does not agree with its problem, and was not written" in done.err
    assert run_cli(*args).code == 0


def test_the_command_writes_what_is_right(tmp_path: Path) -> None:
    args = ("conv", str(SAMPLES / "conv-padding.json"), "--verify")
    assert run_cli(*args, "-o", str(tmp_path / "out.tex")).code == 0
    assert run_cli(*args).out == run_cli(*args[:-1]).out
    solution = cnnsteps.load(SAMPLES / "conv-padding.json")
    solution.save(tmp_path / "out.md", verify=True)
    assert (tmp_path / "out.md").read_text() == solution.render("markdown")


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(problem=st.one_of(convs(), pools()))
def test_the_second_way_gives_the_first_ones_answers(problem: Problem) -> None:
    """Random problems of all settings, worked out by the operators and by loops over fractions."""
    text = as_json(problem)
    second = answer(json.loads(text, parse_float=Fraction))
    if second is not None:
        assert cells(solve_json(text)["output"]) == {index: step.value for index, step in second.items()}
