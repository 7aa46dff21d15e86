"""As compilers say it: the place, the fact, the line with the wrong part underlined, what it should be, why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnsteps.checking.check import Verdict
from cnnsteps.checking.findings import spelled, written
from cnnsteps.checking.inferred import inferred
from cnnsteps.checking.reports import Located, Options, excerpt, judged_by_own, located, points, summary
from cnnsteps.checking.slips import slip
from cnnsteps.text import escape_controls

RED, BLUE, BOLD, GREEN, PLAIN = "\x1b[31m", "\x1b[34m", "\x1b[1m", "\x1b[32m", "\x1b[0m"
EXAMPLE = (
    "an expansion is a sum of products, a maximum or an average with its value, such as\n"
    "    Y[1,1] = 1*2 + 3*4 = 14    max(1, 4, 5, 8) = 8    (227 - 11)/4 + 1 = 55"
)


def report(verdicts: Sequence[Verdict], options: Options) -> str:
    lines: list[str] = []
    for verdict in verdicts:
        lines += said(verdict, options)
    lines += table(verdicts, options)
    return "\n".join(lines) + "\n"


def said(verdict: Verdict, options: Options) -> Iterator[str]:
    name = escape_controls(verdict.page.document.name)
    if options.verbose:
        yield from readings(verdict, name)
    for finding in verdict.findings:
        yield from one(name, located(verdict, finding), options)
    for remark in verdict.remarks:
        line, column = verdict.page.document.place(remark.start)
        yield f"{name}:{line}:{column}: remark: {escape_controls(remark.message)}"
    if own := judged_by_own(verdict):
        yield f"{name}: {own}"
    for part in verdict.unmatched:
        yield f"{name}: remark: nothing in it was taken for problem {' '.join(part.number) or 'of the file'}"


def one(name: str, place: Located, options: Options) -> Iterator[str]:
    finding = place.finding
    paint = (lambda color, text: f"{color}{text}{PLAIN}") if options.colors else (lambda color, text: text)
    head = paint(BOLD, f"{name}:{place.line}:{place.column}: ") + paint(BOLD, escape_controls(finding.message))
    yield head + (" (follows from a mistake above)" if finding.follows else "")
    text, marks = excerpt(place, options.width - 8)
    gutter = " " * len(str(place.line))
    yield paint(BLUE, f"{gutter} |")
    yield paint(BLUE, f"{place.line} | ") + text
    yield paint(BLUE, f"{gutter} | ") + paint(RED, marks) + (" " + paint(GREEN, finding.fix) if finding.fix else "")
    if finding.right:
        yield paint(BLUE, f"{gutter} = ") + f"right: {finding.right}"
    if finding.slip:
        yield paint(BLUE, f"{gutter} = ") + f"{finding.slip}: {slip(finding.slip).summary}"
    yield ""


def readings(verdict: Verdict, name: str) -> Iterator[str]:
    """How each line was read."""
    yield f"{name}: how it was read"
    for claim in verdict.page.equations:
        line, _ = verdict.page.document.place(claim.statement.start)
        values = " ".join(
            f"{link.relation or ''} {'?' if value is None else written(value, 6)}".strip()
            for link, value in zip(claim.chain.links, claim.values, strict=True)
        )
        subject = (claim.name or "a sum") + spelled(claim.cell)
        yield f"  line {line}: {escape_controls(subject)}: {values}"
    for matrix in verdict.page.matrices:
        line, _ = verdict.page.document.place(matrix.start)
        size = f"{matrix.shape[0]}×{matrix.shape[1]}" if matrix.rows else "not of numbers alone"
        yield f"  line {line}: a matrix, {size}{', ' + matrix.role if matrix.role else ''}"
    judged = {judgement.target.start for judgement in verdict.judgements}
    for target in verdict.page.targets:
        implied = inferred(target) if target.start not in judged else None
        if implied is not None:
            yield f"  line {verdict.page.document.place(target.start)[0]}: {implied.described()}"
    for judgement in verdict.judgements:
        line, _ = verdict.page.document.place(judgement.target.start)
        fit = judgement.fit
        settings = ", ".join(
            f"{k} {v}" for k, v in fit.solved.problem.items() if k in ("stride", "padding", "dilation", "flip", "mode")
        )
        by = f"problem {' '.join(judgement.part.number)}" if judgement.part else "its own matrices"
        using = f" with {settings}" if settings else ""
        agree = f"{fit.agreeing} of {fit.lines} lines agree"
        yield f"  line {line}: judged by {by} as {fit.solved.kind}{using}: {agree}"
    yield ""


def table(verdicts: Sequence[Verdict], options: Options) -> Iterator[str]:
    """Lines read, right and wrong, by document, and by problem where there are several."""
    rows = [("document", "lines read", "right", "wrong", "findings")]
    for verdict in verdicts:
        total, right, wrong = summary(verdict)
        rows.append(
            (
                escape_controls(verdict.page.document.name),
                str(total),
                str(right),
                str(wrong),
                str(len(verdict.findings)),
            )
        )
        rows += list(by_problem(verdict))
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    for row in rows:
        yield row[0].ljust(widths[0]) + "".join(
            "  " + cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)
        )
    for verdict in verdicts if options.score else ():
        got, most = points(verdict)
        yield f"{escape_controls(verdict.page.document.name)}: {float(got):g} of {float(most):g} points"
    for verdict in verdicts:
        if not verdict.page.equations:
            yield f"{escape_controls(verdict.page.document.name)}: no expansion was read; {EXAMPLE}"


def by_problem(verdict: Verdict) -> Iterator[tuple[str, str, str, str, str]]:
    if len(verdict.judgements) < 2:
        return
    for judgement in verdict.judgements:
        target = judgement.target
        spans = [(line.claim.statement.start, line.claim.statement.end) for line in target.lines]
        spans_of_answers = [(m.start, m.end) for m in target.answers]
        hits = [f for f in verdict.findings if any(a <= f.start < b for a, b in [*spans, *spans_of_answers])]
        wrong = sum(any(a <= f.start < b for f in hits) for a, b in spans)
        line, _ = verdict.page.document.place(target.start)
        number = " ".join(judgement.part.number) if judgement.part and judgement.part.number else f"line {line}"
        yield (
            f"  {number} ({judgement.fit.solved.kind})",
            str(len(spans)),
            str(len(spans) - wrong),
            str(wrong),
            str(len(hits)),
        )
