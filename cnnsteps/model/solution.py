"""What an operator reads and what it gives to the formats: plain data that knows no format."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Protocol

from cnnsteps.errors import InputError, Mistake
from cnnsteps.model.chain_rule import Derivative, Rule
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.settings import Setting
from cnnsteps.model.steps import NamedTensor, Operand, Steps
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.records import NamedTuple


class Limits(NamedTuple):
    """What is counted before anything is allocated."""

    max_cells: int = 10_000_000
    most_tensor: int = 100_000_000
    """The cells of a padded input or an answer."""
    digits: int | None = None
    """How many places of irrational numbers will be printed, unless as many as usual."""

    def check_size(self, problem: Problem) -> None:
        """InputError where solving the problem needs more than the machine should be asked for."""
        most = max(self.most_tensor, self.max_cells)
        if problem.largest > most:
            message = f"its padded input or its answer has {problem.largest:,} cells, more than {most:,}"
            raise InputError([Mistake(message, "use a smaller padding or a larger stride")])
        if problem.largest > self.most_tensor and problem.largest * BYTES_A_CELL > memory_of_machine():
            raise MemoryError

    def check_expansions(self, expansions: int) -> None:
        """InputError where more are asked for than anyone reads by mistake."""
        if expansions > self.max_cells:
            message = f"{expansions:,} expansions are asked for, more than the {self.max_cells:,} of --max-cells"
            hint = "choose some with --cells, leave them out with --answer-only, or raise --max-cells"
            raise InputError([Mistake(message, hint)])


BYTES_A_CELL = 32
"""What solving keeps of a cell: in the padded input, in the sums, in the answer."""


def memory_of_machine() -> float:
    """Bytes of memory, where the system tells."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return float("inf")


MOST_NUMBERS = 60_000
"""A step of more is not written down."""


class Gradient(NamedTuple):
    """How the loss changes with each number of a tensor, worked out by the chain rule."""

    output: NamedTensor
    steps: Steps | None
    """None where a step has more numbers than can be written down."""
    rule: Rule | Derivative


def shaped(out: Tensor, like: NamedTensor, steps: Steps, rule: Rule | Derivative) -> Gradient:
    """A gradient in the shape of what it is of."""
    fits = 3 * steps.terms <= MOST_NUMBERS
    return Gradient(NamedTensor(out.reshape(*like.shape), like.dims), steps if fits else None, rule)


class Problem(Protocol):
    """A problem as read: plain data, each operator's own."""

    @property
    def kind(self) -> str: ...

    @property
    def name(self) -> str:
        """What it is called where it has no title."""
        ...

    @property
    def title(self) -> str | None: ...

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What is given: the input first."""
        ...

    @property
    def settings(self) -> Sequence[Setting]:
        """What is not the default."""
        ...

    @property
    def output_shape(self) -> tuple[int, ...]: ...

    @property
    def output_dims(self) -> tuple[str, ...]:
        """The names of the output's dimensions before the spatial ones."""
        ...

    @property
    def expansions(self) -> int:
        """How many steps there are, those of the gradients among them."""
        ...

    @property
    def largest(self) -> int:
        """The cells of the largest tensor that solving it makes."""
        ...

    @property
    def sections(self) -> tuple[Section, ...]:
        """Where there are no numbers to work with: the formulas."""
        ...

    def rule(self, base: int) -> Equation | None:
        """Val in letters, its indices counted from `base`, where there is one formula for all cells."""
        ...

    def solve(self, limits: Limits) -> Solution: ...


class Solution(NamedTuple):
    """A problem worked out."""

    problem: Problem
    output: NamedTensor | None = None
    steps: Steps | None = None
    made: Mapping[str, Operand] = {}
    """What is made of the operands before the steps read it: `padded` input, `turned` kernel."""
    layers: tuple[Solution, ...] = ()
    """A network's, one after the other."""
    extras: Mapping[str, object] = {}
    """What the JSON result says besides, as plain values."""
    gradients: Mapping[str, Gradient] = {}
    """By what they are the gradients of: input, kernel, bias."""

    @property
    def kind(self) -> str:
        return self.problem.kind

    @property
    def title(self) -> str | None:
        return self.problem.title

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.problem.output_shape

    @property
    def operands(self) -> tuple[Operand, ...]:
        """All that steps may read: what is given, and what was made of it."""
        return (*self.problem.operands, *self.made.values())

    @property
    def views(self) -> Mapping[str, NamedTensor | None]:
        """The tensors that a page shows besides what is given: `padded`, `turned`."""
        return {"padded": None, "turned": None, **{name: operand.values for name, operand in self.made.items()}}
