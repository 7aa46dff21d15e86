"""The steps of an answer as an array of its shape; each is worked out when it is looked at."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeAlias, cast, overload

import numpy as np

from cnnsteps.api.exactly import number_of
from cnnsteps.api.types import Exact
from cnnsteps.model.solution import Gradient, Solution
from cnnsteps.model.steps import Indices, JsonFields, NamedTensor, Run
from cnnsteps.model.steps import Steps as Told
from cnnsteps.numbers.tensor import Positions
from cnnsteps.options import Options
from cnnsteps.render.document import lone_page
from cnnsteps.render.expansions import Expansions
from cnnsteps.render.options import render_options
from cnnsteps.render.pieces import joined
from cnnsteps.render.style import FormatStyle

if TYPE_CHECKING:
    from numpy.typing import NDArray

Fact: TypeAlias = "Exact | bool | str | tuple[Fact, ...] | None"
Index: TypeAlias = "slice | EllipsisType | NDArray[Any] | list[int] | list[bool] | tuple[Any, ...] | None"
"""What chooses several steps of an array."""
MOST_SHOWN = 64
"""Steps that `print` shows."""
BLOCK = 256
"""How many steps are worked out together when one goes through all of them."""


class Sentences:
    """Writes the steps of a solution, or of one of its gradients, in a format."""

    def __init__(self, solution: Solution, show: Options, gradient: Gradient | None = None) -> None:
        self.solution, self.gradient = solution, gradient
        self.options = render_options(show)
        self.writers: dict[str, Expansions] = {}

    def write(self, cell: int, style: FormatStyle) -> str:
        """The expansion of one cell."""
        if style.name not in self.writers:
            self.writers[style.name] = self.writer(style)
        return joined(self.writers[style.name].write(np.array([cell]))).decode()

    def writer(self, style: FormatStyle) -> Expansions:
        page = lone_page(self.solution, self.options, style)
        if self.gradient is None:
            assert self.solution.steps is not None
            return page.expanding(self.solution.steps, self.solution.output_shape)
        assert self.gradient.steps is not None
        name = partial(page.gradient_name, self.gradient.rule.by.name)
        return page.expanding(self.gradient.steps, self.gradient.output.shape, name)


class Step:
    """How one number of the answer was worked out.

    `index` is NumPy's, from 0: `solution.output[step.index] == step.value`. What is printed counts from 1.

    >>> import cnnsteps
    >>> step = cnnsteps.conv([[1, 2], [3, 4]], [[1, 0], [0, 1]], bias=10).steps[0, 0]
    >>> print(step)
    Val[1,1] = 1×1 + 2×0 + 3×0 + 4×1 + 10 = 15
    >>> step.index, step.value, step.bias
    ((0, 0), 15, 10)
    >>> step.terms
    ((1, 1), (2, 0), (3, 0), (4, 1))
    """

    __slots__ = ("cell", "facts", "index", "sentences")

    def __init__(self, index: tuple[int, ...], cell: int, facts: Mapping[str, Fact], sentences: Sentences) -> None:
        self.index = index
        self.cell = cell
        """Its flat position in the answer."""
        self.facts = facts
        """All that the step says, by its name in the JSON result; indices count from 0."""
        self.sentences = sentences

    @property
    def value(self) -> Exact:
        """The number: int, Fraction, or for an irrational one the nearest float.

        >>> import cnnsteps
        >>> cnnsteps.avg_pool([[1, 2], [3, 4]], 2).steps[0, 0].value
        Fraction(5, 2)
        """
        return cast(Exact, self.facts["value"])

    @property
    def exact(self) -> bool:
        """False where the value is irrational, a root or an exponential.

        >>> import cnnsteps
        >>> [step.exact for step in cnnsteps.sigmoid([0, 1]).steps]
        [True, False]
        """
        return self.facts.get("exact") is not False

    @property
    def terms(self) -> tuple[tuple[Exact, Exact], ...]:
        """The products, each an input value and a weight; empty where the operator has none.

        >>> import cnnsteps
        >>> cnnsteps.linear([2, 3], [[5, 7]]).steps[0].terms
        ((2, 5), (3, 7))
        """
        return cast("tuple[tuple[Exact, Exact], ...]", self.facts.get("terms") or ())

    @property
    def window(self) -> tuple[Exact, ...]:
        """A pool's numbers that count, in order; empty where the operator has none.

        >>> import cnnsteps
        >>> cnnsteps.max_pool([[1, 2], [3, 4]], 2).steps[0, 0].window
        (1, 2, 3, 4)
        """
        return cast("tuple[Exact, ...]", self.facts.get("window") or ())

    @property
    def argmax(self) -> tuple[int, ...]:
        """Where a maximum stands in its channel of the input, counted from 0; empty where there is none.

        >>> import cnnsteps
        >>> cnnsteps.max_pool([[1, 2, 3, 4], [5, 6, 7, 8]], 2).steps[0, 1].argmax
        (1, 3)
        """
        return cast("tuple[int, ...]", self.facts.get("argmax") or ())

    @property
    def bias(self) -> Exact | None:
        """What is added to the terms, or None.

        >>> import cnnsteps
        >>> cnnsteps.linear([2, 3], [[5, 7]], bias=[1]).steps[0].bias
        1
        """
        return cast("Exact | None", self.facts.get("bias"))

    @property
    def text(self) -> str:
        """The step as it is printed.

        >>> import cnnsteps
        >>> cnnsteps.relu([-2, 3]).steps[0].text
        'Val[1] = max(0, -2) = 0'
        """
        from cnnsteps.formats.terminal import style_for

        return " ".join(self.sentences.write(self.cell, style_for(self.sentences.options)).split())

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Step {self.text}>"

    def _repr_markdown_(self) -> str:
        from cnnsteps.formats.markdown import style_for

        return self.sentences.write(self.cell, style_for(self.sentences.options)).strip()

    _repr_latex_ = _repr_markdown_


class Steps:
    """The steps of an answer as an array of its shape: indices, slices and iteration are NumPy's.

    >>> import cnnsteps
    >>> steps = cnnsteps.max_pool([[1, 2, 3, 4], [5, 6, 7, 8]], 2).steps
    >>> steps.shape, len(steps), steps.size
    ((1, 2), 1, 2)
    >>> steps[0, 1]
    <Step Val[1,2] = max(3, 4, 7, 8) = 8, at [2,4]>
    >>> print(steps[0])
    Val[1,1] = max(1, 2, 5, 6) = 6, at [2,2]
    Val[1,2] = max(3, 4, 7, 8) = 8, at [2,4]
    >>> [step.value for step in steps.flat]
    [6, 8]
    """

    def __init__(
        self, told: Told | None, output: NamedTensor | None, sentences: Sentences, cells: Positions | None = None
    ) -> None:
        self.told, self.output, self.sentences = told, output, sentences
        self.of = (0,) if told is None or output is None else output.shape
        """The answer's shape; (0,) where there are no steps."""
        self.given = cells

    @cached_property
    def cells(self) -> Positions:
        """The flat positions in the answer, in the shape of what was chosen of it."""
        return np.arange(math.prod(self.of)).reshape(self.of) if self.given is None else self.given

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the answer, or of what was chosen of it.

        >>> import cnnsteps
        >>> cnnsteps.relu([[1, 2, 3], [4, 5, 6]]).steps[:, 1:].shape
        (2, 2)
        """
        return self.of if self.given is None else self.given.shape

    @property
    def ndim(self) -> int:
        """How many dimensions there are.

        >>> import cnnsteps
        >>> cnnsteps.relu([[1, 2, 3], [4, 5, 6]]).steps.ndim
        2
        """
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many steps there are in all.

        >>> import cnnsteps
        >>> cnnsteps.relu([[1, 2, 3], [4, 5, 6]]).steps.size
        6
        """
        return math.prod(self.shape)

    @property
    def flat(self) -> Steps:
        """All of them in a row, in row-major order.

        >>> import cnnsteps
        >>> cnnsteps.relu([[1, 2, 3], [4, 5, 6]]).steps.flat[-1].value
        6
        """
        return self.chosen(self.cells.reshape(-1))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    @overload
    def __getitem__(self, at: tuple[int, ...]) -> Step: ...
    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: Index) -> Steps: ...
    def __getitem__(self, at: Any) -> Any:
        cells = self.cells[at]
        return self.worked([int(cells)])[int(cells)] if np.ndim(cells) == 0 else self.chosen(cells)

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return self.each() if self.ndim == 1 else map(self.chosen, self.cells)

    def each(self) -> Iterator[Step]:
        """Those of one dimension, worked out in blocks."""
        for start in range(0, len(self), BLOCK):
            cells = self.cells[start : start + BLOCK].tolist()
            found = self.worked(cells)
            yield from (found[cell] for cell in cells)

    def chosen(self, cells: Positions) -> Steps:
        return Steps(self.told, self.output, self.sentences, cells)

    def worked(self, cells: list[int]) -> dict[int, Step]:
        """The steps of these cells; told plane by plane, ascending."""
        assert self.told is not None
        assert self.output is not None
        ordered = np.unique(np.array(cells, np.int64))
        planes = ordered // math.prod(self.output.spatial)
        found: dict[int, Step] = {}
        for part in np.split(ordered, np.flatnonzero(np.diff(planes)) + 1):
            for run in (run for whole in self.told.runs(part) for run in whole.by_exactness()):
                for n, cell in enumerate(run.cells.tolist()):
                    index = tuple(int(i) for i in np.unravel_index(cell, self.of)) if self.of else ()
                    found[cell] = Step(index, cell, facts_of(run, n), self.sentences)
        return found

    def __str__(self) -> str:
        """Each step on a line; of many the first."""
        lines = [step.text for step in self.flat[:MOST_SHOWN]]
        rest = self.size - len(lines)
        return "\n".join([*lines, f"… and {rest:,} more"] if rest else lines)

    def __repr__(self) -> str:
        return f"<Steps: {' × '.join(map(str, self.shape))}>"


def facts_of(run: Run, n: int) -> dict[str, Fact]:
    """The n-th step of a run."""
    numbers: list[Exact] = []
    for column in run.columns:
        at = column.at if isinstance(column.at, int) else int(column.at[n])
        if isinstance(column, Indices):
            numbers.append(at)
            continue
        source = column.source
        loose = source.irrational_mask is not None and bool(source.irrational_mask.reshape(-1)[at])
        numbers.append(number_of(int(source.num.reshape(-1)[at]), source.den, loose))
    return {name: filled(fact, numbers) for name, fact in run.facts.items()}


def filled(fact: JsonFields, numbers: list[Exact]) -> Fact:
    """The fact with its numbers in it; a text is JSON as it stands."""
    if isinstance(fact, tuple):
        return tuple(filled(part, numbers) for part in fact)
    if isinstance(fact, str):
        told: Fact = json.loads(fact)
        return told
    return None if fact is None else numbers[fact]
