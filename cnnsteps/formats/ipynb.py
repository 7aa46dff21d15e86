"""A Jupyter notebook (nbformat 4.5) of Markdown cells, one a section; its looks are Markdown's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from cnnsteps.model.document import Document
from cnnsteps.render.carried import problem_text
from cnnsteps.render.options import RenderOptions
from cnnsteps.render.pieces import Pieces, joined

SUFFIX = ".ipynb"

HEADING = re.compile(rb"^#{1,6} ", re.MULTILINE)
BLOCK = b"$$\n"
"""Begins and ends a block of mathematics."""
LARGE = 1 << 16
"""A cell of more is slow to show: what follows goes into another."""
OPENING = b'{\n "cells": ['
METADATA = b'\n ],\n "metadata": {\n'
CLOSING = (
    b'  "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},\n'
    b'  "language_info": {"name": "python"}\n'
    b' },\n "nbformat": 4,\n "nbformat_minor": 5\n}\n'
)


def pieces(document: Document, options: RenderOptions) -> Iterator[Pieces]:
    """The document as a notebook, cell by cell; a notebook knows `$$` and no fences."""
    from cnnsteps.formats import markdown

    yield OPENING
    separator = b""
    shown = document._replace(meta=document.meta._replace(given=None))
    for n, source in enumerate(cells(markdown.pieces(shown, {**options, "flavor": "dollar"}))):
        yield separator + b"\n" + cell(n + 1, source)
        separator = b","
    yield METADATA
    if document.meta.given is not None:
        yield carried(document.meta.given)
    yield CLOSING


def carried(problem: Mapping[str, object]) -> bytes:
    """The problem in the notebook's metadata, as a string: a front end that saves it anew may round numbers."""
    return f'  "cnnsteps": {{"problem": {json.dumps(problem_text(problem))}}},\n'.encode()


def cells(text: Iterator[Pieces]) -> Iterator[bytes]:
    """The sources of the cells: Markdown cut before its headings, and where a cell grows large behind a block."""
    held = b""
    for piece in text:
        held += joined([piece])
        *whole, held = cut(held)
        yield from (source for source in whole if source.strip())
    if held.strip():
        yield held


def cut(text: bytes) -> Iterator[bytes]:
    """What is known to be whole, and last the beginning of what is not."""
    start = 0
    for found in HEADING.finditer(text, 1):
        yield from parts(text[start : found.start()])
        start = found.start()
    yield from parts(text[start:])


def parts(source: bytes) -> Iterator[bytes]:
    """A section in pieces of about LARGE, each of which ends where a block of mathematics does."""
    while len(source) > LARGE:
        at = end_of_block(source)
        if at is None:
            break
        yield source[:at]
        source = source[at:]
    yield source


def end_of_block(source: bytes) -> int | None:
    """Behind the last block that ends within LARGE, else behind the first one; None where none ends."""
    inside, at, last = False, 0, None
    while (at := source.find(BLOCK, at)) >= 0:
        at += len(BLOCK)
        inside = not inside
        if not inside:
            if at > LARGE:
                return last or at
            last = at
    return last


def cell(number: int, source: bytes) -> bytes:
    """One Markdown cell; its source is a list of lines, as Jupyter writes it."""
    lines = source.decode().strip("\n").split("\n")
    written = [json.dumps(line + "\n", ensure_ascii=False) for line in lines[:-1]]
    written.append(json.dumps(lines[-1], ensure_ascii=False))
    head = f'  {{\n   "cell_type": "markdown",\n   "id": "cell-{number}",\n   "metadata": {{}},\n   "source": [\n    '
    return (head + ",\n    ".join(written) + "\n   ]\n  }").encode()
