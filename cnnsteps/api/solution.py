"""What a call gives: the answer, every step, and how to write them down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Unpack

from cnnsteps.api import notebook
from cnnsteps.api.exactly import exact_array, nearest_array
from cnnsteps.api.options import format_of, taking_options, written
from cnnsteps.api.step import Sentences
from cnnsteps.api.steps import Steps
from cnnsteps.api.types import Array
from cnnsteps.errors import UsageError
from cnnsteps.model.solution import Gradient as WorkedGradient
from cnnsteps.model.solution import Solution as Worked
from cnnsteps.options import Options
from cnnsteps.output.file import File
from cnnsteps.records import NamedTuple
from cnnsteps.render.options import Screen
from cnnsteps.render.pieces import joined


class Gradient:
    """How the loss changes with each number of an input, a weight or a bias.

    >>> import cnnsteps
    >>> solution = cnnsteps.conv([[1, 2], [3, 4]], [[5]], grad_output=[[1, 0], [0, 1]])
    >>> gradient = solution.gradients["weight"]
    >>> gradient.output
    array([[5]])
    >>> print(gradient.steps[0, 0])
    ∂L/∂w[1,1] = 1×1 + 0×2 + 0×3 + 1×4 = 5
    """

    def __init__(self, solution: Worked, gradient: WorkedGradient, show: Options) -> None:
        self.worked = gradient
        self.output: Array = exact_array(gradient.output.tensor)
        """The exact numbers, as `Solution.output` has them."""
        self.steps = Steps(gradient.steps, gradient.output, Sentences(solution, show, gradient))
        """The steps, as `Solution.steps` has them."""

    def __repr__(self) -> str:
        return f"<cnnsteps.Gradient of shape {' × '.join(map(str, self.output.shape))}>"


class Layer(NamedTuple):
    """A layer of a network: what it makes of a shape, what it costs, and where there are numbers its solution.

    >>> import cnnsteps
    >>> network = cnnsteps.network([[1, -2]], [{"type": "relu", "name": "act"}, {"type": "flatten"}])
    >>> network.layers[0].name, network.layers[0].output_shape
    ('act', (1, 2))
    >>> network.layers[1].solution.output
    array([1, 0])
    """

    name: str
    type: str
    output_shape: tuple[int, ...] | None
    parameters: int | None
    multiply_adds: int | None
    receptive_field: tuple[int, ...] | None
    solution: Solution | None = None


class Solution:
    """A problem worked out. It prints itself, and in Jupyter shows itself; a large one is cut there.

    >>> import cnnsteps
    >>> solution = cnnsteps.conv([[1, 2, 3], [4, 5, 6]], [[1, 0.5]])
    >>> solution
    <cnnsteps.Solution of a conv problem: 2 × 2, 4 steps>
    >>> print(solution.steps[0, 1])
    Val[1,2] = 2×1 + 3×0.5 = 3.5
    >>> solution.save("solution.tex")  # doctest: +SKIP
    """

    def __init__(self, worked: Worked, show: Options | None = None, given: Mapping[str, object] | None = None) -> None:
        self.worked = worked
        self.given = given
        """The problem as a file has it, which documents carry."""
        self.show = show or Options()
        """The options that the problem itself has, under "show"."""

    @property
    def type(self) -> str:
        """What was worked out, as a problem file's `type` says it.

        >>> import cnnsteps
        >>> cnnsteps.max_pool([[1, 2]], (1, 2)).type
        'pool'
        """
        return self.worked.kind

    @property
    def title(self) -> str | None:
        """The heading, where the problem has one.

        >>> import cnnsteps
        >>> cnnsteps.relu([1], title="Exercise 1").title
        'Exercise 1'
        """
        return self.worked.title

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The answer's shape.

        >>> import cnnsteps
        >>> cnnsteps.size([3, 227, 227], 11, stride=4, filters=96).output_shape
        (96, 55, 55)
        """
        return tuple(self.worked.output_shape)

    @cached_property
    def output(self) -> Array:
        """The answer, exactly: an int64 array where all numbers are whole and fit, else an array of Python's own.

        Those are int, Fraction, and for the irrational ones the nearest float; they are shown as numbers.
        `solution.numpy()` and `numpy.asarray(solution)` give plain floats.

        >>> import cnnsteps
        >>> cnnsteps.conv([[1, 2], [3, 4]], [[1, 1]]).output
        array([[3],
               [7]])
        >>> cnnsteps.avg_pool([[1, 2], [3, 4]], 2).output
        array([[2.5]])
        >>> cnnsteps.conv([[1, 2]], [["1/3"]]).output
        array([[1/3, 2/3]])
        >>> cnnsteps.conv([[1, 2]], [["1/3"]]).output.tolist()
        [[Fraction(1, 3), Fraction(2, 3)]]
        """
        if self.worked.output is None:
            raise UsageError(f"this {self.type} problem is one of sizes: it has an output_shape and no output")
        return exact_array(self.worked.output.tensor)

    def numpy(self) -> Array:
        """The answer as int64 where that is exact, else as float64, each number the nearest.

        >>> import cnnsteps
        >>> cnnsteps.avg_pool([[1, 2], [3, 4]], 2).numpy()
        array([[2.5]])
        """
        if self.worked.output is None:
            raise UsageError(f"this {self.type} problem is one of sizes: it has an output_shape and no output")
        return nearest_array(self.worked.output.tensor)

    def __array__(self, dtype: object = None, copy: bool | None = None) -> Array:
        found = self.numpy()
        return found if dtype is None else found.astype(dtype)  # type: ignore[call-overload]

    @cached_property
    def steps(self) -> Steps:
        """Every step, worked out when it is looked at; by the cell's index from 0, as NumPy has it.

        >>> import cnnsteps
        >>> for step in cnnsteps.conv([1, 2, 3], [1, -1]).steps:
        ...     print(step)
        Val[1] = 1×1 + 2×(-1) = -1
        Val[2] = 2×1 + 3×(-1) = -1
        """
        return Steps(self.worked.steps, self.worked.output, Sentences(self.worked, self.show))

    @property
    def gradients(self) -> Mapping[str, Gradient]:
        """Where `grad_output` was given: the gradients, by the names of the arguments.

        >>> import cnnsteps
        >>> gradients = cnnsteps.linear([1, 2], [[3, 4]], grad_output=[10]).gradients
        >>> gradients["input"].output, gradients["weight"].output
        (array([30, 40]), array([[10, 20]]))
        """
        found = self.worked.gradients.items()
        return {"weight" if name == "kernel" else name: Gradient(self.worked, gradient, self.show)
                for name, gradient in found}  # fmt: skip

    @property
    def layers(self) -> tuple[Layer, ...]:
        """A network's layers, in order.

        >>> import cnnsteps
        >>> lenet = cnnsteps.network([1, 28, 28], [{"type": "conv", "kernel": 5, "filters": 6}, {"type": "relu"}])
        >>> [(layer.name, layer.output_shape, layer.parameters) for layer in lenet.layers]
        [('conv1', (6, 24, 24), 156), ('relu1', (6, 24, 24), 0)]
        """
        if self.worked.layers:
            return tuple(layer_of(layer.extras, Solution(layer, self.show)) for layer in self.worked.layers)
        lines = self.worked.extras.get("layers")
        return tuple(layer_of(line, None) for line in lines) if isinstance(lines, list) else ()

    @property
    def parameters(self) -> int | None:
        """How many a network has, or a size problem with channels and filters; None where nobody asked.

        >>> import cnnsteps
        >>> cnnsteps.size([3, 227, 227], 11, stride=4, filters=96).parameters
        34944
        """
        return number_or_none(self.worked.extras.get("parameters"))

    @property
    def multiply_adds(self) -> int | None:
        """One for each product in a convolution or linear layer, where `parameters` are counted too.

        >>> import cnnsteps
        >>> cnnsteps.size([3, 227, 227], 11, stride=4, filters=96).multiply_adds
        105415200
        """
        return number_or_none(self.worked.extras.get("multiply_adds"))

    @taking_options
    def render(self, format: str = "terminal", **options: Unpack[Options]) -> str:
        """The whole solution as text: "terminal", "latex", "markdown", "json" or "ipynb".

        The options are the command line's, and go before the problem's own "show". UsageError where one does not fit.

        >>> import cnnsteps
        >>> print(cnnsteps.conv([1, 2, 3], [1, 1]).render("json", answer_only=True))
        {"problems": [
        {"type": "conv", "title": null, "output_shape": [2], "output": [3, 5]}
        ]}
        <BLANKLINE>
        """
        return joined(written(self.worked, format, {**self.show, **options}, self.given)).decode()

    @taking_options
    def save(self, path: str | os.PathLike[str], format: str | None = None, **options: Unpack[Options]) -> None:
        """Writes the solution to a file, whole or not at all; its suffix says the format unless told.

        >>> import cnnsteps
        >>> cnnsteps.conv([1, 2, 3], [1, 1]).save("solution.ipynb")  # doctest: +SKIP
        """
        name = os.fspath(path)
        File(name).write(written(self.worked, format or format_of(name), {**self.show, **options}, self.given))

    def __repr__(self) -> str:
        shape = " × ".join(map(str, self.output_shape)) or "one number"
        steps = self.steps.size
        told = f", {steps:,} step{'' if steps == 1 else 's'}" if steps else ""
        return f"<cnnsteps.Solution of a {self.type} problem: {shape}{told}>"

    def __str__(self) -> str:
        from shutil import get_terminal_size

        columns = get_terminal_size((100, 24)).columns
        return notebook.cut(self.worked, self.show, "terminal", Screen(columns=columns)).rstrip("\n")

    def _repr_markdown_(self) -> str:
        return notebook.cut(self.worked, self.show, "markdown")

    def _repr_latex_(self) -> str | None:
        return notebook.formulas(self.worked, self.show)


def layer_of(line: Mapping[str, object], solution: Solution | None) -> Layer:
    """A layer's line of the JSON result."""
    shape, field = line["output_shape"], line["receptive_field"]
    return Layer(
        str(line["name"]),
        str(line["type"]),
        tuple(shape) if isinstance(shape, list) else None,
        number_or_none(line["parameters"]),
        number_or_none(line["multiply_adds"]),
        tuple(field) if isinstance(field, list) else None,
        solution,
    )


def number_or_none(value: object) -> int | None:
    return value if isinstance(value, int) else None
