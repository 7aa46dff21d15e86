"""What a check gives: plain data, in the order of the document."""

from __future__ import annotations

from cnnsteps.numbers.exact import number
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple

KINDS = ("arithmetic", "terms", "value", "duplicate", "missing", "answer", "syntax")


MOST_SHOWN = 20
"""Digits of a decimal, over those that are asked for."""


class Finding(NamedTuple):
    """One mistake: where it stands, what stands there, what should, and why."""

    start: int
    end: int
    """The characters of the text that are wrong."""
    kind: str
    found: str
    expected: str
    message: str
    cell: tuple[int, ...] | None = None
    slip: str | None = None
    """The name of the well-known slip that explains it: `cnnsteps explain NAME`."""
    fix: str | None = None
    """What to write in place of the wrong characters; None where nobody knows."""
    edits: tuple[tuple[int, int, str], ...] = ()
    """Where more than one place has to change: from, to, and what stands there then."""
    right: str = ""
    """The whole line as it should be."""
    follows: bool = False
    """It follows correctly from a mistake that stands above."""


class Remark(NamedTuple):
    """What is worth a look and no mistake: a rounded decimal under an equals sign, terms that do not fit the others."""

    start: int
    end: int
    message: str
    strict: bool = False
    """Whether --strict makes a mistake of it."""


def written(value: Exact, places: int = 0) -> str:
    """A number as one writes it: an integer, a decimal where it is one, else a fraction."""
    text = number(value.numerator, value.denominator).text
    if places and ("/" in text or len(text) > places + MOST_SHOWN):
        rounded = number(value.numerator, value.denominator, places)
        return rounded.text if rounded.text.strip("-0.") else text
    return text


def spelled(cell: tuple[int, ...] | None) -> str:
    return "" if cell is None else "[" + ",".join(map(str, cell)) + "]"
