"""What the other kind of convolution would give: with the kernel turned, or not turned."""

from __future__ import annotations

import numpy as np

from cnnsteps.arithmetic.convolution import ConvSteps
from cnnsteps.i18n import Phrase, phrase
from cnnsteps.numbers.exact import Ratio, Showing, reduce_ratio

MOST_TRIED = 64
"""Cells among which one is looked for that would be another."""


def other_convolution(steps: ConvSteps, flip: bool, base: int, showing: Showing) -> Phrase | None:
    """Which of the two this is, and a cell that would be another; None where none is found."""
    found = differing(steps)
    if found is None:
        return None
    cell, value = found
    index = np.unravel_index(cell, steps.out.shape)[2:]
    shown = showing(*value)
    return phrase(
        "This is the convolution of signal processing; with the kernel not turned (cross-correlation, as in CNNs), it "
        "would give {value} at [{place}]."
        if flip
        else "This is cross-correlation, which CNNs call convolution; with the kernel turned by 180°, as in signal "
        "processing, it would give {value} at [{place}].",
        place=",".join(str(int(i) + base) for i in index),
        value=("≈ " if shown.rounded else "") + shown.text,
    )


def differing(steps: ConvSteps) -> tuple[int, Ratio] | None:
    """The first cell of the first plane that would have another value, with that value."""
    x, w = steps.x.tensor, steps.w.tensor
    sizes = tuple(axis.f for axis in steps.axes)
    kernel = w.num.reshape(steps.out.shape[1], steps.channels, *sizes)[0]
    turned = np.flip(kernel, tuple(range(1, kernel.ndim)))
    if x.irrational_mask is not None or np.array_equal(kernel, turned):
        return None
    change = (turned.astype(object) - kernel.astype(object)).reshape(-1)
    for cell in range(min(steps.out[0][0, 0].size, MOST_TRIED)):
        seen = x.num.reshape(-1)[steps.window(cell).places].astype(object)
        more, under = int(seen @ change), x.den * w.den
        if more:
            value = int(steps.out.num.reshape(-1)[cell])
            return cell, reduce_ratio(value * under + more * steps.out.den, under * steps.out.den)
    return None
