"""How a verdict is said: one form a file, each with `report(results, options)`, which gives text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from typing import Protocol, cast

from cnnsteps.checking.check import Verdict
from cnnsteps.checking.findings import Finding
from cnnsteps.records import NamedTuple
from cnnsteps.text import escape_controls

DOCS = "docs/check.md"


class Options(NamedTuple):
    """What a report says besides, and how wide and coloured it is."""

    verbose: bool = False
    score: bool = False
    colors: bool = False
    width: int = 100


class Report(Protocol):
    def report(self, verdicts: Sequence[Verdict], options: Options) -> str: ...


def names() -> list[str]:
    """All forms of a report."""
    return sorted(name[:-3] for name in os.listdir(__path__[0]) if name.endswith(".py") and name[0] != "_")


def load(name: str) -> Report:
    return cast(Report, import_module(f"{__name__}.{name}"))


class Located(NamedTuple):
    """A finding with its place in the file, the line there and the columns that are wrong."""

    finding: Finding
    line: int
    column: int
    text: str
    length: int


def located(verdict: Verdict, finding: Finding) -> Located:
    document = verdict.page.document
    line, column = document.place(finding.start)
    end_line, end = document.place(max(finding.end - 1, finding.start))
    text = document.line_text(line)
    length = end - column + 1 if end_line == line else len(text) - column + 1
    return Located(finding, line, column, text, max(length, 1))


def excerpt(place: Located, width: int) -> tuple[str, str]:
    """The part of the line around the mistake, and the marks below it; control characters are shown."""
    room = max(width, 40)
    left, right = place.column - 1, place.column - 1 + place.length
    start = 0 if right < room else max(0, left - room // 2)
    stop = min(len(place.text), max(start + room, min(right, left + room)))
    before, wrong, after = (
        escape_controls(place.text[a:b].replace("\t", " ")) for a, b in ((start, left), (left, right), (right, stop))
    )
    head = "…" if start else ""
    tail = "…" if stop < len(place.text) else ""
    return f"{head}{before}{wrong}{after}{tail}", " " * (len(head) + len(before)) + "^" * max(len(wrong), 1)


def wrong_lines(verdict: Verdict) -> int:
    """How many of the lines that were read have a mistake."""
    starts = [(c.statement.start, c.statement.end) for c in verdict.page.equations]
    marks = [f.start for f in verdict.findings if f.kind not in ("answer", "missing")]
    return sum(any(start <= mark < end for mark in marks) for start, end in set(starts))


def points(verdict: Verdict) -> tuple[Fraction, Fraction]:
    """The marks and the most there are: a sheet's points by the share of right lines, else one a line."""
    marked = [j for j in verdict.judgements if j.part is not None and j.part.points is not None and j.target.lines]
    if not marked:
        total, right, _ = summary(verdict)
        return Fraction(right), Fraction(total)
    got = most = Fraction(0)
    for judgement in marked:
        spans = [line.claim.statement for line in judgement.target.lines]
        wrong = sum(any(s.start <= f.start < s.end for f in verdict.findings if not f.follows) for s in spans)
        worth = judgement.part.points if judgement.part and judgement.part.points else Fraction(0)
        got += worth * (len(spans) - wrong) / len(spans)
        most += worth
    return got, most


def judged_by_own(verdict: Verdict) -> str | None:
    """That the document was judged by what it carries itself."""
    if not verdict.carried:
        return None
    return f"judged by the {'problem' if verdict.carried == 1 else f'{verdict.carried} problems'} that it carries"


def summary(verdict: Verdict) -> tuple[int, int, int]:
    """Lines read, right, wrong."""
    total = len(verdict.page.equations)
    wrong = wrong_lines(verdict)
    return total, total - wrong, wrong
