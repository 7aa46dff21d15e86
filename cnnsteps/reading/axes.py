"""Which dimensions of a layer's input are batch, channels and space: told by its rank, less `dims`."""

from __future__ import annotations

from cnnsteps.i18n import phrase
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.reading.field_types import Numbers
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.report import Report
from cnnsteps.text import pluralize

DEEPEST = 5
"""Batch, channels and three dimensions."""
INPUT = Key(
    "input",
    Numbers(any_dims=tuple(range(1, DEEPEST + 1))),
    "a flat list; or rank d: one channel; d+1: channels first; d+2: batch, channels",
    required=True,
    also=("inputs", "x"),
    near=("image", "data", "input_tensor", "input_size", "input_shape", "matrix"),
)
NAMES = (phrase("batch item"), phrase("channel"))


def input_of(values: NamedTensor) -> Operand:
    """The operand that a layer reads."""
    return Operand("input", "x", phrase("Input"), values)


def bias_of(values: Tensor | None) -> tuple[Operand, ...]:
    """The operand, where there is a bias."""
    return () if values is None else (Operand("bias", "b", phrase("Bias"), NamedTensor(values)),)


def laid_out(given: Given, report: Report) -> NamedTensor | None:
    """The input with the names of its dimensions; a flat list has none, rank 5 three dimensions unless told."""
    if not given.has(INPUT):
        return None
    x = given[INPUT]
    rank, d = len(x.shape), given.dims
    if rank == 1:
        return NamedTensor(x)
    if rank == DEEPEST and "dims" not in given.raw:
        d = 3
    if not 0 <= rank - d <= 2:
        message = f"input has rank {rank}, but with {pluralize(d, 'dimension')} it has rank {d}, {d + 1} or {d + 2}"
        report.add(("input",), message, "the key dims says how many dimensions there are, 1, 2 or 3")
        return None
    return NamedTensor(x, NAMES[2 - (rank - d) :])
