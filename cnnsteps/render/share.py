"""Who makes the rows of expansions: this process alone, or several, each of which makes some of the blocks.

Several processes write the same document, and each asks its share which blocks to make. One of them, the writer,
gets all blocks in their order; the others make blocks for it and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from cnnsteps.records import NamedTuple

if TYPE_CHECKING:
    from cnnsteps.render.blocks import Block

Make: TypeAlias = "Callable[[int], list[Block]]"
"""The blocks from a row on."""


class Share(Protocol):
    """What of a document a process makes."""

    @property
    def writes(self) -> bool:
        """It makes what is no expansion, too."""
        ...

    def blocks(self, make: Make, starts: Sequence[int]) -> Iterable[list[Block]]:
        """What `make` gives of each start, in order; valid until the one after the next is asked for."""
        ...


class Whole(NamedTuple):
    """This process makes all of it."""

    writes: bool = True

    def blocks(self, make: Make, starts: Sequence[int]) -> Iterable[list[Block]]:
        return map(make, starts)
