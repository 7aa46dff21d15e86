"""The problem that lines imply where no matrix stands: the windows of neighbours overlap, and most terms agree.

    x[i·s − p + a, j·s − p + b] is what cell (i, j) multiplies with w[a, b]

Each term is a vote for a number of the input; s and p are those under which the fewest votes disagree. What it finds
is worth a remark: a document is never wrong against a problem that it does not give.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TypeAlias

from cnnsteps.checking.against import product as shown_product
from cnnsteps.checking.arithmetic import subject
from cnnsteps.checking.findings import Remark, written
from cnnsteps.checking.operands import Pair
from cnnsteps.checking.targets import Line, Target
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple

Place: TypeAlias = "tuple[int, int]"
STRIDES = (1, 2, 3)
FEWEST = 4
"""Lines from which something can be inferred."""
MOST_WRONG = 0.25
"""The share of votes that may disagree."""
MOST_SHOWN = 6


class Inferred(NamedTuple):
    """A kernel with the stride and padding under which the lines agree, and their votes for each place of the input."""

    kernel: tuple[Exact, ...]
    side: int
    stride: int
    padding: int
    votes: Mapping[Place, Counter[Exact]]

    @property
    def size(self) -> Place:
        rows, columns = (max(axis) - 2 * self.padding + 1 for axis in zip(*self.votes, strict=True))
        return rows, columns

    def described(self) -> str:
        rows, columns = self.size
        values = [written(value) for value in self.kernel]
        shown = ["[" + " ".join(values[i : i + self.side]) + "]" for i in range(0, len(values), self.side)]
        return (
            f"the windows imply a {rows}×{columns} input, the kernel {' '.join(shown)}, "
            f"stride {self.stride} and padding {self.padding}"
        )


def inferred(target: Target) -> Inferred | None:
    """What most of the lines agree on; None where they are few, have no cells, or do not overlap."""
    lines = [line for line in target.lines if line.cell is not None and len(line.cell) == 2 and not line.corner]
    if target.kind != "conv" or len(lines) < FEWEST:
        return None
    kernel, count = Counter(tuple(pair.w for pair in line.operands.pairs) for line in lines).most_common(1)[0]
    side = math.isqrt(len(kernel))
    if side < 2 or side * side != len(kernel) or 2 * count <= len(lines):
        return None
    tried = [(voted(lines, target.base, side, stride), stride) for stride in STRIDES if stride < side]
    votes, stride = min(tried, key=lambda found: disagreement(found[0]))
    overlapping = sum(vote.total() for vote in votes.values() if vote.total() > 1)
    if 2 * overlapping < len(votes) or disagreement(votes) > MOST_WRONG:
        return None
    return Inferred(kernel, side, stride, ring_of_zeros(votes), votes)


def voted(lines: Sequence[Line], base: int, side: int, stride: int) -> dict[Place, Counter[Exact]]:
    """What the lines say of each place of the input, its padding included."""
    votes: dict[Place, Counter[Exact]] = {}
    for line in lines:
        for place, pair in placed(line, base, side, stride):
            votes.setdefault(place, Counter())[pair.x] += 1
    return votes


def placed(line: Line, base: int, side: int, stride: int) -> Iterator[tuple[Place, Pair]]:
    """The terms of a line with their places, counted from the first of the padding."""
    i, j = (index - base for index in line.cell or ())
    for (a, b), pair in zip(product(range(side), repeat=2), line.operands.pairs, strict=False):
        yield (i * stride + a, j * stride + b), pair


def disagreement(votes: Mapping[Place, Counter[Exact]]) -> float:
    """The share of votes that are not the most common of their place."""
    total = sum(vote.total() for vote in votes.values())
    return 1 - sum(vote.most_common(1)[0][1] for vote in votes.values()) / max(total, 1)


def ring_of_zeros(votes: Mapping[Place, Counter[Exact]]) -> int:
    """How many rings around the input are zeros: the padding, as far as anyone can tell."""
    rows, columns = (max(axis) for axis in zip(*votes, strict=True))
    padding = 0
    while 2 * padding < min(rows, columns):
        ring = [vote for (i, j), vote in votes.items() if min(i, j, rows - i, columns - j) == padding]
        if sum(vote[0] for vote in ring) < (1 - MOST_WRONG) * sum(vote.total() for vote in ring):
            break
        padding += 1
    return padding


def misfits(target: Target) -> Iterator[Remark]:
    """The terms that do not fit what the others imply, behind what that is."""
    found = inferred(target)
    if found is None:
        return
    remarks = [remark for line in target.lines for remark in of_line(line, target.base, found)]
    if remarks:
        yield Remark(target.start, target.start + 1, found.described())
        yield from remarks[:MOST_SHOWN]


def of_line(line: Line, base: int, found: Inferred) -> Iterator[Remark]:
    """A term whose number another line has differently, or whose weight is not the kernel's."""
    if line.cell is None or len(line.operands.pairs) != len(found.kernel):
        return
    spans = line.claim.spans()
    for (place, pair), weight in zip(placed(line, base, found.side, found.stride), found.kernel, strict=False):
        (value, most), *others = found.votes[place].most_common(2)
        tied = bool(others) and others[0][1] == most
        if (pair.x == value or most == 1 or tied) and pair.w == weight:
            continue
        right = shown_product(pair.x if tied or most == 1 else value, weight, False)
        start, end = spans[pair.slots[0]][0], spans[pair.slots[-1]][1]
        told = (
            f"{subject(line.claim)}: {shown_product(pair.x, pair.w, False)} does not fit the other lines, {right} would"
        )
        yield Remark(start, end, told)
