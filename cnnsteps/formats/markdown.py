"""Markdown with mathematics in `$$` blocks or in ```math fences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnsteps.formats.latex import DIGIT, width
from cnnsteps.model.document import Document
from cnnsteps.render.document import typeset
from cnnsteps.render.lines import Measure
from cnnsteps.render.matrices import MatrixLimits
from cnnsteps.render.options import RenderOptions
from cnnsteps.render.pieces import Pieces
from cnnsteps.render.style import FormatStyle, longest
from cnnsteps.text import escape_controls

SUFFIX = ".md"

LINE = 41.0
"""In em: what GitHub's and Jupyter's columns show without scrolling."""
COMMENT = ("<!-- ", "", "-->\n")
SPECIAL = re.compile(r"""
    [\\`*_{}\[\]<>#|$~^&@]          # emphasis, code, links, HTML, headings, tables, mathematics, mentions
    | (?<=[-=.])[-=.]               # -- and ... become other signs, == marks
    | :(?=[\w+-])                   # :emoji:
    | ^[-+=]                        # a list, a heading's underline
    """, re.VERBOSE)  # fmt: skip
NUMBERED = re.compile(r"^(\d+)([.)])")


def pieces(document: Document, options: RenderOptions) -> Iterator[Pieces]:
    """The document as Markdown."""
    return typeset(document, options, style_for(options))


def style_for(options: RenderOptions) -> FormatStyle:
    """With room for what GitHub's and Jupyter's columns show."""
    measure = Measure(LINE, width, indent=1.0, inner=1.0)
    context = {"github": options["flavor"] == "github", "longest": longest(options["digits"], LINE, DIGIT)}
    limits = MatrixLimits(measure, 24, 24)
    return FormatStyle("markdown", escape, measure, limits, context=context, shared="math", comment=COMMENT)


def escape(text: str) -> str:
    """Text that every Markdown reader shows as it is, on one line; a backslash only where it matters."""
    line = escape_controls(" ".join(text.split()))
    return NUMBERED.sub(r"\1\\\2", SPECIAL.sub(r"\\\g<0>", line))
