"""Where long expressions go on in the next line: at our own places, by estimated width."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise

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


def wrapped(found: list[Segment], name_width: float, measure: Measure, apart: bool = False) -> list[list[Segment]]:
    """The segments in lines: one where all fit, and nothing sets them `apart`.

    Else what follows the first link begins a line under its sign of equality: together where that fits, or each link
    by itself. So numbers of whatever width break at the same places, and their results stand on the same side.
    """
    room = measure.line - name_width
    first, *others = parted(found, RELATION_LEVEL)
    rest = [piece for link in others for piece in link]
    if fits([*first, *rest], room) and not (apart and others):
        return [found]
    lines = broken(first, room, measure)
    if not others or fits(rest, room):
        return [*lines, rest] if others else lines
    return [*lines, *(line for link in others for line in broken(link, room, measure))]


def broken(link: list[Segment], room: float, measure: Measure) -> list[list[Segment]]:
    """A link in lines, of which all but the first stand further in."""
    return [link] if fits(link, room) else spread(link, room - measure.indent, measure.inner)


def spread(link: list[Segment], room: float, inner: float, level: int = RELATION_LEVEL - 1) -> list[list[Segment]]:
    """By channels, else by rows of the window, else by terms: as many to each line as fit, where a row has no room by
    terms of whatever row."""
    if fits(link, room) or len(link) == 1:
        return [link]
    units = joined_bias(parted(link, level), room)
    if len(units) == 1 or (level == LEVELS[PREFER] and not all(fits(unit, room) for unit in units)):
        return spread(link, room, inner, level - 1)
    if any(unit[0].inside for unit in units[1:]):
        room, inner = room - inner, 0
    if all(fits(unit, room) for unit in units):
        return together(units, room)
    return joined_bias([line for unit in units for line in spread(unit, room, inner, level - 1)], room)


def joined_bias(units: list[list[Segment]], room: float) -> list[list[Segment]]:
    """A single term behind several stands in their line, where that has room for it."""
    if len(units) > 1 and len(units[-1]) == 1 < len(units[-2]) and fits([*units[-2], *units[-1]], room):
        return [*units[:-2], [*units[-2], *units[-1]]]
    return units


def together(units: list[list[Segment]], room: float) -> list[list[Segment]]:
    """As many units in each line as fit, the same number in all but the last."""
    ends = list(accumulate((sum(piece.width for piece in unit) for unit in units), initial=0.0))

    def fit(count: int) -> bool:
        return all(ends[min(i + count, len(units))] - ends[i] <= room for i in range(0, len(units), count))

    most = next(count for count in range(longest(ends, room), 0, -1) if count == 1 or fit(count))
    even = -(-len(units) // -(-len(units) // most))
    count = even if fit(even) else most
    return [[piece for unit in units[i : i + count] for piece in unit] for i in range(0, len(units), count)]


def longest(ends: list[float], room: float) -> int:
    """How many units the line has that holds the most."""
    most, start = 1, 0
    for stop, end in enumerate(ends):
        while end - ends[start] > room:
            start += 1
        most = max(most, stop - start)
    return most


def parted(found: list[Segment], level: int) -> list[list[Segment]]:
    """The segments in parts, each of which begins with one of such a level."""
    starts = [0, *(i for i, piece in enumerate(found) if i and piece.level >= level), len(found)]
    return [found[i:j] for i, j in pairwise(starts)]


def fits(found: list[Segment], room: float) -> bool:
    return sum(piece.width for piece in found) <= room


def compose(
    name: str, lines: list[list[Segment]], notation: Notation, indent: int, columns: bool = False, right: bool = False
) -> str:
    """One row in the format's notation, placeholders and all; in `columns` the links of one line stand below those of
    other rows, and the last to the `right`."""
    if columns and len(lines) == 1:
        lines = [in_columns(lines[0], notation, right)]
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


def in_columns(line: list[Segment], notation: Notation, right: bool) -> list[Segment]:
    """Each relation but the first begins a column, if the template has any."""
    links = [i for i, piece in enumerate(line) if i and piece.level == RELATION_LEVEL]
    found = list(line)
    for i in links:
        _, relation, text = found[i].text.split(" ", 2)
        joint = notation.macro("joint", relation, right and i == links[-1])
        found[i] = found[i]._replace(text=joint + text)
    return found
