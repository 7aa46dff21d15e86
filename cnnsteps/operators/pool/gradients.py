"""The gradient of a pooling's input.

    max:     ∂L/∂x[i] = Σ_o ∂L/∂Val[o]          over the windows whose maximum is x[i], of equal ones the first
    average: ∂L/∂x[i] = Σ_o ∂L/∂Val[o] / n[o]   over the windows that hold x[i]; n counts a window's numbers

As PyTorch's autograd has both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product

import numpy as np

from cnnsteps.arithmetic.gradients.input import by_target, collected
from cnnsteps.arithmetic.gradients.sums import added
from cnnsteps.i18n import phrase
from cnnsteps.model.chain_rule import INPUT, OUTPUT, Named, Rule, at, leading
from cnnsteps.model.expr import Chain, Over, Slot, Sum
from cnnsteps.model.solution import Gradient, shaped
from cnnsteps.model.steps import Column, JsonFields, NamedTensor, Operand, Run, Window, answer, between
from cnnsteps.numbers.tensor import Integers, Positions, Tensor, narrowed, unravel, wide_enough
from cnnsteps.operators.pool.steps import Maximum, PoolSteps, Side
from cnnsteps.operators.pool.windows import counts_of, irreducible
from cnnsteps.records import NamedTuple
from cnnsteps.windows.extents import WindowExtents


class Holding(NamedTuple):
    """Along one dimension: which windows hold each place of the input."""

    size: int
    counts: Positions
    which: Positions
    """(size, most): the windows in their order."""


def members(reach: WindowExtents, side: Side) -> tuple[Positions, Positions]:
    """Each place of each window that counts: which window, and which place of the input, -1 for padding."""
    windows = np.repeat(np.arange(len(reach.starts)), reach.counts)
    nth = np.arange(len(windows)) - np.repeat(np.cumsum(reach.counts) - reach.counts, reach.counts)
    places = reach.starts[windows] + (reach.first[windows] + nth) * reach.d - side.before
    return windows, np.where((places >= 0) & (places < side.n), places, -1)


class ShareSteps(NamedTuple):
    """Each cell is the sum of its shares in the gradients of the windows that hold it."""

    grad: Operand
    out: Tensor
    counts: Tensor
    """How many numbers each window has: (*out)."""
    shares: Tensor
    """One over that."""
    holdings: tuple[Holding, ...]

    @property
    def terms(self) -> int:
        return math.prod(holding.which.shape[1] for holding in self.holdings)

    def runs(self, cells: Positions) -> Iterator[Run]:
        sizes = [holding.size for holding in self.holdings]
        lead = int(cells[0]) // math.prod(sizes)
        indices = unravel(cells - lead * math.prod(sizes), sizes)
        counts = np.stack([holding.counts[i] for holding, i in zip(self.holdings, indices, strict=True)], axis=1)
        shapes, which = np.unique(counts, axis=0, return_inverse=True)
        for n, shape in enumerate(shapes.tolist()):
            part = which.reshape(-1) == n
            yield self.run(cells[part], lead, [i[part] for i in indices], shape)

    def run(self, cells: Positions, lead: int, indices: list[Positions], shape: list[int]) -> Run:
        """Cells that as many windows hold along each dimension."""
        columns: list[Column] = []
        plane = self.counts.shape
        for nth in product(*(range(count) for count in shape)):
            o = np.zeros(len(cells), np.int64)
            for holding, i, t, size in zip(self.holdings, indices, nth, plane, strict=True):
                o = o * size + holding.which[i, t]
            columns.append(Column(self.grad, o + lead * math.prod(plane)))
            columns += (Column(between(tensor, "n"), o) for tensor in (self.counts, self.shares))
        columns.append(Column(answer(self.out), cells, reusable=False))
        n = math.prod(shape)
        repeats = irreducible(columns[0], self.counts.num.reshape(-1)[o]) if n == 1 else None
        return Run(tuple(shape), *sum_of_shares(n), tuple(columns), cells, shape[-1], repeats)

    def window(self, cell: int) -> Window | None:
        return None


@lru_cache(maxsize=64)
def sum_of_shares(n: int) -> tuple[Chain, dict[str, JsonFields]]:
    """g/4 + g/2 + … = value"""
    value = Slot(3 * n, operand=False)
    parts = tuple(Over(Slot(3 * k), Slot(3 * k + 1, operand=False)) for k in range(n))
    chain: Chain = (Sum(parts) if n > 1 else parts[0], value) if n else (value,)
    return chain, {"terms": tuple((3 * k, 3 * k + 2) for k in range(n)), "bias": None, "value": 3 * n}


def shared_out(operand: Operand, grad: Tensor, reaches: Sequence[WindowExtents], sides: Sequence[Side]) -> ShareSteps:
    """The gradients, as (M, *out), shared out among the numbers of their windows: (M, *n)."""
    counts = counts_of(list(reaches))
    common = math.lcm(*np.unique(counts).tolist())
    shares = Tensor(common // counts.astype(wide_enough(common)), common)
    dtype = wide_enough(grad.bound() * common * counts.size)
    num: Integers = grad.num.astype(dtype) * shares.num.astype(dtype)
    holdings = []
    for dimension, (reach, side) in enumerate(zip(reaches, sides, strict=True), 1):
        windows, met = members(reach, side)
        held, (which,) = by_target(met, side.n, windows)
        holdings.append(Holding(side.n, held, which))
        num = collected(np.take(num, windows, dimension), dimension, met, side.n)
    out = Tensor(narrowed(np.ascontiguousarray(num)), grad.den * common)
    return ShareSteps(operand, out, Tensor(counts), shares, tuple(holdings))


def pool_gradient(steps: PoolSteps, grad: Operand, given: NamedTensor, sides: Sequence[Side]) -> Gradient:
    """Of the input."""
    d = len(given.spatial)
    lead, places = leading(given.dims), f"{','.join(leading(given.dims) + INPUT[d])}"
    by, val = Named("x", at(lead + INPUT[d])), Named("Val", at(lead + OUTPUT[d]))
    if isinstance(steps.mode, Maximum):
        targets = steps.mode.stood(steps)
        channel = np.arange(len(targets)) // max(math.prod(steps.out.shape[1:]), 1)
        routed = added(grad, targets + channel * math.prod(given.spatial), (len(steps.out.num), *given.spatial))
        note = phrase(
            "Only windows whose maximum stands at x[{place}] count; of equal numbers it is the first.", place=places
        )
        return shaped(routed.out, given, routed, Rule(by, OUTPUT[d], val, notes=(note,)))
    upstream = grad.tensor.reshape(*steps.out.shape)
    shared = shared_out(grad, upstream, steps.windows.reaches, sides)
    note = phrase("Only windows that hold x[{place}] count; n is how many numbers a window has.", place=places)
    rule = Rule(by, OUTPUT[d], val, divisor=Named("n", at(OUTPUT[d])), notes=(note,))
    return shaped(shared.out, given, shared, rule)
