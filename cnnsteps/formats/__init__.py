"""The formats, one a file, each with a template of the same name.

Each module has `SUFFIX`, by which `-o` knows it, and `pieces`, which writes a document as
a stream of bytes. Nothing has to be registered.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from cnnsteps.model.document import Document
from cnnsteps.render.options import RenderOptions
from cnnsteps.render.pieces import Pieces


class Format(Protocol):
    """What each module of this package offers."""

    SUFFIX: str

    def pieces(self, document: Document, options: RenderOptions) -> Iterator[Pieces]: ...


@cache
def names() -> list[str]:
    """All formats, in alphabetical order."""
    return sorted(name[:-3] for name in os.listdir(__path__[0]) if name.endswith(".py") and name[0] != "_")


def load(name: str) -> Format:
    """The format's module; imported only when it is asked for."""
    return cast(Format, import_module(f"cnnsteps.formats.{name}"))


def by_suffix(suffix: str) -> str | None:
    """The format that files with this suffix have."""
    return next((name for name in names() if suffix == load(name).SUFFIX), None)
