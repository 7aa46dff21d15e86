"""Goldens: a problem and what each format says, in one Markdown file under tests/golden/.

A file has the sections `problem`, where options are to be tried `options` (those of
`tests.running.render`), and one for each format, each a heading and a fence. A new one needs the
problem alone: `pytest tests/test_golden.py --accept` writes the rest.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from tests.running import ROOT, render

GOLDEN = ROOT / "tests" / "golden"
SECTION = re.compile(r"^## (\w+)\n\n(`{3,})\w*\n(.*?)^\2$", re.MULTILINE | re.DOTALL)
LANGUAGES = {"problem": "json", "options": "json", "ipynb": "json", "terminal": "text"}


class Case(NamedTuple):
    """A golden as it was read; `outputs` by the format's name."""

    path: Path
    problem: str
    options: dict[str, Any]
    outputs: dict[str, str]

    @property
    def kind(self) -> str:
        return str(json.loads(self.problem)["type"])

    def render(self, fmt: str) -> str:
        """What the format says now."""
        return render(self.problem, fmt, **self.options)


def read_case(path: Path) -> Case:
    """The sections of a golden; ValueError where the problem is missing."""
    sections = {name: body for name, _, body in SECTION.findall(path.read_text("utf-8"))}
    if "problem" not in sections:
        raise ValueError(f"{path.name} has no section '## problem' with the problem in a fence")
    problem, options = sections.pop("problem"), json.loads(sections.pop("options", "{}"))
    return Case(path, problem, options, sections)


def write_case(case: Case) -> None:
    """The file as `read_case` reads it."""
    sections = {"problem": case.problem}
    if case.options:
        sections["options"] = json.dumps(case.options) + "\n"
    text = f"# {case.path.stem}\n" + "".join(section(*item) for item in (sections | case.outputs).items())
    case.path.write_text(text, "utf-8")


def section(name: str, body: str) -> str:
    """A heading and a fence longer than any in the body."""
    longest = max(map(len, re.findall("`+", body)), default=0)
    fence = "`" * max(longest + 1, 4)
    return f"\n## {name}\n\n{fence}{LANGUAGES.get(name, name)}\n{body}{fence}\n"


def cases() -> list[Case]:
    """All goldens, by name."""
    return [read_case(path) for path in sorted(GOLDEN.glob("*.md"))]
