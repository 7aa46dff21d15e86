"""Numbers as tokens: each distinct number is written once, numpy puts it in its places.

A table's tokens have one width, so that columns are aligned and rows need no squeezing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from cnnsteps.model.steps import Column
from cnnsteps.numbers.exact import Number
from cnnsteps.numbers.tensor import Flags, Integers, Positions, Tensor
from cnnsteps.records import NamedTuple
from cnnsteps.render.standing import Standing

Tokens: TypeAlias = "np.ndarray[Any, np.dtype[np.bytes_]]"

MOST_SPREAD = 40
"""Tokens whose lengths differ by more are not padded: their rows are written one at a time."""
MOST_SPREAD_BYTES = 1 << 24
SMALL_RANGE = 1 << 16
HANDFUL, FEW = 256, 512
MOST_KEPT = 300_000
MOST_TABLES = 16
MOST_UNASKED, MOST_UNASKED_TIMES = 1 << 14, 8
LONG = 1 << 63
"""Integers from here on are written one by one."""
DIGITS_TO_ZERO = str.maketrans("123456789", "000000000")


class NumberStyle(NamedTuple):
    """How a format writes numbers, and how wide they are there."""

    write: Callable[[list[Number], Standing], list[str]]
    width: Callable[[str], float]
    number: Callable[[int, int, bool, bool | None], Number]
    digits_alike: bool = False
    """Integers that differ in their digits alone differ nowhere else where they are written."""


class Table:
    """The tokens of a tensor's distinct numbers, and which of them stands at each of its places."""

    def __init__(
        self,
        tokens: Tokens,
        ids: Integers,
        low: int,
        rounded: Sequence[bool],
        width: float,
        even: bool,
        ragged: bool,
        reusable: bool,
    ) -> None:
        self.tokens = tokens
        self.ids, self.low = ids, low
        """A token's number at each flat position is its id less `low`."""
        self.rounded = np.array(rounded) if any(rounded) else None
        """Which tokens were rounded; None where none was."""
        self.width = width
        """The widest, in the format's unit."""
        self.even = even
        """All tokens have the same number of bytes."""
        self.ragged = ragged
        """They differ too much in length to be filled up."""
        self.reusable = reusable
        self.texts: dict[int, str] = {}
        self.spread: dict[bytes, tuple[Tokens, Tokens | None]] = {}
        """By suffix, the tokens and, where it takes little memory, that of every place in one step."""

    def which(self, places: Positions | int) -> Any:
        found = self.ids[places]
        return found.astype(np.int64) - self.low if isinstance(places, np.ndarray) else int(found) - self.low

    def at(self, places: Positions, suffix: bytes = b"") -> Tokens:
        """The tokens of these places, each with `suffix`."""
        if suffix not in self.spread:
            tokens = np.char.add(self.tokens, suffix) if suffix else self.tokens
            small = self.reusable and self.ids.size * tokens.itemsize <= MOST_SPREAD_BYTES
            self.spread[suffix] = tokens, tokens[self.ids.astype(np.int64) - self.low] if small else None
        tokens, spread = self.spread[suffix]
        return tokens[self.which(places)] if spread is None else spread[places]

    def rounded_at(self, places: Positions | int) -> Flags | bool:
        return False if self.rounded is None else self.rounded[self.which(places)]

    def text(self, place: int) -> str:
        """One token as text that stands alone."""
        if place not in self.texts:
            self.texts[place] = bytes(self.tokens[self.which(place)]).decode().lstrip(" ")
        return self.texts[place]


def distinct(num: Integers, dense: bool) -> tuple[list[int], Integers, int]:
    """Values among which all of these are, and how to find one: its number is its id less `low`.

    To look for equal ones among a handful takes longer than to write them.
    Where many `dense` ones lie close together, every value between counts as one, and the
    integers are their own ids.
    """
    flat = num.reshape(-1)
    if flat.size <= HANDFUL:
        return flat.tolist(), np.arange(flat.size), 0
    if dense and flat.dtype != object and flat.size > FEW:
        low, high = int(flat.min()), int(flat.max())
        if high - low < min(SMALL_RANGE, flat.size):
            return list(range(low, high + 1)), flat, low
    values, ids = np.unique(flat, return_inverse=True)
    return values.tolist(), ids.reshape(-1), 0


@lru_cache(maxsize=64)
def index_tokens(size: int, base: int, tail: str = "", room: int = 0) -> Tokens:
    """The numbers from `base`, each with the name's tail, filled up as if they had `room` digits."""
    return np.array([f"{i}{tail}{'':{max(room - len(str(i)), 0)}}".encode() for i in range(base, size + base)])


