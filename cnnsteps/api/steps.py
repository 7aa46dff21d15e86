"""The steps of an answer as an array of its shape; each is worked out when it is looked at."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cached_property
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np

from cnnsteps.api.exactly import number_of
from cnnsteps.api.step import Fact, Sentences, Step
from cnnsteps.api.types import Exact
from cnnsteps.model.steps import Indices, JsonFields, NamedTensor, Run
from cnnsteps.model.steps import Steps as Told
from cnnsteps.numbers.tensor import Positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

Index: TypeAlias = "slice | EllipsisType | NDArray[Any] | list[int] | list[bool] | tuple[Any, ...] | None"
"""What chooses several steps of an array."""
MOST_SHOWN = 64
"""Steps that `print` shows."""
BLOCK = 256
"""How many steps are worked out together when one goes through all of them."""


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
