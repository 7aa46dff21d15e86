"""Lines of one grid together: indices given twice or left out, and the final matrix against the lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

from cnnsteps.checking.arithmetic import subject
from cnnsteps.checking.claims import Claim
from cnnsteps.checking.findings import Finding, spelled, written
from cnnsteps.checking.matrices import Cell, Matrix
from cnnsteps.checking.roles import between
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple

ELISION = re.compile(
    r"\.\.\.|…|⋯|⋮|\\[vcld]?dots|and so on|similarly|likewise|\betc\b|remaining|"
    r"以此类推|同理|依次|usw|así sucesivamente",
    re.IGNORECASE,
)
PROSE = 8
"""So many words between two lines are a text of their own."""
WORD = re.compile(r"[^\W\d_]{3,}")
MARKUP = re.compile(r"\\[A-Za-z]+|\{[A-Za-z]+\*?\}")


class Grid(NamedTuple):
    """The lines of one name; `answers` are the final matrices behind them."""

    name: str
    claims: tuple[Claim, ...]
    answers: tuple[Matrix, ...] = ()

    @property
    def start(self) -> int:
        return self.claims[0].statement.start

    @property
    def end(self) -> int:
        return self.claims[-1].statement.end

    @property
    def cells(self) -> list[tuple[int, ...]]:
        return [claim.cell for claim in self.claims if claim.cell is not None]

    @property
    def base(self) -> int:
        """The first index, 0 or 1, or what it begins with."""
        return min(i for cell in self.cells for i in cell)

    @property
    def shape(self) -> tuple[int, ...]:
        """As far as the lines reach."""
        base = min(self.base, 1)
        return tuple(max(axis) - base + 1 for axis in zip(*self.cells, strict=True))


def grids(claims: Sequence[Claim], matrices: Sequence[Matrix], marks: list[int]) -> list[Grid]:
    """Claims with an index by their names; where the first index comes again, a new grid begins."""
    closed: list[list[Claim]] = []
    going: dict[tuple[str, int], list[Claim]] = {}
    seen: dict[tuple[str, int], set[tuple[int, ...]]] = {}
    for claim in claims:
        if claim.cell is None or not any(v is not None for v in claim.values):
            continue
        key = (claim.name or "", len(claim.cell))
        if key in going and begins_anew(going[key], seen[key], claim, marks, matrices):
            closed.append(going.pop(key))
            del seen[key]
        going.setdefault(key, []).append(claim)
        seen.setdefault(key, set()).add(claim.cell)
    found = sorted([*closed, *going.values()], key=lambda lines: lines[0].statement.start)
    starts = [lines[0].statement.start for lines in found]
    return [with_answers(Grid(lines[0].name or "", tuple(lines)), matrices, starts) for lines in found]


def begins_anew(
    lines: list[Claim], cells: set[tuple[int, ...]], claim: Claim, marks: list[int], matrices: Sequence[Matrix]
) -> bool:
    """Whether a cell that has a line already, or one before the last behind a heading, is the first of another grid."""
    last, here = lines[-1].statement.end, claim.statement.start
    if claim.cell not in cells:
        return (claim.cell or ()) < (lines[-1].cell or ()) and between(marks, last, here)
    if between(marks, last, here) or any(last <= m.start < here for m in matrices):
        return True
    first = lines[0].cell
    return claim.cell == first == min(cells) and len(cells) > 1 and max(claim.cell or (2,)) <= 1


def with_answers(grid: Grid, matrices: Sequence[Matrix], starts: list[int]) -> Grid:
    """The matrices behind the lines, up to the next lines, that have the grid's shape."""
    next_start = next((start for start in starts if start >= grid.end and start > grid.start), None)
    behind = [
        m for m in matrices
        if m.start >= grid.end and (next_start is None or m.end <= next_start) and m.rows
    ]  # fmt: skip
    shape = grid.shape
    sizes = (shape if len(shape) > 1 else (1, *shape))[-2:]
    planes = 1
    for size in shape[:-2]:
        planes *= size
    first = next((i for i, m in enumerate(behind) if fits(m, sizes) and m.role in ("output", "", "gradient")), None)
    if first is None or len(grid.claims) < 2:
        return grid
    whole = grid._replace(answers=tuple(m for m in behind[first : first + planes] if fits(m, sizes)))
    if len(whole.answers) < min(planes, len(behind)):
        # A plane among them can't be read: nobody knows which.
        return grid
    if behind[first].role == "output":
        return whole
    wrong = 2 * sum(1 for _ in answers(whole))
    return whole if wrong < len(grid.claims) or (len(shape) > 1 and wrong == len(grid.claims)) else grid


def fits(matrix: Matrix, sizes: tuple[int, ...]) -> bool:
    return matrix.shape == sizes or (sizes[0] == 1 and matrix.shape == (sizes[1], 1))


