"""The problems that documents of ours carry (`cnnsteps.render.carried`): where they stand, and what they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from cnnsteps.checking.sheet import Part, parts_of
from cnnsteps.errors import CnnstepsError
from cnnsteps.records import NamedTuple
from cnnsteps.render.carried import LABEL

LATEX_LINE = re.compile(r"[ \t>]*%[ ]?([^\n]*)(?:\n|\Z)")
MOST_SEARCHED = 2_000_000
"""Characters behind the beginning of a comment in which its end is looked for."""


class Carried(NamedTuple):
    """A comment's place in the text, and the problem in it as JSON."""

    start: int
    end: int
    problem: str


def comments(raw: str) -> Iterator[Carried]:
    """The comments with a problem, in order: lines behind %, or <!-- … -->."""
    at = 0
    while (label := raw.find(LABEL, at)) >= 0:
        begin = raw.rfind("\n", 0, label) + 1
        head = raw[begin:label].strip(" \t>")
        at = label + len(LABEL)
        if head == "%":
            found = latex(raw, begin)
        elif head == "<!--":
            end = raw.find("-->", at, at + MOST_SEARCHED)
            stop = end + 3 if end >= 0 else len(raw)
            found = Carried(begin, stop, plain(raw[at : end if end >= 0 else stop]))
        else:
            continue
        yield found
        at = max(at, found.end)


def latex(raw: str, begin: int) -> Carried:
    """The lines behind % from here on, up to the one with which the problem is whole."""
    ends: list[tuple[int, int]] = []
    parts: list[str] = []
    at, length = begin, 0
    while at < len(raw) and (line := LATEX_LINE.match(raw, at, begin + MOST_SEARCHED)):
        parts.append(plain(line[1].partition(LABEL)[2] if at == begin else line[1].rstrip("\r")))
        at = line.end()
        length += len(parts[-1])
        ends.append((length, at))
    text = "".join(parts)
    try:
        whole = json.JSONDecoder().raw_decode(text)[1]
    except (ValueError, RecursionError):
        return Carried(begin, at, text)
    return Carried(begin, next(end for size, end in ends if size >= whole), text[:whole])


def plain(lines: str) -> str:
    """The lines put together; quotation marks of Markdown before them are left out."""
    return "".join(line.strip(" \t\r>") for line in lines.split("\n"))


def of_notebook(raw: str) -> list[str]:
    """The problem in a notebook's metadata."""
    if '"cnnsteps"' not in raw:
        return []
    try:
        problem = json.loads(raw)["metadata"]["cnnsteps"]["problem"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [problem] if isinstance(problem, str) else []


def carried_parts(problems: Sequence[str]) -> list[Part]:
    """The problems as parts, each with its number; one that can't be read says nothing."""
    found: list[Part] = []
    for i, problem in enumerate(problems, 1):
        try:
            parts = parts_of(problem, "-")
        except CnnstepsError:
            continue
        found += [part._replace(number=(str(i), *part.number)) for part in parts] if len(problems) > 1 else parts
    return found
