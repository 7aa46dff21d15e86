"""Markdown with mathematics in `$$` blocks or in ```math fences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnsteps.formats import Options, Pieces
from cnnsteps.formats.latex import width
from cnnsteps.model.solution import Solution
from cnnsteps.render.document import Look, document
from cnnsteps.render.lines import Measure
from cnnsteps.render.matrices import Room
from cnnsteps.text import escape_controls

SUFFIX = ".md"

LINE = 41.0
"""In em: what GitHub's and Jupyter's columns show without scrolling."""
SPECIAL = re.compile(r"""
    [\\`*_{}\[\]<>#|$~^&@]          # emphasis, code, links, HTML, headings, tables, mathematics, mentions
    | (?<=[-=.])[-=.]               # -- and ... become other signs, == marks
    | :(?=[\w+-])                   # :emoji:
    | ^[-+=]                        # a list, a heading's underline
    """, re.VERBOSE)  # fmt: skip
NUMBERED = re.compile(r"^(\d+)([.)])")


def pieces(solution: Solution, options: Options) -> Iterator[Pieces]:
    """The solution as Markdown."""
    return document(solution, options, look(options))


def look(options: Options) -> Look:
    """With room for what GitHub's and Jupyter's columns show."""
    measure = Measure(LINE, width, indent=1.0, inner=1.0)
    return Look("markdown", escape, measure, Room(measure, 24, 24), context={"github": options.flavor == "github"})


def escape(text: str) -> str:
    """Text that every Markdown reader shows as it is, on one line; a backslash only where it matters."""
    line = escape_controls(" ".join(text.split()))
    return NUMBERED.sub(r"\1\\\2", SPECIAL.sub(r"\\\g<0>", line))
