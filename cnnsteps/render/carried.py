r"""The problem that a document solves, at the document's end: a comment that nobody sees, and `cnnsteps check` reads.

    % cnnsteps problem: {"type":"conv","input":[[1,2],[3,4]],"kernel":[[1]]}

It is JSON in ASCII, cut into lines. No `--` stands in it, which would end a comment of Markdown and HTML: in a string
the second dash is written \u002d, and nowhere else are there two; > is \u003e, which begins a quotation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from cnnsteps.numbers.exact import number

LABEL = "cnnsteps problem:"
MOST = 65_536
"""Characters of a problem that is carried; what is larger is too large to be judged by, too."""
WIDTH = 100


class TooLarge(ValueError):
    """More than a document should carry."""


def problem_text(problem: Mapping[str, object], most: int | None = MOST) -> str | None:
    """The problem as JSON, every number exactly; None where it has more than `most` characters."""
    parts: list[str] = []
    length = 0
    try:
        for part in tokens({key: value for key, value in problem.items() if key != "show"}):
            parts.append(part)
            length += len(part)
            if most is not None and length > most:
                return None
    except TooLarge:
        return None
    return "".join(parts)


def tokens(value: object) -> Iterator[str]:
    """JSON with no spaces; a ratio, as problems are read, is a decimal where one can write it, else a string."""
    match value:
        case Mapping():
            yield from enclosed("{}", ((f"{text(str(key))}:", part) for key, part in value.items()))
        case list():
            yield from enclosed("[]", (("", part) for part in value))
        case tuple():
            over, under = value
            shown = number(over, under).text
            yield text(shown) if "/" in shown else shown
        case str():
            yield text(value)
        case _:
            yield json.dumps(value)


def enclosed(brackets: str, entries: Iterator[tuple[str, object]]) -> Iterator[str]:
    yield brackets[0]
    for i, (head, part) in enumerate(entries):
        yield ("," if i else "") + head
        yield from tokens(part)
    yield brackets[1]


def text(string: str) -> str:
    if len(string) > MOST:
        raise TooLarge
    return json.dumps(string).replace("--", "-\\u002d").replace(">", "\\u003e")


def comment(problem: Mapping[str, object], first: str, following: str, last: str) -> bytes:
    """The lines of a comment, each behind its sign."""
    whole = problem_text(problem)
    lines = [LABEL, *cut(whole)] if whole is not None else [f"{LABEL} none, it has more than {MOST:,} characters"]
    signs = [first] + [following] * (len(lines) - 1)
    return ("\n" + "".join(f"{sign}{line}\n" for sign, line in zip(signs, lines, strict=True)) + last).encode()


def cut(whole: str) -> Iterator[str]:
    """Lines of about WIDTH characters, none of which begins or ends with a space, which an editor may take away."""
    start = 0
    while start < len(whole):
        end = min(start + WIDTH, len(whole))
        while end < len(whole) and (whole[end] == " " or whole[end - 1] == " "):
            end += 1
        yield whole[start:end]
        start = end