def duplicates(grid: Grid, text: str, marks: list[int]) -> Iterator[Finding]:
    """Indices that stand twice in one run of lines."""
    if len(set(grid.cells)) < 3:
        return
    seen: set[tuple[int, ...]] = set()
    last = grid.start
    for claim in grid.claims:
        if is_apart(text, last, claim.statement.start, marks):
            seen.clear()
        assert claim.cell is not None
        if claim.cell in seen and len(claim.chain.links) > 1:
            start, end = index_span(claim)
            message = f"{subject(claim)} stands twice"
            yield Finding(start, end, "duplicate", spelled(claim.cell), "", message, claim.cell)
        if len(claim.chain.links) > 1:
            seen.add(claim.cell)
        last = claim.statement.end


def is_apart(text: str, start: int, end: int, marks: list[int]) -> bool:
    return between(marks, start, end) or len(WORD.findall(MARKUP.sub(" ", text[start:end]))) >= PROSE


def index_span(claim: Claim) -> tuple[int, int]:
    """Where a claim's index stands."""
    name = claim.chain.name
    slots = [slot for slot in name.slots if slot >= 0] if name else []
    if not slots:
        return claim.statement.start, claim.statement.end
    places = claim.spans()
    return places[slots[0]][0], places[slots[-1]][1]


def missing(grid: Grid, text: str, marks: list[int]) -> Iterator[Finding]:
    """Indices that no line gives, where nearly all others have one."""
    base, cells = min(grid.base, 1), set(grid.cells)
    if len(cells) < 3 or any(min(axis) > base for axis in zip(*cells, strict=True)):
        return
    absent = [cell for cell in product(*(range(base, base + size) for size in grid.shape)) if cell not in cells]
    total = len(cells) + len(absent)
    end = grid.answers[0].start if grid.answers else grid.end
    if not absent or len(absent) > max(1, total // 5) or ELISION.search(text, grid.start, end):
        return
    worked = [claim for claim in grid.claims if claim.worked is not None]
    if len(worked) < len(cells) or any(
        is_apart(text, a.statement.end, b.statement.start, marks) for a, b in pairwise(worked)
    ):
        return
    for cell in absent:
        after = [claim for claim in grid.claims if claim.cell is not None and claim.cell < cell]
        start, stop = index_span(after[-1] if after else grid.claims[0])
        message = f"{grid.name}{spelled(cell)} is missing: no line gives it"
        yield Finding(start, stop, "missing", "", spelled(cell), message, cell)


def answers(grid: Grid) -> Iterator[Finding]:
    """Cells of the final matrix that are not what their lines say."""
    base = min(grid.base, 1)
    for claim in {claim.cell: claim for claim in reversed(grid.claims)}.values():
        cell = entry(grid, claim.cell, base)
        stated = claim.stated
        if cell is None or stated is None or agree(cell.value, stated, claim):
            continue
        found, should = written(cell.value), written(stated)
        first = claim.worked
        right = None if first is None else claim.values[first]
        fix = None if right is None or right == cell.value else written(right)
        message = f"the answer's {spelled(claim.cell)} is {found}, but its line says {should}"
        if right is not None and right != stated:
            message += f" (worked out, the line is {written(right)})"
        yield Finding(cell.start, cell.end, "answer", found, should, message, claim.cell, fix=fix)


def entry(grid: Grid, cell: tuple[int, ...] | None, base: int) -> Cell | None:
    """The cell of the final matrices with this index."""
    if cell is None or not grid.answers:
        return None
    *lead, i, j = (base, *cell) if len(cell) == 1 else cell
    plane = 0
    for size, at in zip(grid.shape[:-2], lead, strict=True):
        plane = plane * size + at - base
    if plane >= len(grid.answers):
        return None
    rows = grid.answers[plane].rows
    if len(cell) == 1 and len(rows) > 1:
        i, j = j, base
    return rows[i - base][j - base] if i - base < len(rows) and j - base < len(rows[0]) else None


def agree(cell: Exact, stated: Exact, claim: Claim) -> bool:
    """Equal, or equal once the one with more digits is rounded."""
    if cell == stated:
        return True
    link = claim.stated_link
    part = claim.chain.links[link].expr if link is not None else None
    places = claim.places(part) if part is not None else 0
    unit = max(unit_of(cell), unit_of(stated) if not places else 10.0**-places)
    return unit < 1 and 2 * abs(float(cell - stated)) <= unit * (1 + 1e-9)


def unit_of(value: Exact) -> float:
    """The unit of a number's last digit where it is a decimal; 1 of an integer, 0 of a fraction."""
    from cnnsteps.numbers.exact import decimal_places

    places = decimal_places(value.denominator)
    return 0.0 if places is None else 10.0**-places
