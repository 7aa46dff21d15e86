"""Markdown with mathematics in `$$` blocks or in ```math fences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnsteps.formats import Options, Pieces
from cnnsteps.formats.latex import width
from cnnsteps.reading.source import visible
from cnnsteps.render.document import Look, document
from cnnsteps.render.lines import Measure
from cnnsteps.render.matrices import Room
from cnnsteps.solution import Solution

SUFFIX = ".md"

LINE = 44.0
"""In em: what GitHub's and Jupyter's columns show without scrolling."""
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|$~&^=:\"'@])")


def pieces(solution: Solution, options: Options) -> Iterator[Pieces]:
    """The solution as Markdown."""
    measure = Measure(LINE, width, indent=1.0)
    look = Look("markdown", escape, measure, Room(measure, 24, 24), context={"github": options.flavor == "github"})
    return document(solution, options, look)


def escape(text: str) -> str:
    """Text that every Markdown reader shows as it is, on one line."""
    return SPECIAL.sub(escaped, visible(" ".join(text.split())))


def escaped(found: re.Match[str]) -> str:
    """A backslash where it can matter; words with hyphens and full stops stay readable."""
    sign, text = found.group(), found.string
    before = text[found.start() - 1 : found.start()]
    after = text[found.end() : found.end() + 1]
    if sign in "-.:=+()'\"," and (before.isalnum() or before in ")") and found.start():
        digits_first = text[: found.start()].isdigit()
        if not digits_first and sign in "-.:=+'\",()":
            return sign
    if sign in "()'\"" and after != "":
        return sign
    return "\\" + sign
