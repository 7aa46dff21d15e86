"""A Markdown table of numbers alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnsteps.checking.matrices import Cell, Matrix, cell, matrix

EXAMPLES = {
    "|   |   |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n": [[1, 2], [3, 4]],
    "| 1 | 2 |\n|---|---|\n| 3 | 4 |\n": [[1, 2], [3, 4]],
}
LINE = re.compile(r"^[ \t>]{0,20}\|([^\n]{1,2000})\|[ \t]*$", re.MULTILINE)
RULE = re.compile(r"[-:| \t]+\Z")


def find(text: str) -> Iterator[Matrix]:
    rows: list[list[Cell | None]] = []
    start = end = 0
    ruled = False
    for match in [*LINE.finditer(text), None]:
        if match is None or ((rows or ruled) and match.start() != end + 1):
            if ruled and len(rows) > 1:
                yield matrix(rows, start, end)
            rows, ruled = [], False
        if match is None:
            return
        if not rows and not ruled:
            start = match.start()
        end = match.end()
        if RULE.match(match[1]) and "-" in match[1]:
            ruled = True
        elif match[1].strip(" |\t"):
            rows.append(list(cells(text, match.start(1), match[1])))


def cells(text: str, at: int, line: str) -> Iterator[Cell | None]:
    for part in line.split("|"):
        yield cell(text, at, at + len(part))
        at += len(part) + 1
