"""What a division that does not come out even means for the window, in a sentence for each dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnsteps.i18n import Words, phrase
from cnnsteps.render.matrices import SEVERAL
from cnnsteps.windows.axis import Axis
from cnnsteps.windows.letters import SIZES

if TYPE_CHECKING:
    from cnnsteps.windows.transposed import TransposedAxis

DIMENSIONS = {
    "L": (phrase("length"), phrase("value")), "D": (phrase("depth"), phrase("slice")),
    "H": (phrase("height"), phrase("row")), "W": (phrase("width"), phrase("column")),
}  # fmt: skip
"""A dimension by its letter, and what it consists of."""


def leftovers(axes: Sequence[Axis | TransposedAxis], words: Words) -> list[str]:
    """Of each dimension in which places are left over, a window is dropped or hangs over."""
    rows = zip(SIZES.get(len(axes), ""), axes, strict=False)
    return [
        leftover(DIMENSIONS[letter], axis, words) for letter, axis in rows if isinstance(axis, Axis) and speaks(axis)
    ]


def speaks(axis: Axis) -> bool:
    return not axis.even or axis.drops_last


def leftover(names: tuple[str, str], axis: Axis, words: Words) -> str:
    side, unit = map(words.of, names)
    count = axis.overhang if axis.ceil_mode else axis.unread
    units = words(SEVERAL[names[1]]) if count > 1 else unit
    if axis.drops_last:
        return phrase(
            "Along the {side}, the last of {windows} windows would start in the padding after the input and is "
            "dropped: {out}.", side=side, windows=axis.rounded, out=axis.out,
        )  # fmt: skip
    if axis.ceil_mode:
        return phrase(
            "Along the {side}, the size is rounded up: the last window reaches {n} {units} past the end, and what lies "
            "there does not count.", side=side, n=count, units=units,
        )  # fmt: skip
    return phrase(
        "Along the {side}, {sum}: no window reads the last {n} {units}."
        if count > 1
        else "Along the {side}, {sum}: no window reads the last {units}.",
        side=side, n=count, units=units, sum=f"{axis.room} = {axis.out - 1} × {axis.s} + {count}",
    )  # fmt: skip
