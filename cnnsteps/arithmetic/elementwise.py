"""Layers whose cells are worked out one by one, and the problem that such a layer is.

    Val[i] = f(x[i], the constants of i's channel)

x input (*), Val output (*).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import product
from typing import Protocol

import numpy as np

from cnnsteps.errors import InputError, Mistake
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.expr import Chain, Expr, Num, Sym
from cnnsteps.model.settings import Setting
from cnnsteps.model.solution import Gradient, Limits, Solution
from cnnsteps.model.steps import Column, JsonFields, NamedTensor, Operand, Run, Steps, Window, between
from cnnsteps.numbers import irrational
from cnnsteps.numbers.exact import Ratio, number
from cnnsteps.numbers.irrational import LARGEST_EXPONENT, TooLarge
from cnnsteps.numbers.tensor import Flags, NoCommonDenominator, Positions, Tensor, from_ratios
from cnnsteps.reading.backward import Backward, steps_of
from cnnsteps.records import NamedTuple
from cnnsteps.text import abbreviate
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import State


class Source(Protocol):
    """Numbers of which each cell takes one."""

    def column(self, cells: Positions) -> Column: ...


class Along(NamedTuple):
    """Cell n takes number n // inner mod their count: its own, its channel's, or all cells the same."""

    operand: Operand
    inner: int = 1
    reusable: bool = True

    def column(self, cells: Positions) -> Column:
        at, size = cells // self.inner, self.operand.tensor.num.size
        if size == 1 or (self.inner > 1 and at[0] == at[-1]):
            return Column(self.operand, int(at[0]) % size)
        return Column(self.operand, at % size, self.reusable)


def on_the_way(tensor: Tensor) -> Along:
    """A number of each cell that no other reads."""
    return Along(between(tensor), reusable=False)


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
    x: Operand
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
        return Window(self.x, np.array([cell]))


class LayerProblem(NamedTuple):
    """A layer as a problem of its own; `work` makes its steps from the input."""

    kind: str
    name: str
    title: str | None
    operands: tuple[Operand, ...]
    work: Callable[[Operand], Worked]
    output_shape: tuple[int, ...]
    output_dims: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    letters: Expr | None = None
    """Val in letters, the same for all cells."""
    backward: Backward | None = None
    back: Callable[[Operand, Operand], Mapping[str, Gradient]] | None = None
    """Makes the gradients from the input and the gradient of the output."""
    lines: Callable[[State], Layer] = Layer
    """Makes its line as a layer of a network."""
    sections: tuple[Section, ...] = ()

    @property
    def largest(self) -> int:
        """The cells of the largest tensor that solving it makes."""
        return max(math.prod(self.given.shape), math.prod(self.output_shape))

    @property
    def given(self) -> NamedTensor:
        """The input."""
        return self.operands[0].values

    def line(self, state: State) -> Layer:
        return self.lines(state)

    @property
    def parameters(self) -> list[Operand]:
        """What is given besides the input."""
        return [operand for operand in self.operands if operand.role not in ("input", "gradient")]

    @property
    def expansions(self) -> int:
        return steps_of(self.output_shape, self.backward)

    @property
    def formula(self) -> list[Equation]:
        """The rule, where it is the same wherever indices begin."""
        return [] if self.letters is None else [Equation((Sym("Val"),), (self.letters,))]

    def rule(self, base: int) -> Equation | None:
        return next(iter(self.formula), None)

    def solve(self, limits: Limits) -> Solution:
        x = self.operands[0]
        given = sum(operand.tensor.longest for operand in self.operands)
        with irrational.keeping(max(irrational.digits(), irrational.enough(limits.digits, given))):
            steps = self.work(x)
            gradients = {} if self.backward is None or self.back is None else self.back(x, self.backward.operand)
        output = NamedTensor(steps.out.reshape(*self.output_shape), self.output_dims)
        return Solution(self, output, steps, gradients=gradients)


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


def numbers_of(tensor: Tensor, at: Positions) -> list[Num]:
    """The numbers at these flat positions, as expressions have them."""
    part = tensor.take(at)
    loose = np.zeros(len(at), bool) if part.irrational_mask is None else part.irrational_mask
    flagged = zip(part.num.tolist(), loose.tolist(), strict=True)
    return [Num(int(n), part.den, bool(flag), part.written(int(n))) for n, flag in flagged]


def too_large(x: Tensor, place: int) -> InputError:
    """The mistake of the number at this flat position."""
    index = tuple(int(i) for i in np.unravel_index(place, x.shape))
    text = abbreviate(number(int(x.num[index]), x.den).text)
    message = f"input: the exponential of {text} is asked for, which has too many digits"
    hint = f"exponents of e are at most {LARGEST_EXPONENT:,}, and at least -{LARGEST_EXPONENT:,}"
    return InputError([Mistake(message, hint, ("input", *index))])
