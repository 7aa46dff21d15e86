"""What is to be judged together: lines of one grid, named or not, with the final matrices that belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.grids import Grid
from cnnsteps.checking.matrices import Matrix
from cnnsteps.checking.notations.words import PLACES
from cnnsteps.checking.operands import Operands, count, operands_of
from cnnsteps.checking.stacks import Stack
from cnnsteps.records import NamedTuple

POSITION = re.compile(r"[(\[（]\s*([0-9])\s*[,，]\s*([0-9])\s*[)\]）]")
POOLING, CONVOLUTION = (
    ("pool", "池化", "プーリング", "풀링"),
    ("conv", "卷积", "畳み込み", "합성곱", "cross-correlation", "kernel"),
)
AVERAGES = ("average", "avg", "mean", "平均")
REACH = 300
"""Characters before a final matrix in which it says what it is of."""
NEAR = 120
"""Characters before a sum in which its place may stand."""


class Line(NamedTuple):
    """A claim with what it reads, and its cell as it is written, where one stands there."""

    claim: Claim
    operands: Operands
    cell: tuple[int, ...] | None = None
    corner: bool = False
    """The cell is a corner in words: 1 is the first, −1 the last."""


class Target(NamedTuple):
    """Lines of one output, and the final matrices behind them; one of both may be missing."""

    kind: str
    lines: tuple[Line, ...]
    answers: tuple[Matrix, ...]
    base: int = 1
    values: tuple[Claim, ...] = ()
    """Lines of the grid that give a value with nothing that could be compared: Y[1,1] = 5."""
    """The first index, as the lines or --index-base have it."""

    @property
    def start(self) -> int:
        claims = [line.claim for line in self.lines[:1]] + list(self.values[:1])
        return min((claim.statement.start for claim in claims), default=self.answers[0].start if self.answers else 0)

    @property
    def end(self) -> int:
        ends = [line.claim.statement.end for line in self.lines] + [m.end for m in self.answers]
        return max(ends + [claim.statement.end for claim in self.values], default=self.start)


def targets(
    text: str, claims: Sequence[Claim], grids: Sequence[Grid], stacks: Sequence[Stack], base: int | None = None
) -> list[Target]:
    """Everything that can be compared with a problem, in the order of the document; `base` is the first index."""
    found = list(filter(None, (of_grid(grid) for grid in grids)))
    named = {claim.statement.start for grid in grids for claim in grid.claims}
    loose = [line for claim in claims if claim.statement.start not in named and (line := line_of(claim, text))]
    found = [with_lines_above(target, loose, stacks) for target in found]
    taken_lines = {line.claim.statement.start for target in found for line in target.lines}
    found += list(runs([line for line in loose if line.claim.statement.start not in taken_lines], stacks))
    taken = {answer.start for target in found for answer in target.answers}
    found += [
        Target(kind_before(text, s.start), (), s.planes)
        for s in stacks
        if s.role == "output" and not taken & {m.start for m in s.planes}
    ]
    found = [target if base is None else target._replace(base=base) for target in found]
    return sorted(found, key=lambda target: target.start)


def kind_before(text: str, start: int) -> str:
    """What a final matrix without lines is of, by the last word on it before."""
    words = text[max(0, start - REACH) : start].lower()
    pool, convolution = (max(words.rfind(word) for word in names) for names in (POOLING, CONVOLUTION))
    if pool <= convolution:
        return ""
    average = max(words.rfind(word) for word in AVERAGES)
    return "average" if average > words.rfind("max") else "max"


def of_grid(grid: Grid) -> Target | None:
    """The target of named lines, where most of them are of one kind."""
    lines = [Line(claim, operands, claim.cell) for claim in grid.claims if (operands := operands_of(claim))]
    kinds = [line.operands.kind for line in lines]
    kind = max(set(kinds), key=kinds.count) if kinds else ""
    lines = [line for line in lines if line.operands.kind == kind]
    read = {line.claim.statement.start for line in lines}
    values = tuple(claim for claim in grid.claims if claim.statement.start not in read and claim.values[-1] is not None)
    if not lines and len(values) < 2:
        return None
    return Target(kind, tuple(lines), grid.answers, min(grid.base, 1), values)


def with_lines_above(target: Target, loose: Sequence[Line], stacks: Sequence[Stack]) -> Target:
    """Values that name the sums above them: 1*1 + 2*0 = 1 … So O[0,0] = 1."""
    if target.lines or not target.values:
        return target
    found: list[Line] = []
    before = 0
    for claim in target.values:
        above = [line for line in loose if before <= line.claim.statement.start < claim.statement.start]
        before = claim.statement.end
        if above and (not found or alike(found[-1].operands, above[-1].operands)):
            found.append(above[-1]._replace(cell=claim.cell, corner=False))
    if 2 * len(found) < len(target.values):
        return target
    after = next((line for line in loose if line.claim.statement.start > found[-1].claim.statement.start), None)
    answers = target.answers or behind(found[-1], after, stacks)
    return target._replace(kind=found[0].operands.kind, lines=tuple(found), answers=answers)


def line_of(claim: Claim, text: str) -> Line | None:
    if claim.cell is not None:
        return None
    operands = operands_of(claim)
    if operands is None:
        return None
    told, corner = place_before(claim, text), corner_before(claim, text)
    return Line(claim, operands, told or corner, told is None and corner is not None)


def words_before(claim: Claim, text: str) -> str:
    """What stands before a sum, on its line and the two above."""
    start = claim.statement.start
    before = text[max(0, start - NEAR) : start] + claim.text[: max(0, claim.chain.at)]
    return "\n".join(before.rsplit("\n", 3)[-3:])


def place_before(claim: Claim, text: str) -> tuple[int, ...] | None:
    """The position in brackets before an unnamed sum."""
    *_, last = [None, *POSITION.finditer(words_before(claim, text))]
    return None if last is None else (int(last[1]), int(last[2]))


def corner_before(claim: Claim, text: str) -> tuple[int, ...] | None:
    """The corner in words before an unnamed sum."""
    lowered = words_before(claim, text).lower()
    corners = [(lowered.rfind(row.written), row.means) for row in PLACES if row.written in lowered]
    if not corners:
        return None
    i, j = max(corners)[1].split()
    return int(i), int(j)


def runs(lines: list[Line], stacks: Sequence[Stack]) -> Iterator[Target]:
    """Unnamed lines of one kind and length, up to a final matrix or a new input."""
    run: list[Line] = []
    end = 0
    for line in [*lines, None]:
        if run and (line is None or not goes_on(run[-1], line, stacks)):
            answers = behind(run[-1], line, stacks) or beside(run[0], end, stacks)
            end = run[-1].claim.statement.end
            yield Target(run[0].operands.kind, tuple(run), answers, min_base(run))
            run = []
        if line is not None:
            run.append(line)


def min_base(run: list[Line]) -> int:
    """0 where a position is told with a 0, else 1."""
    return 0 if any(0 in line.cell for line in run if line.cell and not line.corner) else 1


def goes_on(last: Line, line: Line, stacks: Sequence[Stack]) -> bool:
    end, start = last.claim.statement.end, line.claim.statement.start
    new_given = any(end <= m.start < start and m.role in ("input", "kernel", "padded") for m in stacks)
    return alike(last.operands, line.operands) and not new_given


def alike(one: Operands, other: Operands) -> bool:
    return one.kind == other.kind and count(one) == count(other)


def beside(first: Line, start: int, stacks: Sequence[Stack]) -> tuple[Matrix, ...]:
    """The last final matrix before the lines and behind the lines before them."""
    stop = first.claim.statement.start
    *_, last = [(), *(s.planes for s in stacks if start <= s.start < stop and s.role == "output")]
    return last


def behind(last: Line, after: Line | None, stacks: Sequence[Stack]) -> tuple[Matrix, ...]:
    """The first final matrix behind the lines, all its planes."""
    end = last.claim.statement.end
    stop = after.claim.statement.start if after else 1 << 62
    return next((s.planes for s in stacks if end <= s.start < stop and s.role in ("output", "")), ())
