"""What there is to walk through: an answer, gradients, a network's layers, and where there are no steps, formulas."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from cnnsteps.model.expr import Chain, Expr
from cnnsteps.model.selection import Selection
from cnnsteps.model.solution import Gradient, Solution
from cnnsteps.model.steps import NamedTensor, Steps
from cnnsteps.numbers.tensor import Positions
from cnnsteps.walk.formula import formula_of, gradient_formula
from cnnsteps.walk.operands import Board, named

Row = tuple[tuple[Expr, ...], Chain]
WORDS = {"x": "input", "w": "kernel", "b": "bias"}
NAMES = {"conv": "Convolution", "conv_transpose": "Transposed convolution", "linear": "Linear layer", "relu": "ReLU",
         "leaky_relu": "Leaky ReLU", "batch_norm": "Batch normalization", "size": "Output size"}  # fmt: skip
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
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    formula: Row | None = None

    @property
    def total(self) -> int:
        return len(self.cells) if self.steps is not None else len(self.rows)

    @property
    def label(self) -> str:
        return "Output" if self.gradient is None else f"∂L/∂{self.gradient.rule.by.name}"

    @property
    def boards(self) -> list[Board]:
        return list(named(self.solution, self.gradient))

    @property
    def plane(self) -> int:
        """How many cells one filter and batch item has."""
        return math.prod(self.output.spatial) if self.output is not None else 1


def chapters_of(solution: Solution, selection: Selection, base: int) -> list[Chapter]:
    """In the order of the solution's own page."""
    if solution.layers:
        layers = enumerate(solution.layers)
        return [chapter for i, layer in layers for chapter in layer_chapters(solution, i, layer, base)]
    if solution.output is None:
        return list(formula_chapters(solution))
    title = solution.title or title_of(solution)
    return list(answer_chapters(solution, title, selection, base))


def title_of(solution: Solution) -> str:
    """What a problem is called that has no title."""
    name = getattr(solution.problem, "name", None)
    return NAMES.get(solution.kind) or (str(name) if name else solution.kind.capitalize().replace("_", " "))


def layer_chapters(network: Solution, i: int, layer: Solution, base: int) -> Iterator[Chapter]:
    name = cast(Any, network.problem).layers[i].name
    yield from answer_chapters(layer, f"{name}: {title_of(layer)}", Selection(layer.output_shape), base)


def answer_chapters(solution: Solution, title: str, selection: Selection, base: int) -> Iterator[Chapter]:
    """The answer's steps, then each gradient's."""
    output = solution.output
    assert output is not None
    cells = selection.within(0, math.prod(output.shape))
    about = f"{' × '.join(map(str, output.shape)) or 'a number'}"
    notes: tuple[str, ...] = () if solution.steps is not None else (TOO_MANY,)
    yield Chapter(title, about, solution, solution.steps, output, None, cells, (), notes, formula_of(solution, base))
    for name, gradient in solution.gradients.items():
        shape = gradient.output.shape
        word = "weight" if (name, solution.kind) == ("kernel", "linear") else name
        notes = () if gradient.steps is not None else (TOO_MANY,)
        yield Chapter(
            f"The gradient of the {word}", " × ".join(map(str, shape)), solution, gradient.steps, gradient.output,
            gradient, range(math.prod(shape)), (), notes, gradient_formula(gradient.rule, base),
        )  # fmt: skip


def formula_chapters(solution: Solution) -> Iterator[Chapter]:
    """A size has no numbers to multiply: what forms is its formula."""
    problem = cast(Any, solution.problem)
    if solution.kind == "size":
        from cnnsteps.render.page import size_rows

        rows = (*size_rows(problem.axes), *problem.costs)
        yield Chapter(solution.title or title_of(solution), "formulas", solution, rows=rows)
        return
    for layer in problem.layers:
        notes = () if layer.equations else ("Nothing has to be worked out here.",)
        yield Chapter(f"{layer.name}: {layer.kind}", layer.output, solution, rows=layer.equations, notes=notes)
