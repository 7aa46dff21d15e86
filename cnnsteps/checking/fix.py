"""The corrected document: only wrong numbers and lines change, everything else stays byte for byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnsteps.checking.check import Page, Verdict, check
from cnnsteps.checking.findings import Finding
from cnnsteps.checking.sheet import Part
from cnnsteps.records import NamedTuple

MOST_ROUNDS = 8
"""Operands first, then what follows from them."""


class Edit(NamedTuple):
    """The characters from `start` to `end` of the text become `text`."""

    start: int
    end: int
    text: str


def fixed(raw: str, name: str, parts: Sequence[Part] = (), index_base: int | None = None) -> tuple[str, Verdict]:
    """The document with its mistakes mended, and what is still to be found in it."""
    verdict = check(raw, name, parts, index_base)
    for _ in range(MOST_ROUNDS):
        edits = list(chosen(verdict))
        if not edits:
            break
        raw = applied(verdict.page, edits)
        verdict = check(raw, name, parts, index_base)
    return raw, verdict


def chosen(verdict: Verdict) -> Iterator[Edit]:
    """The edits that can go together: of a statement whose operands are wrong, these alone."""
    operands = {statement_of(verdict.page, f) for f in verdict.findings if f.kind == "terms" and f.edits}
    end = -1
    for finding in sorted(verdict.findings, key=lambda f: f.start):
        if finding.kind in ("arithmetic", "value") and statement_of(verdict.page, finding) in operands:
            continue
        edits = finding.edits or ((Edit(finding.start, finding.end, finding.fix),) if finding.fix is not None else ())
        if finding.kind == "duplicate":
            edits = without_statement(verdict.page, finding)
        if edits and edits[0][0] >= end:
            yield from (Edit(*edit) for edit in edits)
            end = edits[-1][1]


def statement_of(page: Page, finding: Finding) -> int:
    """Where the statement begins in which a finding stands."""
    return max((c.statement.start for c in page.claims if c.statement.start <= finding.start), default=-1)


def without_statement(page: Page, finding: Finding) -> tuple[Edit, ...]:
    """A line that stands twice is taken out, with the end of its row."""
    text = page.document.text
    claim = next((c for c in page.claims if c.statement.start <= finding.start < c.statement.end), None)
    if claim is None or page.document.is_notebook:
        return ()
    start, end = claim.statement
    after = text[end : end + 2]
    if after == "\\\\":
        end += 2
        if text[end : end + 1] == "\n" and text[:start].endswith("\n"):
            end += 1
    elif text[:start].rstrip().endswith("\\\\"):
        start = len(text[:start].rstrip()) - 2
        end = start + len(text[start:end].rstrip()) if text[end : end + 1] != "\n" else end
    elif after[:1] == "\n":
        end += 1
    return (Edit(start, end, ""),)


def applied(page: Page, edits: Sequence[Edit]) -> str:
    """The file's text with the edits, which stand in order."""
    parts: list[str] = []
    at = 0
    for edit in edits:
        start = page.document.in_file(edit.start)
        parts += [page.document.raw[at:start], edit.text]
        at = start + edit.end - edit.start
    return "".join(parts) + page.document.raw[at:]
