"""What one place of a layer sees of the network's input.

The receptive field r and the jump j between neighbours follow Araujo, Norris and Sim (2019),
"Computing Receptive Fields of Convolutional Neural Networks": r' = r + (F − 1)·j with F the
dilated window, j' = j·S, beginning with r = j = 1. Where branches meet, the largest counts.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from cnnsteps.i18n import phrase
from cnnsteps.model.expr import Ceil, Chain, Count, Expr, Minus, Num, Over, Product, Sum, Sym, Word

INPUT = "the input"
Shape = tuple[int, ...]
Lengths = tuple[Fraction, ...]
Row = tuple[tuple[Expr, ...], Chain]
"""An equation: what it gives, and how."""


class State(NamedTuple):
    """What stands between two layers: a shape, channels first, and the field that one place of it sees."""

    shape: Shape
    input: Shape
    """The spatial sizes of the network's input."""
    field: Lengths | None
    """None where nobody knows it."""
    jump: Lengths | None
    """None where its places no longer stand as the input's do."""
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


def begin(shape: Shape, dims: int) -> State:
    """The network's input, of which every place sees itself."""
    ones = (Fraction(1),) * dims
    return State(shape, shape[1:] if len(shape) > 1 else (1,) * dims, ones, ones)


def named(words: str, *chain: Expr) -> Row:
    return (Word(words),), chain


def shown(shape: Shape) -> str:
    return " × ".join(map(str, shape))


def whole(field: Lengths | None) -> list[int] | None:
    """The receptive field in whole places of the input."""
    return None if field is None else [math.ceil(r) for r in field]


def seen(state: State, spans: Shape, steps: Lengths) -> State:
    """The field after windows of these spans, `steps` apart."""
    if state.field is None or state.jump is None or len(state.jump) != len(spans):
        return state._replace(field=None, jump=None)
    field = tuple(r + (span - 1) * j for r, span, j in zip(state.field, spans, state.jump, strict=True))
    jump = tuple(j * step for j, step in zip(state.jump, steps, strict=True))
    return state._replace(field=field, jump=jump)


def everything(state: State) -> State:
    """The field of a place that sees the whole input."""
    if state.field is None or len(state.field) != len(state.input):
        return state._replace(field=None)
    return state._replace(field=tuple(max(Fraction(n), r) for n, r in zip(state.input, state.field, strict=True)))


SIDES = {
    d: tuple(map(phrase, names.split())) for d, names in ((1, "length"), (2, "height width"), (3, "depth height width"))
}


def field_rows(before: State, after: State, windows: list[tuple[int, int]], steps: Shape) -> list[Row]:
    """r + D·(F − 1)·j and j·S for each dimension, given its F and D; once where all are equal."""
    if before.field is None or before.jump is None or after.field is None:
        return []
    sides = [
        side_rows(r, j, *window, step)
        for r, j, window, step in zip(before.field, before.jump, windows, steps, strict=True)
    ]
    return labelled(sides)


def labelled(sides: list[tuple[Chain, Chain]]) -> list[Row]:
    """Fields and jumps behind their names, and those of their dimensions where they differ."""
    if len(set(sides)) == 1:
        return [named(phrase("receptive field"), *sides[0][0]), named(phrase("jump"), *sides[0][1])]
    names = SIDES.get(len(sides), ("",) * len(sides))
    return [
        named(phrase("{what} ({side})", what=word, side=name), *chain)
        for name, side in zip(names, sides, strict=True)
        for word, chain in zip((phrase("receptive field"), phrase("jump")), side, strict=True)
    ]


def side_rows(r: Fraction, j: Fraction, f: int, d: int, step: int) -> tuple[Chain, Chain]:
    """One dimension's field and jump: letters, numbers, results."""
    one = Minus(Num(1))
    dilated = (Sym("D"), Num(d)) if d > 1 else None
    letters = Sum((Sym("r"), Product((*(dilated[:1] if dilated else ()), Sum((Sym("F"), one)), Sym("j")))))
    numbers = Sum((ratio(r), Product((*(dilated[1:] if dilated else ()), Sum((Num(f), one)), ratio(j)))))
    grown = letters, numbers, result(r + d * (f - 1) * j)
    return grown, (Product((Sym("j"), Sym("S"))), Product((ratio(j), Num(step))), result(j * step))


def spread_rows(before: State, windows: list[tuple[int, int]], steps: Shape) -> list[Row]:
    """A transposed convolution's, given each dimension's F and D: ⌈(D(F − 1) + 1)/S⌉ places land on one."""
    if before.field is None or before.jump is None or len(before.jump) != len(steps):
        return []
    sides: list[tuple[Chain, Chain]] = []
    for r, j, (f, d), step in zip(before.field, before.jump, windows, steps, strict=True):
        one, places = Minus(Num(1)), -(-(d * (f - 1) + 1) // step)
        span: Expr = Sum((Product((Sym("D"), Sum((Sym("F"), one)))), Num(1))) if d > 1 else Sym("F")
        letters = Sum((Sym("r"), Product((Sum((Ceil(Over(span, Sym("S"))), one)), Sym("j")))))
        numbers = Sum((ratio(r), Product((Sum((Num(places), one)), ratio(j)))))
        jump: Chain = Over(Sym("j"), Sym("S")), Over(ratio(j), Num(step)), result(j / step)
        sides.append(((letters, numbers, result(r + (places - 1) * j)), jump))
    return labelled(sides)


def ratio(value: Fraction) -> Num:
    return Num(value.numerator, value.denominator)


def result(value: Fraction) -> Expr:
    return Count(int(value)) if value.denominator == 1 else ratio(value)
