"""Lines and final matrices against a problem's true solution: operands, values, order, answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnsteps.checking.arithmetic import sign_of, subject
from cnnsteps.checking.claims import Claim
from cnnsteps.checking.findings import Finding, spelled, written
from cnnsteps.checking.grids import agree, index_span, unit_of
from cnnsteps.checking.matrices import Matrix
from cnnsteps.checking.operands import Misfit, Operands, Pair, compare
from cnnsteps.checking.solved import Cell, Solved, Step
from cnnsteps.checking.targets import Line, Target
from cnnsteps.model import expr
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple

MOST_NAMED = 3
"""Wrong terms that a message names one by one."""


class Judged(NamedTuple):
    """What a target's lines and matrices are against a solution."""

    findings: tuple[Finding, ...]
    misfits: tuple[tuple[Line, Cell, Misfit], ...]
    """Lines whose operands are not the problem's."""


def judge_target(target: Target, solved: Solved, cells: Sequence[Cell | None]) -> Judged:
    findings: list[Finding] = []
    misfits: list[tuple[Line, Cell, Misfit]] = []
    for line, cell in zip(target.lines, cells, strict=True):
        step = solved.steps.get(cell) if cell is not None else None
        if step is None or cell is None:
            continue
        shown = line.claim.cell or tuple(i + target.base for i in cell)
        misfit = compare(line.operands, step)
        if misfit.size:
            misfits.append((line, cell, misfit))
            findings.append(of_terms(line, shown, misfit, step))
        else:
            findings += of_rest(line, shown, step)
    return Judged(tuple(findings), tuple(misfits))


def of_terms(line: Line, cell: Cell, misfit: Misfit, step: Step) -> Finding:
    """The operands that are not the problem's, by name where they are few."""
    places = line.claim.spans()
    wrong = [pair for pair, _ in misfit.wrong] or list(misfit.extra) or list(first_operands(line.operands))
    slots = wrong[0].slots
    start, end = places[slots[0]][0], places[slots[-1]][1]
    single = line.operands.kind != "conv" or not line.operands.pairs
    said = [
        f"{product(pair.x, pair.w, single)} should be {product(*term, single)}"
        for pair, term in misfit.wrong[:MOST_NAMED]
    ]
    if len(misfit.wrong) > MOST_NAMED:
        said.append(f"and {len(misfit.wrong) - MOST_NAMED} more are wrong")
    said += [f"{product(pair.x, pair.w, single)} does not belong there" for pair in misfit.extra[:MOST_NAMED]]
    said += [f"{product(*term, single)} is left out" for term in misfit.absent[:MOST_NAMED]]
    found = ", ".join(product(p.x, p.w, single) for p in wrong)
    expected = ", ".join(product(*term, single) for _, term in misfit.wrong) or ", ".join(
        product(*t, single) for t in misfit.absent
    )
    what = subject(line.claim) if line.claim.cell else f"{subject(line.claim)} (cell {spelled(cell)})"
    message = f"{what}: {'; '.join(said)}"
    return Finding(
        start, end, "terms", found, expected, message, cell, edits=edits_of(line, misfit), right=whole(step, what)
    )


def edits_of(line: Line, misfit: Misfit) -> tuple[tuple[int, int, str], ...]:
    """The numbers to write in place of wrong ones; none where signs or the count of terms would change."""
    if misfit.extra or misfit.absent:
        return ()
    claim = line.claim
    places = claim.spans()
    edits: list[tuple[int, int, str]] = []
    for pair, term in misfit.wrong:
        given = (pair.x, pair.w) if len(pair.slots) == 2 else (pair.x,)
        right = term if len(pair.slots) == 2 else (term[0] * term[1],)
        if len(given) != len(pair.slots):
            return ()
        for slot, a, b in zip(pair.slots, given, right, strict=True):
            start, end = places[slot]
            at = start - claim.statement.start
            if a != b and (a < 0) == (b < 0):
                edits.append((start, end, written(b if b > 0 else -b)))
            elif a > 0 > b:
                edits.append((start, end, f"({written(b)})"))
            elif a < 0 and claim.text[max(0, at - 2) : at] in ("(-", "(−"):
                edits.append((start - 1, end, written(b)))
            elif a != b:
                return ()
    return tuple(sorted(edits))


