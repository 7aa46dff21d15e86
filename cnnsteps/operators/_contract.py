"""What the modules of this package offer, and what they are asked with: for the types alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from cnnsteps.model.solution import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnsteps.reading.field_types import PaddingValue
    from cnnsteps.reading.fields import Given
    from cnnsteps.reading.key import Key
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
    def inferred(self) -> Shape | None:
        """The output's shape, as ONNX's own inference has it."""
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
