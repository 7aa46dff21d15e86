"""What the rows of a block have in common, and which tokens stand where: what their pattern is made of."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TypeAlias

import numpy as np

from cnnsteps.numbers.tensor import Flags, Positions
from cnnsteps.render.notation import FIRST_SLOT
from cnnsteps.render.rows import Pattern
from cnnsteps.render.tokens import Table, Tokens

Rounded: TypeAlias = "Flags | bool"
Placed: TypeAlias = "tuple[str, Table, Positions | int]"
"""A column's placeholder, its tokens, and where each step's stands among them."""


class Layout:
    """The placeholders of a block's rows; `names` are the tokens of the indices."""

    def __init__(self, names: dict[str, Tokens], even: bool, placed: list[Placed]) -> None:
        self.single = names
        """The tokens, row by row, of placeholders that are no columns."""
        self.tables: list[Table] = []
        self.columns: dict[str, int | str] = {}
        """The number of each column's table, or the text that all rows have there."""
        self.placed: dict[str, tuple[Table, Positions]] = {}
        self.signs: dict[str, str] = {}
        self.loose: list[Placed] = []
        """The columns with rounded numbers."""
        numbers: dict[int, int] = {}
        for mark, table, at in placed:
            if table.rounded is not None:
                self.loose.append((mark, table, at))
            if isinstance(at, int) or table.ragged:
                self.columns[mark] = table.text(at if isinstance(at, int) else int(at[0]))
                continue
            if id(table) not in numbers:
                numbers[id(table)] = len(self.tables)
                self.tables.append(table)
            self.columns[mark] = numbers[id(table)]
            self.placed[mark] = table, at
        self.even = even and all(table.even for table in self.tables)
        """All tokens fill their places."""

    def rounded(self) -> dict[int, Rounded]:
        """Of the columns with rounded numbers: which rows have one."""
        return {ord(mark) - FIRST_SLOT: table.rounded_at(at) for mark, table, at in self.loose}

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
        return tuple(self.columns.values()), tables, single, tuple(self.signs.items()), self.even

    def widths(self, measure: Callable[[str], float]) -> dict[int, float]:
        """How wide each column is, in the format's unit."""
        return {
            ord(mark) - FIRST_SLOT: measure(one) if isinstance(one, str) else self.tables[one].width
            for mark, one in self.columns.items()
        }

    def pattern(self, text: str) -> Pattern:
        """The pattern of rows with this text."""
        numbers = {mark: one for mark, one in self.columns.items() if not isinstance(one, str)}
        constants = {mark: one for mark, one in self.columns.items() if isinstance(one, str)}
        sizes = {mark: tokens.itemsize for mark, tokens in self.single.items()}
        sizes |= {mark: self.tables[number].tokens.itemsize for mark, number in numbers.items()}
        return Pattern(text, sizes, not self.even, numbers, self.signs | constants)

    def tokens(self, marks: list[str], suffix: bytes) -> Tokens:
        """The tokens of these placeholders, each with the suffix: a row for each mark, all of one table."""
        if marks[0] not in self.placed:
            return self.single[marks[0]][np.newaxis]
        table = self.placed[marks[0]][0]
        places = np.concatenate([self.placed[mark][1] for mark in marks]).reshape(len(marks), -1)
        return table.at(places, suffix)
