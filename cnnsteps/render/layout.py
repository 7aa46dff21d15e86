"""What the rows of a block have in common, and which tokens stand where: what their pattern is made of."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from itertools import repeat
from typing import TypeAlias

import numpy as np

from cnnsteps.numbers.tensor import Flags, Positions
from cnnsteps.records import NamedTuple
from cnnsteps.render.notation import FIRST_SLOT
from cnnsteps.render.rows import Pattern, Source
from cnnsteps.render.tokens import Table, Tokens

Rounded: TypeAlias = "Flags | bool"


class Placed(NamedTuple):
    """Columns with their tokens."""

    marks: list[str]
    """Their placeholders."""
    table: Table
    at: Positions
    """Where each step's token stands: (columns, steps), or (columns,) where all steps have the same."""


class Layout:
    """The placeholders of a block's rows; `names` are the tokens of the indices."""

    def __init__(self, names: dict[str, Tokens], even: bool, placed: list[Placed]) -> None:
        self.single, self.placed = names, placed
        """The tokens, row by row, of placeholders that are no columns; and the columns."""
        self.tables: list[Table] = []
        self.groups: list[int | list[str]] = []
        """Of each group of columns the number of its table, or the texts that all rows have there."""
        self.signs: dict[str, str] = {}
        numbers: dict[int, int] = {}
        for _, table, at in placed:
            if at.ndim == 1 or table.ragged:
                self.groups.append([table.text(place) for place in (at if at.ndim == 1 else at[:, 0]).tolist()])
                continue
            if id(table) not in numbers:
                numbers[id(table)] = len(self.tables)
                self.tables.append(table)
            self.groups.append(numbers[id(table)])
        self.even = even and all(table.even for table in self.tables)
        """All tokens fill their places."""

    def rounded(self) -> dict[int, Rounded]:
        """Of the columns with rounded numbers: which rows have one."""
        loose = [group for group in self.placed if group.table.rounded is not None]
        return {
            ord(mark) - FIRST_SLOT: table.rounded_at(places)
            for marks, table, at in loose
            for mark, places in zip(marks, at, strict=True)
        }

    def add_signs(self, signs: Mapping[str, Tokens | str]) -> None:
        """One text for all rows, or a token for each."""
        for mark, sign in signs.items():
            if isinstance(sign, str):
                self.signs[mark] = sign
            else:
                self.single[mark], self.even = sign, False

    @property
    def key(self) -> Hashable:
        """Equal for rows of the same chain whose patterns are equal."""
        tables = tuple((table.tokens.itemsize, table.width) for table in self.tables)
        single = tuple((mark, tokens.itemsize) for mark, tokens in self.single.items())
        groups = tuple(group if isinstance(group, int) else tuple(group) for group in self.groups)
        return groups, tables, single, tuple(self.signs.items()), self.even

    def widths(self, measure: Callable[[str], float]) -> dict[int, float]:
        """How wide each column is, in the format's unit: as the widest number that other steps have there, so that all
        break at the same places; but numbers that differ very much, and those of all steps, as they are."""
        widths: dict[int, float] = {}
        for (marks, table, _), group in zip(self.placed, self.groups, strict=True):
            alone = isinstance(group, list) and (table.ragged or table.ids.size == len(marks))
            own = map(measure, group) if alone and isinstance(group, list) else repeat(table.width)
            widths.update(zip((ord(mark) - FIRST_SLOT for mark in marks), own, strict=False))
        return widths

    def pattern(self, text: str) -> Pattern:
        """The pattern of rows with this text."""
        constants = dict(self.signs)
        sizes = {mark: tokens.itemsize for mark, tokens in self.single.items()}
        columns: dict[str, tuple[int, int]] = {}
        for g, ((marks, table, _), group) in enumerate(zip(self.placed, self.groups, strict=True)):
            if isinstance(group, list):
                constants.update(zip(marks, group, strict=True))
            else:
                sizes.update(dict.fromkeys(marks, table.tokens.itemsize))
                columns.update((mark, (g, n)) for n, mark in enumerate(marks))
        return Pattern(text, sizes, not self.even, columns, constants)

    def tokens(self, source: Source, which: Positions, suffix: bytes) -> Tokens:
        """The tokens of some columns of a group, each with the suffix, or of a placeholder that is none."""
        if isinstance(source, str):
            return self.single[source][np.newaxis]
        _, table, at = self.placed[source]
        return table.at(at[which], suffix)