def first_operands(operands: Operands) -> tuple[Pair, ...]:
    return operands.pairs or operands.window or operands.alone


def product(x: Exact, w: Exact, single: bool) -> str:
    if single:
        return written(x * w)
    return f"{written(x)}×({written(w)})" if w < 0 else f"{written(x)}×{written(w)}"


def whole(step: Step, name: str) -> str:
    """The line as it should be."""
    terms = " + ".join(product(x, w, False) for x, w in step.terms)
    if step.window:
        terms = ", ".join(map(written, step.window))
    if step.bias is not None:
        terms += f" + {written(step.bias)}"
    return f"{name}: {terms} → {written(step.value)}"


def of_rest(line: Line, cell: Cell, step: Step) -> Iterator[Finding]:
    """What can be wrong though all products are right: the bias, the divisor, the value."""
    claim, operands = line.claim, line.operands
    added = sum((pair.x for pair in operands.alone), 0) if operands.pairs else 0
    if operands.kind == "conv" and operands.pairs and added != (step.bias or 0):
        yield of_bias(line, cell, step, added)
        return
    stated, first = claim.stated, claim.worked
    own = claim.values[first] if first is not None else None
    if stated is None or own is None or stated == step.value or agree(step.value, stated, claim):
        return
    if own != stated or is_function(claim):
        return
    link = claim.stated_link
    part = claim.chain.links[link].expr if link is not None else None
    start, end = claim.signed_span(part) if part is not None else (claim.statement.start, claim.statement.end)
    shown = claim.written(part) if part is not None else ""
    sign = sign_of(part) if part is not None else ""
    message = f"{subject(claim)} is {written(step.value)}, not {sign}{shown}"
    fix = written(step.value)
    yield Finding(
        start,
        end,
        "value",
        sign + shown,
        written(step.value),
        message,
        cell,
        fix=fix,
        right=whole(step, subject(claim)),
    )


def is_function(claim: Claim) -> bool:
    """ReLU and its like stand around the sum."""
    first = claim.worked
    part = claim.chain.links[first].expr if first is not None else None
    return isinstance(part, expr.Call) and part.name in ("relu", "sigmoid", "tanh")


def of_bias(line: Line, cell: Cell, step: Step, added: Exact) -> Finding:
    claim = line.claim
    places = claim.spans()
    slots = line.operands.alone[0].slots if line.operands.alone else line.operands.pairs[-1].slots
    start, end = places[slots[0]][0], places[slots[-1]][1]
    should = step.bias or 0
    message = (
        f"{subject(claim)}: the bias is {written(should)}, not {written(added)}"
        if line.operands.alone and should
        else f"{subject(claim)}: {written(added)} is added, and there is no bias"
        if line.operands.alone
        else f"{subject(claim)}: the bias {written(should)} is left out"
    )
    return Finding(
        start, end, "terms", written(added), written(should), message, cell, right=whole(step, subject(claim))
    )


def answers_against(target: Target, solved: Solved) -> Iterator[Finding]:
    """Cells of the final matrices that are not the problem's."""
    planes = target.answers
    lead = solved.shape[:-2]
    for number, matrix in enumerate(planes):
        for i, row in enumerate(matrix.rows):
            for j, cell in enumerate(row):
                at = (*unravelled(number, lead), i, j) if len(solved.shape) > 1 else (max(i, j),)
                right = solved.output.get(at)
                if right is None or cell.value == right or rounded(cell.value, right, matrix):
                    continue
                shown = tuple(index + target.base for index in at)
                message = f"the answer's {spelled(shown)} is {written(cell.value)}, and should be {written(right)}"
                yield Finding(
                    cell.start,
                    cell.end,
                    "answer",
                    written(cell.value),
                    written(right),
                    message,
                    shown,
                    fix=written(right),
                )


