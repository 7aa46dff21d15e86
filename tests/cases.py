"""Goldens: a problem and what is made of it, in one Markdown file under tests/golden/.

A file has a heading and a fence for each section, in this order: `problem`; `options`, those of
`tests.running.render`, where some are to be tried; the formats, of LaTeX the document's body; and
`solution`, the model itself (`tests.solution_text`). A new golden needs the problem alone:
`pytest tests/test_golden.py --accept` writes the rest.

What says nothing new in each file stands apart: notebooks, which are Markdown cut into cells, and
LaTeX's preambles.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cnnsteps import formats
from tests.running import ROOT, render, solve
from tests.solution_text import text_of

GOLDEN = ROOT / "tests" / "golden"
SECTION = re.compile(r"^## (\S+)\n\n(`{3,})\w*\n(.*?)^\2$", re.MULTILINE | re.DOTALL)
LANGUAGES = {"problem": "json", "options": "json", "notebook": "json", "terminal": "text", "solution": "text"}
FIRST = ("terminal", "markdown", "latex", "json")
APART = {"ipynb"}
BEGIN, END = "\\begin{document}\n", "\\end{document}\n"


class Case(NamedTuple):
    """A golden as it was read; `outputs` by the section's name."""

    path: Path
    problem: str
    options: dict[str, Any]
    outputs: dict[str, str]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def kind(self) -> str:
        return str(json.loads(self.problem)["type"])

    def render(self, fmt: str) -> str:
        """What the format says now."""
        return render(self.problem, fmt, **self.options)

    def sections(self) -> dict[str, str]:
        """What the golden's sections are now."""
        shown = {fmt: self.render(fmt) for fmt in shown_formats()}
        shown["latex"] = parted(shown["latex"])[1]
        return {**shown, "solution": text_of(solve(self.problem, self.options.get("digits")))}


def shown_formats() -> list[str]:
    """The formats that have a section in each golden, in its order."""
    return [*FIRST, *(fmt for fmt in formats.names() if fmt not in (*FIRST, *APART))]


def parted(latex: str) -> tuple[str, str]:
    """A document's preamble, none where it is a fragment, and its body."""
    preamble, begin, body = latex.partition(BEGIN)
    if not begin:
        return "", latex
    assert body.endswith(END)
    return preamble, body.removesuffix(END)


def read_sections(path: Path) -> dict[str, str]:
    """The bodies of a file's sections by their names; none where there is no file."""
    text = path.read_text("utf-8") if path.exists() else ""
    return {name: body for name, _, body in SECTION.findall(text)}


def write_sections(path: Path, sections: Mapping[str, str], language: str = "") -> None:
    """The file as `read_sections` reads it; fences are of `language`, where not of the section's own."""
    text = f"# {path.stem}\n" + "".join(section(name, body, language) for name, body in sections.items())
    path.write_text(text, "utf-8")


def section(name: str, body: str, language: str) -> str:
    """A heading and a fence longer than any in the body."""
    longest = max(map(len, re.findall("`+", body)), default=0)
    fence = "`" * max(longest + 1, 4)
    return f"\n## {name}\n\n{fence}{language or LANGUAGES.get(name, name)}\n{body}{fence}\n"


def read_case(path: Path) -> Case:
    """The golden in a file; ValueError where the problem is missing."""
    sections = read_sections(path)
    if "problem" not in sections:
        raise ValueError(f"{path.name} has no section '## problem' with the problem in a fence")
    problem, options = sections.pop("problem"), json.loads(sections.pop("options", "{}"))
    return Case(path, problem, options, sections)


def write_case(case: Case) -> None:
    """The file as `read_case` reads it."""
    options = {"options": json.dumps(case.options) + "\n"} if case.options else {}
    write_sections(case.path, {"problem": case.problem, **options, **case.outputs})


@cache
def cases() -> tuple[Case, ...]:
    """All goldens, by name."""
    return tuple(read_case(path) for path in sorted(GOLDEN.glob("*.md")))


def names(some: Iterable[Case]) -> list[str]:
    """For `ids` of `pytest.mark.parametrize`."""
    return [case.name for case in some]
