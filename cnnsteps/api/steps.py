"""The steps of an answer as a sequence; each is worked out when it is looked at."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias, cast, overload

import numpy as np

from cnnsteps.api.exactly import number_of
from cnnsteps.api.types import Exact
from cnnsteps.model.solution import Gradient, Solution
from cnnsteps.model.steps import Indices, JsonFields, NamedTensor, Run
from cnnsteps.model.steps import Steps as Told
from cnnsteps.options import Options
from cnnsteps.render.document import lone_page
from cnnsteps.render.expansions import Expansions
from cnnsteps.render.options import render_options
from cnnsteps.render.pieces import joined
from cnnsteps.render.style import FormatStyle

Fact: TypeAlias = "Exact | bool | str | tuple[Fact, ...] | None"
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
    >>> step = cnnsteps.conv([[1, 2], [3, 4]], [[1, 0], [0, 1]], bias=10).steps[0]
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
        >>> cnnsteps.avg_pool([[1, 2], [3, 4]], 2).steps[0].value
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
        >>> cnnsteps.max_pool([[1, 2], [3, 4]], 2).steps[0].window
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


class Steps(Sequence[Step]):
    """The steps of an answer in row-major order, by number or by the cell's index.

    >>> import cnnsteps
    >>> steps = cnnsteps.max_pool([[1, 2, 3, 4], [5, 6, 7, 8]], 2).steps
    >>> len(steps)
    2
    >>> steps[0, 1]
    <Step Val[1,2] = max(3, 4, 7, 8) = 8, at [2,4]>
    >>> [step.value for step in steps[:1]]
    [6]
    """

    def __init__(
        self, told: Told | None, output: NamedTensor | None, sentences: Sentences, cells: range | None = None
    ) -> None:
        self.told, self.output, self.sentences = told, output, sentences
        self.shape = () if output is None else output.shape
        self.cells = range(0 if told is None else math.prod(self.shape)) if cells is None else cells

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, at: int | tuple[int, ...]) -> Step: ...
    @overload
    def __getitem__(self, at: slice) -> Steps: ...
    def __getitem__(self, at: int | tuple[int, ...] | slice) -> Step | Steps:
        if isinstance(at, slice):
            return Steps(self.told, self.output, self.sentences, self.cells[at])
        cell = self.flat(at) if isinstance(at, tuple) else self.cells[at]
        return self.worked([cell])[cell]

    def flat(self, index: tuple[int, ...]) -> int:
        """The flat position of a cell, of those that are here."""
        if len(index) != len(self.shape):
            raise IndexError(f"the answer has rank {len(self.shape)}, and {index} has {len(index)} entries")
        cell = 0
        for i, size in zip(index, self.shape, strict=True):
            if not -size <= i < size:
                raise IndexError(f"{index} lies outside of the answer's shape {self.shape}")
            cell = cell * size + i % size
        if cell not in self.cells:
            raise IndexError(f"the step of {index} is not among these")
        return cell

    def __iter__(self) -> Iterator[Step]:
        for start in range(0, len(self.cells), BLOCK):
            cells = self.cells[start : start + BLOCK]
            found = self.worked(list(cells))
            yield from (found[cell] for cell in cells)

    def worked(self, cells: list[int]) -> dict[int, Step]:
        """The steps of these cells; told plane by plane, ascending."""
        assert self.told is not None
        assert self.output is not None
        ordered = np.sort(np.array(cells, np.int64))
        planes = ordered // math.prod(self.output.spatial)
        found: dict[int, Step] = {}
        for part in np.split(ordered, np.flatnonzero(np.diff(planes)) + 1):
            for run in (run for whole in self.told.runs(part) for run in whole.by_exactness()):
                for n, cell in enumerate(run.cells.tolist()):
                    index = tuple(int(i) for i in np.unravel_index(cell, self.shape)) if self.shape else ()
                    found[cell] = Step(index, cell, facts_of(run, n), self.sentences)
        return found

    def __repr__(self) -> str:
        return f"<Steps: {len(self):,}>"


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
