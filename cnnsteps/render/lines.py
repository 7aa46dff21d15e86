"""Where long expressions go on in the next line: at our own places, by estimated width."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from cnnsteps.model.expr import Chain
from cnnsteps.render.notation import (
    BETWEEN,
    BREAK,
    FIRST_RELATION,
    FIRST_SLOT,
    INNER_BREAK,
    INNER_PREFER,
    PREFER,
    Notation,
    relation_mark,
)  # fmt: skip

RELATION_LEVEL = 3
WELL_FILLED = 0.6
LEVELS = {BREAK: 0, PREFER: 1, BETWEEN: 2, INNER_BREAK: 0, INNER_PREFER: 1}
MARKS = re.compile(f"([{''.join(LEVELS)}])")
PLACEHOLDER = re.compile("([\ue100-\uf8ff\U000f0000-\U0010ffff])")


class Segment(NamedTuple):
    """A piece that stays in one line; `level` says how good a break before it would be."""

    text: str
    level: int
    width: float
    inside: bool = False
    """It stands within brackets that opened before it."""


class Measure(NamedTuple):
    """The room of a line and how texts are measured, in the format's unit."""

    line: float
    width: Callable[[str], float]
    length: Callable[[str], int] = len
    """How many columns a text takes where it is written, which aligns the source."""
    indent: float = 0
    """What a continued line loses."""
    inner: float = 0
    """What it loses besides, where it goes on within brackets."""

    def room(self, name: float, line: list[Segment], first: bool) -> float:
        """What is left for a line behind the name."""
        return self.line - name - (0 if first else self.indent + self.inner * line[0].inside)


def segments(
    chain: Chain, notation: Notation, measure: Measure, slots: dict[int, float], row: int = 0
) -> list[Segment]:
    """The chain link by link, each after the first behind its relation, split at the marks."""
    return split([notation.write(link, row) for link in chain], measure, slots)


def split(links: list[str], measure: Measure, slots: dict[int, float]) -> list[Segment]:
    """The same of links that are written already."""
    found: list[Segment] = []
    for i, link in enumerate(links):
        parts = MARKS.split(f" {relation_mark(i)} {link}")
        found.append(segment(parts[0], RELATION_LEVEL, measure, slots))
        for mark, part in zip(parts[1::2], parts[2::2], strict=True):
            found.append(segment(part, LEVELS[mark], measure, slots, mark in (INNER_BREAK, INNER_PREFER)))
    return found


def segment(text: str, level: int, measure: Measure, slots: dict[int, float], inside: bool = False) -> Segment:
    width = 0.0
    literal = PLACEHOLDER.sub("", text)
    for mark in PLACEHOLDER.findall(text):
        code = ord(mark)
        width += slots.get(code - FIRST_SLOT, 0.0) if code >= FIRST_SLOT else measure.width("=")
        assert code >= FIRST_RELATION
    return Segment(text, level, width + measure.width(literal), inside)


def wrapped(found: list[Segment], name_width: float, measure: Measure) -> list[list[Segment]]:
    """The segments in lines. What overflows goes on at the best break of its line, the last of equals."""
    lines: list[list[Segment]] = [[]]
    room = measure.line - name_width
    for piece in found:
        line = lines[-1]
        line.append(piece)
        if len(line) > 1 and sum(s.width for s in line) > measure.room(name_width, line, len(lines) == 1):
            best = max(range(1, len(line)), key=partial(worth, line, room))
            lines[-1], rest = line[:best], line[best:]
            lines.append(rest)
            left = measure.room(name_width, rest, first=False)
            if sum(s.width for s in rest) > left and len(rest) > 1:
                lines[-1:] = wrapped_again(rest, left)
    return lines


def worth(line: list[Segment], room: float, at: int) -> tuple[int, int]:
    """How good a break before segment `at` is; one at a row of the window has to leave the line well filled."""
    level = line[at].level
    if level == LEVELS[PREFER] and sum(s.width for s in line[:at]) <= room * WELL_FILLED:
        level = LEVELS[BREAK]
    return level, at


def wrapped_again(rest: list[Segment], room: float) -> list[list[Segment]]:
    """What a better break left is still too long: break at its last place."""
    return [rest[:-1], rest[-1:]] if sum(s.width for s in rest[:-1]) <= room else [[s] for s in rest]


def compose(name: str, lines: list[list[Segment]], notation: Notation, indent: int) -> str:
    """One row in the format's notation, placeholders and all."""
    out = name + notation.text("align")
    for i, line in enumerate(lines):
        for j, piece in enumerate(line):
            if i and j == 0:
                wrap = "wrap_relation" if piece.level == RELATION_LEVEL else "wrap_inside" if piece.inside else "wrap"
                out = out.rstrip(" ") + notation.macro(wrap, indent) + piece.text.lstrip(" ")
            else:
                out += piece.text if i or j else piece.text.lstrip(" ")
    return out
