"""The problem that a document poses: its own input and kernel, and the settings under which its lines fit.

Nothing is worked out here: every candidate goes to its operator, and the one that most lines agree with is
what the document is judged by.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

from cnnsteps.checking.against import answers_against, values_against
from cnnsteps.checking.operands import Operands, agrees, count
from cnnsteps.checking.solved import Cell, Problem, Solved, solve
from cnnsteps.checking.stacks import Stack
from cnnsteps.checking.targets import Line, Target
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple

POOLS = ("max", "average")
STRIDES, PADDINGS, DILATIONS = (1, 2, 3, 4), (0, 1, 2), (1, 2)
MOST_SIDE = 64
FEW = 4
"""Entries of a final matrix that has no lines."""
MOST_INPUTS = 4
"""How many matrices before the lines may be their input."""


class Fit(NamedTuple):
    """A problem with the cells that the lines are of, and how many lines and answers agree with it.

    Lines whose products are all 0 fit everywhere, and do not count.
    """

    solved: Solved
    cells: tuple[Cell | None, ...]
    agreeing: int
    lines: int
    entries: int = 0
    """Entries of the final matrix that agree."""
    total: int = 0

    @property
    def is_sure(self) -> bool:
        """Enough agrees that what does not is a mistake."""
        if self.lines:
            sure_lines = self.agreeing >= max(1, math.ceil(self.lines * 0.5)) and (self.agreeing > 1 or self.lines < 3)
            return sure_lines and (self.agreeing > 1 or self.entries * 2 >= self.total)
        # Of a small matrix half may agree by chance.
        return self.total > 1 and self.entries >= (self.total - 1 if self.total <= FEW else self.total / 2)

    @property
    def score(self) -> tuple[float, ...]:
        return (self.agreeing, self.entries / max(self.total, 1), -len(self.solved.problem))


def best_fit(target: Target, stacks: Sequence[Stack]) -> Fit | None:
    """The problem among the document's own matrices that most of the target agrees with."""
    best: Fit | None = None
    for problem in candidates(target, [s for s in stacks if s.end <= target.start + span(target)]):
        solved = solve(problem)
        if solved is None or not shape_fits(target, solved):
            continue
        fit = fitted(target, solved)
        if best is None or fit.score > best.score:
            best = fit
        if fit.agreeing == fit.lines and fit.entries == fit.total:
            break
    return best


def span(target: Target) -> int:
    """Matrices may stand before the lines or among the first of them."""
    return 0 if not target.lines else max(0, target.lines[-1].claim.statement.end - target.start)


def shape_fits(target: Target, solved: Solved) -> bool:
    """The final matrices are as many and as large as the problem's."""
    sizes = solved.shape[-2:] if len(solved.shape) > 1 else (1, *solved.shape)
    depth = math.prod(solved.shape[:-2])
    ranks = {len(line.claim.cell) for line in target.lines if line.claim.cell}
    return (
        all(m.shape == sizes for m in target.answers)
        and len(target.answers) in (0, depth)
        and ranks <= {len(solved.shape)}
    )


def candidates(target: Target, before: Sequence[Stack]) -> Iterator[Problem]:
    """Problems over the matrices that stand before the target, the nearest first."""
    taken = {m.start for m in target.answers}
    usable = [
        s for s in reversed(before)
        if s.start not in taken and max(s.shape) <= MOST_SIDE and s.role not in ("window", "gradient") and not s.loose
    ]  # fmt: skip
    inputs = [s for s in usable if s.role in ("input", "padded", "")][:MOST_INPUTS]
    if target.kind in POOLS:
        yield from pools(target, inputs + [s for s in usable if s.role == "output"][:2])
        return
    inputs = inputs or [s for s in usable if s.role == "output"][:1]
    kernels = [s for s in usable if s.role in ("kernel", "turned", "")][:MOST_INPUTS]
    if not target.lines:
        # Nothing but its words says what a matrix is.
        inputs = [s for s in inputs if s.role in ("input", "padded")][:2]
        kernels = [s for s in kernels if s.role in ("kernel", "turned")][:2]
    for image, kernel in product(inputs, kernels):
        # A kernel larger than its input is nobody's example.
        larger = all(n >= k for n, k in zip(image.shape, kernel.shape, strict=True))
        if image is not kernel and larger and count_fits(target, kernel) and could_be(target, image, kernel):
            yield from convs(target, image, kernel)


