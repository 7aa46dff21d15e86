"""The formats, one a file, each with a template of the same name.

Each module has `SUFFIX`, by which `-o` knows it, and `pieces`, which writes a solution as
a stream of bytes. Nothing has to be registered.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from cnnsteps.model.selection import Selection
from cnnsteps.model.solution import Solution

Pieces = bytes | memoryview | list[bytes | memoryview]
"""A piece of output, or several that go out together; valid until the one after the next is asked for."""


class Screen(NamedTuple):
    """Where text goes: a terminal of some width and colours, or a pipe or file."""

    is_terminal: bool = False
    columns: int | None = None
    colors: str | None = None
    """rich's name of the colour system; None writes no escape codes."""
    ascii_only: bool = False


class Options(NamedTuple):
    """How a solution is to be written."""

    answer_only: bool = False
    selection: Selection | None = None
    index_base: int = 1
    fragment: bool = False
    digits: int | None = None
    flavor: str = "dollar"
    template: Path | None = None
    screen: Screen = Screen()
    advance: Callable[[int], None] = lambda _: None
    """Told how many expansions were written."""
    language: str = "en"
    """Of the words; what they are is in `cnnsteps.render.languages`."""


class Format(Protocol):
    """What each module of this package offers."""

    SUFFIX: str

    def pieces(self, solution: Solution, options: Options) -> Iterator[Pieces]: ...


def joined(piece: Pieces) -> bytes:
    """One piece, or several that go out together, as bytes that stay."""
    return b"".join(map(bytes, piece)) if isinstance(piece, list) else bytes(piece)


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
