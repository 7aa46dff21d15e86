"""What there is to walk through: an answer, gradients, a network's layers, and where there are no steps, formulas."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cnnsteps.model.equation import Equation
from cnnsteps.model.selection import Selection
from cnnsteps.model.solution import Gradient, Solution
from cnnsteps.model.steps import NamedTensor, Steps
from cnnsteps.numbers.tensor import Positions
from cnnsteps.records import NamedTuple

TOO_MANY = "A step has too many numbers to be written down."


class Chapter(NamedTuple):
    """Steps that belong together: the cells of one tensor, or the equations of a formula."""

    title: str
    about: str
    """A line of the list: its type and its size."""
    solution: Solution
    steps: Steps | None = None
    output: NamedTensor | None = None
    gradient: Gradient | None = None
    cells: Positions | range = range(0)
    """Which steps, in their order."""
    rows: tuple[Equation, ...] = ()
    notes: tuple[str, ...] = ()
    formula: Equation | None = None

    @property
    def total(self) -> int:
        return len(self.cells) if self.steps is not None else len(self.rows)

    @property
    def label(self) -> str:
        return "Output" if self.gradient is None else f"∂L/∂{self.gradient.rule.by.name}"


def chapters_of(solution: Solution, selection: Selection, base: int) -> list[Chapter]:
    """In the order of the solution's own page."""
    if solution.layers:
        return [chapter for layer in solution.layers for chapter in layer_chapters(layer, base)]
    if solution.output is None:
        return list(formula_chapters(solution))
    return list(answer_chapters(solution, solution.title or solution.problem.name, selection, base))


def layer_chapters(layer: Solution, base: int) -> Iterator[Chapter]:
    title = f"{layer.extras['name']}: {layer.problem.name}"
    yield from answer_chapters(layer, title, Selection(layer.output_shape), base)


def answer_chapters(solution: Solution, title: str, selection: Selection, base: int) -> Iterator[Chapter]:
    """The answer's steps, then each gradient's."""
    output = solution.output
    assert output is not None
    cells = selection.within(0, math.prod(output.shape))
    about = f"{' × '.join(map(str, output.shape)) or 'a number'}"
    rule = solution.problem.rule(base)
    yield Chapter(title, about, solution, solution.steps, output, None, cells, (), notes_of(solution.steps), rule)
    names: dict[str, str] = {operand.role: operand.name.lower() for operand in solution.problem.operands}
    for role, gradient in solution.gradients.items():
        shape = gradient.output.shape
        yield Chapter(
            f"The gradient of the {names.get(role, role)}", " × ".join(map(str, shape)), solution, gradient.steps,
            gradient.output, gradient, range(math.prod(shape)), (), notes_of(gradient.steps), gradient.rule.row(base),
        )  # fmt: skip


def notes_of(steps: Steps | None) -> tuple[str, ...]:
    return () if steps is not None else (TOO_MANY,)


def formula_chapters(solution: Solution) -> Iterator[Chapter]:
    """A size has no numbers to multiply: what forms is its formula."""
    for title, about, equations in solution.problem.sections:
        notes = () if equations else ("Nothing has to be worked out here.",)
        yield Chapter(title, about, solution, rows=equations, notes=notes)
