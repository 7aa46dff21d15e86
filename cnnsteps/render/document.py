"""A solution as a document: an operator's template says it, a format's template shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from cnnsteps.formats import Options, Pieces
from cnnsteps.render.lines import Measure
from cnnsteps.render.matrices import Room
from cnnsteps.render.notation import Notation
from cnnsteps.render.page import MARK, Page
from cnnsteps.render.templates import Templates
from cnnsteps.selection import Selection
from cnnsteps.solution import Solution


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
    templates = Templates(options.template, look.filters)
    notation = notation_of(templates, options, look)
    selection = options.selection or Selection(solution.output_shape)

    def body(solution: Solution, chosen: Selection, name: str | None) -> Iterator[Pieces]:
        page = page_of(solution, notation, options, look, chosen)
        page.inside, page.inner = name, lambda layer, of: body(layer, Selection(layer.output_shape), of)
        words = templates.load(solution.kind, {})
        texts = words.generate(**page.names(), answer_only=options.answer_only)
        while (text := templates.guarded(lambda: next(texts, None))) is not None:
            yield from filled(text, page)

    yield notation.macro("open", *look.opening).encode()
    yield from body(solution, selection, None)
    yield notation.macro("close").encode()


def notation_of(templates: Templates, options: Options, look: Look) -> Notation:
    """The macros of the format's template."""
    context: dict[str, Any] = {"fragment": options.fragment, **look.context}
    macros = templates.guarded(lambda: templates.load(look.name, context).module)
    return Notation(macros, templates.guarded, options.digits)


def page_of(solution: Solution, notation: Notation, options: Options, look: Look, chosen: Selection) -> Page:
    """What an operator's template can say of a solution."""
    return Page(
        solution, notation, look.escape, look.measure, look.room, chosen, options.index_base, options.advance
    )  # fmt: skip


def lone_page(solution: Solution, options: Options, look: Look) -> Page:
    """For single sentences, outside of any document."""
    templates = Templates(options.template, look.filters)
    notation = notation_of(templates, options, look)
    return page_of(solution, notation, options, look, Selection(solution.output_shape))


def filled(text: str, page: Page) -> Iterator[Pieces]:
    """Text with the streams in the places of their marks."""
    for i, part in enumerate(text.split(MARK)):
        if i % 2:
            yield from page.streams[int(part)]
        elif part:
            yield part.encode()
