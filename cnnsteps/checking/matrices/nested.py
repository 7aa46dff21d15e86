"""[[1, 2], [3, 4]], as Python, NumPy, torch and C++ write it, over several lines too; and [6, 8; 14, 16]."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnsteps.checking.matrices import Cell, Matrix, cell, matrix

EXAMPLES = {
    "[[1, 2], [3, 4]]": [[1, 2], [3, 4]],
    "array([[1., 2.5],\n       [3., 4.]])": [[1, "5/2"], [3, 4]],
    "[[ 1  2]\n [-3  4]]": [[1, 2], [-3, 4]],
    "{{1, 2}, {3, 4}}": [[1, 2], [3, 4]],
    "[6, 8; 14, 16]": [[6, 8], [14, 16]],
    "(1/9)[[1, 1], [1, 1]]": [[1, 1], [1, 1]],
}  # fmt: skip
OPENING = re.compile(r"\[\s{0,20}\[|\{\s{0,20}\{|\[(?=[^\[\]\n;]{1,200};[^\[\]\n]{1,400}\])")
INNER = re.compile(r"[\[{]([^\[\]{}]{0,4000})[\]}]")
BETWEEN = re.compile(r"[\s,;]{0,40}")
NUMBER = re.compile(r"[-−+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?(?:/[0-9]+)?|[^\s,;]+")


def find(text: str) -> Iterator[Matrix]:
    at = 0
    while begun := OPENING.search(text, at):
        at = begun.end()
        found = flat(text, begun.start()) if len(begun[0]) == 1 else rows_from(text, begun.start())
        if found is not None:
            at = found.end
            yield found


def rows_from(text: str, start: int) -> Matrix | None:
    """The rows in brackets of their own, up to the bracket that closes all."""
    rows: list[list[Cell | None]] = []
    at = start + 1
    while True:
        at += len(BETWEEN.match(text, at)[0])  # type: ignore[index]  # it matches nothing, too
        row = INNER.match(text, at)
        if not row:
            break
        rows.append(numbers_in(text, row.start(1), row.end(1)))
        at = row.end()
    closed = text[at : at + 1] in ("]", "}")
    return matrix(rows, start, at + 1) if rows and closed else None


def flat(text: str, start: int) -> Matrix | None:
    """Rows with semicolons between them."""
    stop = text.index("]", start)
    rows: list[list[Cell | None]] = []
    at = start + 1
    for part in text[at:stop].split(";"):
        if part.strip():
            rows.append(numbers_in(text, at, at + len(part)))
        at += len(part) + 1
    found = matrix(rows, start, stop + 1)
    return found if found.rows else None


def numbers_in(text: str, start: int, stop: int) -> list[Cell | None]:
    """The numbers of a row; Python's `1.` is 1."""
    found: list[Cell | None] = []
    for match in NUMBER.finditer(text, start, stop):
        end = match.end() - (match[0].endswith(".") and len(match[0]) > 1)
        found.append(cell(text, match.start(), end))
    return found
