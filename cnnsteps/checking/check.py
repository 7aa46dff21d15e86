"""The story of a check: text → matrices and claims → targets → findings, in the order of the document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cnnsteps.checking import grids, slips
from cnnsteps.checking.against import (
    answers_against,
    answers_by_lines,
    judge_target,
    outside,
    shape_against,
    values_against,
)
from cnnsteps.checking.arithmetic import judge, unreadable
from cnnsteps.checking.carried import carried_parts
from cnnsteps.checking.claims import Claim, claims
from cnnsteps.checking.document import Document, document
from cnnsteps.checking.explain import explained
from cnnsteps.checking.findings import Finding, Remark, written
from cnnsteps.checking.given import Fit, best_fit
from cnnsteps.checking.inferred import misfits
from cnnsteps.checking.matrices import Matrix, matrices
from cnnsteps.checking.roles import headings, with_roles
from cnnsteps.checking.sheet import Match, Part, matched
from cnnsteps.checking.sizes import costs_against, sizes_against
from cnnsteps.checking.stacks import Stack, stacks
from cnnsteps.checking.targets import Target, targets
from cnnsteps.checking.tensors import given_against, places_against, settings_against
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple


class Page(NamedTuple):
    """What was read of a document, before anything is judged."""

    document: Document
    claims: list[Claim]
    matrices: list[Matrix]
    headings: list[int]
    grids: list[grids.Grid]
    stacks: list[Stack]
    targets: list[Target]
    equations: list[Claim]
    """The lines in which something is worked out and said to be equal to something."""


class Judgement(NamedTuple):
    """What a target was judged by: the document's own matrices, or a part of a sheet."""

    target: Target
    fit: Fit
    part: Part | None = None


class Verdict(NamedTuple):
    """A document and what was found in it."""

    page: Page
    findings: list[Finding]
    remarks: list[Remark]
    judgements: list[Judgement]
    unmatched: list[Part]
    """Parts of the sheet that no part of the document was taken for."""
    carried: int = 0
    """How many problems it carries itself, which it was judged by."""


def read(raw: str, name: str = "-", index_base: int | None = None) -> Page:
    """The claims and matrices of a document."""
    source = document(raw, name)
    text = source.text
    found = with_roles(text, matrices(text))
    marks = headings(text)
    lines = list(claims(text, ((m.start, m.end) for m in found if m.rows)))
    tables, piles = grids.grids(lines, found, marks), stacks(text, found)
    equations = [c for c in lines if c.worked is not None and sum(v is not None for v in c.values) > 1]
    return Page(source, lines, found, marks, tables, piles, targets(text, lines, tables, piles, index_base), equations)


def check(raw: str, name: str = "-", parts: Sequence[Part] = (), index_base: int | None = None) -> Verdict:
    """Everything that can be said of a document: by itself, and by the problems that it is to solve."""
    page = read(raw, name, index_base)
    own = [] if parts else carried_parts(page.document.problems)
    parts = parts or own
    said = [*arithmetic(page), *of_grids(page)]
    matches = matched(page.targets, parts, page.document.text) if parts else []
    judgements = list(judged_by(page, matches))
    for judgement in judgements:
        said += of_target(page, judgement)
    judged = {judgement.target.start for judgement in judgements}
    for target in page.targets:
        said += answers_by_lines(target)
        said += misfits(target) if target.start not in judged else ()
    said += sizes_against(page.equations, parts)
    said += costs_against(page.document.text, page.equations, parts)
    findings = following(page, merged(f for f in said if isinstance(f, Finding)))
    used = {match.part.number for match in matches}
    unmatched = [part for part in parts if part.number not in used and part.solved.kind in ("conv", "pool")]
    return Verdict(page, findings, [r for r in said if isinstance(r, Remark)], judgements, unmatched, len(own))


def judged_by(page: Page, matches: Sequence[Match]) -> Iterator[Judgement]:
    """Each target with the problem that it is judged by, where one is sure."""
    by_target = {match.target.start: match for match in matches}
    for target in page.targets:
        match = by_target.get(target.start)
        if match is not None:
            yield Judgement(target, match.fit, match.part)
            continue
        fit = best_fit(target, page.stacks)
        if fit is not None and fit.is_sure:
            yield Judgement(target, fit)


def of_target(page: Page, judgement: Judgement) -> Iterator[Finding]:
    """Operands, values and final matrices against the solution, with the slip that explains them."""
    target, fit = judgement.target, judgement.fit
    solved, cells = fit.solved, fit.cells
    shape = list(shape_against(target, solved))
    answers = shape or list(answers_against(target, solved))
    judged = judge_target(target, solved, cells)
    others = (
        *values_against(target, solved),
        *outside(target, solved, cells),
        *places_against(page.document.text, target, solved, cells),
    )
    yield from explained(target, solved, cells, judged._replace(findings=(*judged.findings, *others)), answers)
    start = max((t.end for t in page.targets if t.start < target.start), default=0)
    stop = min((t.start for t in page.targets if t.start > target.start), default=len(page.document.text))
    # What a document is judged by of its own accord can't be compared with itself.
    piles = [s for s in page.stacks if judgement.part is not None or s.role == "padded"]
    yield from given_against(piles, start, stop, solved, target.base)
    if judgement.part is not None:
        yield from settings_against(page.document.text, start, stop, solved)


def merged(found: Iterable[Finding]) -> list[Finding]:
    """In the order of the document, each named; of two that say the same of one place the first."""
    kept: dict[tuple[int, int, str], Finding] = {}
    for finding in found:
        named = finding if finding.slip else finding._replace(slip=slips.of_kind(finding.kind, ""))
        key = (finding.start, finding.end, finding.kind)
        if key not in kept or (kept[key].slip == "answer-differs" and named.slip != "answer-differs"):
            kept[key] = named if key not in kept else kept[key]._replace(slip=named.slip)
    return sorted(kept.values(), key=lambda f: (f.start, f.end))


def following(page: Page, findings: list[Finding]) -> list[Finding]:
    """A cell of a final matrix that repeats the value of its wrong line follows from it, and costs nothing more."""
    stated = {}
    for claim in page.claims:
        if claim.cell is not None and any(
            claim.statement.start <= f.start < claim.statement.end for f in findings if f.kind != "answer"
        ):
            stated[claim.cell] = claim.stated
    return [
        f._replace(follows=True)
        if f.kind == "answer" and f.cell in stated and written_as(stated[f.cell]) == f.found
        else f
        for f in findings
    ]


def written_as(value: Exact | None) -> str | None:
    return None if value is None else written(value)


def arithmetic(page: Page) -> Iterator[Finding | Remark]:
    for claim in page.claims:
        yield from unreadable(claim)
    carried: set[str] = set()
    for claim in page.equations:
        yield from judge(claim, carried)


def of_grids(page: Page) -> Iterator[Finding]:
    for grid in page.grids:
        yield from grids.duplicates(grid, page.document.text, page.headings)
        yield from grids.missing(grid, page.document.text, page.headings)
        yield from grids.answers(grid)


def as_strict(verdict: Verdict) -> Verdict:
    """Rounded decimals under an equals sign as mistakes."""
    text = verdict.page.document.text
    loose = [r for r in verdict.remarks if r.strict]
    more = [
        Finding(r.start, r.end, "arithmetic", text[r.start : r.end], "≈", r.message, None, "wrong-sum") for r in loose
    ]
    kept = [r for r in verdict.remarks if not r.strict]
    return verdict._replace(findings=sorted([*verdict.findings, *more], key=lambda f: (f.start, f.end)), remarks=kept)
