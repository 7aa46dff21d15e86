"""Each golden's problem gives the output that stands beside it, in every format."""

from __future__ import annotations

import pytest

from cnnsteps import formats, operators
from tests.cases import Case, cases, read_case, write_case

CASES = cases()
HINT = "`pytest tests/test_golden.py --accept` writes it"


@pytest.mark.parametrize("case", CASES, ids=[case.path.stem for case in CASES])
def test_golden(case: Case, accept: bool) -> None:
    """What is said now is what was accepted; with --accept it becomes that."""
    if accept:
        case = case._replace(outputs={fmt: case.render(fmt) for fmt in formats.names()})
        write_case(case)
        assert read_case(case.path) == case
    for fmt in formats.names():
        assert fmt in case.outputs, f"{case.path.name} does not say how {fmt} looks: {HINT}"
        assert case.render(fmt) == case.outputs[fmt], f"{case.path.name}, {fmt}: if it is meant, {HINT}"


@pytest.mark.parametrize("kind", operators.names())
def test_every_operator_has_a_golden(kind: str) -> None:
    """A new operator needs one: a file under tests/golden/ with its problem."""
    assert any(case.kind == kind for case in CASES), f"no golden is of type {kind}: write its problem, then {HINT}"


def test_no_section_is_left_over() -> None:
    """A format that is gone leaves no sections behind."""
    assert {fmt for case in CASES for fmt in case.outputs} <= set(formats.names())


@pytest.mark.parametrize("case", CASES, ids=[case.path.stem for case in CASES])
def test_blank_lines(case: Case) -> None:
    """Parts stand one blank line apart, and the text ends with its last line."""
    for fmt in ("terminal", "latex", "markdown"):
        text = case.outputs[fmt]
        assert "\n\n\n" not in text
        assert text == text.strip("\n") + "\n"
