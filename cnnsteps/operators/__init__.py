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
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, cast

from cnnsteps.model.solution import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnsteps.reading.field_types import Key, PaddingValue
    from cnnsteps.reading.fields import Given
    from cnnsteps.report import Report
    from cnnsteps.windows.costs import Layer
    from cnnsteps.windows.receptive_field import Shape, State

Keys: TypeAlias = "tuple[Key[Any], ...]"


class Operator(Protocol):
    """What each module of this package offers."""

    SUMMARY: str
    EXAMPLES: tuple[str, ...]
    KEYS: Keys

    def read(self, given: Given, report: Report) -> Problem | None: ...


class LayerProblem(Problem, Protocol):
    """A problem that can be a layer of a network."""

    def line(self, state: State) -> Layer:
        """Its line in the table, behind a layer that gives `state`."""
        ...


class Node(Protocol):
    """A node of an ONNX model, as an operator reads it; what its attributes and inputs can't give is refused there."""

    @property
    def op(self) -> str: ...

    @property
    def opset(self) -> int: ...

    @property
    def given(self) -> str:
        """`conv1 gives 1 × 96 × 55 × 55`, for a mistake."""
        ...

    @property
    def keeps_batch(self) -> bool:
        """Its first dimension is the model's batch."""
        ...

    def shape(self, i: int) -> Shape:
        """That of one input, with the batch."""
        ...

    def has(self, i: int) -> bool: ...

    def is_constant(self, i: int) -> bool: ...

    def has_attribute(self, name: str) -> bool: ...

    def word(self, name: str, default: str) -> str: ...

    def number(self, name: str, default: int = 0) -> int: ...

    def numbers(self, name: str, count: int, default: int = 1, least: int = 1) -> Shape:
        """An attribute with one number a dimension."""
        ...

    def padding(self, dims: int) -> PaddingValue:
        """What auto_pad and pads say, as the key `padding` has it."""
        ...


class LayerOperator(Protocol):
    """An operator that can be a layer of a network, with numbers, as sizes, and in an ONNX model."""

    KEYS: Keys
    SIZE_KEYS: Keys
    ONNX: Mapping[str, tuple[int, ...]]
    """What ONNX calls it, and which of the inputs are parameters."""

    def read(self, given: Given, report: Report) -> LayerProblem | None: ...

    def sizes(self, given: Given, state: State, report: Report) -> Layer | None: ...

    def onnx(self, node: Node, state: State, report: Report) -> Layer | None:
        """Its line; None without a mistake where the node is another thing, or keeps its shape."""
        ...


@cache
def names() -> list[str]:
    """All operators, in alphabetical order."""
    return sorted(name.removesuffix(".py") for name in os.listdir(__path__[0]) if name[0] not in "_.")


def load(name: str) -> Operator:
    """The operator's module; imported only when a problem needs it."""
    return cast(Operator, import_module(f"cnnsteps.operators.{name}"))


def load_layer(name: str) -> LayerOperator:
    return cast(LayerOperator, load(name))


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
        top = [part for part in file.read().split("\n\n") if part.startswith(("SUMMARY =", "EXAMPLES ="))]
    constants: dict[str, Any] = {}
    for line in ast.parse("\n".join(top)).body:
        match line:
            case ast.Assign(targets=[ast.Name(id="SUMMARY" | "EXAMPLES" as constant)], value=value):
                constants[constant] = ast.literal_eval(value)
    return About(constants["SUMMARY"], constants["EXAMPLES"])
