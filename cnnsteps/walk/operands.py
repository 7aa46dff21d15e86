"""The tensors that steps read, as they are drawn: each with its name, its letter and where its numbers stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

import numpy as np

from cnnsteps.model.solution import Gradient, Solution
from cnnsteps.model.steps import NamedTensor
from cnnsteps.numbers.tensor import Positions, Tensor
from cnnsteps.windows.axis import Axis

UPSTREAM = "∂L/∂Val"
OTHERS = {"x": "Input", "w": "Kernel"}


class Board(NamedTuple):
    """A drawn tensor; `source` is what the columns of steps point into."""

    name: str
    letter: str
    source: Tensor
    drawn: NamedTensor
    before: tuple[int, ...] = ()
    """How far the source lies inside what is drawn: a padding that does not count."""

    @property
    def plane(self) -> tuple[int, int]:
        """The rows and columns of one slice."""
        spatial = self.drawn.spatial or (1,)
        return (spatial[-2], spatial[-1]) if len(spatial) > 1 else (1, spatial[-1])

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the dimensions that say which slice it is."""
        deep = len(self.drawn.spatial) - 2
        return (*self.drawn.dims, *("slice",) * max(deep, 0))

    def place(self, at: int) -> int:
        """A position of the source among those that are drawn."""
        if not any(self.before):
            return at
        shape = self.drawn.shape
        lead = shape[: len(self.drawn.dims)]
        inner = tuple(n - m for n, m in zip(self.drawn.spatial, self.around, strict=True))
        index = np.unravel_index(at, (*lead, *inner))
        moved = [int(i) + b for i, b in zip(index, (*(0,) * len(lead), *self.before), strict=True)]
        return int(np.ravel_multi_index(tuple(moved), shape))

    @property
    def around(self) -> tuple[int, ...]:
        """How many places each dimension has more than the source."""
        outer = self.drawn.spatial
        return tuple(n - m for n, m in zip(outer, self.source.shape[-len(outer) :], strict=True))

    def indices(self, at: int, base: int) -> list[str]:
        """The index of a drawn place, in words of digits."""
        shifts = (*(0,) * len(self.drawn.dims), *(self.before or (0,) * len(self.drawn.spatial)))
        index = np.unravel_index(at, self.drawn.shape)
        return [str(int(i) - shift + base) for i, shift in zip(index, shifts, strict=True)]

    def bases(self, base: int) -> tuple[int, int]:
        """What the first row and the first column are numbered: a padding that does not count lies before `base`."""
        before = (0, 0, *self.before)
        return base - (before[-2] if len(self.drawn.spatial) > 1 else 0), base - before[-1]


def same(one: Tensor, other: Tensor) -> bool:
    """They are the same numbers in memory, in whatever shape."""
    if one.num.size != other.num.size or one.num.dtype != other.num.dtype:
        return False
    starts = [t.num.__array_interface__["data"][0] for t in (one, other)]
    return bool(starts[0] == starts[1])


def named(solution: Solution, gradient: Gradient | None) -> Iterator[Board]:
    """What a problem has by name, the rarer names first."""
    problem = cast(Any, solution.problem)
    padded, turned = solution.views.get("padded"), solution.views.get("turned")
    if padded is not None:
        yield Board("Padded input", "x", padded.tensor, padded)
    if turned is not None:
        yield Board("Kernel, turned by 180°", "w", turned.tensor, turned)
    if gradient is None and padded is not None and padded.absent is not None:
        before = tuple(axis.before for axis in problem.axes)
        yield Board("Padded input", "x", problem.given.tensor, padded, before)
    backward = getattr(problem, "backward", None)
    if backward is not None:
        yield Board(UPSTREAM, UPSTREAM, backward.grad.tensor, backward.grad)
    given = getattr(problem, "given", None)
    if isinstance(given, NamedTensor):
        yield Board("Input", "x", given.tensor, given)
    kernel = getattr(problem, "given_kernel", None)
    if kernel is not None:
        yield Board("Kernel", "w", kernel.tensor, kernel)
    bias = getattr(problem, "b", None)
    if isinstance(bias, Tensor):
        yield Board("Bias", "b", bias, NamedTensor(bias))
    for name, labelled in getattr(problem, "operands", ()):
        yield Board(name, LETTERS.get(name, ""), labelled.tensor, labelled)


LETTERS: Mapping[str, str] = {"Weight": "w", "Bias": "b", "Mean": "μ", "Variance": "σ²", "Gamma": "γ", "Beta": "β"}


def board_of(source: Tensor, column: int, known: list[Board], gradient: Gradient | None) -> Board | None:
    """The board of a column's source. Gradients make copies: their first factor is the output's gradient,
    the second what their rule says."""
    found = next((board for board in known if same(source, board.source)), None)
    if found is not None or gradient is None or column > 1 or source.num.ndim < 1:
        return found
    drawn = NamedTensor(source, ("batch item", "filter", "slice")[: max(source.num.ndim - 2, 0)] if column == 0 else ())
    if column == 0:
        return Board(f"{UPSTREAM}, spread out" if source.num.ndim > 2 else UPSTREAM, UPSTREAM, source, drawn)
    other = gradient.rule.other
    if other is None:
        return None
    turned = ", turned" if source.num.ndim == 2 else ""
    return Board(OTHERS.get(other.name, other.name) + turned, other.name, source, drawn)


def frame(board: Board, axes: tuple[Axis, ...], cell: int, out: tuple[int, ...]) -> Positions:
    """All drawn places under the window of a cell, those of a padding that does not count among them."""
    index = np.unravel_index(cell, out)
    lead, own = index[: len(board.drawn.dims)], index[len(board.drawn.dims) :]
    ranges = [np.arange(axis.f) * axis.gap + int(i) * axis.step for axis, i in zip(axes, own, strict=True)]
    inside = [r[r < n] for r, n in zip(ranges, board.drawn.spatial, strict=True)]
    grid = np.meshgrid(*(np.array([i]) for i in lead), *inside, indexing="ij")
    places: Positions = np.ravel_multi_index(tuple(grid), board.drawn.shape).reshape(-1)
    return places
