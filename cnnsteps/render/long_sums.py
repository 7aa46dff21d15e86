"""Steps of very many terms: of each its terms are the rows of a block, where short ones are rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

import numpy as np

from cnnsteps.model.steps import Column, answer
from cnnsteps.numbers.tensor import Positions, Tensor
from cnnsteps.records import NamedTuple
from cnnsteps.render.notation import slot_mark
from cnnsteps.render.rows import Buffer, Pattern, Pieces, Source
from cnnsteps.render.steps import Names
from cnnsteps.render.tokens import TokenCache, Tokens

LONG = 500
"""How many terms a step has that is told so."""


@runtime_checkable
class LongSums(Protocol):
    """Steps that tell the terms of one cell in two columns."""

    @property
    def terms(self) -> int: ...

    @property
    def out(self) -> Tensor: ...

    def products(self, cell: int) -> tuple[Column, Column]: ...


class LongObjects(NamedTuple):
    """Writes them as JSON."""

    steps: LongSums
    names: Names
    writer: TokenCache
    patterns: dict[tuple[int, int], Pattern]
    buffer: Buffer
    advance: Callable[[int], None]

    def write(self, cells: Positions | range) -> Iterator[Pieces]:
        separator = b""
        for cell in np.asarray(cells).tolist():
            at = np.array([cell])
            head = self.names.text
            for mark, token in self.names.tokens(at).items():
                head = head.replace(mark, bytes(token[0]).decode())
            value, place = self.writer.table(Column(answer(self.steps.out), at, reusable=False), False)
            yield separator + f'{head}"terms": ['.encode()
            yield self.terms(cell)
            number = value.text(int(place[0]) if isinstance(place, np.ndarray) else place)
            yield f'], "bias": null, "value": {number}}}'.encode()
            separator = b",\n"
            self.advance(1)

    def terms(self, cell: int) -> bytes:
        """`[1, 2], [3, 4]`"""
        tables = {slot_mark(i): self.writer.table(c, False) for i, c in enumerate(self.steps.products(cell))}
        sizes = {mark: table.tokens.itemsize for mark, (table, _) in tables.items()}
        first, second = sizes
        key = sizes[first], sizes[second]
        if key not in self.patterns:
            self.patterns[key] = Pattern(f"[{first}, {second}], ", sizes, squeeze=True)

        def tokens(source: Source, which: Positions, suffix: bytes) -> Tokens:
            table, at = tables[str(source)]
            return table.at(np.asarray(at), suffix)[np.newaxis]

        raw = self.buffer.fill(self.patterns[key], self.steps.terms, tokens)
        return raw.tobytes().translate(None, b"\0")[:-2]
