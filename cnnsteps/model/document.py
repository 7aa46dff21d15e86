"""What stands between solutions and formats: blocks, in the order in which they are read.

A format knows nothing but documents, so that one problem, a network and later a sheet take the same way. Blocks
may come from an iterator: none is asked for before the one before it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from cnnsteps.model.selection import Selection
from cnnsteps.model.solution import Solution
from cnnsteps.records import NamedTuple


class Meta(NamedTuple):
    """What is said of a document as a whole; a preamble needs it before the first block."""

    title: str | None = None
    given: Mapping[str, object] | None = None
    """The problem as it was given, which the document carries; None where it is not to."""


class Worked(NamedTuple):
    """A solution, and which of its steps are written down."""

    solution: Solution
    selection: Selection
    name: str | None = None
    """A layer's, whose block stands inside of its network's."""
    before: str = ""
    """What gave a layer its input."""


Block: TypeAlias = Worked


class Document(NamedTuple):
    """What a format writes."""

    meta: Meta
    blocks: Iterable[Block]


def document_of(
    solution: Solution, selection: Selection | None = None, given: Mapping[str, object] | None = None
) -> Document:
    """A document of one solution, with the selected steps, or all of them; it carries the problem `given`."""
    chosen = Selection(solution.output_shape) if selection is None else selection
    return Document(Meta(solution.title, given), (Worked(solution, chosen),))
