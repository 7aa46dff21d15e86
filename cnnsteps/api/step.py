"""One step of an answer: its numbers, and how it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from cnnsteps.api.types import Exact
from cnnsteps.model.solution import Gradient, Solution
from cnnsteps.options import Options
from cnnsteps.render.options import render_options
from cnnsteps.render.pieces import joined

if TYPE_CHECKING:
    from cnnsteps.render.expansions import Expansions
    from cnnsteps.render.style import FormatStyle

Fact: TypeAlias = "Exact | bool | str | tuple[Fact, ...] | None"


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
        from cnnsteps.render.document import lone_page

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
