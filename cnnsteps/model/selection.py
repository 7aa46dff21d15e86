"""Which expansions are asked for: `--cells 1,1; 2,:; 1:3,2`."""

from __future__ import annotations

import math
import re
from functools import cached_property
from itertools import product

import numpy as np

from cnnsteps.errors import UsageError
from cnnsteps.numbers.tensor import Positions
from cnnsteps.text import excerpt

RANGE = re.compile(r"(\d*)(:?)(\d*)")


class Selection:
    """Boxes of cells of an answer; all of it where `boxes` is None."""

    def __init__(self, shape: tuple[int, ...], boxes: tuple[tuple[range, ...], ...] | None = None) -> None:
        self.shape = shape
        self.boxes = boxes

    @property
    def count(self) -> int:
        """How many cells, or, where boxes overlap, at most how many."""
        if self.boxes is None:
            return math.prod(self.shape)
        # Not len(range), which is limited to what a machine counts.
        return min(sum(math.prod(r.stop - r.start for r in box) for box in self.boxes), math.prod(self.shape))

    @property
    def asked(self) -> int | None:
        """How many cells, where they are not all."""
        return None if self.boxes is None else self.count

    def within(self, start: int, stop: int) -> Positions | range:
        """The flat positions from start to stop, ascending."""
        if self.boxes is None:
            return range(start, stop)
        return self.chosen[np.searchsorted(self.chosen, start) : np.searchsorted(self.chosen, stop)]

    @cached_property
    def chosen(self) -> Positions:
        return np.unique(np.concatenate([flat(box, self.shape) for box in self.boxes or ()]))


def first_cells(shape: tuple[int, ...], most: int) -> Selection:
    """The first `most` cells in row-major order; all of them where there are no more."""
    if most >= math.prod(shape):
        return Selection(shape)
    boxes: list[tuple[range, ...]] = []
    before: tuple[range, ...] = ()
    left = most
    for i in range(len(shape)):
        inner = math.prod(shape[i + 1 :])
        whole, left = divmod(left, inner)
        if whole:
            boxes.append((*before, range(whole), *(range(n) for n in shape[i + 1 :])))
        before = (*before, range(whole, whole + 1))
    return Selection(shape, tuple(boxes))


def flat(box: tuple[range, ...], shape: tuple[int, ...]) -> Positions:
    if not shape:
        return np.zeros(1, np.int64)
    indices = np.meshgrid(*(np.arange(r.start, r.stop) for r in box), indexing="ij")
    return np.ravel_multi_index(tuple(indices), shape).reshape(-1)


def parse_cells(spec: str | None, shape: tuple[int, ...], base: int, spatial: int = 1) -> Selection:
    """The cells of a SPEC: parts with `;`, an entry a dimension with `,`, `:` for all, `a:b` from a to b.

    A part with an entry for each of the `spatial` dimensions only holds for every filter and
    batch item. UsageError where it can't be read or points outside the answer.
    """
    if spec is None:
        return Selection(shape)
    parts = [part.strip() for part in spec.split(";")]
    if not any(parts):
        raise UsageError(f"--cells {excerpt(repr(spec))} names no cell; write it as 1,1 or 2,: or 1:3,2")
    boxes = [box for part in parts if part for box in parse_part(part, shape, base, spatial)]
    return Selection(shape, tuple(dict.fromkeys(boxes)))


def parse_part(part: str, shape: tuple[int, ...], base: int, spatial: int) -> list[tuple[range, ...]]:
    entries, given = part.split(","), f"--cells {excerpt(repr(part))}"
    if len(entries) > len(shape):
        raise UsageError(f"{given} has {len(entries)} entries, but the answer has rank {len(shape)}")
    lead = shape[: len(shape) - len(entries)]
    if len(entries) < spatial:
        has = f"{len(entries)} entr{'y' if len(entries) == 1 else 'ies'}"
        raise UsageError(f"{given} has {has}, but the answer has rank {len(shape)}; : stands for all")
    box = tuple(
        parse_entry(entry.strip(), given, size, base) for entry, size in zip(entries, shape[len(lead) :], strict=True)
    )
    return [(*(range(i, i + 1) for i in index), *box) for index in product(*(range(n) for n in lead))]


def parse_entry(entry: str, given: str, size: int, base: int) -> range:
    """`3`, `1:3` (both ends belong to it), `2:`, `:2` or `:` as a range from 0."""
    found = RANGE.fullmatch(entry)
    if not entry or found is None or max(map(len, found.groups())) > 18:
        raise UsageError(f"{given}: {excerpt(repr(entry))} is neither an index nor a range like 1:3")
    first, colon, last = found.groups()
    start = int(first) if first else base
    stop = int(last) if last else (size - 1 + base if colon else start)
    if not base <= start <= stop <= size - 1 + base:
        message = f"{given}: {excerpt(entry)} lies outside {base}:{size - 1 + base}, the answer's indices there"
        raise UsageError(message)
    return range(start - base, stop - base + 1)