class TokenCache:
    """Makes tables, and keeps the tokens it has written."""

    def __init__(self, scribe: NumberStyle, fill_up: bool = True, asked: int | None = None) -> None:
        """`asked` is how many steps will be written, where that is not all of them."""
        self.scribe, self.fill_up, self.asked = scribe, fill_up, asked
        self.written: dict[Hashable, dict[int, tuple[bytes, bool, float]]] = {}
        self.widths: dict[str, float] = {}
        self.frames: dict[tuple[Standing, bool, int], tuple[str, str, float] | None] = {}
        """What stands around an integer: by how it stands, whether it is negative, and how long."""
        self.tables: dict[tuple[int, Standing], tuple[Tensor, Table]] = {}
        self.spread: tuple[Integers | None, int] = (None, 0)
        """The numbers of the answer that was asked for last, and how far apart they lie."""
        self.least: dict[tuple[int, Standing], tuple[Tensor, int]] = {}
        self.counted: dict[tuple[int, int], Table] = {}

    def written_all(self, values: list[int], of: Tensor, operand: Standing) -> list[tuple[bytes, bool, float]]:
        """The tokens of a tensor's numerators, each with whether it is rounded, and its width."""
        under, irrational = of.den, of.irrational
        kept = self.written.setdefault((under, operand, irrational, of.fractions), {})
        if len(kept) > MOST_KEPT:
            kept.clear()
        try:
            return [kept[value] for value in values]
        except KeyError:
            missing = [value for value in values if value not in kept]
        alike = self.scribe.digits_alike and under == 1 and not irrational
        rest = [value for value in missing if not (alike and self.write_alike(value, operand, kept))]
        shown = [self.scribe.number(value, under, value in irrational, of.written(value)) for value in rest]
        for value, shape, text in zip(rest, shown, self.scribe.write(shown, operand), strict=True):
            kept[value] = text.encode(), shape.rounded, self.width(text)
        return [kept[value] for value in values]

    def write_alike(self, value: int, operand: Standing, into: dict[int, tuple[bytes, bool, float]]) -> bool:
        """Writes an integer as one of its length was written; False where that shows more than the digits."""
        if abs(value) >= LONG:
            return False
        text = str(value)
        key = operand, value < 0, len(text)
        if key not in self.frames:
            written = self.scribe.write([self.scribe.number(value, 1, False, None)], operand)[0]
            before, _, after = written.partition(text)
            self.frames[key] = (before, after, self.width(written)) if written.count(text) == 1 else None
        if (frame := self.frames[key]) is None:
            return False
        before, after, width = frame
        into[value] = f"{before}{text}{after}".encode(), False, width
        return True

    def width(self, text: str) -> float:
        """Texts that differ in their digits alone are of one width."""
        blank = text.translate(DIGITS_TO_ZERO)
        if blank not in self.widths:
            self.widths[blank] = self.scribe.width(blank)
        return self.widths[blank]

    def table(self, column: Column, operand: Standing) -> tuple[Table, Positions | int]:
        """The table for a column, and where its numbers stand in it."""
        source, at = column.source, column.at
        if kept := self.kept(source, operand, column.reusable):
            return kept, at
        if isinstance(at, int):
            return self.build(source.take(np.array([at])), operand, self.least_width(source, operand)), 0
        every = len(at) == source.num.size and bool((at[1:] > at[:-1]).all())
        least = 0 if every else self.least_width(source, operand)
        return self.build(source.take(at), operand, least), np.arange(len(at))

    def kept(self, source: Tensor, operand: Standing, reusable: bool = True) -> Table | None:
        """The table of all of a tensor, where it is worth being made and kept."""
        key = (id(source), operand)
        if key not in self.tables:
            if self.scarce(source) or not (reusable or self.few_values(source)):
                return None
            if len(self.tables) >= MOST_TABLES:
                self.tables.clear()
            self.tables[key] = source, self.build(source, operand, 0, reusable)
        return self.tables[key][1]

    def scarce(self, source: Tensor) -> bool:
        """So little of a large tensor is asked for that not all of its numbers need be written."""
        return self.asked is not None and source.num.size > max(MOST_UNASKED, MOST_UNASKED_TIMES * self.asked)

    def few_values(self, source: Tensor) -> bool:
        """A whole answer's tokens are kept too, where its numbers lie close together."""
        num = source.num
        if source.den > 1 or source.irrational_mask is not None or num.dtype == object or num.size <= FEW:
            return False
        if self.spread[0] is not num:
            self.spread = num, int(num.max()) - int(num.min())
        return self.spread[1] < min(SMALL_RANGE, num.size)

    def indices(self, size: int, base: int) -> Table:
        """The tokens of `size` indices from `base`, as long as they are: [ 2,10] would look odd."""
        if (size, base) not in self.counted:
            tokens, widest = index_tokens(size, base), self.width(str(base + size - 1))
            even = len(str(base)) == len(str(base + size - 1))
            self.counted[size, base] = Table(tokens, np.arange(size), 0, [], widest, even, ragged=False, reusable=True)
        return self.counted[size, base]

    def least_width(self, source: Tensor, operand: Standing) -> int:
        """The bytes of the longest token of a whole source, so that all blocks align; 0 where that is too dear."""
        key = (id(source), operand)
        if key not in self.least:
            width = 0
            if source.den == 1 and source.num.size and source.irrational_mask is None:
                ends = [int(source.num.min()), int(source.num.max())]
                width = max(len(token) for token, _, _ in self.written_all(ends, source, operand))
            if len(self.least) >= MOST_TABLES:
                self.least.clear()
            self.least[key] = source, width
        return self.least[key][1]

    def build(self, tensor: Tensor, operand: Standing, least: int, reusable: bool = False) -> Table:
        values, ids, low = distinct(tensor.num, dense=tensor.den == 1)
        written = self.written_all(values, tensor, operand) or [(b"", False, 0.0)]
        texts, rounded, widths = zip(*written, strict=True)
        lengths = list(map(len, texts))
        longest = max(max(lengths), least)
        widest = max(widths) * max(longest / max(*lengths, 1), 1.0)
        ragged = longest - min(lengths) > MOST_SPREAD
        whole = b"".join(texts)
        if ragged or not self.fill_up:
            filled = texts
        elif whole.isascii() and b"\x1b" not in whole:
            filled = tuple(text.rjust(longest) for text in texts)
        else:
            filled = tuple(b" " * round(widest - width) + text for text, width in zip(texts, widths, strict=True))
        even = len(set(map(len, filled))) == 1
        return Table(np.array(filled, dtype=np.bytes_), ids, low, rounded, widest, even, ragged, reusable)
