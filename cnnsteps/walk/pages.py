"""The screens: the step's own, what stands around every page, and which page a state has."""

from __future__ import annotations

from cnnsteps.walk import side_pages as sides
from cnnsteps.walk.chapters import Chapter
from cnnsteps.walk.expression import around, expression
from cnnsteps.walk.footer import keys, message
from cnnsteps.walk.model import Walk
from cnnsteps.walk.narration import asides, telling
from cnnsteps.walk.panels import fits, panels
from cnnsteps.walk.screen import Line, Screen, Size, Span, cut, released, trimmed, unbroken, width, wrapped
from cnnsteps.walk.state import State
from cnnsteps.walk.surroundings import Surroundings

LEAST = Size(60, 18)
FOOT = 2
LEAST_PICTURE = 8
MOST_ROWS = 400
"""Of an expression, where there is no screen that has an end."""
SIDES = {"list": sides.contents, "help": sides.help_page, "overview": sides.overview, "score": sides.score}


class Pages(Surroundings):
    """Draws states of a walk. Without `fills` a page has no footer, and what is written may be as long as it needs."""

    def __init__(self, walk: Walk, brackets: bool, fills: bool = True) -> None:
        super().__init__(walk, brackets)
        self.fills = fills

    def screen(self, state: State, size: Size) -> Screen:
        """All lines of the screen."""
        self.writing.renew()
        if not self.fills:
            return trimmed(self.step(state, size))
        if size.columns < LEAST.columns or size.rows < LEAST.rows:
            return self.too_small(size)
        inner = Size(size.columns, size.rows - FOOT)
        side = SIDES.get(state.mode)
        return self.footed(side(self, state, inner) if side else self.step(state, inner), state, size)

    def too_small(self, size: Size) -> Screen:
        """What it needs; it goes on by itself once there is room."""
        said = (
            f"This terminal has {size.columns} columns and {size.rows} rows; at least {LEAST.columns} and {LEAST.rows} "
            "are needed. Make it larger, or press q to quit."
        )
        lines = [cut(line, size.columns, "") for line in wrapped([Span(said)], max(size.columns, 1))]
        return Screen(tuple(lines[: max(size.rows, 1)]))

    def footed(self, page: Screen, state: State, size: Size) -> Screen:
        """The page filled up to the screen's height, the message, and the keys."""
        dots = self.writing.signs.dots
        body = [cut(line, size.columns, dots) for line in page.lines[: size.rows - FOOT]]
        body += [()] * (size.rows - FOOT - len(body))
        hints, spots = keys(self.walk, state, size.columns)
        body += [cut(message(self.walk, state), size.columns, dots), hints]
        spots = [spot._replace(row=size.rows - 1) for spot in spots]
        return Screen(tuple(body), (*(s for s in page.spots if s.row < size.rows - FOOT), *spots))

    # A step

    def step(self, state: State, size: Size) -> Screen:
        chapter = self.walk.chapter(state)
        if not chapter.total:
            notes = [Span(note) for note in chapter.notes]
            return Screen((*self.head(state, size.columns, ""), (), *wrapped(notes, size.columns)))
        if chapter.steps is None:
            return self.equation(state, size)
        lines = self.head(state, size.columns, f"step {state.at + 1} of {chapter.total}")
        lines += [self.where(state, size.columns), ()]
        below = self.below(state, size)
        picture = self.picture(state, size.columns, max(size.rows - len(lines) - len(below) - 1, LEAST_PICTURE))
        spots = tuple(spot.moved(len(lines), 0) for spot in picture.spots)
        return Screen((*lines, *picture.lines, (), *below), spots)

    def picture(self, state: State, across: int, down: int) -> Screen:
        """Every slice that the step reads where there is room, else those of its last term; and the answer."""
        scene = self.walk.scene(state)
        output = scene.output(self.known(state), state.hides or not self.walk.is_whole(state))
        matrices = [*scene.matrices(state.stage, None, every=True), output]
        if state.slice is not None or not fits(matrices, across, down):
            matrices = [*scene.matrices(state.stage, state.slice, every=False), output]
        return panels(matrices, across, down, self.brackets, self.writing)

    def below(self, state: State, size: Size) -> list[Line]:
        """The formula, the sum as it forms, and what its last term was."""
        chapter, scene = self.walk.chapter(state), self.walk.scene(state)
        lines: list[Line] = []
        if chapter.formula is not None:
            names, links = chapter.formula
            text = f" {self.writing.word('equals')} ".join(self.writing.expr(part) for part in (*names, *links))
            told = [(Span(text, "dim"),), *asides(scene, self.writing)]
            lines += [*(cut(line, size.columns, self.writing.signs.dots) for line in told), ()]
        rows = max(2, size.rows // 4) if self.fills else MOST_ROWS
        asks = state.hides and self.walk.is_whole(state)
        lines += expression(scene.step, self.name(state), state.stage, size.columns, rows, asks, self.writing)
        return [*lines, *self.told(state, size)]

    def told(self, state: State, size: Size) -> list[Line]:
        """The last term and the sum so far, in one line or two; as many lines whatever the term."""
        term, sofar = telling(self.walk.scene(state), state.stage, state.hides, self.writing)
        both: Line = (*term, *([Span("   ")] if sofar else []), *sofar)
        if width(both) <= size.columns:
            return [(), both, ()]
        return [(), *(cut(line, size.columns, self.writing.signs.dots) for line in (term, sofar))]

    # Formulas

    def equation(self, state: State, size: Size) -> Screen:
        """A formula forms link by link; those before it stay."""
        chapter = self.walk.chapter(state)
        lines = self.head(state, size.columns, f"formula {state.at + 1} of {chapter.total}")
        rows: list[Line] = []
        for n in range(state.at + 1):
            rows += [(), *self.row(chapter, n, state.stage if n == state.at else None, size.columns)]
        room = size.rows - len(lines) if self.fills else MOST_ROWS
        return Screen((*lines, *around(rows, len(rows) - 1, room, self.writing)))

    def row(self, chapter: Chapter, n: int, stage: int | None, across: int) -> list[Line]:
        """A formula as far as it has formed, whole without a stage; a line begins with a sign of equality."""
        names, links = chapter.rows[n]
        equals = self.writing.word("equals")
        spans = [Span(unbroken(f" {equals} ".join(map(self.writing.expr, names))), "head")]
        for i, link in enumerate(links if stage is None else links[:stage]):
            role = "value" if i == len(links) - 1 else "input" if stage is not None and i == stage - 1 else ""
            spans.append(Span(unbroken(f"{equals} {self.writing.expr(link)}"), role))
        return [released(line) for line in wrapped(spans, across)]
