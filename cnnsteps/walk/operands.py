"""How operands are drawn: slice by slice, their places numbered as formulas count them."""

from __future__ import annotations

import numpy as np

from cnnsteps.model.steps import NamedTensor, Operand


def plane_of(values: NamedTensor) -> tuple[int, int]:
    """The rows and columns of one slice."""
    return values.spatial[-2:] if len(values.spatial) > 1 else (1, *(values.spatial or (1,)))  # type: ignore[return-value]


def slice_dims(values: NamedTensor) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The names and sizes of the dimensions that say which slice it is."""
    deep = values.spatial[:-2]
    return (*values.dims, *("slice",) * len(deep)), (*values.shape[: len(values.dims)], *deep)


def indices(operand: Operand, at: int, base: int) -> list[str]:
    """The index of a flat place, in words of digits."""
    values = operand.values
    shifts = (*(0,) * len(values.dims), *(operand.offset or (0,) * len(values.spatial)))
    return [str(int(i) - n + base) for i, n in zip(np.unravel_index(at, values.shape), shifts, strict=True)]


def bases(operand: Operand, base: int) -> tuple[int, int]:
    """What the first row and the first column are numbered: what stands before the first place lies before `base`."""
    before = (0, 0, *operand.offset)
    return base - (before[-2] if len(operand.values.spatial) > 1 else 0), base - before[-1]
