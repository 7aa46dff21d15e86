"""A matrix as it is drawn: coordinates around it, what the step reads lit, scrolled to where that is."""

from __future__ import annotations

from collections.abc import Callable

from cnnsteps.formats.terminal import columns
from cnnsteps.records import NamedTuple
from cnnsteps.walk.screen import Line, Span, Spot, cut, filled
from cnnsteps.walk.writing import Writing

LEAST = 1


class Marks(NamedTuple):
    """Which cells of a slice are lit, which one the term has just read, and in what colour."""

    role: str
    lit: frozenset[tuple[int, int]] = frozenset()
    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    now: tuple[int, int] | None = None

    @property
    def focus(self) -> tuple[int, int, int, int]:
        """The first and last row and column of what has to be in view."""
        rows, columns = self.rows or (0,), self.columns or (0,)
        return min(rows), max(rows), min(columns), max(columns)


def marks_of(role: str, places: list[int], columns: int, now: int | None) -> Marks:
    """Of flat positions in a slice with so many columns."""
    lit = frozenset(divmod(place, columns) for place in places)
    return Marks(
        role, lit, frozenset(i for i, _ in lit), frozenset(j for _, j in lit),
        None if now is None else divmod(now, columns),
    )  # fmt: skip


class Matrix(NamedTuple):
    """One slice of a tensor: `cell` writes a number and says its role where that is its own."""

    caption: tuple[str, ...]
    """Its name, and which slice it is."""
    rows: int
    columns: int
    cell: Callable[[int, int], Span]
    widest: int
    marks: Marks
    does: str = "cell"
    """What pressing a cell does."""
    first: int = 0
    """The flat position of its first cell."""
    bases: tuple[int, int] = (1, 1)
    """The number of the first row, and of the first column."""

    @property
    def head(self) -> int:
        """The width of the row numbers, their space and the bracket."""
        return (longest(self.rows, self.bases[0]) + 1 if self.rows > 1 else 0) + 1

    @property
    def step(self) -> int:
        return max(self.widest, longest(self.columns, self.bases[1])) + 2

    @property
    def width(self) -> int:
        return max(self.head + self.columns * self.step + 1, *map(columns, self.caption))

    @property
    def height(self) -> int:
        """With its caption and the column numbers."""
        return self.rows + self.above

    @property
    def above(self) -> int:
        return len(self.caption) + 1

    def fitting(self, room: int) -> int:
        """How many columns there is room for."""
        return max(LEAST, min(self.columns, (room - self.head - 1) // self.step))


def longest(count: int, base: int) -> int:
    """The width of the numbers of so many rows or columns."""
    return max(len(str(base)), len(str(base + count - 1)))


class Drawn(NamedTuple):
    lines: list[Line]
    spots: list[Spot]


def view(size: int, room: int, focus: tuple[int, int], now: int | None) -> range:
    """As many places as there is room for, around the window, or where that is too large around what is read now."""
    if size <= room:
        return range(size)
    first, last = focus
    if last - first + 1 > room and now is not None:
        first = last = now
    start = first - max(0, room - (last - first + 1)) // 2
    start = max(0, min(start, size - room))
    return range(start, start + room)


def draw(matrix: Matrix, width: int, height: int, brackets: bool, writing: Writing) -> Drawn:
    """The matrix in this room; where it goes on, dotted edges."""
    marks, signs = matrix.marks, writing.signs
    top, foot, left, right = marks.focus
    across = view(matrix.columns, matrix.fitting(width), (left, right), marks.now and marks.now[1])
    down = view(matrix.rows, max(1, height - matrix.above), (top, foot), marks.now and marks.now[0])
    captions = [(Span(text, "head" if n == 0 else "dim"),) for n, text in enumerate(matrix.caption)]
    lines = [*(cut(caption, width, signs.dots) for caption in captions), header(matrix, across)]
    spots: list[Spot] = []
    head, step = matrix.head, matrix.step
    for n, i in enumerate(down):
        more = signs.down if across.start else ""
        line = [*row_head(matrix, i), Span(edge(signs.left, n, len(down), more, brackets), "rule")]
        line += cells(matrix, i, across, step - 2, brackets)
        more = signs.down if across.stop < matrix.columns else ""
        line.append(Span(edge(signs.right, n, len(down), more, brackets), "rule"))
        lines.append(tuple(line))
        place = matrix.first + i * matrix.columns + across.start
        last = head + step * len(across) - 1
        spots.append(Spot(n + matrix.above, head, last, matrix.does, place, step, matrix.caption[0]))
    return Drawn([filled(line, width) for line in lines], spots)


def edge(ends: str, n: int, count: int, more: str, brackets: bool) -> str:
    """The bracket in this row: its top, middle or foot; brackets that mark a window want another one."""
    if more:
        return more
    if count == 1:
        return "|" if brackets else "[" if ends[0] in "⎡[" else "]"
    return ends[0] if n == 0 else ends[2] if n == count - 1 else ends[1]


def header(matrix: Matrix, across: range) -> Line:
    """The numbers of the columns."""
    spans = [Span(" " * matrix.head)]
    for j in across:
        text = str(j + matrix.bases[1]).rjust(matrix.step - 1) + " "
        spans.append(Span(text, "head" if j in matrix.marks.columns else "dim"))
    return tuple(spans)


def row_head(matrix: Matrix, i: int) -> list[Span]:
    if matrix.rows == 1:
        return []
    text = str(i + matrix.bases[0]).rjust(matrix.head - 2) + " "
    return [Span(text, "head" if i in matrix.marks.rows else "dim")]


def cells(matrix: Matrix, i: int, across: range, room: int, brackets: bool) -> list[Span]:
    """Numbers between what marks them; the lit ones touch, so that a window is one area."""
    marks, found = matrix.marks, [Span("")]
    is_lit = i in marks.rows
    for j in across:
        text, role = matrix.cell(i, j)
        if len(text) < room:
            text = text.rjust(room)
        elif columns(text) > room:
            text = text[: room - 1] + "…"
        left, right = " ", " "
        if is_lit and (i, j) in marks.lit:
            is_now = (i, j) == marks.now
            role = f"{marks.role} {'now' if is_now else 'lit'}"
            left, right = ("<>" if is_now else "[]") if brackets else "  "
        text = f"{left}{text}{right}"
        if found[-1].role == role:
            found[-1] = Span(found[-1].text + text, role)
        else:
            found.append(Span(text, role))
    return found
