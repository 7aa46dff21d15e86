"""Reports of a check: each form of the homework's as it was accepted, LaTeX's compiles, and the hook for pre-commit."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cnnsteps.checking.check import Verdict, check
from cnnsteps.checking.reports import Options, load, names
from tests.cases import GOLDEN, read_sections, write_sections
from tests.running import ROOT, run_cli
from tests.tex import compiled
from tests.tools import need

HOMEWORK = ROOT / "samples" / "homework" / "homework.md"
REPORTS = GOLDEN / "apart" / "reports.md"
HINT = "`pytest tests/test_check_reports.py --accept` writes it"
EVIL = "Y[1,1] = 1*2 + 3*4 = 15 \\input{x} $#%&_{}^~<>| «卷积» \x1b ∑ ½\nZ[1,1] = (1 + 2 + 2)/3 = 1.67\n"


def verdict() -> Verdict:
    return check(HOMEWORK.read_text("utf-8"), "homework.md")


def test_the_reports_are_those_that_were_accepted(accept: bool) -> None:
    now = {form: load(form).report([verdict()], Options(verbose=True, score=True)) for form in names()}
    if accept:
        write_sections(REPORTS, now, "text")
    assert now == read_sections(REPORTS), HINT


def test_the_latex_report_compiles() -> None:
    need("pdflatex")
    verdicts = [verdict(), check(EVIL, "evil_name#%&{}~^\\.md"), check("Nothing.", "empty.md")]
    complaints, text = compiled(load("latex").report(verdicts, Options()))
    assert complaints == []
    assert "Val[3,1] is 5, not 10" in text
    assert "Y[1,1] is 14, not 15" in text


def manifest() -> dict[str, str]:
    """The fields of the hook; one a line."""
    lines = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8").lstrip("- ").splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}


@pytest.mark.parametrize(
    ("text", "code"),
    [("Y[1,1] = 1*2 + 3*4 = 14\n", 0), ("Y[1,1] = 1*2 + 3*4 = 15\n", 1), ("No expansion at all.\n", 0)],
)
def test_the_hook_does_what_its_manifest_says(tmp_path: Path, text: str, code: int) -> None:
    """As pre-commit calls it: the entry, its arguments, then the files."""
    fields = manifest()
    assert {"id", "name", "entry", "language", "types_or"} <= fields.keys()
    assert fields["language"] == "python"
    program, *arguments = shlex.split(fields["entry"])
    assert program == "cnnsteps"
    files = [tmp_path / "one.md", tmp_path / "two.tex"]
    for file in files:
        file.write_text(text)
    assert run_cli(*arguments, *map(str, files)).code == code


def test_the_hook_is_for_what_check_reads() -> None:
    """pre-commit's tags, as its `identify` has them."""
    tags = [tag.strip() for tag in manifest()["types_or"].strip("[]").split(",")]
    assert tags == ["markdown", "tex", "plain-text", "jupyter"]
