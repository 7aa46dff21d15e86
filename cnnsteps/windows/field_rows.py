"""The receptive field as equations: its formula where that gives it, else the number as it was counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnsteps.i18n import phrase
from cnnsteps.model.equation import evaluate, substitute
from cnnsteps.model.expr import Ceil, Chain, Count, Expr, Minus, Num, Over, Product, Sum, Word
from cnnsteps.windows.axis import Axis
from cnnsteps.windows.letters import FIELD_PADDING, FIELD_START, P_BEFORE, D, F, J, P, R, S

if TYPE_CHECKING:
    from fractions import Fraction

    from cnnsteps.windows.adaptive import AdaptiveAxis
    from cnnsteps.windows.receptive_field import Field, State
    from cnnsteps.windows.transposed import TransposedAxis

Row = tuple[tuple[Expr, ...], Chain]
"""An equation: what it gives, and how."""
SIDES = {
    d: tuple(map(phrase, names.split())) for d, names in ((1, "length"), (2, "height width"), (3, "depth height width"))
}
ONE = Minus(Num(1))


def named(words: str, *chain: Expr) -> Row:
    return (Word(words),), chain


def field_rows(before: State, after: State, axes: Sequence[Axis | TransposedAxis]) -> list[Row]:
    """Receptive field, jump and padding of each dimension; once where all are equal."""
    if before.fields is None or after.fields is None:
        return []
    return joined([side_rows(*row) for row in zip(before.fields, after.fields, axes, strict=True)])


def joined(sides: list[list[tuple[str, Chain]]]) -> list[Row]:
    """The dimensions' equations; once where all are equal, else each with its name."""
    if all(side == sides[0] for side in sides):
        return [named(what, *chain) for what, chain in sides[0]]
    rows = zip(SIDES.get(len(sides), ("",) * len(sides)), sides, strict=True)
    return [
        named(phrase("{what} ({side})", what=what, side=name), *chain) for name, side in rows for what, chain in side
    ]


def adaptive_rows(before: State, after: State, shares: Sequence[AdaptiveAxis]) -> list[Row]:
    """Of windows that are shared out: those of equal ones are windows with a stride of their size."""
    even = [Axis(share.n, share.n // share.out, share.n // share.out) for share in shares if share.n % share.out == 0]
    if len(even) == len(shares):
        return field_rows(before, after, even)
    if after.fields is None:
        return []
    sides: list[list[tuple[str, Chain]]] = [
        [(phrase("receptive field, counted"), (Count(field.size),))] for field in after.fields
    ]
    return joined(sides)


def side_rows(before: Field, after: Field, axis: Axis | TransposedAxis) -> list[tuple[str, Chain]]:
    """One dimension's equations, by their names."""
    r, j, size = Num(before.size), ratio(before.jump), Num(axis.s)
    forward = isinstance(axis, Axis)
    letters, numbers, value = grown(axis, r, before.jump) if forward else landed(axis, r, before.jump)
    rows: list[tuple[str, Chain]] = [
        (phrase("receptive field"), (letters, numbers, Count(after.size)))
        if value == after.size
        else (phrase("receptive field, counted"), (Count(after.size),)),
        (phrase("jump"), (Product((J, S)), Product((j, size)), result(after.jump)))
        if forward
        else (phrase("jump"), (Over(J, S), Over(j, size), result(after.jump))),
    ]
    return rows + padding_rows(before, after, axis)


def padding_rows(before: Field, after: Field, axis: Axis | TransposedAxis) -> list[tuple[str, Chain]]:
    """How far the first place's field begins before the input, and where that is."""
    if before.first[0] is None or after.first[0] is None:
        return []
    p, j, pads = -before.first[0], before.jump, axis.before
    if not isinstance(axis, Axis) or -after.first[0] != p + pads * j:
        counted = phrase("padding of the field, counted"), phrase("start of the field, counted")
        return [(counted[0], (Num(-after.first[0]),)), (counted[1], (Num(after.first[0]),))]
    side = P if axis.before == axis.after else P_BEFORE
    values: dict[Expr, Expr] = {FIELD_PADDING: Num(p), FIELD_START: Num(-p), side: Num(pads), J: ratio(j)}
    letters = Sum((FIELD_PADDING, Product((side, J)))), Sum((FIELD_START, Minus(Product((side, J)))))
    padding, start = ((part, substitute(part, values)) for part in letters)
    return [
        (phrase("padding of the field"), (*padding, Num(-after.first[0]))),
        (phrase("start of the field"), (*start, Num(after.first[0]))),
    ]


def grown(axis: Axis | TransposedAxis, r: Num, j: Fraction) -> tuple[Expr, Expr, Fraction]:
    """r + D(F − 1)·j: letters, numbers, result."""
    letters = Sum((R, Product((*((D,) if axis.d > 1 else ()), Sum((F, ONE)), J))))
    numbers = substitute(letters, {**axis.numbers, R: r, J: ratio(j)})
    return letters, numbers, evaluate(numbers)


def landed(axis: Axis | TransposedAxis, r: Num, j: Fraction) -> tuple[Expr, Expr, Fraction]:
    """Of a transposed convolution: ⌈(D(F − 1) + 1)/S⌉ places land on one."""
    span: Expr = Sum((Product((D, Sum((F, ONE)))), Num(1))) if axis.d > 1 else F
    places = Ceil(Over(span, S))

    def field(count: Expr) -> Expr:
        return Sum((R, Product((Sum((count, ONE)), J))))

    count = Num(int(evaluate(substitute(places, axis.numbers))))
    numbers = substitute(field(count), {R: r, J: ratio(j)})
    return field(places), numbers, evaluate(numbers)


def ratio(value: Fraction) -> Num:
    return Num(value.numerator, value.denominator)


def result(value: Fraction) -> Expr:
    return Count(int(value)) if value.denominator == 1 else ratio(value)
