"""Every document carries its problem, unseen; `check` judges by it, and nothing in it ends the comment early."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cnnsteps
from cnnsteps.checking.check import check
from cnnsteps.checking.document import document
from cnnsteps.render.carried import MOST, problem_text
from tests.running import SAMPLES, run_cli

CARRYING = ("latex", "markdown", "ipynb")
PROBLEM = {"type": "conv", "input": [[1, 2, 3], [4, 5, 6]], "kernel": [[1, 0], [0.5, "1/3"]]}
EVIL = (
    "--> <b>", "-- >", "--!>", "-->-->", "% \\end{document}", "a\nb\r\nc", "\\", '"', "----", "<!--", "^^M",
    "\u2028\x1b", "卷积", "ends in spaces   " * 40, "> quoted",
)  # fmt: skip


def carried(text: str) -> list[object]:
    return [json.loads(problem) for problem in document(text).problems]


@pytest.mark.parametrize("format", CARRYING)
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_document_carries_the_problem_as_it_was_given(format: str, path: Path) -> None:
    problem = json.loads(path.read_text("utf-8"))
    problem.pop("show", None)
    text = cnnsteps.load(path).render(format)
    assert carried(text) == [problem]
    assert check(text).carried == 1
    assert carried(cnnsteps.load(path).render(format, no_source=True)) == []


@pytest.mark.parametrize("format", CARRYING)
@given(title=st.text(max_size=300))
@example(title="-->")
def test_any_title_comes_back(format: str, title: str) -> None:
    solution = cnnsteps.solve({**PROBLEM, "title": title or "x"})
    text = solution.render(format, answer_only=True)
    assert carried(text) == [{**PROBLEM, "title": title or "x"}]


@pytest.mark.parametrize("title", EVIL)
def test_nothing_in_the_problem_ends_the_comment(title: str) -> None:
    solution = cnnsteps.solve({**PROBLEM, "title": title})
    markdown, latex = solution.render("markdown"), solution.render("latex")
    comment = markdown[markdown.index("<!-- cnnsteps problem:") :]
    assert comment.endswith("}\n-->\n")
    assert comment.count("--") == 2
    assert all(line.startswith("%") for line in latex.partition("\\end{document}\n")[2].strip().split("\n"))
    assert comment.isascii()


def test_numbers_are_carried_exactly() -> None:
    assert problem_text({"type": "relu", "input": [(1, 3), (1, 10), 10**30, True, None]}) == (
        '{"type":"relu","input":["1/3",0.1,1000000000000000000000000000000,true,null]}'
    )


@pytest.mark.parametrize("format", CARRYING)
def test_a_changed_document_is_judged_by_what_it_carries(format: str) -> None:
    """Its operands are wrong, and its sums are right: nothing but the problem tells."""
    text = cnnsteps.solve({"type": "conv", "input": [[1, 2], [3, 4]], "kernel": [[1, 5]]}).render(format)
    changed = text.replace("1 \\times 1", "2 \\times 1").replace("1 \\\\times 1", "2 \\\\times 1").replace("11", "12")
    assert changed != text
    assert {f.kind for f in check(changed).findings} >= {"terms"}
    assert check(text).findings == []


def test_what_is_said_on_the_command_line_goes_before_it(tmp_path: Path) -> None:
    (tmp_path / "homework.tex").write_text(cnnsteps.solve(PROBLEM).render("latex"))
    (tmp_path / "other.json").write_text(json.dumps({**PROBLEM, "kernel": [[2, 0], [0.5, "1/3"]]}))
    own = run_cli("check", str(tmp_path / "homework.tex"))
    assert own.code == 0
    assert b"homework.tex: judged by the problem that it carries" in own.out
    other = run_cli("check", str(tmp_path / "homework.tex"), "--problem", str(tmp_path / "other.json"))
    assert other.code == 1
    assert b"that it carries" not in other.out


def test_documents_put_together_are_judged_by_all_of_their_problems() -> None:
    pool = cnnsteps.solve({"type": "pool", "input": [[1, 4], [5, 8]], "kernel_size": 2, "title": "Pool"})
    text = cnnsteps.solve(PROBLEM).render("latex", fragment=True) + pool.render("latex", fragment=True)
    verdict = check(text)
    assert (verdict.carried, verdict.findings) == (2, [])


def test_quoted_and_indented_comments_are_read() -> None:
    text = cnnsteps.solve(PROBLEM).render("markdown")
    assert carried("".join(f"> {line}\n" for line in text.split("\n"))) == [PROBLEM]


def test_a_large_problem_is_not_carried_and_that_is_said() -> None:
    solution = cnnsteps.relu([list(range(200)) for _ in range(200)])
    for format in ("latex", "markdown"):
        text = solution.render(format, answer_only=True)
        assert f"cnnsteps problem: none, it has more than {MOST:,} characters" in text
        assert check(text).carried == 0
    assert json.loads(solution.render("ipynb", answer_only=True))["metadata"]["cnnsteps"] == {"problem": None}


@pytest.mark.parametrize("broken", ['{"type":"conv"', "[[[[", '{"type":"conv","input":[[1]],"kernel":3}', "\x00", "{}"])
def test_a_broken_comment_says_nothing(broken: str) -> None:
    text = f"Y[1,1] = 1*2 + 3*4 = 14\n\n<!-- cnnsteps problem:\n{broken}\n-->\n"
    assert (check(text).carried, check(text).findings) == (0, [])
    assert check(text + "<!-- cnnsteps problem:").carried == 0


def test_terminal_text_and_json_carry_nothing() -> None:
    for format in ("terminal", "json"):
        assert "cnnsteps problem" not in cnnsteps.solve(PROBLEM).render(format)
