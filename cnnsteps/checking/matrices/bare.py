"""Rows of numbers with nothing around them, at least two below each other, also several matrices side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnsteps.checking.matrices import Cell, Matrix, cell, matrix

EXAMPLES = {
    "1 2 3\n4 5 6\n": [[1, 2, 3], [4, 5, 6]],
    "[ 1  2\n  3  4 ]": [[1, 2], [3, 4]],
    "  1.5 | -2\n  3   |  4\n": [["3/2", -2], [3, 4]],
}
LINE = re.compile(
    r"^[ \t>#/[]{0,40}([-−]?[0-9.]+(?:(?:[ \t]*[,|&][ \t]*|[ \t]+)[-−]?[0-9./]+){1,200})[ \t\]]{0,8}$", re.MULTILINE
)
PART = re.compile(r"[^\s,|&]+")


def find(text: str) -> Iterator[Matrix]:
    rows: list[list[Cell | None]] = []
    start = end = -2
    for match in [*LINE.finditer(text), None]:
        follows = match is not None and match.start() == end + 1
        cells = [] if match is None else [cell(text, *p.span()) for p in PART.finditer(text, *match.span(1))]
        if not follows or (rows and len(cells) != len(rows[0])):
            if len(rows) > 1:
                yield matrix(rows, start, end)
            rows = []
        if match is None:
            return
        if not rows:
            start = match.start()
        rows.append(cells)
        end = match.end()
