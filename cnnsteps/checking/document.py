"""A document as text, and where each of its characters stands in the file: of a notebook the cells' text alone."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from cnnsteps.checking.carried import comments, of_notebook
from cnnsteps.records import NamedTuple

SOURCE = re.compile(r'"(?:source|text|text/markdown|text/plain|text/latex)"\s*:\s*(\[|")')
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")


class Document(NamedTuple):
    """The text to read; `anchors` are pairs (place in the text, place in the file), ascending."""

    name: str
    raw: str
    text: str
    anchors: tuple[tuple[int, int], ...]
    lines: tuple[int, ...]
    """Where each line of the file begins."""
    problems: tuple[str, ...] = ()
    """Those that it carries, as JSON; they are no part of the text."""
    is_notebook: bool = False

    def in_file(self, at: int) -> int:
        """The place in the file of a place in the text."""
        i = bisect_right(self.anchors, (at, 1 << 62)) - 1
        start, raw = self.anchors[max(i, 0)]
        return raw + at - start

    def place(self, at: int) -> tuple[int, int]:
        """Line and column in the file, from 1."""
        raw = self.in_file(at)
        line = bisect_right(self.lines, raw)
        return line, raw - self.lines[line - 1] + 1

    def line_text(self, line: int) -> str:
        start = self.lines[line - 1]
        end = self.lines[line] if line < len(self.lines) else len(self.raw)
        return self.raw[start:end].rstrip("\r\n")


def document(raw: str, name: str = "-") -> Document:
    """The document in a file's text; a notebook is known by its form."""
    starts = (0, *(match.end() for match in re.finditer("\n", raw)))
    if raw[:200].lstrip().startswith("{") and '"cells"' in raw and '"nbformat"' in raw:
        text, anchors = notebook(raw)
        return Document(name, raw, text, anchors, starts, tuple(of_notebook(raw)), is_notebook=True)
    parts: list[str] = []
    found: list[tuple[int, int]] = [(0, 0)]
    problems: list[str] = []
    length = at = 0
    for one in comments(raw):
        parts.append(raw[at : one.start])
        length += one.start - at
        at = one.end
        found.append((length, at))
        problems.append(one.problem)
    return Document(name, raw, "".join([*parts, raw[at:]]), tuple(found), starts, tuple(problems))


def notebook(raw: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text of the cells, a blank line between two; each run without an escape is an anchor."""
    parts: list[str] = []
    anchors: list[tuple[int, int]] = [(0, 0)]
    length = at = 0
    while begun := SOURCE.search(raw, at):
        at = begun.start(1)
        stop = raw.find("]", at) if begun[1] == "[" else at
        while string := STRING.match(raw, skip(raw, at + (raw[at] in "[,"))):
            for text, place in runs(raw, string.start(1), string.end(1)):
                anchors.append((length, place))
                parts.append(text)
                length += len(text)
            at = stop = string.end()
            if begun[1] == '"' or raw[skip(raw, at) : skip(raw, at) + 1] != ",":
                break
            at = skip(raw, at)
        at = max(stop, begun.end())
        parts.append("\n\n")
        length += 2
    return "".join(parts), tuple(anchors)


def skip(raw: str, at: int) -> int:
    """Behind white space."""
    while at < len(raw) and raw[at] in " \t\r\n":
        at += 1
    return at


def runs(raw: str, start: int, end: int) -> list[tuple[str, int]]:
    """What a JSON string says, cut where an escape makes one character of several."""
    found: list[tuple[str, int]] = []
    for match in ESCAPE.finditer(raw, start, end):
        found += [(raw[start : match.start()], start)] if match.start() > start else []
        found.append((json.loads(f'"{match[0]}"'), match.start()))
        start = match.end()
    return [*found, (raw[start:end], start)] if end > start else found
