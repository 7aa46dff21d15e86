"""What one place of a layer reads of the network's input.

The receptive field r, the jump j between neighbours and the padding p of the field follow Araujo, Norris and Sim
(2019), "Computing Receptive Fields of Convolutional Neural Networks", and TensorFlow's receptive-field tool:

    r' = r + D(F − 1)·j        j' = j·S        p' = p + P·j        begun with r = j = 1, p = 0

r is the widest span of input places that one place reads, as if the input went on beyond its edges, and −p where the
first place's span starts. Where places read unequal spans, as behind a transposed convolution, r is counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from cnnsteps.records import NamedTuple
from cnnsteps.windows.axis import Axis

if TYPE_CHECKING:
    from cnnsteps.windows.transposed import TransposedAxis

INPUT = "the input"
MOST_COUNTED = 200_000
"""Of how many pairs of places a field is counted."""
Shape = tuple[int, ...]
Place = int | None
"""None where nothing is read."""


class Field(NamedTuple):
    """Along one dimension: the first and last input place that each of the first `period` places reads.
    Place i + period reads what i reads, `advance` places further on."""

    places: int
    """How many the layer has."""
    first: tuple[Place, ...] = (0,)
    last: tuple[Place, ...] = (0,)
    advance: int = 1

    @property
    def period(self) -> int:
        return len(self.first)

    @property
    def size(self) -> int:
        """r"""
        spans = list(zip(self.first, self.last, strict=True))[: self.places]
        return max((b - a + 1 for a, b in spans if a is not None and b is not None), default=0)

    @property
    def jump(self) -> Fraction:
        """j"""
        return Fraction(self.advance, self.period)

    def at(self, ends: tuple[Place, ...], place: int) -> Place:
        """The first or last input place that any place reads."""
        block, phase = divmod(place, self.period)
        end = ends[phase]
        return None if end is None else end + block * self.advance


class Reads(NamedTuple):
    """What a layer reads along one dimension: place i the places at(i), place i + period those `advance` further on."""

    at: Callable[[int], range]
    advance: int
    period: int = 1


def window_reads(axis: Axis) -> Reads:
    """i·S − P + a·D for a = 0 … F − 1"""
    return Reads(lambda i: range(i * axis.s - axis.before, i * axis.s - axis.before + axis.span, axis.d), axis.s)


def transposed_reads(axis: TransposedAxis) -> Reads:
    """The i with i·S + a·D − P = o for an a in 0 … F − 1"""
    common = math.gcd(axis.s, axis.d)
    step = axis.d // common
    inverse = pow(axis.s // common, -1, step)

    def at(o: int) -> range:
        o += axis.before
        if o % common:
            return range(0)
        least = -((axis.d * (axis.f - 1) - o) // axis.s)
        return range(least + (o // common * inverse - least) % step, o // axis.s + 1, step)

    return Reads(at, 1, axis.s)


def adaptive_reads(n: int, out: int) -> Reads:
    """⌊i·N/O⌋ up to ⌈(i + 1)·N/O⌉ − 1"""
    common = math.gcd(n, out)
    return Reads(lambda i: range(i * n // out, -(-(i + 1) * n // out)), n // common, out // common)


def nearest_reads(step: Fraction) -> Reads:
    """⌊i · step⌋"""
    return Reads(lambda i: range(math.floor(i * step), math.floor(i * step) + 1), step.numerator, step.denominator)


def read_through(field: Field, reads: Reads, places: int) -> Field | None:
    """The field of a layer's places; None where there are too many unequal ones to count."""
    blocks = field.period // math.gcd(field.period, reads.advance)
    period = reads.period * blocks
    if period * max(len(reads.at(0)[: field.period]), 1) > MOST_COUNTED:
        return None
    first: list[Place] = []
    last: list[Place] = []
    for block in range(blocks):
        for i in range(reads.period):
            at, shift = reads.at(i), block * reads.advance
            # Of places that are a period apart the first reads the first, and the last the last.
            firsts = [field.at(field.first, q + shift) for q in at[: field.period]]
            lasts = [field.at(field.last, q + shift) for q in at[-field.period :]]
            first.append(min((end for end in firsts if end is not None), default=None))
            last.append(max((end for end in lasts if end is not None), default=None))
    return Field(places, tuple(first), tuple(last), reads.advance * blocks // field.period * field.advance)


class State(NamedTuple):
    """What stands between two layers: a shape, channels first, and what its places read of the input."""

    shape: Shape
    input: Shape
    """The spatial sizes of the network's input."""
    fields: tuple[Field, ...] | None
    """One a dimension; None where nobody knows them."""
    placed: bool = True
    """Its places stand as the input's do."""
    giver: str = INPUT
    """The layer that it comes from."""

    @property
    def spatial(self) -> Shape:
        return self.shape[1:]

    @property
    def told(self) -> str:
        """conv1 gives 96 × 55 × 55"""
        gives = f"{self.giver} gives" if self.giver != INPUT else f"{INPUT} has the shape"
        return f"{gives} {shown(self.shape)}" + (" numbers" if len(self.shape) == 1 and self.giver != INPUT else "")

    def through(self, reads: Sequence[Reads], shape: Shape) -> State:
        """The state behind a layer that reads this one and gives this shape."""
        if self.fields is None or not self.placed or len(self.fields) != len(reads):
            return self._replace(shape=shape, fields=None)
        rows = zip(self.fields, reads, shape[-len(reads) :], strict=True)
        fields = [read_through(field, read, places) for field, read, places in rows]
        known = tuple(field for field in fields if field is not None)
        return self._replace(shape=shape, fields=known if len(known) == len(fields) else None)

    def seeing_all(self, dimensions: Sequence[int] | None = None) -> State:
        """The same places, each of which reads everything along these dimensions, or along all."""
        if self.fields is None or len(self.fields) != len(self.input):
            return self._replace(fields=None)
        every = range(len(self.fields)) if dimensions is None else dimensions
        rows = enumerate(zip(self.fields, self.input, strict=True))
        return self._replace(fields=tuple(whole_field(f, n) if i in every else f for i, (f, n) in rows))


def whole_field(field: Field, n: int) -> Field:
    """All n places of the input, and what is more where a window alone reaches beyond them."""
    start = 0 if field.size <= n else min(end or 0 for end in field.first)
    return Field(field.places, (start,), (start + max(field.size, n) - 1,), 0)


def begin(shape: Shape, dims: int) -> State:
    """The network's input, of which every place reads itself."""
    spatial = shape[1:] if len(shape) > 1 else (1,) * dims
    return State(shape, spatial, tuple(Field(n) for n in spatial))


def shown(shape: Shape) -> str:
    return " × ".join(map(str, shape))


def sizes_of(fields: tuple[Field, ...] | None) -> list[int] | None:
    """The receptive field along each dimension."""
    return None if fields is None else [field.size for field in fields]
