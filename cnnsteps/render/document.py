"""A document in a format: an operator's template says a solution, a format's template shows it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from cnnsteps.errors import Mistake, TemplateError
from cnnsteps.i18n import ENGLISH, Words
from cnnsteps.model.document import Document, Worked
from cnnsteps.model.selection import Selection
from cnnsteps.model.solution import Solution
from cnnsteps.options import Options, known
from cnnsteps.records import NamedTuple
from cnnsteps.render.carried import comment
from cnnsteps.render.fractions import FractionRule, rule_of
from cnnsteps.render.notation import Notation
from cnnsteps.render.options import RenderOptions, template_folder
from cnnsteps.render.page import MARK, Page
from cnnsteps.render.pieces import Pieces
from cnnsteps.render.shipped import SUFFIX
from cnnsteps.render.style import FormatStyle
from cnnsteps.render.templates import Templates
from cnnsteps.text import escape_controls

MOST_TIMES, MOST_BESIDES = 4, 100_000
BLANK_LINES = re.compile(r"\n{3,}")


def typeset(document: Document, options: RenderOptions, style: FormatStyle) -> Iterator[Pieces]:
    """The pieces of the document, in order."""
    templates = templates_for(options, style)
    setting = Typesetting(templates, notation_of(templates, options, style), options, style)
    yield from spaced(setting.whole(document))
    if document.meta.given is not None and style.comment is not None and options["share"].writes:
        yield comment(document.meta.given, *style.comment)


class Typesetting(NamedTuple):
    """The templates that write a document, and how."""

    templates: Templates
    notation: Notation
    options: RenderOptions
    style: FormatStyle

    def whole(self, document: Document) -> Iterator[Pieces]:
        """Its blocks, and what stands around them."""
        yield self.notation.macro("open", *self.style.opening).encode()
        for block in document.blocks:
            yield from self.ruled(block).allowing(block).worked(block)
        yield self.notation.macro("close").encode()

    def ruled(self, block: Worked) -> Typesetting:
        """With one rule for the fractions of a block, those of its layers among them."""
        return self._replace(notation=self.notation.ruled(rule_of(block.solution, self.options)))

    def allowing(self, block: Worked) -> Typesetting:
        """With time, memory and expansions for a block of its size, where templates are the user's."""
        if self.templates.watch is None:
            return self
        self.templates.watch.allow(cells_of(block.solution))
        return self._replace(options={**self.options, "advance": counting(block.solution, self.options)})

    def worked(self, block: Worked) -> Iterator[Pieces]:
        """A solution, and within it those of its layers."""
        page = Page(block, self.notation, self.options, self.style, self.worked)
        words = self.templates.load(block.solution.kind, {})
        texts = words.generate(**page.names())
        while (text := self.templates.guarded(lambda: next(texts, None))) is not None:
            yield from filled(text, page)


def templates_for(options: Options, style: FormatStyle, cells: int = 0) -> Templates:
    """The user's templates and the shipped ones, with the format's filters."""
    return Templates(template_folder(options), style.filters, cells, style.shared)


def notation_of(templates: Templates, options: RenderOptions, style: FormatStyle) -> Notation:
    """The macros of the format's template."""
    words = words_for(options)
    context = {**known(options, "formats"), "_": words.escaped(style.escape), **style.context}
    macros = templates.macros(style.name, context)
    return Notation(
        macros,
        templates.guarded,
        FractionRule(options["numbers"], options["digits"]),
        words,
        shipped=options["template"] is None,
    )


def words_for(options: RenderOptions) -> Words:
    """English unless told otherwise, by an option or by a words file of one's own."""
    if options["language"] == ENGLISH and options["template"] is None:
        return Words()
    from cnnsteps.render.languages import words_of

    return words_of(options["language"], template_folder(options))


def lone_page(solution: Solution, options: RenderOptions, style: FormatStyle) -> Page:
    """For single steps, outside of any document."""
    notation = notation_of(templates_for(options, style, cells_of(solution)), options, style)
    ruled = notation.ruled(rule_of(solution, options))
    return Page(Worked(solution, Selection(solution.output_shape, ())), ruled, options, style)


def cells_of(solution: Solution) -> int:
    """How large a solution is: templates of one's own may take the longer for it."""
    gradients = sum(math.prod(gradient.output.shape) for gradient in solution.gradients.values())
    inner = sum(map(cells_of, solution.layers))
    return solution.problem.largest + math.prod(solution.output_shape) + gradients + inner


def counting(solution: Solution, options: RenderOptions) -> Callable[[int], None]:
    """What is told of expansions; a template that has them written again and again is stopped."""
    left = MOST_TIMES * cells_of(solution) + MOST_BESIDES

    def advance(count: int) -> None:
        nonlocal left
        left -= count
        if left < 0:
            message = f"{solution.kind}{SUFFIX} has the same expansions written again and again, and was stopped"
            raise TemplateError([Mistake(message)], escape_controls(str(options["template"])))
        options["advance"](count)

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
