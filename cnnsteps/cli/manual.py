"""The manual: a page for each command, from the text that `--help` shows.

`python -m cnnsteps.manual DIR` writes cnnsteps.1, cnnsteps-conv.1, …; a wheel carries them.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from cnnsteps import __version__
from cnnsteps.cli.command_tree import Command, Flag, every

SECTIONS = {"Exit codes": "EXIT STATUS"}
"""A manual's own names for what --help calls otherwise."""


def pages(root: Command) -> Iterator[tuple[str, str]]:
    """The pages' file names and texts."""
    for command in every(root):
        yield f"{page_name(command)}.1", page(command)


def page_name(command: Command) -> str:
    return "-".join(command.path)


def page(command: Command) -> str:
    """One page, in the macros of man(7)."""
    date = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    summary = command.summary.rstrip(".")
    name = page_name(command)
    return "\n".join(
        [
            f'.TH {typed(name.upper())} 1 {date} "cnnsteps {__version__}" "cnnsteps manual"',
            ".SH NAME",
            rf"{typed(name)} \- {plain(summary[:1].lower() + summary[1:])}",
            ".SH SYNOPSIS",
            *synopsis(command),
            ".SH DESCRIPTION",
            *body(command.text),
            ".SH OPTIONS",
            *(line for flag in command.flags for line in option(flag)),
            *children(command),
            *ending(command.end),
            *see_also(command),
            "",
        ]
    )


def synopsis(command: Command) -> Iterator[str]:
    yield f".B {typed(' '.join(command.path))}"
    yield r"[\fIOPTIONS\fR]"
    yield from (rf"\fI{plain(what.name)}\fR" for what in command.arguments)
    if command.commands:
        yield r"\fICOMMAND\fR [\fIARGS\fR]..."


def option(flag: Flag) -> Iterator[str]:
    spelled = ", ".join(rf"\fB{typed(name)}\fR" for name in flag.names)
    if flag.values:
        spelled += rf" \fI{plain(flag.values.name)}\fR"
    yield ".TP"
    yield spelled
    yield plain(flag.text)


def children(command: Command) -> Iterator[str]:
    if command.commands:
        yield ".SH COMMANDS"
    for child in command.commands:
        yield from (".TP", rf"\fB{typed(page_name(child))}\fR(1)", plain(child.summary))


def ending(text: str) -> Iterator[str]:
    """What --help says below its options: `Examples:` and the like become sections."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        titled = re.match(r"(?:\x08\n)?(\w[\w ]*):\n", paragraph)
        if titled:
            yield f".SH {SECTIONS.get(titled[1], titled[1].upper())}"
            paragraph = "\b\n" + paragraph[titled.end() :]
        elif paragraph:
            yield ".PP"
        yield from lines(paragraph)


def body(text: str) -> Iterator[str]:
    """Paragraphs, filled; those behind a \\b stand as they are."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        if number:
            yield ".PP"
        yield from lines(paragraph)


def lines(paragraph: str) -> Iterator[str]:
    if paragraph.startswith("\b\n"):
        rows = paragraph[2:].split("\n")
        indent = min(len(row) - len(row.lstrip()) for row in rows)
        yield ".nf"
        yield from (typed(row[indent:]) for row in rows)
        yield ".fi"
    else:
        yield from (plain(sentence) for sentence in re.split(r"(?<=[.;:]) ", " ".join(paragraph.split())))


def see_also(command: Command) -> Iterator[str]:
    if command.path[:-1]:
        yield from (".SH SEE ALSO", rf".BR {typed('-'.join(command.path[:-1]))} (1)")


def typed(text: str) -> str:
    """What is to be typed as it stands: its hyphens and quotes are ASCII's."""
    return plain(text).replace("-", r"\-").replace("'", r"\(aq").replace("`", r"\(ga").replace("^", r"\(ha")


def plain(text: str) -> str:
    """Text that roff leaves alone."""
    text = text.replace("\\", r"\e").replace("~", r"\(ti")
    text = "".join(c if c.isascii() else rf"\[u{ord(c):04X}]" for c in text)
    return rf"\&{text}" if text.startswith((".", "'")) else text


def main(folder: str) -> None:
    from cnnsteps.cli.command_tree import tree
    from cnnsteps.cli.program import program

    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in pages(tree(program)):
        Path(folder, name).write_text(text, "ascii")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m cnnsteps.cli.manual DIR")
    main(sys.argv[1])
