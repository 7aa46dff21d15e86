"""Somebody's worked solution, checked from Python."""

from __future__ import annotations

from collections.abc import Mapping

from cnnsteps.records import NamedTuple


class Finding(NamedTuple):
    """One mistake in a document; the fields are those of `cnnsteps check --format json`."""

    line: int
    column: int
    index: tuple[int, ...] | None  # type: ignore[assignment]  # the contract's name, which a tuple's method has too
    kind: str
    found: str
    expected: str
    message: str
    name: str
    """Of the slip: `cnnsteps explain NAME` says more."""
    follows: bool


class Check(NamedTuple):
    """How many lines were read, what is wrong with them, and what is worth a remark."""

    equations: int
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...]


def check(
    text: str,
    problem: Mapping[str, object] | str | None = None,
    *,
    index_base: int | None = None,
    strict: bool = False,
) -> Check:
    """The mistakes in a worked solution, in Markdown, LaTeX, plain text or a notebook's JSON.

    `problem` is what it is to solve, a problem or a sheet as a mapping or as a file's text; without it the document
    is judged by itself.

    >>> import cnnsteps
    >>> cnnsteps.check("Y[1,1] = 1*2 + 3*4 = 15").findings[0].message
    'Y[1,1] is 14, not 15'
    """
    from cnnsteps.checking.check import as_strict
    from cnnsteps.checking.check import check as check_text
    from cnnsteps.checking.reports import located
    from cnnsteps.checking.sheet import parts_of
    from cnnsteps.checking.solved import as_text

    written = problem if isinstance(problem, str) else as_text(problem)
    parts = () if problem is None else parts_of(written, "problem")
    verdict = check_text(text, "-", parts, index_base)
    verdict = as_strict(verdict) if strict else verdict
    findings = []
    for finding in verdict.findings:
        place = located(verdict, finding)
        findings.append(
            Finding(
                place.line,
                place.column,
                finding.cell,
                finding.kind,
                finding.found,
                finding.expected,
                finding.message,
                finding.slip or finding.kind,
                finding.follows,
            )
        )
    return Check(len(verdict.page.equations), tuple(findings), tuple(r.message for r in verdict.remarks))
