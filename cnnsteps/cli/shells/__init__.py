"""The shells whose TAB can complete cnnsteps, one a file.

Each module has `PLACE`, where below a prefix's `share/` the shell looks for it, and `script`,
which writes the command tree in the shell's own terms. Nothing has to be registered.

A script knows the whole tree, so that TAB starts no Python: click's own completion asks the
program each time, which takes as long as `cnnsteps --help`, and can't ask for `*.json` alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Protocol, TypeVar, cast

from cnnsteps.cli.command_tree import Command, Flag, Values, every

T = TypeVar("T")


class Shell(Protocol):
    """What each module of this package offers."""

    PLACE: str

    def script(self, root: Command) -> str: ...


def names() -> list[str]:
    """All shells, in alphabetical order."""
    return sorted(name[:-3] for name in os.listdir(__path__[0]) if name.endswith(".py") and name[0] != "_")


def load(name: str) -> Shell:
    """The shell's module."""
    return cast(Shell, import_module(f"cnnsteps.cli.shells.{name}"))


def quoted(text: str) -> str:
    """One word of bash or zsh, as it stands."""
    return "'" + text.replace("'", "'\\''") + "'"


def shared(root: Command, parts: Callable[[Command], Iterable[T]]) -> Iterator[tuple[T, list[str]]]:
    """Each different part with the names of all commands that have it."""
    found: dict[T, list[str]] = {}
    for command in every(root):
        for part in parts(command):
            found.setdefault(part, []).append(command.name)
    yield from found.items()


def with_value(root: Command) -> list[str]:
    """The spellings of all options that a value follows."""
    flags = {name: None for command in every(root) for flag in command.flags if flag.values for name in flag.names}
    return list(flags)


def flags_of(command: Command) -> tuple[Flag, ...]:
    return command.flags


def places_of(command: Command) -> Iterator[tuple[int, Values]]:
    """Each argument with its place, counted from 0."""
    yield from enumerate(command.arguments)
