"""Matrices that are one tensor: channels, filters or slices with no word between them."""

from __future__ import annotations

from collections.abc import Sequence

from cnnsteps.checking.matrices import Matrix
from cnnsteps.checking.roles import CAPTION, COMMAND
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple


class Stack(NamedTuple):
    """Planes of one shape."""

    planes: tuple[Matrix, ...]

    @property
    def role(self) -> str:
        return self.planes[0].role

    @property
    def start(self) -> int:
        return self.planes[0].start

    @property
    def end(self) -> int:
        return max(m.end for m in self.planes)

    @property
    def loose(self) -> bool:
        return any(m.loose for m in self.planes)

    @property
    def depth(self) -> int:
        return len(self.planes)

    @property
    def shape(self) -> tuple[int, int]:
        return self.planes[0].shape

    @property
    def values(self) -> list[list[list[Exact]]]:
        return [m.values for m in self.planes]


def stacks(text: str, matrices: Sequence[Matrix]) -> list[Stack]:
    """The matrices with numbers, those together that belong together."""
    found: list[list[Matrix]] = []
    for m in matrices:
        if not m.rows:
            continue
        if found and together(text, found[-1][-1], m):
            found[-1].append(m)
        else:
            found.append([m])
    return [Stack(tuple(planes)) for planes in found]


def together(text: str, before: Matrix, after: Matrix) -> bool:
    """Nothing between the two but captions and space, or two matrices whose lines are the same."""
    if before.shape != after.shape:
        return False
    if after.start < before.end:
        return text[text.rfind("\n", 0, after.start) + 1 : after.start].count("[") < 60 and not has_sign(
            text, before, after
        )
    between = COMMAND.sub(" ", CAPTION.sub(" ", text[before.end : after.start]))
    return not any(c.isalpha() or c in "*=⊙⊗⊛→#×+" for c in between) and between.count("\n\n") < 3


def has_sign(text: str, before: Matrix, after: Matrix) -> bool:
    """A sign of an operation between matrices that share their lines: ⊙, *, →, =."""
    lines = text[before.start : after.end]
    return any(c in lines for c in "*=⊙⊗⊛→×")
