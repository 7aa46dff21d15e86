"""The story of a check: text → matrices and claims → findings, in the order of the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnnsteps.checking import grids
from cnnsteps.checking.arithmetic import judge
from cnnsteps.checking.claims import Claim, claims
from cnnsteps.checking.document import Document, document
from cnnsteps.checking.findings import Finding, Remark
from cnnsteps.checking.matrices import Matrix, matrices
from cnnsteps.checking.roles import headings, with_roles


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
    findings = sorted((f for f in said if isinstance(f, Finding)), key=lambda f: (f.start, f.end))
    return Verdict(page, findings, [r for r in said if isinstance(r, Remark)])


def arithmetic(page: Page) -> Iterator[Finding | Remark]:
    for claim in page.equations:
        yield from judge(claim)


def of_grids(page: Page) -> Iterator[Finding]:
    for grid in page.grids:
        yield from grids.duplicates(grid, page.document.text, page.headings)
        yield from grids.missing(grid, page.document.text, page.headings)
        yield from grids.answers(grid)
