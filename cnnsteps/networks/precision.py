"""Layers upon irrational numbers: worked out twice, the second time with more digits, until what is printed agrees.

Each layer may make the errors of the one before larger, and by how much depends on all the
numbers. But an error shrinks as digits are added, so that the second result shows that of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from cnnsteps.errors import InputError, Mistake
from cnnsteps.model.solution import Solution
from cnnsteps.numbers import irrational
from cnnsteps.numbers.tensor import Tensor

MORE = 40
SIGNIFICANT = 20
"""JSON has 17 digits of a number, however small it is."""
MARGIN = 10
MOST = 1000
"""With more digits than these and those that are printed, a number that may be 0 is taken for it."""
MOST_OF_ALL = 40_000


def agreed(solve: Callable[[], Solution], printed: int | None, first: int) -> Solution:
    """What `solve` gives with so many digits that all that are printed are right."""
    places = max(irrational.SURE, printed or 0) + MARGIN
    before: list[Tensor] | None = None
    kept = first
    while kept <= MOST_OF_ALL:
        with irrational.keeping(kept):
            found = solve()
        if not any(has_irrational(layer.output and layer.output.tensor) for layer in found.layers[:-1]):
            return found
        tensors = list(tensors_of(found))
        significant = SIGNIFICANT if kept <= MOST + places else 0
        if before and all(agree(a, b, places, significant) for a, b in zip(before, tensors, strict=True)):
            return found
        before, kept = tensors, kept + MORE if before is None else 2 * kept
    message = (
        f"its irrational numbers are not certain to {places - MARGIN} places even when kept to {MOST_OF_ALL:,} digits"
    )
    raise InputError([Mistake(message, "use smaller numbers, or fewer layers")])


def has_irrational(tensor: Tensor | None) -> bool:
    return tensor is not None and tensor.irrational_mask is not None and bool(tensor.irrational_mask.any())


def tensors_of(solution: Solution) -> Iterator[Tensor]:
    """Those of the answer and the steps, in a network of every layer."""
    for part in solution.layers or (solution,):
        yield from tensors_in((part.output, part.steps))


def tensors_in(part: object) -> Iterator[Tensor]:
    """Every tensor of which a solution is made, in a fixed order."""
    if isinstance(part, Tensor):
        yield part
    elif isinstance(part, tuple | Mapping):
        for inner in part.values() if isinstance(part, Mapping) else part:
            yield from tensors_in(inner)


def agree(a: Tensor, b: Tensor, places: int, significant: int) -> bool:
    """They differ by less than 10⁻ᵖˡᵃᶜᵉˢ everywhere, and in none of the significant digits."""
    if not has_irrational(a) and not has_irrational(b):
        return True
    loose = np.zeros(a.shape, bool)
    for flags in (a.irrational_mask, b.irrational_mask):
        loose |= False if flags is None else flags
    ours, theirs = a.num[loose].astype(object) * b.den, b.num[loose].astype(object) * a.den
    apart = abs(ours - theirs)
    near = (apart * 10**places <= a.den * b.den).all()
    return bool(near and (not significant or (apart * 10**significant <= abs(theirs)).all()))