def could_be(target: Target, image: Stack, kernel: Stack | None = None) -> bool:
    """Whether half of the lines multiply numbers of these two, or read those of the input; nothing is solved for it."""
    x, w = numbers_in(image) | {0}, numbers_in(kernel) if kernel is not None else {1}
    hits = sum(
        all(
            (abs(p.x) in x and abs(p.w) in w) or (abs(p.w) in x and abs(p.x) in w)
            for p in line.operands.pairs or line.operands.window
        )
        for line in target.lines
    )
    return 2 * hits >= len(target.lines)


def numbers_in(stack: Stack) -> set[Exact]:
    return {value if value >= 0 else -value for plane in stack.values for row in plane for value in row}


def count_fits(target: Target, kernel: Stack) -> bool:
    """A line has as many products as the kernel has places, or fewer where those with 0 are left out."""
    counts = [count(line.operands) for line in target.lines]
    most = kernel.depth * math.prod(kernel.shape)
    return not counts or max(counts) <= most


def convs(target: Target, image: Stack, kernel: Stack) -> Iterator[Problem]:
    """The settings that a conv of these two may have."""
    paddings = (0,) if image.role == "padded" else PADDINGS
    flips = (False, True) if kernel.role != "turned" else (False,)
    for flip, dilation, stride, padding in product(flips, DILATIONS, STRIDES, paddings):
        sizes = tuple(
            (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1
            for n, k in zip(image.shape, kernel.shape, strict=True)
        )
        if min(sizes) < 1 or (target.answers and sizes != target.answers[0].shape):
            continue
        settings: dict[str, object] = {"stride": stride} if stride > 1 else {}
        settings |= {"padding": padding} if padding else {}
        settings |= {"dilation": dilation} if dilation > 1 else {}
        settings |= {"flip": True} if flip else {}
        for tensors, filters in ranks(image, kernel):
            added = biases(target, filters)
            bias: dict[str, object] = {} if added is None else {"bias": added}
            yield {"type": "conv", "dims": 2, **tensors, **settings, **bias}


def ranks(image: Stack, kernel: Stack) -> Iterator[tuple[dict[str, object], int]]:
    """What the planes may be: channels, filters, or batch items; and how many filters that makes."""
    x, w = image.values, kernel.values
    c, d = image.depth, kernel.depth
    if c == 1:
        yield {"input": x[0], "kernel": w[0] if d == 1 else w}, d
    elif d == c:
        yield {"input": x, "kernel": w}, 1
        yield {"input": x, "kernel": [[plane] for plane in w], "groups": c}, c
    elif d == 1:
        yield {"input": [[plane] for plane in x], "kernel": [[w[0]]]}, 1
    elif d % c == 0:
        yield {"input": x, "kernel": [w[i : i + c] for i in range(0, d, c)]}, d // c


def biases(target: Target, filters: int) -> list[Exact] | None:
    """What most lines add to their products, filter by filter; None where most add nothing."""
    votes: list[Counter[Exact]] = [Counter() for _ in range(filters)]
    for line in target.lines:
        cell = line.claim.cell or ()
        lead = cell[-3] - target.base if filters > 1 and len(cell) >= 3 else 0
        if line.operands.pairs and 0 <= lead < filters:
            votes[lead][sum((pair.x for pair in line.operands.alone), 0)] += 1
    chosen = [vote.most_common(1)[0][0] if vote else 0 for vote in votes]
    return chosen if any(chosen) else None


def pools(target: Target, inputs: Sequence[Stack]) -> Iterator[Problem]:
    """Windows with as many places as the lines have numbers."""
    sizes = [count(line.operands) for line in target.lines]
    size = max(set(sizes), key=sizes.count) if sizes else 4
    side = math.isqrt(size)
    if side * side != size:
        return
    for image, stride, padding in product(inputs, dict.fromkeys((side, 1, 2, 3)), (0, 1)):
        if padding <= side // 2 and min(image.shape) + 2 * padding >= side and could_be(target, image):
            x = image.values if image.depth > 1 else image.values[0]
            problem = {"type": "pool", "dims": 2, "mode": target.kind, "input": x, "kernel_size": side}
            yield problem | ({"stride": stride} if stride != side else {}) | ({"padding": padding} if padding else {})


def fitted(target: Target, solved: Solved, trusted: bool = False) -> Fit:
    """The cells of the lines in this problem, and what agrees with it; their names may be `trusted`."""
    cells = cells_of(target, solved, trusted)
    telling = [pair for pair in zip(target.lines, cells, strict=True) if tells(pair[0].operands)]
    agreeing = sum(
        cell in solved.steps and agrees(line.operands, solved.steps[cell])
        for line, cell in telling if cell is not None
    )  # fmt: skip
    total = sum(math.prod(m.shape) for m in target.answers) + len(target.values)
    wrong = sum(1 for _ in answers_against(target, solved)) + sum(1 for _ in values_against(target, solved))
    return Fit(solved, cells, agreeing, len(telling), total - wrong, total)


def tells(operands: Operands) -> bool:
    """Whether a line says anything of what it reads: a product that is not 0."""
    return bool(operands.window) or any(pair.product for pair in (*operands.pairs, *operands.alone))


def cells_of(target: Target, solved: Solved, trusted: bool) -> tuple[Cell | None, ...]:
    """Of each line the cell: as it is named, else by its position, its operands, or the one left between two."""
    named = [resolved(line, target.base, solved.shape) for line in target.lines]
    if all(cell is not None for cell in named) and (trusted or all(line.claim.cell for line in target.lines)):
        return tuple(named)
    if all(cell is not None and cell in solved.steps for cell in named) and agree_somewhere(target, named, solved):
        return tuple(named)
    order = sorted(solved.steps)
    fits = [agrees(line.operands, solved.steps[cell]) for line, cell in zip(target.lines, order, strict=False)]
    if len(target.lines) == len(order) and 2 * sum(fits) > len(order):
        return tuple(order)
    found: list[Cell | None] = []
    for line in target.lines:
        matches = [cell for cell in order if agrees(line.operands, solved.steps[cell])]
        later = [cell for cell in matches if not found or found[-1] is None or cell > found[-1]]
        best = later or matches
        found.append(best[0] if best else None)
    return tuple(between(found, order))


def resolved(line: Line, base: int, shape: Sequence[int]) -> Cell | None:
    """A line's index counted from 0; corners in words are of the output's shape."""
    if line.cell is None or len(line.cell) != len(shape):
        return None
    if line.corner:
        return tuple(i % size if i < 0 else i - 1 for i, size in zip(line.cell, shape, strict=True))
    return tuple(i - base for i in line.cell)


def agree_somewhere(target: Target, cells: Sequence[Cell | None], solved: Solved) -> bool:
    return any(
        cell is not None and agrees(line.operands, solved.steps[cell])
        for line, cell in zip(target.lines, cells, strict=True)
    )  # fmt: skip


def between(cells: list[Cell | None], order: list[Cell]) -> Iterator[Cell | None]:
    """A line that fits no cell takes the one that its neighbours leave, where they leave exactly as many as lines."""
    known = [(i, order.index(cell)) for i, cell in enumerate(cells) if cell is not None]
    for i, cell in enumerate(cells):
        before = max((k for k in known if k[0] < i), default=(-1, -1))
        after = min((k for k in known if k[0] > i), default=(len(cells), len(order)))
        even = after[0] - before[0] == after[1] - before[1]
        yield cell if cell is not None else order[before[1] + i - before[0]] if even and known else None
