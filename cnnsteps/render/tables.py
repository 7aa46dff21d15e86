"""A table in columns of characters: the first to the left, the others to the right, a rule under the header."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest

from cnnsteps.records import NamedTuple

GAP = 2


class Table(NamedTuple):
    """Cells of text; a name in the header may have several lines."""

    header: list[str]
    rows: list[list[str]]
    columns: Callable[[str], int]
    """How many columns a text takes."""

    @property
    def heads(self) -> list[list[str]]:
        """The header's lines, the last of each name at the bottom."""
        turned = zip_longest(*(name.split("\n")[::-1] for name in self.header), fillvalue="")
        return [list(line) for line in turned][::-1]

    @property
    def widths(self) -> list[int]:
        return [max(map(self.columns, column)) for column in zip(*self.heads, *self.rows, strict=True)]

    @property
    def width(self) -> int:
        return sum(self.widths) + GAP * (len(self.header) - 1)

    def text(self, rule: str) -> str:
        widths = self.widths
        heads = [self.line(row, widths) for row in self.heads]
        return "\n".join([*heads, rule * self.width, *(self.line(row, widths) for row in self.rows)])

    def line(self, row: list[str], widths: list[int]) -> str:
        cells = [
            cell + " " * (width - self.columns(cell)) if i == 0 else " " * (width - self.columns(cell)) + cell
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return (" " * GAP).join(cells).rstrip()

    def parts(self, line: float, dots: str) -> Iterator[Table]:
        """Tables of some of the columns, each behind the first, whose long cells are cut in the middle."""
        most = int(line // 3)
        rows = [[cut(row[0], most, dots), *row[1:]] for row in self.rows]
        widths = Table(self.header, rows, self.columns).widths
        chosen: list[int] = [0]
        for i, width in enumerate(widths[1:], 1):
            if len(chosen) > 1 and sum(widths[j] + GAP for j in chosen) + width > line:
                yield self.of(chosen, rows)
                chosen = [0]
            chosen.append(i)
        yield self.of(chosen, rows)

    def of(self, chosen: list[int], rows: list[list[str]]) -> Table:
        return Table([self.header[i] for i in chosen], [[row[i] for i in chosen] for row in rows], self.columns)


def cut(text: str, most: int, dots: str) -> str:
    """The beginning and the end of a text that is too long."""
    if len(text) <= most:
        return text
    left = max((most - len(dots)) // 2, 1)
    return text[:left] + dots + text[len(text) - max(most - len(dots) - left, 1) :]
