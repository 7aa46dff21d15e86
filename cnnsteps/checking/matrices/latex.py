r"""bmatrix and its kin, and array: rows end with \\, cells with &; an end that lost a backslash is read as meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnsteps.checking.matrices import Cell, Matrix, cell, matrix

EXAMPLES = {
    r"\begin{bmatrix} 15 & 16 \\ 6 & 15 \end{bmatrix}": [[15, 16], [6, 15]],
    r"\begin{pmatrix}1&2\\3&4\\\end{pmatrix}": [[1, 2], [3, 4]],
    r"\begin{array}{cc} 1 & \mathbf{2} \\ -3 & 4 \end{array}": [[1, 2], [-3, 4]],
    r"\begin{bmatrix} 1 & 2 \ 3 & 4 \end{bmatrix}": [[1, 2], [3, 4]],
    r"\begin{vmatrix} \frac{1}{2} & 2 \cr 3 & 4 \end{vmatrix}": [["1/2", 2], [3, 4]],
    r"egin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}": [[1, 2], [3, 4]],
}  # fmt: skip
BEGIN = re.compile(r"(?:\\b|(?<![A-Za-z\\]))egin\{([bpvBV]?matrix\*?|smallmatrix|array|tabular)\}")
COLUMNS = re.compile(r"[ \t]*(?:\[[a-z]\])?[ \t]*\{")
ROW = re.compile(r"\\\\\*?(?:\[[^\]\n]{0,20}\])?(?:\\noalign\{[^}\n]{0,40}\})?|\\cr\b|\\tabularnewline\b")
LOST_ROW = re.compile(r"\\\\|\\cr\b|\\(?=[ \t\n])|\n")
RULES = re.compile(r"\\hline\b|\\(?:top|mid|bottom)rule\b")
MOST = 200_000
"""Characters of one matrix."""


def find(text: str) -> Iterator[Matrix]:
    at = 0
    while begun := BEGIN.search(text, at):
        name = begun[1]
        stop = text.find(f"\\end{{{name}}}", begun.end(), begun.end() + MOST)
        at = begun.end()
        if stop < 0:
            continue
        start = body_start(text, begun.end(), stop) if name in ("array", "tabular") else begun.end()
        at = end = stop + len(name) + 6
        body = text[start:stop]
        if "=" in body or "begin{" in body:
            at = begun.end()
            continue
        rows = rows_of(text, start, stop, ROW)
        found = matrix(rows, begun.start(), end)
        if not found.rows or len(found.rows) == 1:
            repaired = matrix(rows_of(text, start, stop, LOST_ROW), begun.start(), end)
            found = repaired if repaired.rows else found
        yield found


def body_start(text: str, start: int, stop: int) -> int:
    """Behind the columns of an array, whose braces may nest."""
    opening = COLUMNS.match(text, start, stop)
    if not opening:
        return start
    depth = 1
    for i in range(opening.end(), min(stop, opening.end() + 200)):
        depth += (text[i] == "{") - (text[i] == "}")
        if depth == 0:
            return i + 1
    return start


def rows_of(text: str, start: int, stop: int, row_end: re.Pattern[str]) -> list[list[Cell | None]]:
    """The cells of each row; what is empty at the end is no row."""
    rows = []
    at = start
    for end, after in [*((m.start(), m.end()) for m in row_end.finditer(text, start, stop)), (stop, stop)]:
        while rule := RULES.match(text, at + leading_spaces(text, at, end), end):
            at = rule.end()
        if text[at:end].strip(" \t\n\r{}\\"):
            rows.append(cells_of(text, at, end))
        at = after
    return rows


def leading_spaces(text: str, start: int, stop: int) -> int:
    return stop - start - len(text[start:stop].lstrip())


def cells_of(text: str, start: int, stop: int) -> list[Cell | None]:
    found: list[Cell | None] = []
    for part in text[start:stop].split("&"):
        found.append(cell(text, start, start + len(part)))
        start += len(part) + 1
    return found
