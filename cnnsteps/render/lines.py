"""Where long expressions go on in the next line: at our own places, by estimated width."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from cnnsteps.model.expr import Chain
from cnnsteps.records import NamedTuple
from cnnsteps.render.notation import (
    BETWEEN,
    BREAK,
    FACTOR,
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
LEVELS = {FACTOR: -1, BREAK: 0, PREFER: 1, BETWEEN: 2, INNER_BREAK: 0, INNER_PREFER: 1}
MARKS = re.compile(f"([{''.join(LEVELS)}])")
PLACEHOLDER = re.compile("([\ue100-\ue1ff\U000f0000-\U0010ffff])")
"""The mark of a relation, a slot or an index. `re` goes through all of a range below 0x10000: the first is short."""


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


class Part(NamedTuple):
    """A segment whose slots have no widths yet."""

    text: str
    level: int
    inside: bool
    columns: tuple[int, ...]
    """The slots that stand in it, RELATION for a sign of equality."""
    literal: float
    """The width of all else."""


RELATION = -1


def segments(
    chain: Chain, notation: Notation, measure: Measure, slots: Mapping[int, float], row: int = 0
) -> list[Segment]:
    """The chain link by link, each after the first behind its relation, split at the marks."""
    return split([notation.write(link, row) for link in chain], measure, slots)


def split(links: list[str], measure: Measure, slots: Mapping[int, float]) -> list[Segment]:
    """The same of links that are written already."""
    return measured(parts_of(links, measure), measure, slots)


def parts_of(links: list[str], measure: Measure) -> list[Part]:
    """What of the segments does not depend on the numbers in the slots."""
    parts: list[Part] = []
    for i, link in enumerate(links):
        pieces = MARKS.split(f" {relation_mark(i)} {link}")
        parts.append(part(pieces[0], RELATION_LEVEL, measure))
        for mark, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            parts.append(part(piece, LEVELS[mark], measure, mark in (INNER_BREAK, INNER_PREFER)))
    return parts


def part(text: str, level: int, measure: Measure, inside: bool = False) -> Part:
    marks = [ord(mark) for mark in PLACEHOLDER.findall(text)]
    assert all(code >= FIRST_RELATION for code in marks)
    columns = tuple(code - FIRST_SLOT if code >= FIRST_SLOT else RELATION for code in marks)
    return Part(text, level, inside, columns, measure.width(PLACEHOLDER.sub("", text)))


def measured(parts: list[Part], measure: Measure, slots: Mapping[int, float]) -> list[Segment]:
    """The segments, where each slot's numbers are so wide."""
    widths = {**slots, RELATION: measure.width("=")}
    found = []
    for text, level, inside, columns, literal in parts:
        width = 0.0
        for column in columns:
            width += widths.get(column, 0.0)
        found.append(Segment(text, level, width + literal, inside))
    return found


def wrapped(found: list[Segment], name_width: float, measure: Measure) -> list[list[Segment]]:
    """The segments in lines. What overflows goes on at the best break of its line, the last of equals."""
    lines: list[list[Segment]] = [[]]
    room = measure.line - name_width
    used = 0.0
    for piece in found:
        line = lines[-1]
        line.append(piece)
        used += piece.width
        if len(line) > 1 and used > measure.room(name_width, line, len(lines) == 1):
            best = max(range(1, len(line)), key=partial(worth, line, room))
            lines[-1], rest = line[:best], line[best:]
            lines.append(rest)
            left = measure.room(name_width, rest, first=False)
            if sum(s.width for s in rest) > left and len(rest) > 1:
                lines[-1:] = wrapped_again(rest, left)
            used = sum(s.width for s in lines[-1])
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
    out = [name + notation.text("align")]
    wraps: dict[str, str] = {}
    for i, line in enumerate(lines):
        first = line[0]
        if i:
            wrap = "wrap_relation" if first.level == RELATION_LEVEL else "wrap_inside" if first.inside else "wrap"
            if wrap not in wraps:
                wraps[wrap] = notation.macro(wrap, indent)
            out[-1] = out[-1].rstrip(" ")
            out.append(wraps[wrap])
        out.append("".join([first.text.lstrip(" "), *(piece.text for piece in line[1:])]))
    return "".join(out)
