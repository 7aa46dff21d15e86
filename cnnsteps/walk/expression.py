"""The step as a sum that forms: the parts that are reached in colour, the rest still empty."""

from __future__ import annotations

from cnnsteps.formats.terminal import columns
from cnnsteps.records import NamedTuple
from cnnsteps.render.lines import PLACEHOLDER, compose, split, wrapped
from cnnsteps.render.notation import FIRST_RELATION, FIRST_SLOT
from cnnsteps.render.standing import together
from cnnsteps.walk.screen import Line, Span
from cnnsteps.walk.step import Step
from cnnsteps.walk.writing import Text, Writing

ROLES = ("input", "weight", "number")


class Piece(NamedTuple):
    """A piece of the written chain: text, a slot's number, or a relation."""

    text: str
    link: int
    """-1 for the name."""
    before: int
    """How many slots of its link come before it."""
    slot: int | None = None
    relates: bool = False


def roles_of(step: Step) -> dict[int, str]:
    """What the columns are: the input's, the weight's, the bias, the value."""
    found: dict[int, str] = {}
    for term in step.terms:
        for column, role in zip(term.columns, ("bias",) if term.role == "bias" else ROLES, strict=False):
            found[column] = role
    first = step.run.facts.get("input")
    if isinstance(first, int):
        found[first] = "input"
    value = step.run.facts["value"]
    if isinstance(value, int):
        found.setdefault(value, "value")
    return found


def texts_of(step: Step, writing: Writing) -> dict[int, Text]:
    """The number of each column that the chain has."""
    return {c: writing.number(step.value(c), at) for c, at in together(step.links).items()}


def pieces_of(step: Step, name: str, room: int, writing: Writing) -> list[list[Piece]]:
    """The whole chain in lines."""
    texts = texts_of(step, writing)
    measure = writing.measure._replace(line=room)
    links = writing.links(step.key, step.chain, step.run.row)
    widths = {c: float(columns(text.text)) for c, text in texts.items()}
    found = wrapped(split(links, measure, widths), measure.width(name), measure)
    text = compose(name, found, writing.notation, columns(name))
    relations = relations_of(step, texts, writing)
    link, before, lines = -1, 0, []
    for row in text.split("\n"):
        line: list[Piece] = []
        for part in PLACEHOLDER.split(row):
            code = ord(part) if len(part) == 1 else 0
            if code >= FIRST_SLOT:
                line.append(Piece(texts[code - FIRST_SLOT].text, link, before, code - FIRST_SLOT))
                before += 1
            elif FIRST_RELATION <= code < FIRST_SLOT:
                link, before = code - FIRST_RELATION, 0
                line.append(Piece(relations[link], link, 0, relates=True))
            elif part:
                line.append(Piece(part, link, before))
        lines.append(line)
    return lines


def relations_of(step: Step, texts: dict[int, Text], writing: Writing) -> list[str]:
    """`=`, or `≈` where a link, or the one before it, holds a rounded number."""
    rounded = [any(texts[c].rounded for c in link) for link in step.links]
    either = [here or before for here, before in zip(rounded, [False, *rounded], strict=False)]
    return [writing.word("approx" if loose else "equals") for loose in either]


def ends_of(step: Step, links: list[str]) -> list[int]:
    """After how many slots of the first link each term has formed."""
    order = [ord(mark) - FIRST_SLOT for mark in PLACEHOLDER.findall(links[0]) if ord(mark) >= FIRST_SLOT]
    where = {column: i for i, column in enumerate(order)}
    ends = [max((where.get(c, -1) for c in term.columns), default=-1) + 1 for term in step.terms]
    if 0 in ends:
        # The terms' numbers stand there without their signs, in other columns.
        return list(range(1, len(order) + 1)) if len(order) == len(ends) else [len(order)] * len(ends)
    return ends


class WindowExtents(NamedTuple):
    """How far the chain has formed: whole links, and in the first one so many slots, None for all."""

    links: int
    slots: int | None = None

    def has(self, piece: Piece) -> bool:
        if piece.link < 0 or (piece.relates and piece.link == 0):
            return True
        return piece.link < self.links and (piece.link > 0 or self.slots is None or piece.before < self.slots)


def reach_of(step: Step, stage: int, links: list[str]) -> WindowExtents:
    if stage == 0:
        return WindowExtents(0)
    return WindowExtents(step.shown_links(stage), ends_of(step, links)[stage - 1] if stage < len(step.terms) else None)


def expression(step: Step, name: str, stage: int, room: int, rows: int, ask: bool, writing: Writing) -> list[Line]:
    """At most `rows` lines of the chain as far as it has formed, those around its end."""
    reach = reach_of(step, stage, writing.links(step.key, step.chain, step.run.row))
    now = step.terms[stage - 1].columns if 0 < stage <= len(step.terms) and stage < step.stages else ()
    roles, last = roles_of(step), 0
    shown: list[Line] = []
    for i, line in enumerate(pieces_of(step, name, room, writing)):
        spans: list[Span] = []
        for piece in line:
            if not reach.has(piece):
                spans.append(Span(" " * columns(piece.text)))
                continue
            last = i if piece.text.strip() else last
            spans.append(Span(piece.text, role_of(piece, roles, now)))
        shown.append(tuple(spans))
    if ask:
        shown[last] = (*trimmed(shown[last]), Span(f" {writing.word('equals')} "), Span(" ? ", "ask"))
    return around(shown, last, rows, writing)


def role_of(piece: Piece, roles: dict[int, str], now: tuple[int, ...]) -> str:
    if piece.link < 0:
        return "head"
    if piece.slot is None:
        return ""
    role = roles.get(piece.slot, "number")
    return f"{role} now" if piece.link == 0 and piece.slot in now and role in LIT else role


LIT = ("input", "weight", "bias")


def trimmed(line: Line) -> Line:
    """Without the empty places at its end."""
    spans = list(line)
    while spans and not spans[-1].text.strip():
        spans.pop()
    return tuple(spans)


def around(lines: list[Line], at: int, rows: int, writing: Writing) -> list[Line]:
    """The lines near this one, with dots for those that are left out."""
    if len(lines) <= rows:
        return lines
    start = max(0, min(at - rows // 2, len(lines) - rows))
    part = lines[start : start + rows]
    if start:
        part[0] = (Span(f"  {writing.signs.down}", "dim"),)
    if start + rows < len(lines):
        part[-1] = (Span(f"  {writing.signs.down}", "dim"),)
    return part
