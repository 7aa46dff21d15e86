"""Rows between drawn or plain brackets, one below the other, also several matrices side by side.

⎡ 1  2 ⎤   ┌ 1 2 ┐   │ 1 2 │   [1 2]   | 1 2 |
⎣ 3  4 ⎦   └ 3 4 ┘   │ 3 4 │   [3 4]   | 3 4 |
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from cnnsteps.checking.matrices import Cell, Matrix, cell, matrix
from cnnsteps.records import NamedTuple

EXAMPLES = {
    "⎡ 1  2 ⎤\n⎣ 3  4 ⎦": [[1, 2], [3, 4]],
    "┌ 1 2 ┐\n│ 3 4 │\n└ 5 6 ┘": [[1, 2], [3, 4], [5, 6]],
    "┌     ┐\n│ 3 4 │\n│ 5 6 │\n└     ┘": [[3, 4], [5, 6]],
    "[1 2]\n[3 -4]": [[1, 2], [3, -4]],
    "[1, 2]\n[3, 4]": [[1, 2], [3, 4]],
    "| 1 2 |\n| 3 4 |": [[1, 2], [3, 4]],
    "[ 1  2\n  3  4 ]": [[1, 2], [3, 4]],
    "⎡ [0][1] 2 ⎤\n⎣ [3][4] 5 ⎦": [[0, 1, 2], [3, 4, 5]],
}  # fmt: skip
ROW = re.compile(
    r"[⎡⎢⎣┌│└╭╰|┃](?P<drawn>[ \t0-9.,/\-−+\[\]()·*]{1,4000}?)[⎤⎥⎦┐│┘╮╯|┃]|"
    r"(?<![\w\])])\[(?P<plain>[ \t]*[-−+]?[.0-9/]+(?:[ \t,]+[-−+]?[.0-9/]+){1,400}[ \t]*)\](?![\w(\[])"
)
CANDIDATE = re.compile(r"^[^\n\[⎡⎢⎣┌│└|┃╭╰]*[\[⎡⎢⎣┌│└|┃╭╰][^\n]*$", re.MULTILINE)
FRAME = re.compile(r"[⎡┌╭]")
PART = re.compile(r"[^\s,\[\]]+")
LAST = "⎦┘╯"
SIGNS = ":：=≈*⊙⊗⊛→×]⎤⎡[>#"


class Part(NamedTuple):
    """One row of a matrix in a line: its columns there, and its place in the text."""

    left: int
    right: int
    start: int
    end: int
    cells: list[Cell | None]
    opens: bool
    closes: bool
    alone: bool
    """It can be a matrix of one row: nothing beside it but a name or a sign."""


def find(text: str) -> Iterator[Matrix]:
    waiting: list[list[Part]] = []
    end = -1
    for line in CANDIDATE.finditer(text):
        if line.start() > end + 1:
            waiting = yield from matched(waiting, [])
        waiting = yield from matched(waiting, list(parts_of(text, line.start(), line[0])))
        end = line.end()
    for column in waiting:
        yield from ended(column)


def matched(waiting: list[list[Part]], parts: list[Part]) -> Generator[Matrix, None, list[list[Part]]]:
    """Puts each part below the one in the same columns; those with nothing below are done."""
    going: list[list[Part]] = []
    for part in parts:
        above = next((c for c in waiting if fits(c[-1], part)), None)
        if above is not None:
            waiting.remove(above)
        going.append([*(above or []), part])
    for column in waiting:
        yield from ended(column)
    return going


def fits(above: Part, below: Part) -> bool:
    lengths = len(above.cells) == len(below.cells) or not above.cells or not below.cells
    return (
        lengths and not below.opens and not above.closes and min(above.right, below.right) > max(above.left, below.left)
    )


def ended(column: list[Part]) -> Iterator[Matrix]:
    rows = [part.cells for part in column if part.cells]
    if rows and (len(rows) > 1 or (column[0].alone and len(rows[0]) > 1)):
        yield matrix(rows, column[0].start, column[-1].end)


def parts_of(text: str, at: int, line: str) -> Iterator[Part]:
    for match in ROW.finditer(line):
        group = "drawn" if match["drawn"] is not None else "plain"
        if group == "plain" and not stands_apart(line, *match.span()):
            continue
        cells = [cell(text, at + p.start(), at + p.end()) for p in PART.finditer(line, *match.span(group))]
        yield Part(
            match.start(), match.end(), at + match.start(), at + match.end(), cells,
            FRAME.match(match[0]) is not None, match[0][-1] in LAST, is_alone(line, *match.span()),
        )  # fmt: skip


def stands_apart(line: str, start: int, end: int) -> bool:
    """No word right before it, as in "at [2,2]", and no value right behind it, as in "[0,1] = 5"."""
    before, after = line[:start], line[end:]
    bare = before.rstrip()
    return (not bare or bare[-1] in SIGNS or before.endswith(("  ", "\t"))) and (
        after[:2] == "  " or not after.lstrip().startswith(("=", ":", "≈"))
    )


def is_alone(line: str, start: int, end: int) -> bool:
    before, after = line[:start].rstrip(), line[end:].strip(" \r,.;$`")
    return (not before or before[-1] in SIGNS) and (not after or after[0] in SIGNS or line[end : end + 2] == "  ")
