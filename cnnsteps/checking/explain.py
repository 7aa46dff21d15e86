"""Why: the well-known slip that explains all that is wrong with a target, or a single line of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from cnnsteps.checking import slips
from cnnsteps.checking.against import Judged, answers_against, judge_target, values_against
from cnnsteps.checking.findings import Finding
from cnnsteps.checking.operands import compare
from cnnsteps.checking.solved import Cell, Solved, solve
from cnnsteps.checking.targets import Target

Cells: TypeAlias = "Sequence[Cell | None]"


def explained(target: Target, solved: Solved, cells: Cells, judged: Judged, answers: list[Finding]) -> list[Finding]:
    """The findings with the slips that explain them: one for all, else one a line."""
    lines = [f for f in judged.findings if f.slip is None]
    if lines or len(answers) > 1:
        for name, problem in slips.mutated(solved.problem):
            other = solve(problem)
            if other is not None and explains_all(target, other, cells, lines, answers):
                return [f._replace(slip=name) for f in (*judged.findings, *answers)]
    return [*(of_line(target, solved, cells, judged, f) for f in judged.findings), *answers]


def explains_all(target: Target, other: Solved, cells: Cells, lines: list[Finding], answers: list[Finding]) -> bool:
    """Whether every wrong line and cell is right under another problem."""
    wrong = {finding.cell for finding in lines}
    if wrong and not all(is_right(target, other, cells, cell) for cell in wrong):
        return False
    if not answers:
        return bool(wrong)
    still = {f.start for f in answers_against(target, other)}
    return other.kind == "conv" or other.kind == "pool" if not any(f.start in still for f in answers) else False


def is_right(target: Target, other: Solved, cells: Cells, shown: Cell | None) -> bool:
    """Whether the lines of one cell are right under another problem."""
    values = [claim for claim in target.values if claim.cell == shown]
    found = bool(values) and not list(values_against(target._replace(values=tuple(values)), other))
    if values and not (
        found and all(tuple(i - target.base for i in claim.cell or ()) in other.output for claim in values)
    ):
        return False
    for line, cell in zip(target.lines, cells, strict=True):
        if cell is None or shown not in (line.claim.cell, tuple(i + target.base for i in cell)):
            continue
        found = True
        if cell not in other.steps or compare(line.operands, other.steps[cell]).size:
            return False
        alone = target._replace(lines=(line,))
        if judge_target(alone, other, (cell,)).findings:
            return False
    return found


def of_line(target: Target, solved: Solved, cells: Cells, judged: Judged, finding: Finding) -> Finding:
    """The slip of one line: in its operands, or of the problem as this line reads it."""
    if finding.slip is not None:
        return finding
    misfit = next(
        (m for line, _, m in judged.misfits if finding.cell in (line.claim.cell, shown(target, line, cells))), None
    )
    name = slips.of_operands(misfit) if misfit is not None else None
    if name is None:
        name = next(
            (n for n, p in slips.mutated(solved.problem)
             if (other := solve(p)) is not None and is_right(target, other, cells, finding.cell)),
            None,
        )  # fmt: skip
    return finding._replace(slip=name)


def shown(target: Target, line: object, cells: Cells) -> Cell | None:
    """A line's cell as it is counted in the document."""
    for other, cell in zip(target.lines, cells, strict=True):
        if other is line and cell is not None:
            return tuple(i + target.base for i in cell)
    return None
