"""Annotations of GitHub's workflows: `::error file=…,line=…,col=…::message`."""

from __future__ import annotations

from collections.abc import Sequence

from cnnsteps.checking.check import Verdict
from cnnsteps.checking.reports import Options, located

ESCAPES = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))


def report(verdicts: Sequence[Verdict], options: Options) -> str:
    lines = []
    for verdict in verdicts:
        name = escaped(verdict.page.document.name, (":", "%3A"), (",", "%2C"))
        for finding in verdict.findings:
            place = located(verdict, finding)
            title = escaped(finding.slip or finding.kind)
            lines.append(
                f"::error file={name},line={place.line},col={place.column},title={title}::{escaped(finding.message)}"
            )
        total = len(verdict.page.equations)
        lines.append(f"::notice file={name}::{total} lines read, {len(verdict.findings)} findings")
    return "\n".join(lines) + "\n"


def escaped(text: str, *more: tuple[str, str]) -> str:
    for sign, code in (*ESCAPES, *more):
        text = text.replace(sign, code)
    return text
