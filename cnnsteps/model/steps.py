"""A problem's numbers, the operands, and the steps that read them.

Steps are not held, they are told: a format asks for the steps of some cells at a time and
gets them in runs of one shape, whose numbers stand in columns. So a solution of millions
of terms needs no more memory than its input and its answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol, TypeAlias, overload, runtime_checkable

import numpy as np

from cnnsteps.model.equation import Equation
from cnnsteps.model.expr import Chain
from cnnsteps.numbers.tensor import Flags, Positions, Tensor
from cnnsteps.records import NamedTuple

Blank: TypeAlias = Literal["nothing", "infinity"]
"""What stands where no number does: nothing, or minus infinity."""


class NamedTensor(NamedTuple):
    """A tensor with a word for each dimension before the spatial ones: filter, channel, …"""

    tensor: Tensor
    dims: tuple[str, ...] = ()
    absent: Flags | None = None
    """Where no number stands: padding that does not count."""
    blank: Blank = "nothing"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.tensor.shape

    @property
    def spatial(self) -> tuple[int, ...]:
        return self.shape[len(self.dims) :]


Role: TypeAlias = Literal["input", "kernel", "bias", "constant", "gradient", "setting", "between", "output"]
"""`constant`: one a channel, as mean and variance; `gradient`: of the output; `setting`: a number among the settings;
`between`: worked out on the way; `output`: the answer."""


class Operand(NamedTuple):
    """What steps read or make: its part in the problem, its letter in formulas, its name, its numbers."""

    role: Role
    letter: str
    name: str
    values: NamedTensor
    offset: tuple[int, ...] = ()
    """How many places of each spatial dimension stand before the one that formulas count as the first."""

    @property
    def tensor(self) -> Tensor:
        return self.values.tensor

    @property
    def is_given(self) -> bool:
        """It is a matrix of the problem: not on the way, nor the answer, nor a setting."""
        return self.role not in ("setting", "between", "output")


def between(tensor: Tensor, letter: str = "") -> Operand:
    """What is worked out on the way: products, sums, exponentials."""
    return Operand("between", letter, "", NamedTensor(tensor))


def answer(values: Tensor | NamedTensor, name: str = "") -> Operand:
    """The answer that the steps lead to."""
    return Operand("output", "Val", name, NamedTensor(values) if isinstance(values, Tensor) else values)


class Column(NamedTuple):
    """The numbers of one slot: an operand's at flat positions, one for all or one a step."""

    operand: Operand
    at: Positions | int
    reusable: bool = True
    """The operand is the same in every run, so that its tokens are worth keeping."""

    @property
    def source(self) -> Tensor:
        return self.operand.tensor


class Indices(NamedTuple):
    """The numbers of a slot that are indices along a dimension of `size` places, from 0 here and
    from --index-base where they are shown."""

    size: int
    at: Positions


class Band(NamedTuple):
    """Columns of one operand, which is the same in every run."""

    operand: Operand
    at: Positions
    """(columns, steps), or (columns,) where all steps have the same number."""

    def column(self, n: int) -> Column:
        at = self.at[n]
        return Column(self.operand, at if isinstance(at, np.ndarray) else int(at))


class Columns(Sequence["Column | Indices"]):
    """Columns of products, those of one factor and the other in turn, and the others behind them.

    Where a step has hundreds of terms, who writes it asks for the bands rather than for each column.
    """

    def __init__(self, bands: tuple[Band, Band], others: Sequence[Column | Indices]) -> None:
        self.bands, self.others = bands, others
        self.in_bands = 2 * len(bands[0].at)

    def __len__(self) -> int:
        return self.in_bands + len(self.others)

    @overload
    def __getitem__(self, index: int) -> Column | Indices: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Column | Indices]: ...
    def __getitem__(self, index: int | slice) -> Column | Indices | Sequence[Column | Indices]:
        if isinstance(index, slice):
            return [self[n] for n in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        return self.bands[index % 2].column(index // 2) if index < self.in_bands else self.others[index - self.in_bands]


JsonFields: TypeAlias = "int | str | tuple[JsonFields, ...] | None"
"""Which columns stand where in a step's JSON: a column's number, JSON as it
stands, nothing, or a list of these."""


class Run(NamedTuple):
    """Steps of one shape.

    `chain` is the expression of all of them, with a Slot for each column; `facts` names
    the columns for those who want numbers and not sentences.
    """

    key: object
    """Equal for runs whose chain and facts are equal; what was made of them is kept by it."""
    chain: Chain
    facts: dict[str, JsonFields]
    columns: Sequence[Column | Indices]
    cells: Positions
    """Flat positions in the output."""
    row: int = 0
    """How many terms make a row of the window: long sums break there if they can."""
    repeats: Flags | None = None
    """Where the last link says once more what stands before it: 613/9 = 613/9."""

    def by_exactness(self) -> list[Run]:
        """The steps with an exact value, and those with an irrational one, whose facts say so."""
        value = self.facts["value"]
        column = self.columns[value] if isinstance(value, int) else None
        if not isinstance(column, Column) or column.source.irrational_mask is None:
            return [self]
        loose = column.source.irrational_mask.reshape(-1)[column.at] | (self.cells < 0)
        marked = self._replace(key=(self.key, "exact"), facts={**self.facts, "exact": "false"})
        return [part.chosen(which) for part, which in ((self, ~loose), (marked, loose)) if which.any()]

    def chosen(self, which: Flags) -> Run:
        """Some of the steps."""
        columns = (c._replace(at=c.at[which]) if not isinstance(c.at, int) else c for c in self.columns)
        return self._replace(columns=tuple(columns), cells=self.cells[which], repeats=None)


class Window(NamedTuple):
    """What the step of one cell lies over: flat positions in an operand, in the order of the window."""

    operand: Operand
    places: Positions

    @property
    def counted(self) -> tuple[NamedTensor, Positions]:
        """The operand without a padding that does not count, and those of the places that are left."""
        values, places = self.operand.values, self.places
        if values.absent is None:
            return values, places
        lead, offset = len(values.dims), self.operand.offset
        present = np.flatnonzero(~values.absent.reshape(-1))
        last = np.unravel_index(int(present[-1]), values.shape)[lead:]
        box = (*(slice(None),) * lead, *(slice(o, int(i) + 1) for o, i in zip(offset, last, strict=True)))
        inner = NamedTensor(values.tensor.part(*box), values.dims)
        kept = np.unravel_index(places[~values.absent.reshape(-1)[places]], values.shape)
        moved = [i - o for i, o in zip(kept, (*(0,) * lead, *offset), strict=True)]
        return inner, np.ravel_multi_index(tuple(moved), inner.shape)


@runtime_checkable
class SharedWork(Protocol):
    """Steps that use what is worked out once for several of them."""

    def shared(self, cell: int, base: int) -> tuple[Equation, ...]:
        """What the step of this cell uses; nothing where it is too long to stand beside a step."""
        ...


class Steps(Protocol):
    """All steps of an answer, by flat position."""

    @property
    def terms(self) -> int:
        """About how many numbers a step has, which says how many steps make a block."""
        ...

    def runs(self, cells: Positions) -> Iterator[Run]:
        """The steps of these cells, which lie in one plane of the output and ascend: at most one
        run of a key, its cells ascending too."""
        ...

    def window(self, cell: int) -> Window | None:
        """Where one step reads, for a picture of it."""
        ...
