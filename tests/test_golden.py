"""Each golden's problem gives the output that stands beside it, in every format; and no golden is left over."""

from __future__ import annotations

from collections import Counter

import pytest

from cnnsteps.problems import types
from tests.cases import GOLDEN, Case, cases, names, parted, read_case, read_sections, write_case, write_sections

CASES = cases()
HINT = "`pytest tests/test_golden.py --accept` writes it"
PREAMBLES, NOTEBOOKS = GOLDEN / "apart" / "preambles.md", GOLDEN / "apart" / "notebooks.md"
USUAL = "usual"
DRAWN = ("network", "pool-max", "title-specials")
"""Whose notebooks are kept; of all others a test says what they are made of (tests/test_notebook.py)."""


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_golden(case: Case, accept: bool) -> None:
    """What is said now is what was accepted; with --accept it becomes that."""
    now = case.sections()
    if accept:
        case = case._replace(outputs=now)
        write_case(case)
        assert read_case(case.path) == case
    for name, text in now.items():
        assert name in case.outputs, f"{case.path.name} has no section {name}: {HINT}"
        assert text == case.outputs[name], f"{case.path.name}, {name}: if it is meant, {HINT}"
    assert list(case.outputs) == list(now), f"{case.path.name}: its sections are left over or in another order: {HINT}"


def test_preambles(accept: bool) -> None:
    """What stands before LaTeX's body: the usual one, and where a golden has another, that."""
    now = {case.name: parted(case.render("latex"))[0] for case in CASES}
    if accept:
        usual = Counter(now.values()).most_common(1)[0][0]
        others = {name: text for name, text in now.items() if text not in (usual, "")}
        write_sections(PREAMBLES, {USUAL: usual, **others}, "latex")
    kept = read_sections(PREAMBLES)
    fragments = [case.name for case in CASES if case.options.get("fragment")]
    assert [name for name, text in now.items() if not text] == fragments
    assert {name: text for name, text in now.items() if text and text != kept[USUAL]} == {
        name: text for name, text in kept.items() if name != USUAL
    }, HINT


def test_notebooks(accept: bool) -> None:
    """Some notebooks, byte by byte."""
    now = {case.name: case.render("ipynb") for case in CASES if case.name in DRAWN}
    if accept:
        write_sections(NOTEBOOKS, now, "json")
    assert now == read_sections(NOTEBOOKS), HINT
    assert list(now) == list(DRAWN)


@pytest.mark.parametrize("kind", types.names())
def test_every_operator_has_a_golden(kind: str) -> None:
    """A new operator needs one: a file under tests/golden/ with its problem."""
    assert any(case.kind == kind for case in CASES), f"no golden is of type {kind}: write its problem, then {HINT}"


def test_every_golden_has_an_operator() -> None:
    """One of an operator that is gone is to be deleted."""
    assert {case.path.name: case.kind for case in CASES if case.kind not in types.names()} == {}


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_blank_lines(case: Case) -> None:
    """Parts stand one blank line apart, and the text ends with its last line."""
    for text in (case.outputs["terminal"], case.outputs["markdown"], case.render("latex")):
        assert "\n\n\n" not in text
        assert text == text.strip("\n") + "\n"
