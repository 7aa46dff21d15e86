"""The operators, one a file or folder; its name is the type that the user writes. Nothing has to be registered.

Each module has `SUMMARY` and `EXAMPLES` for `--help` and the manual; `KEYS`, what a problem file may say; and `read`,
which checks the whole and gives a typed problem that knows how it is solved. One that can be a layer of a network has
`SIZE_KEYS`, what a layer may say of which only sizes are known, and `sizes`, which gives its line in the table; with
numbers the problem's own `line` does.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from cnnsteps.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    # Not for --help: the types of problems need numpy.
    from cnnsteps.operators._contract import Keys, LayerOperator, Operator


@cache
def names() -> list[str]:
    """All operators, in alphabetical order."""
    return sorted(name.removesuffix(".py") for name in os.listdir(__path__[0]) if name[0] not in "_.")


def load(name: str) -> Operator:
    """The operator's module; imported only when a problem needs it."""
    return cast("Operator", import_module(f"cnnsteps.operators.{name}"))


def arguments(operator: Operator) -> Mapping[str, str]:
    """The keys by the names that PyTorch's function gives them, where these differ."""
    names: Mapping[str, str] = getattr(operator, "ARGUMENTS", {})
    return names


def aliases(operator: Operator) -> tuple[str, ...]:
    """What other libraries call it."""
    names: tuple[str, ...] = getattr(operator, "ALIASES", ())
    return names


def checks(operator: Operator | LayerOperator, of_sizes: bool = False) -> Keys:
    """Keys that say once more what others say, and have to agree with them; those of a layer of sizes."""
    keys: Keys = getattr(operator, "SIZE_CHECKS" if of_sizes else "CHECKS", ())
    return keys


def advice(operator: Operator | LayerOperator) -> Mapping[str, str]:
    """What is said of keys that other libraries' classes have, and that have no counterpart here."""
    said: Mapping[str, str] = getattr(operator, "ADVICE", {})
    return said


def load_layer(name: str) -> LayerOperator:
    return cast("LayerOperator", load(name))


@cache
def layers() -> list[str]:
    """Those that can be a layer of a network."""
    return [name for name in names() if hasattr(load(name), "sizes")]


class About(NamedTuple):
    """What an operator says of itself."""

    summary: str
    examples: tuple[str, ...]


@cache
def about(name: str) -> About:
    """What the operator says of itself."""
    path = os.path.join(__path__[0], name)
    return about_in(os.path.join(path, "__init__.py") if os.path.isdir(path) else f"{path}.py")


def about_in(path: str) -> About:
    """SUMMARY and EXAMPLES from a module's text: importing all of them doubles the time of `--help`."""
    import ast

    with open(path, encoding="utf-8") as file:
        # No more of it is parsed than these paragraphs: all of the file takes ten times as long.
        top = [part for part in file.read().split("\n\n") if "\nSUMMARY = " in f"\n{part}"]
    constants: dict[str, Any] = {}
    for line in ast.parse("\n".join(top)).body:
        match line:
            case ast.Assign(targets=[ast.Name(id="SUMMARY" | "EXAMPLES" as constant)], value=value):
                constants[constant] = ast.literal_eval(value)
    return About(constants["SUMMARY"], constants["EXAMPLES"])
