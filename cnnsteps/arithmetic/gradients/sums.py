"""Gradients that are added as they are: of a bias, and back through a maximum.

∂L/∂b[f] = Σ_n Σ_o ∂L/∂Val[n,f,o]        ∂L/∂x[i] = Σ ∂L/∂Val[o] over the windows whose maximum is x[i]
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from cnnsteps.model.expr import Chain, Slot, Sum
from cnnsteps.model.steps import Column, JsonFields, Operand, Run, Window, answer
from cnnsteps.numbers.tensor import Integers, Positions, Tensor, narrowed, wide_enough
from cnnsteps.records import NamedTuple


class SumSteps(NamedTuple):
    """Each cell is the sum of the gradients that `order` has for it, from `starts[cell]` on."""

    grad: Operand
    out: Tensor
    order: Positions
    starts: Positions
    """One more than there are cells."""
    row: int = 0

    @property
    def terms(self) -> int:
        return int(np.diff(self.starts).max())

    def runs(self, cells: Positions) -> Iterator[Run]:
        first, counts = self.starts[cells], np.diff(self.starts)[cells]
        for n in np.unique(counts).tolist():
            own = counts == n
            columns = [Column(self.grad, self.order[first[own] + k]) for k in range(n)]
            columns.append(Column(answer(self.out), cells[own], reusable=False))
            yield Run(n, *sum_of(n), tuple(columns), cells[own], self.row)

    def window(self, cell: int) -> Window | None:
        return None


def added(grad: Operand, targets: Positions, shape: tuple[int, ...], row: int = 0) -> SumSteps:
    """Every gradient added to the cell of its target, a flat position in an answer of this shape."""
    size, values = int(np.prod(shape)), grad.tensor
    num: Integers = np.zeros(size, wide_enough(values.bound() * values.num.size))
    np.add.at(num, targets, values.num.reshape(-1))
    starts = np.concatenate([[0], np.cumsum(np.bincount(targets, minlength=size))])
    out = Tensor(narrowed(num).reshape(shape), values.den)
    return SumSteps(grad, out, np.argsort(targets, kind="stable"), starts, row)


@lru_cache(maxsize=64)
def sum_of(n: int) -> tuple[Chain, dict[str, JsonFields]]:
    """g + g + … = value; every gradient counts once."""
    value = Slot(n, operand=False)
    chain: Chain = (Sum(tuple(Slot(k) for k in range(n))), value) if n > 1 else (value,)
    return chain, {"terms": tuple((k, "1") for k in range(n)), "bias": None, "value": n}
