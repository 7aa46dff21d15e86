"""The story of a check: text → matrices and claims → findings, in the order of the document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cnnsteps.checking import grids
from cnnsteps.checking.against import answers_against, judge_target
from cnnsteps.checking.arithmetic import judge
from cnnsteps.checking.claims import Claim, claims
from cnnsteps.checking.document import Document, document
from cnnsteps.checking.findings import Finding, Remark
from cnnsteps.checking.given import Fit, best_fit
from cnnsteps.checking.matrices import Matrix, matrices
from cnnsteps.checking.roles import headings, with_roles
from cnnsteps.checking.stacks import stacks
from cnnsteps.checking.targets import Target, targets


class Page(NamedTuple):
    """What was read of a document, before anything is judged."""

    document: Document
    claims: list[Claim]
    matrices: list[Matrix]
    headings: list[int]
    grids: list[grids.Grid]

    @property
    def equations(self) -> list[Claim]:
        """The lines in which something is worked out and said to be equal to something."""
        return [c for c in self.claims if c.worked is not None and sum(v is not None for v in c.values) > 1]


class Verdict(NamedTuple):
    """A document and what was found in it."""

    page: Page
    findings: list[Finding]
    remarks: list[Remark]
    notes: list[str]
    """What the document was judged by."""


def read(raw: str, name: str = "-") -> Page:
    """The claims and matrices of a document."""
    source = document(raw, name)
    text = source.text
    found = with_roles(text, matrices(text))
    marks = headings(text)
    lines = list(claims(text, ((m.start, m.end) for m in found)))
    return Page(source, lines, found, marks, grids.grids(lines, found, marks))


def check(raw: str, name: str = "-") -> Verdict:
    """Everything that can be said of a document by itself."""
    page = read(raw, name)
    said = [*arithmetic(page), *of_grids(page)]
    notes: list[str] = []
    text = page.document.text
    piles = stacks(text, page.matrices)
    for target in targets(text, page.claims, page.grids, piles):
        fit = best_fit(target, piles)
        if fit is None or not fit.is_sure:
            continue
        said += judge_target(target, fit.solved, fit.cells).findings
        said += answers_against(target, fit.solved)
        notes.append(described(target, fit, page))
    findings = merged(f for f in said if isinstance(f, Finding))
    return Verdict(page, findings, [r for r in said if isinstance(r, Remark)], notes)


def described(target: Target, fit: Fit, page: Page) -> str:
    """What the document was judged by, in a sentence."""
    settings = {k: v for k, v in fit.solved.problem.items() if k not in ("type", "input", "kernel", "dims")}
    line, _ = page.document.place(target.start)
    said = ", ".join(f"{key} {value}" for key, value in settings.items()) or "stride 1, no padding"
    return f"line {line}: judged as {fit.solved.kind} with {said}: {fit.agreeing} of {fit.lines} lines agree"


def merged(found: Iterable[Finding]) -> list[Finding]:
    """In the order of the document; of two that say the same of one place the first."""
    kept: dict[tuple[int, int, str], Finding] = {}
    for finding in found:
        kept.setdefault((finding.start, finding.end, finding.kind), finding)
    return sorted(kept.values(), key=lambda f: (f.start, f.end))


def arithmetic(page: Page) -> Iterator[Finding | Remark]:
    for claim in page.equations:
        yield from judge(claim)


def of_grids(page: Page) -> Iterator[Finding]:
    for grid in page.grids:
        yield from grids.duplicates(grid, page.document.text, page.headings)
        yield from grids.missing(grid, page.document.text, page.headings)
        yield from grids.answers(grid)