def unravelled(number: int, shape: Sequence[int]) -> Cell:
    found: list[int] = []
    for size in reversed(shape):
        number, rest = divmod(number, size)
        found.insert(0, rest)
    return tuple(found)


def rounded(shown: Exact, right: Exact, among: Matrix | None = None) -> bool:
    """A decimal that is the value rounded; behind a ≈ to as many places as the others of its matrix."""
    unit = unit_of(shown)
    if among is not None and among.loose:
        unit = min([1.5, *(u for row in among.values for v in row if (u := unit_of(v)) > 0)])
        return 2 * abs(float(shown - right)) <= unit * (1 + 1e-9)
    return 0 < unit < 1 and 2 * abs(float(shown - right)) <= unit * (1 + 1e-9)


def values_against(target: Target, solved: Solved) -> Iterator[Finding]:
    """Lines that give a value with nothing worked out: Y[1,1] = 5."""
    for claim in target.values:
        at = tuple(i - target.base for i in claim.cell or ())
        right, last = solved.output.get(at), claim.values[-1]
        if right is not None and last is not None and right != last and not rounded(last, right):
            yield value_finding(claim, right, last)


def value_finding(claim: Claim, right: Exact, last: Exact) -> Finding:
    """The last value of a line is another one than it should be."""
    part = claim.chain.links[-1].expr
    assert part is not None
    start, end = claim.signed_span(part)
    message = f"{subject(claim)} is {written(right)}, not {written(last)}"
    fix = written(right)
    return Finding(start, end, "value", written(last), written(right), message, claim.cell, fix=fix)


def answers_by_lines(target: Target) -> Iterator[Finding]:
    """Unnamed lines in the order of a final matrix that has as many cells: each cell is what its line says."""
    cells = [(i, j, cell) for m in target.answers[:1] for i, row in enumerate(m.rows) for j, cell in enumerate(row)]
    claims = [line.claim for line in target.lines]
    if len(cells) != len(claims) or len(claims) < 2 or any(claim.cell is not None for claim in claims):
        return
    pairs = [(place, claim, claim.stated) for place, claim in zip(cells, claims, strict=True)]
    wrong = [
        (place, claim, stated)
        for place, claim, stated in pairs
        if stated is not None and place[2].value != stated and not agree(place[2].value, stated, claim)
    ]
    for (i, j, cell), claim, stated in wrong if 2 * len(wrong) <= len(pairs) else []:
        shown = (i + target.base, j + target.base)
        message = f"the answer's {spelled(shown)} is {written(cell.value)}, but its line says {written(stated)}"
        own = claim.values[claim.worked] if claim.worked is not None else None
        fix = written(own) if own is not None and own != cell.value else None
        yield Finding(cell.start, cell.end, "answer", written(cell.value), written(stated), message, shown, fix=fix)


def outside(target: Target, solved: Solved, cells: Sequence[Cell | None]) -> Iterator[Finding]:
    """Lines of cells that the output does not have."""
    size = "×".join(map(str, solved.shape))
    for line, cell in zip(target.lines, cells, strict=True):
        claim = line.claim
        if cell is None or claim.cell is None or not solved.steps or cell in solved.steps:
            continue
        start, end = index_span(claim)
        message = f"there is no {subject(claim)}: the output is {size}"
        yield Finding(start, end, "value", spelled(claim.cell), size, message, claim.cell)


def shape_against(target: Target, solved: Solved) -> Iterator[Finding]:
    """A final matrix of another shape than the output's."""
    sizes = solved.shape[-2:] if len(solved.shape) > 1 else (1, *solved.shape)
    for matrix in target.answers[:1]:
        if matrix.shape not in (sizes, sizes[::-1] if 1 in sizes else sizes):
            found, expected = ("×".join(map(str, shape)) for shape in (matrix.shape, sizes))
            message = f"the answer is {found}, and should be {expected}"
            yield Finding(matrix.start, matrix.end, "answer", found, expected, message)
