"""What a format adds to its template."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnnsteps.records import NamedTuple
from cnnsteps.render.lines import Measure
from cnnsteps.render.matrices import MatrixLimits
from cnnsteps.render.notation import FEW_DIGITS


class Longest(NamedTuple):
    """Of a number with more digits the ends alone are shown: of one alone in its line, and of one among others."""

    alone: int = 48
    among: int = 18


def longest(digits: int | None, line: float, digit: float) -> Longest:
    """The digits that were asked for all stand where a line has room for them."""
    if digits is None or digits <= FEW_DIGITS:
        return Longest()
    room = min(digits + 20, int((line - LEFT) / digit))
    return Longest(max(Longest().alone, room), max(Longest().among, room))


LEFT = 8.0
"""Of a line, for a name and a sign before a number, in em."""


class FormatStyle(NamedTuple):
    """How text is escaped and measured, and how much room there is."""

    name: str
    escape: Callable[[str], str]
    measure: Measure
    matrices: MatrixLimits
    opening: tuple[object, ...] = ()
    """The arguments of the template's `open`."""
    context: Mapping[str, object] = {}
    filters: Mapping[str, Callable[..., object]] = {}
    shared: str | None = None
    """A template that it shares with other formats."""
    comment: tuple[str, str, str] | None = None
    """How a comment begins, each of its further lines, and what ends it; the document carries its problem in one."""
