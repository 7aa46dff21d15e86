"""`cnnsteps check`: the homework as its proof says, JSON, exit codes, reports, --fix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnnsteps
from cnnsteps.checking.check import check
from cnnsteps.checking.reports import names
from tests.running import ROOT, run_cli

HOMEWORK = ROOT / "samples" / "homework" / "homework.md"
SHEET = ROOT / "samples" / "homework" / "sheet.json"
ALONE = [
    ("arithmetic", [3, 1], "10", "5"),
    ("duplicate", [3, 3], "[3,3]", ""),
    ("arithmetic", [3, 4], "6", "12"),
    ("arithmetic", [4, 2], "8", "10"),
    ("duplicate", [4, 2], "[4,2]", ""),
    ("arithmetic", [4, 2], "8", "10"),
    ("answer", [4, 2], "10", "8"),
    ("answer", [2, 2], "6", "5"),
    ("answer", [2, 2], "3.5", "3"),
]


def findings(*args: str, code: int = 1) -> list[tuple[str, list[int], str, str]]:
    done = run_cli("check", *args, "--format", "json")
    assert done.code == code, done.err
    result = json.loads(done.out)
    return [(f["kind"], f["index"], f["found"], f["expected"]) for f in result["findings"]]


def test_the_homework_alone() -> None:
    assert findings(str(HOMEWORK)) == ALONE


def test_the_homework_with_its_problems_tells_the_wrong_terms_too() -> None:
    found = findings(str(HOMEWORK), "--problem", str(SHEET))
    assert [f for f in found if f[0] != "terms"] == ALONE
    assert ("terms", [4, 1], "1×0, 1×0", "0×0, 0×0") in found
    assert {tuple(f[1]) for f in found if f[0] == "terms"} == {(3, 1), (3, 4), (4, 1)}


def test_a_right_document_ends_with_0_and_says_how_many_lines_it_read(tmp_path: Path) -> None:
    (tmp_path / "right.md").write_text("Y[1,1] = 1*2 + 3*4 = 14\n")
    done = run_cli("check", str(tmp_path / "right.md"))
    assert done.code == 0
    assert b"lines read" in done.out
    assert b" 1 " in done.out


def test_a_document_without_an_expansion_ends_with_2_and_says_what_one_looks_like() -> None:
    done = run_cli("check", "-", stdin=b"Nothing to see here.\n")
    assert (done.code, done.out) == (2, b"")
    assert b"error: no expansion was read" in done.err
    assert b"hint: an expansion is such as" in done.err
    assert run_cli("check", "-", "--allow-empty", stdin=b"Nothing.\n").code == 0


@pytest.mark.parametrize("form", names())
def test_every_report_names_each_finding(form: str) -> None:
    done = run_cli("check", str(HOMEWORK), "--format", form)
    assert done.code == 1
    text = done.out.decode().replace("\\", "")
    assert text.count("] stands twice") == 2
    assert "Val[3,1] is 5, not 10" in text


def test_control_characters_are_shown_and_not_sent(tmp_path: Path) -> None:
    (tmp_path / "evil.md").write_text("Y[1,1] = 1*2 + 3*4 = 15 \x1b[31mred\x07\n")
    for form in names():
        done = run_cli("check", str(tmp_path / "evil.md"), "--format", form)
        assert b"\x1b" not in done.out
        assert b"\x07" not in done.out


def test_the_fixed_homework_is_clean_and_else_the_same(tmp_path: Path) -> None:
    copy = tmp_path / "homework.md"
    copy.write_bytes(HOMEWORK.read_bytes())
    printed = run_cli("check", str(copy), "--fix")
    assert printed.code == 0
    assert copy.read_bytes() == HOMEWORK.read_bytes(), "the original is not touched"
    assert run_cli("check", str(copy), "--fix", "--in-place").code == 0
    assert copy.read_bytes() == printed.out
    assert run_cli("check", str(copy)).code == 0
    before, after = HOMEWORK.read_text().split("\n"), copy.read_text().split("\n")
    assert [i for i, (a, b) in enumerate(zip(before, after, strict=True), 1) if a != b] == [43, 47, 57, 65]


def test_folders_and_patterns_are_several_documents(tmp_path: Path) -> None:
    for name in ("a.md", "b.tex", "c.csv"):
        (tmp_path / name).write_text("Y[1,1] = 1*2 + 3*4 = 15\n")
    for what in (str(tmp_path), f"{tmp_path}/*.??*"):
        assert b"a.md" in run_cli("check", what).out
    result = json.loads(run_cli("check", str(tmp_path), "--format", "json").out)
    assert [Path(d["document"]).name for d in result["documents"]] == ["a.md", "b.tex"]


def test_a_notebook_is_read_and_its_places_are_those_of_the_file() -> None:
    cell = {
        "cell_type": "markdown",
        "metadata": {},
        "source": ["$$\n", "Y_{1,1} = 1 \\cdot 2 + 3 \\cdot 4 = 15\n", "$$"],
    }
    raw = json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}, indent=1)
    (finding,) = cnnsteps.check(raw).findings
    line = raw.split("\n")[finding.line - 1]
    assert line[finding.column - 1 :].startswith("15")


def test_a_rounded_decimal_is_a_remark_and_with_strict_a_mistake() -> None:
    text = "Y[1,1] = (1 + 2 + 2)/3 = 1.67"
    assert cnnsteps.check(text).findings == ()
    assert len(cnnsteps.check(text).remarks) == 1
    assert [f.kind for f in cnnsteps.check(text, strict=True).findings] == ["arithmetic"]
    assert cnnsteps.check(text.replace("= 1.67", "≈ 1.67"), strict=True).findings == ()
    assert len(cnnsteps.check(text.replace("= 1.67", "≈ 1.66")).findings) == 1


def test_the_score_is_a_point_a_line_or_the_sheets_own(tmp_path: Path) -> None:
    assert b"26 of 31 points" in run_cli("check", str(HOMEWORK), "--score").out
    problem = {"type": "pool", "input": [[1, 4, 2, 1], [5, 8, 3, 4]], "kernel_size": 2, "points": 10}
    (tmp_path / "pool.json").write_text(json.dumps({"problems": [problem]}))
    text = b"Y[1,1] = max(1,4,5,8) = 8\nY[1,2] = max(2,1,3,4) = 3\n"
    done = run_cli("check", "-", "--problem", str(tmp_path / "pool.json"), "--score", stdin=text)
    assert b"5 of 10 points" in done.out


def test_explain_says_what_a_slip_is() -> None:
    done = run_cli("explain", "kernel-flipped")
    assert done.code == 0
    assert b"cross-correlation" in done.out
    wrong = run_cli("explain", "kernel-fliped")
    assert wrong.code == 2
    assert b"did you mean kernel-flipped?" in wrong.err
    assert len(json.loads(run_cli("explain", "--all", "--format", "json").out)) >= 30


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1*2+3*4 = 5",
        "1*2 + " * 20000 + "3 = 4",
        "2^" * 3000 + "2 = 4",
        "9" * 5000 + " + 1*2 + 3*4 = 1",
        "\\frac{1}{" * 3000 + "2 = 4",
        "$" * 10000 + "1=2",
        "[" * 9000 + "1,2" + "]" * 9000,
    ],
)
def test_hostile_texts_neither_fail_nor_take_long(text: str) -> None:
    check(text)


def test_trees_of_equal_tuples_are_told_apart() -> None:
    """−(1·2 + 3·4) and (1·2 + 3·4) are equal as tuples, and their values are not."""
    assert cnnsteps.check("Y[1,1] = (1*2 + 3*4) = 14").findings == ()
    assert cnnsteps.check("Y[1,1] = -(1*2 + 3*4) = -2 - 12 = -14").findings == ()
    assert cnnsteps.check("Y[1,1] = (1+2)*(3+4) + (5+6)*(7+8) = 186").findings == ()
