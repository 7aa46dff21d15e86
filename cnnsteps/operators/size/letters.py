"""An output size in letters: the formula in them."""

from __future__ import annotations

from collections.abc import Iterable

from cnnsteps.i18n import AND, listing, phrase
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.expr import Expr, Num, Product
from cnnsteps.model.settings import Setting
from cnnsteps.model.solution import Limits, Solution
from cnnsteps.model.steps import Operand
from cnnsteps.operators._windows import CEIL_MODE
from cnnsteps.operators.size.keys import FILTERS, PADDINGS, sides, told
from cnnsteps.operators.size.problem import NAME
from cnnsteps.reading.field_types import TITLE
from cnnsteps.reading.fields import Given
from cnnsteps.records import NamedTuple
from cnnsteps.windows import polynomial as poly
from cnnsteps.windows.axis import is_same
from cnnsteps.windows.field_rows import Row
from cnnsteps.windows.letters import OUT, side_symbols
from cnnsteps.windows.polynomial import ONE
from cnnsteps.windows.symbolic import SymbolicAxis


class LetterSize(NamedTuple):
    """Sizes of which some are letters."""

    title: str | None
    axes: tuple[SymbolicAxis, ...]
    filters: int | None
    settings: tuple[Setting, ...]
    form: str = "letters"
    kind: str = "size"
    name: str = NAME
    operands: tuple[Operand, ...] = ()
    largest: int = 1
    expansions: int = 0
    output_shape: tuple[int, ...] = ()
    output_dims: tuple[str, ...] = ()

    @property
    def rows(self) -> list[Row]:
        """The size of each dimension; equal ones share a row."""
        rows: dict[SymbolicAxis, tuple[Expr, ...]] = {}
        for letter, axis in zip(side_symbols(len(self.axes), OUT), self.axes, strict=True):
            rows[axis] = (*rows.get(axis, ()), letter)
        return [(names, axis.chain()) for axis, names in rows.items()]

    @property
    def formulas(self) -> list[Row]:
        """Without what was put in: the user's letters need no words."""
        return [(names, chain[:1]) for names, chain in self.rows]

    @property
    def sections(self) -> tuple[Section, ...]:
        return (Section(self.title or NAME, "formulas", tuple(Equation(*row) for row in self.rows)),)

    def rule(self, base: int) -> None:
        return None

    @property
    def volume(self) -> Expr:
        """All sizes, channels first."""
        lead = () if self.filters is None else (Num(self.filters),)
        return Product((*lead, *(axis.result() for axis in self.axes)))

    @property
    def notes(self) -> list[str]:
        """Where the formula holds."""
        return notes_of(self.axes)

    def solve(self, limits: Limits) -> Solution:
        lead: list[object] = [] if self.filters is None else [self.filters]
        return Solution(self, extras={"output_shape": None, "formula": [*lead, *(axis.text() for axis in self.axes)]})


def letter_size(given: Given) -> LetterSize:
    """The sizes as they were read, some of them letters."""
    same = is_same(given[PADDINGS])
    axes = tuple(SymbolicAxis(*side, given[CEIL_MODE], same) for side in sides(given))
    return LetterSize(given.get(TITLE), axes, given.get(FILTERS), told(given))


def notes_of(axes: Iterable[SymbolicAxis]) -> list[str]:
    """Where windows fit; what a dropped window needs."""
    notes: list[str] = []
    several = list(dict.fromkeys(axes))
    rooms = [at_least_0(axis.room) for axis in several if not axis.same and not set(axis.room) <= {ONE}]
    if rooms:
        condition = listing(list(dict.fromkeys(rooms)), AND)
        notes.append(phrase("It holds where a window fits: {condition}.", condition=condition))
    if any(len(axis.sizes()) > 1 for axis in several):
        notes.append(
            phrase(
                "A last window that would start in the padding behind the input is dropped: hence the second number, "
                "which holds as long as the padding is no longer than the window."
            )
        )
    return notes


def at_least_0(terms: poly.Terms) -> str:
    """n + 2p ≥ 3"""
    left = {m: c for m, c in terms.items() if m and c > 0}
    right = {m: -c for m, c in terms.items() if m and c < 0}
    number = terms.get(ONE, 0)
    (left if number > 0 else right)[ONE] = abs(number)
    return f"{written(left)} ≥ {written(right)}"


def written(terms: poly.Terms) -> str:
    """n + 2p"""
    return poly.text(poly.cleaned(terms)).replace("*", "") or "0"
