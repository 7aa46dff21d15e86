"""Each slip's wrong example is found and explained by it, and its right example is right."""

from __future__ import annotations

import json

import pytest

import cnnsteps
from cnnsteps.checking.slips import modules, slip, slips

NAMES = list(modules())


def problem_of(name: str) -> dict[str, object] | None:
    found: dict[str, object] | None = getattr(modules()[name], "PROBLEM", None)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_wrong_example_is_found_and_named(name: str) -> None:
    findings = cnnsteps.check(slip(name).wrong, problem_of(name)).findings
    assert findings
    assert {finding.name for finding in findings} == {name}


@pytest.mark.parametrize("name", NAMES)
def test_the_right_example_is_right(name: str) -> None:
    verdict = cnnsteps.check(slip(name).right, problem_of(name))
    assert verdict.equations >= 1
    assert verdict.findings == ()


@pytest.mark.parametrize("name", NAMES)
def test_what_explain_says_is_whole(name: str) -> None:
    one = slip(name)
    assert one.summary.endswith(".")
    assert len(one.why) > 20
    assert one.wrong != one.right


def test_all_slips_go_into_json() -> None:
    assert [one["name"] for one in json.loads(json.dumps([s._asdict() for s in slips()]))] == sorted(NAMES)
