"""Matrices beside and below one another, as large as they are or as the screen has room for."""

from __future__ import annotations

from itertools import groupby

from cnnsteps.walk.picture import Matrix, draw
from cnnsteps.walk.screen import Line, Screen, filled, width
from cnnsteps.walk.writing import Writing

GAP = 3
FEW = 6
"""Of a larger matrix at least so many lines."""


def bands(matrices: list[Matrix], across: int) -> list[list[Matrix]]:
    """The matrices in rows, as many in each as fit; slices of one tensor stay together if they can."""
    found: list[list[Matrix]] = []
    used = 0
    for _, slices in groupby(matrices, key=lambda matrix: matrix.caption[0]):
        group = list(slices)
        whole = sum(matrix.width + GAP for matrix in group) - GAP
        for n, matrix in enumerate(group):
            wanted = whole if n == 0 and whole <= across else matrix.width
            if not found or used + GAP + wanted > across:
                found.append([])
                used = -GAP
            found[-1].append(matrix)
            used += GAP + matrix.width
    return found


def tall(rows: list[list[Matrix]]) -> int:
    return sum(max(m.height for m in band) for band in rows) + len(rows) - 1


def fits(matrices: list[Matrix], across: int, down: int) -> bool:
    """All of them can be seen whole."""
    return all(m.width <= across for m in matrices) and tall(bands(matrices, across)) <= down


def shares(matrices: list[Matrix], across: int) -> list[int]:
    """The room of each in one row: the small ones what they need, the others the same."""
    room = across - GAP * (len(matrices) - 1)
    found = [0] * len(matrices)
    order = sorted(range(len(matrices)), key=lambda n: matrices[n].width)
    for done, n in enumerate(order):
        found[n] = max(1, min(matrices[n].width, room // (len(matrices) - done)))
        room -= found[n]
    return found


def panels(matrices: list[Matrix], across: int, down: int, brackets: bool, writing: Writing) -> Screen:
    """All matrices in this room; those that are too large are scrolled."""
    if fits(matrices, across, down):
        rows, widths = bands(matrices, across), [m.width for m in matrices]
        heights = [max(m.height for m in band) for band in rows]
    else:
        rows, heights = shared(matrices, across, down)
        widths = [w for band in rows for w in shares(band, across)]
    lines: list[Line] = []
    spots = []
    taken = 0
    for band, height in zip(rows, heights, strict=True):
        if lines:
            lines.append(())
        block: list[Line] = [()] * height
        for matrix in band:
            drawn = draw(matrix, widths[taken], height, brackets, writing)
            taken += 1
            left = width(block[0])
            left += GAP if left else 0
            spots += [spot.moved(len(lines), left) for spot in drawn.spots]
            block = [(*filled(block[n], left), *drawn.lines[n]) if n < len(drawn.lines) else block[n]
                     for n in range(height)]  # fmt: skip
        while block and not "".join(span.text for span in block[-1]).strip():
            block.pop()
        lines += block
    return Screen(tuple(lines), tuple(spots))


def shared(matrices: list[Matrix], across: int, down: int) -> tuple[list[list[Matrix]], list[int]]:
    """Too large to be seen whole: long flat ones below one another where there is room, the others side by side."""
    flat = [m for m in matrices if m.rows == 1 and m.width > across // 3]
    rest = [m for m in matrices if m not in flat]
    heights = [m.height for m in flat]
    room = down - sum(heights) - len(flat)
    if flat and (not rest or room >= min(max(m.height for m in rest), FEW)):
        rows = [[m] for m in flat] + ([rest] if rest else [])
        return rows, heights + ([min(max(m.height for m in rest), room)] if rest else [])
    return [matrices], [min(down, max(m.height for m in matrices))]
