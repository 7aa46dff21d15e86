"""A report to hand back, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnsteps.checking.check import Verdict
from cnnsteps.checking.reports import DOCS, Options, excerpt, judged_by_own, located, summary
from cnnsteps.checking.slips import slip
from cnnsteps.text import escape_controls


def report(verdicts: Sequence[Verdict], options: Options) -> str:
    parts = [line for verdict in verdicts for line in said(verdict)]
    return "\n".join([*parts, *table(verdicts)]) + "\n"


def said(verdict: Verdict) -> Iterator[str]:
    yield f"# {plain(verdict.page.document.name)}\n"
    if own := judged_by_own(verdict):
        yield f"It is {own}.\n"
    for finding in verdict.findings:
        place = located(verdict, finding)
        text, marks = excerpt(place, 90)
        fence = "`" * max(3, longest(text) + 1)
        yield f"**Line {place.line}, column {place.column}:** {plain(finding.message)}\n"
        yield f"{fence}text\n{text}\n{marks}{' ' + finding.fix if finding.fix else ''}\n{fence}\n"
        if finding.slip:
            yield f"[{finding.slip}]({DOCS}#{finding.slip}): {slip(finding.slip).summary}\n"
    for remark in verdict.remarks:
        yield f"Remark, line {verdict.page.document.place(remark.start)[0]}: {plain(remark.message)}\n"


def table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| document | lines read | right | wrong | findings |\n| --- | ---: | ---: | ---: | ---: |"
    for verdict in verdicts:
        total, right, wrong = summary(verdict)
        yield f"| {plain(verdict.page.document.name)} | {total} | {right} | {wrong} | {len(verdict.findings)} |"


def longest(text: str) -> int:
    """The longest run of backticks."""
    return max((len(run) for run in "".join(c if c == "`" else " " for c in text).split()), default=0)


def plain(text: str) -> str:
    """Text in which nothing is markup."""
    shown = escape_controls(text)
    return "".join("\\" + c if c in r"\`*_{}[]<>#|$~" else c for c in shown)
