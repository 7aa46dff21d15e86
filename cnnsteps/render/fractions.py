"""Which numbers of a page stand as fractions, and which as decimals: `--numbers`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnnsteps.model.solution import Solution
from cnnsteps.model.steps import Column, Steps
from cnnsteps.numbers.exact import IRRATIONAL_DIGITS, Number, fraction, number, round_number
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.options import Options
from cnnsteps.records import NamedTuple


class FractionRule(NamedTuple):
    """How numbers that are not whole stand on a page; irrational ones are rounded decimals always."""

    numbers: str = "as-written"
    digits: int | None = None
    results: bool = False
    """What is worked out stands as a fraction, wherever what is given does not say otherwise."""

    def shown(self, over: int, under: int, irrational: bool = False, written: bool | None = None) -> Number:
        """over/under for printing; `written` says of a number that was read whether it was a fraction."""
        if irrational or under == 1:
            return number(over, under, self.digits, irrational)
        if self.results if written is None or self.numbers != "as-written" else written:
            return fraction(over, under)
        found = number(over, under, self.digits)
        if found.fraction and self.numbers == "decimals":
            return round_number(over, under, IRRATIONAL_DIGITS)
        return found


def rule_of(solution: Solution, options: Options) -> FractionRule:
    """One rule for all that is worked out: fractions where some went in, or where a result never ends as a decimal."""
    numbers, digits = options["numbers"], options["digits"]
    if numbers == "as-written" and digits is None:
        tensors = {id(tensor): tensor for tensor in tensors_of(solution)}
        return FractionRule(results=any(map(asks_for_fractions, tensors.values())))
    return FractionRule("decimals" if numbers == "as-written" else numbers, digits, numbers == "fractions")


def asks_for_fractions(tensor: Tensor) -> bool:
    return tensor.never_ends if tensor.fractions is None else bool(tensor.fractions)


def tensors_of(solution: Solution) -> Iterator[Tensor]:
    """All that is given, what the steps work out on their way, and the answers; those of all layers."""
    yield from (operand.tensor for operand in solution.problem.operands)
    yield from answer_of(solution.output and solution.output.tensor, solution.steps)
    for gradient in solution.gradients.values():
        yield from answer_of(gradient.output.tensor, gradient.steps)
    for layer in solution.layers:
        yield from tensors_of(layer)


def answer_of(output: Tensor | None, steps: Steps | None) -> Iterator[Tensor]:
    if output is not None:
        yield output
    if steps is not None:
        for run in steps.runs(np.array([0])):
            yield from (column.source for column in run.columns if isinstance(column, Column))
