"""Layers whose cells are worked out one by one, and the problem that such a layer is.

    Val[i] = f(x[i], the constants of i's channel)

x input (*), Val output (*).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import product
from typing import NamedTuple, Protocol

import numpy as np

from cnnsteps.errors import InputError, Mistake
from cnnsteps.model.expr import Chain, Expr, Sym
from cnnsteps.model.solution import Gradient, Limits, Solution
from cnnsteps.model.steps import Column, JsonFields, NamedTensor, Run, Steps, Window
from cnnsteps.numbers import irrational
from cnnsteps.numbers.exact import Ratio, number
from cnnsteps.numbers.irrational import LARGEST_EXPONENT, TooLarge
from cnnsteps.numbers.tensor import Flags, NoCommonDenominator, Positions, Tensor, from_ratios
from cnnsteps.reading.backward import Backward
from cnnsteps.text import abbreviate


class Source(Protocol):
    """Numbers of which each cell takes one."""

    def column(self, cells: Positions) -> Column: ...


class Along(NamedTuple):
    """Cell n takes number n // inner mod their count: its own, its channel's, or all cells the same."""

    tensor: Tensor
    inner: int = 1
    reusable: bool = True

    def column(self, cells: Positions) -> Column:
        at, size = cells // self.inner, self.tensor.num.size
        if size == 1 or (self.inner > 1 and at[0] == at[-1]):
            return Column(self.tensor, int(at[0]) % size)
        return Column(self.tensor, at % size, self.reusable)


class Form(NamedTuple):
    """How the steps of some cells are written."""

    key: Hashable
    chain: Chain
    facts: dict[str, JsonFields]


def form(key: Hashable, chain: Chain, value: int) -> Form:
    """The input stands in column 0, the value in column `value`."""
    return Form(key, chain, {"input": 0, "value": value})


class Worked(Steps, Protocol):
    """Steps with the answer that they lead to."""

    @property
    def out(self) -> Tensor: ...


class CellSteps(NamedTuple):
    """Each cell's step in the form that `which` gives it, made of its numbers from the sources."""

    out: Tensor
    sources: tuple[Source, ...]
    forms: tuple[Form, ...]
    shown: NamedTensor
    which: Positions | None = None
    """None where there is one form."""

    @property
    def terms(self) -> int:
        return len(self.sources)

    def runs(self, cells: Positions) -> Iterator[Run]:
        """By form, and exact values apart from irrational ones, whose numbers are longer."""
        which = np.zeros(len(cells), np.int64) if self.which is None else self.which[cells]
        mask = self.out.irrational_mask
        loose = np.zeros(len(cells), bool) if mask is None else mask.reshape(-1)[cells]
        for (n, found), inexact in product(enumerate(self.forms), (False, True)):
            part = cells[(which == n) & (loose == inexact)]
            if len(part):
                columns = tuple(source.column(part) for source in self.sources)
                yield Run((found.key, inexact), found.chain, found.facts, columns, part)

    def window(self, cell: int) -> Window:
        return Window(self.shown, np.array([cell]), cell)


class LayerProblem(NamedTuple):
    """A layer as a problem of its own; `work` makes its steps from the input."""

    kind: str
    title: str | None
    given: NamedTensor
    work: Callable[[NamedTensor], Worked]
    output_shape: tuple[int, ...]
    output_axes: tuple[str, ...] = ()
    operands: tuple[tuple[str, NamedTensor], ...] = ()
    """What is given besides, each with its name."""
    settings: tuple[tuple[str, str], ...] = ()
    rule: Expr | None = None
    """Val in letters."""
    backward: Backward | None = None
    back: Callable[[NamedTensor, NamedTensor], Mapping[str, Gradient]] | None = None
    """Makes the gradients from the input and the gradient of the output."""

    @property
    def largest(self) -> int:
        """The cells of the largest tensor that solving it makes."""
        return max(math.prod(self.given.shape), math.prod(self.output_shape))

    @property
    def formula(self) -> list[tuple[tuple[Expr, ...], Chain]]:
        return [] if self.rule is None else [((Sym("Val"),), (self.rule,))]

    def solve(self, limits: Limits) -> Solution:
        given = sum(labelled.tensor.longest for _, labelled in (("input", self.given), *self.operands))
        with irrational.keeping(max(irrational.digits(), irrational.enough(limits.digits, given))):
            steps = self.work(self.given)
        output = NamedTensor(steps.out.reshape(*self.output_shape), self.output_axes)
        return Solution(self, output, steps, gradients=self.gradients)

    @property
    def gradients(self) -> Mapping[str, Gradient]:
        return {} if self.backward is None or self.back is None else self.back(self.given, self.backward.grad)


def mapped(x: Tensor, function: Callable[[Ratio], Ratio], inexact: Flags) -> Tensor:
    """The function of every number, each distinct one worked out once; InputError where no one could print it."""
    values, which = np.unique(x.num.reshape(-1), return_inverse=True)
    found: list[Ratio] = []
    for i, value in enumerate(values.tolist()):
        try:
            found.append(function((value, x.den)))
        except TooLarge:
            raise too_large(x, int(np.flatnonzero(which.reshape(-1) == i)[0])) from None
    table = common(found)
    return Tensor(table.num[which.reshape(-1)].reshape(x.shape), table.den, inexact if inexact.any() else None)


def common(ratios: list[Ratio], key: str = "input") -> Tensor:
    """These numbers over one denominator; InputError where that is longer than anyone would read."""
    try:
        return from_ratios(ratios, (len(ratios),))
    except NoCommonDenominator as error:
        message = f"{key}: what is worked out of its numbers has a common denominator of {error}"
        raise InputError([Mistake(message, "use numbers closer to one another", (key,))]) from None


def too_large(x: Tensor, place: int) -> InputError:
    """The mistake of the number at this flat position."""
    index = tuple(int(i) for i in np.unravel_index(place, x.shape))
    text = abbreviate(number(int(x.num[index]), x.den).text)
    message = f"input: the exponential of {text} is asked for, which has too many digits"
    hint = f"exponents of e are at most {LARGEST_EXPONENT:,}, and at least -{LARGEST_EXPONENT:,}"
    return InputError([Mistake(message, hint, ("input", *index))])
