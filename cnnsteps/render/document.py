"""A solution as a document: an operator's template says it, a format's template shows it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from cnnsteps.errors import Mistake, TemplateError
from cnnsteps.formats import Options, Pieces
from cnnsteps.i18n import ENGLISH, Words
from cnnsteps.model.selection import Selection
from cnnsteps.model.solution import Solution
from cnnsteps.render.lines import Measure
from cnnsteps.render.matrices import Room
from cnnsteps.render.notation import Notation
from cnnsteps.render.page import MARK, Page
from cnnsteps.render.templates import SUFFIX, Templates
from cnnsteps.text import escape_controls

MOST_TIMES, MOST_BESIDES = 4, 100_000
BLANK_LINES = re.compile(r"\n{3,}")


class Look(NamedTuple):
    """What a format adds to its template: how text is escaped and measured, and how much room there is."""

    name: str
    escape: Callable[[str], str]
    measure: Measure
    room: Room
    opening: tuple[object, ...] = ()
    """The arguments of the template's `open`."""
    context: Mapping[str, object] = {}
    filters: Mapping[str, Callable[..., object]] = {}


def document(solution: Solution, options: Options, look: Look) -> Iterator[Pieces]:
    """The pieces of the document, in order."""
    templates = Templates(options.template, look.filters, cells_of(solution))
    notation = notation_of(templates, options, look)
    selection = options.selection or Selection(solution.output_shape)
    advance = options.advance if options.template is None else counting(solution, options)

    def body(solution: Solution, chosen: Selection, name: str | None, before: str) -> Iterator[Pieces]:
        page = page_of(solution, notation, options._replace(advance=advance), look, chosen)
        page.inside, page.before = name, before
        page.inner = lambda layer, *place: body(layer, Selection(layer.output_shape), *place)
        words = templates.load(solution.kind, {})
        texts = words.generate(**page.names(), answer_only=options.answer_only)
        while (text := templates.guarded(lambda: next(texts, None))) is not None:
            yield from filled(text, page)

    def whole() -> Iterator[Pieces]:
        yield notation.macro("open", *look.opening).encode()
        yield from body(solution, selection, None, "")
        yield notation.macro("close").encode()

    return spaced(whole())


def notation_of(templates: Templates, options: Options, look: Look) -> Notation:
    """The macros of the format's template."""
    words = words_for(options)
    context: dict[str, Any] = {"fragment": options.fragment, "_": words.escaped(look.escape), **look.context}
    return Notation(templates.macros(look.name, context), templates.guarded, options.digits, words)


def words_for(options: Options) -> Words:
    """English unless told otherwise, by an option or by a words file of one's own."""
    if options.language == ENGLISH and options.template is None:
        return Words()
    from cnnsteps.render.languages import words_of

    return words_of(options.language, options.template)


def page_of(solution: Solution, notation: Notation, options: Options, look: Look, chosen: Selection) -> Page:
    """What an operator's template can say of a solution."""
    return Page(
        solution, notation, look.escape, look.measure, look.room, chosen, options.index_base, options.advance
    )  # fmt: skip


def lone_page(solution: Solution, options: Options, look: Look) -> Page:
    """For single steps, outside of any document."""
    templates = Templates(options.template, look.filters, cells_of(solution))
    notation = notation_of(templates, options, look)
    return page_of(solution, notation, options, look, Selection(solution.output_shape, ()))


def cells_of(solution: Solution) -> int:
    """How large a solution is: templates of one's own may take the longer for it."""
    gradients = sum(math.prod(gradient.output.shape) for gradient in solution.gradients.values())
    inner = sum(map(cells_of, solution.layers))
    return solution.problem.largest + math.prod(solution.output_shape) + gradients + inner


def counting(solution: Solution, options: Options) -> Callable[[int], None]:
    """What is told of expansions; a template that has them written again and again is stopped."""
    left = MOST_TIMES * cells_of(solution) + MOST_BESIDES

    def advance(count: int) -> None:
        nonlocal left
        left -= count
        if left < 0:
            message = f"{solution.kind}{SUFFIX} has the same expansions written again and again, and was stopped"
            raise TemplateError([Mistake(message)], escape_controls(str(options.template)))
        options.advance(count)

    return advance


def filled(text: str, page: Page) -> Iterator[Pieces]:
    """Text with the streams in the places of their marks."""
    for i, part in enumerate(text.split(MARK)):
        if i % 2:
            yield from page.streams[int(part)]
        elif part:
            yield BLANK_LINES.sub("\n\n", part).encode()


def spaced(pieces: Iterator[Pieces]) -> Iterator[Pieces]:
    """Between parts no more than one blank line, none before the first, and one line's end after the last."""
    ends, most = 0, 0
    for piece in pieces:
        found: list[bytes | memoryview] = []
        for part in piece if isinstance(piece, list) else [piece]:
            text = part if isinstance(part, memoryview) else part.lstrip(b"\n")
            ends += len(part) - len(text)
            if not text:
                continue
            if ends and most:
                found.append(b"\n" * min(ends, most))
            found.append(text if isinstance(text, memoryview) else text.rstrip(b"\n"))
            ends, most = len(text) - len(found[-1]), 2
        yield found
    yield b"\n"
