"""Rows in brackets of their own, below each other in the same columns, that hold one number or one sum each.

[1×2 + 3×1]   [5]       x = [1]  − 0.5 × [28]
[0×2 + 1×1] = [1]           [−1]         [14]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnsteps.checking.matrices import Cell, Matrix, cell, matrix

EXAMPLES = {
    "[+3]\n[-1]": [[3], [-1]],
    "x = [1]\n    [-1]": [[1], [-1]],
    "[0 + 1 - 1 + 3]\n[1 - 3 + 0 + 1]": [[3], [-1]],
}
GROUP = re.compile(r"\[([^\[\]\n=]{1,400})\]")
CANDIDATE = re.compile(r"^[^\n\[]*\[[^\n]*$", re.MULTILINE)
GROUPS = re.compile(r"(?:[ \t>#]|(?<=\])[ \t]*[=×*·][ \t]*|\[[^\[\]\n=]{1,400}\])+")
"""A line of nothing but brackets."""
SLACK = 1
"""Columns by which a row may stand beside the one above it."""


def find(text: str) -> Iterator[Matrix]:
    going: dict[int, list[re.Match[str]]] = {}
    end = -1
    for line in [*CANDIDATE.finditer(text), None]:
        at, stop = line.span() if line is not None else (len(text) + 2, len(text) + 2)
        groups = list(GROUP.finditer(text, at, stop))
        below = at == end + 1 and GROUPS.fullmatch(text[at:stop].rstrip()) is not None
        end = stop
        kept: dict[int, list[re.Match[str]]] = {}
        for group in groups:
            column = group.start() - at
            above = next((c for c in going if abs(c - column) <= SLACK), None) if below else None
            kept[column] = [*(going.pop(above) if above is not None else []), group]
        for rows in going.values():
            if len(rows) > 1:
                yield matrix([cells_of(text, row) for row in rows], rows[0].start(), rows[-1].end())
        going = kept


def cells_of(text: str, row: re.Match[str]) -> list[Cell | None]:
    """One number or sum."""
    return [cell(text, *row.span(1))]
