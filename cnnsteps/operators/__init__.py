"""The operators, one a file; a file's name is the type that the user writes.

Each module has `SUMMARY` and `EXAMPLES` for `--help` and the manual; `KEYS`, what a problem
file may say; `read`, which checks the whole and gives a typed problem; and `solve`, which
works it out. Nothing has to be registered.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, cast

if TYPE_CHECKING:
    from cnnsteps.model.solution import Problem
    from cnnsteps.reading.field_types import Key
    from cnnsteps.reading.fields import Given
    from cnnsteps.report import Report


Keys: TypeAlias = "tuple[Key[Any], ...]"


class Operator(Protocol):
    """What each module of this package offers."""

    SUMMARY: str
    EXAMPLES: tuple[str, ...]
    KEYS: Keys

    def read(self, given: Given, report: Report) -> Problem | None: ...


@cache
def names() -> list[str]:
    """All types of problems, in alphabetical order."""
    return sorted(name[:-3] for name in os.listdir(__path__[0]) if name.endswith(".py") and name[0] != "_")


def load(name: str) -> Operator:
    """The operator's module; imported only when a problem needs it."""
    return cast(Operator, import_module(f"cnnsteps.operators.{name}"))


class About(NamedTuple):
    """What an operator says of itself."""

    summary: str
    examples: tuple[str, ...]


@cache
def about(name: str) -> About:
    """The operator's SUMMARY and EXAMPLES, from its text: importing all of them doubles the time of `--help`."""
    import ast

    said: dict[str, Any] = {}
    for line in ast.parse(Path(__path__[0], f"{name}.py").read_text("utf-8")).body:
        match line:
            case ast.Assign(targets=[ast.Name(id="SUMMARY" | "EXAMPLES" as constant)], value=value):
                said[constant] = ast.literal_eval(value)
    return About(said["SUMMARY"], said["EXAMPLES"])
