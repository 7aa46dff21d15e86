"""What is on the screen, as plain data: lines of spans, and the spots that a mouse can press."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from cnnsteps.formats.terminal import columns
from cnnsteps.records import NamedTuple

HELD = "\xa0"
"""A space at which no line breaks."""


class Size(NamedTuple):
    columns: int
    rows: int


class Span(NamedTuple):
    """Text on one line, and what it is: how that looks is `look.py`'s matter."""

    text: str
    role: str = ""


Line: TypeAlias = tuple[Span, ...]


class Spot(NamedTuple):
    """Cells of one row of the screen, counted from 0, and what pressing them does."""

    row: int
    first: int
    last: int
    does: str
    which: int = 0
    step: int = 0
    """Every so many columns it is the next `which`."""
    of: str = ""

    def moved(self, rows: int, across: int) -> Spot:
        return self._replace(row=self.row + rows, first=self.first + across, last=self.last + across)


class Screen(NamedTuple):
    lines: tuple[Line, ...]
    spots: tuple[Spot, ...] = ()

    def at(self, row: int, column: int) -> Spot | None:
        """What lies under the mouse."""
        found = next((s for s in self.spots if s.row == row and s.first <= column <= s.last), None)
        if found is None or not found.step:
            return found
        return found._replace(which=found.which + (column - found.first) // found.step)

    def text(self) -> str:
        """The screen without its looks."""
        return "".join("".join(span.text for span in line).rstrip() + "\n" for line in self.lines)


def width(line: Iterable[Span]) -> int:
    return sum(columns(span.text) for span in line)


def filled(line: Line, to: int) -> Line:
    """The line with spaces up to this width."""
    missing = to - width(line)
    return (*line, Span(" " * missing)) if missing > 0 else line


def cut(line: Line, to: int, dots: str) -> Line:
    """No more of the line than fits."""
    if width(line) <= to:
        return line
    room, kept = to - columns(dots), []
    for span in line:
        text = span.text
        while text and columns(text) > room:
            text = text[:-1]
        kept.append(span._replace(text=text))
        room -= columns(text)
        if text != span.text:
            break
    return (*kept, Span(dots, "dim"))


def ends(left: Line, right: Line, to: int, dots: str) -> Line:
    """One part at each end of a line; where there is too little room, the left one is cut."""
    left = cut(left, max(to - width(right) - 2, 4), dots)
    return cut((*filled(left, to - width(right)), *right), to, dots)


def wrapped(spans: Iterable[Span], to: int) -> Iterator[Line]:
    """Words in lines of this width."""
    line: list[Span] = []
    used = 0
    for span in spans:
        for word in span.text.split(" "):
            if not word:
                continue
            if used and used + 1 + columns(word) > to:
                yield tuple(line)
                line, used = [], 0
            gap = " " if used else ""
            line.append(Span(gap + word, span.role))
            used += len(gap) + columns(word)
    if line:
        yield tuple(line)


def unbroken(text: str) -> str:
    """Words that stay on one line."""
    return text.replace(" ", HELD)


def released(line: Line) -> Line:
    """With spaces again."""
    return tuple(span._replace(text=span.text.replace(HELD, " ")) for span in line)


def trimmed(screen: Screen) -> Screen:
    """Without empty lines at its end."""
    lines = list(screen.lines)
    while lines and not "".join(span.text for span in lines[-1]).strip():
        lines.pop()
    return screen._replace(lines=tuple(lines))
