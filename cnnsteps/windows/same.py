"""Where the padding of `same` comes from.

    P_total = max((⌈N/S⌉ − 1)S + D(F − 1) + 1 − N, 0)        so that the output has ⌈N/S⌉ places
    P_total = max((N − 1)S + D(F − 1) + 1 + P_output − N·S, 0)    of a transposed convolution: N·S places

Half of it goes before the input and half behind it; the odd one behind it, but before it with `same_lower`. As
TensorFlow's SAME and ONNX's SAME_UPPER and SAME_LOWER.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from cnnsteps.i18n import phrase
from cnnsteps.model.equation import evaluate, substitute
from cnnsteps.model.expr import Call, Ceil, Expr, Floor, Minus, Num, Over, Product, Sum
from cnnsteps.windows.axis import Axis, is_same
from cnnsteps.windows.field_rows import SIDES, Row
from cnnsteps.windows.letters import P_AFTER, P_BEFORE, P_OUTPUT, P_TOTAL, D, F, N, P, S

if TYPE_CHECKING:
    from cnnsteps.windows.transposed import TransposedAxis

ONE = Minus(Num(1))
Side: TypeAlias = "Axis | TransposedAxis"


def same_rows(axes: Sequence[Side], word: str | None) -> list[tuple[str, list[Row]]]:
    """How the padding of `same` was found, dimension by dimension with its name; once where all are equal."""
    if word is None or not is_same(word):
        return []
    if len(set(axes)) == 1:
        return [("", rows_of(axes[0], word))]
    return [(side, rows_of(axis, word)) for side, axis in zip(SIDES[len(axes)], axes, strict=True)]


def rows_of(axis: Side, word: str) -> list[Row]:
    """The whole padding, and its two halves."""
    if isinstance(axis, Axis):
        total = Sum((Product((Sum((Ceil(Over(N, S)), ONE)), S)), *span(axis), Minus(N)))
    else:
        given = axis.full + axis.extra > axis.n * axis.s and axis.extra > 0
        parts = (Product((Sum((N, ONE)), S)), *span(axis), *((P_OUTPUT,) if given else ()))
        total = Sum((*parts, Minus(Product((N, S)))))
        if not given and axis.extra:
            added = Sum((Product((N, S)), Minus(Sum(parts))))
            return [worked(P_OUTPUT, added, axis, axis.extra), ((P,), (Num(0),))]
    whole = axis.before + axis.after
    row = worked(P_TOTAL, Call("max", (total, Num(0))), axis, whole)
    half, number = (Over(part, Num(2)) for part in (P_TOTAL, Num(whole)))
    if axis.before == axis.after:
        return [row, ((P,), (half, number, Num(axis.before)))]
    first, second = (P_AFTER, P_BEFORE) if word == "same_lower" else (P_BEFORE, P_AFTER)
    less = Num(min(axis.before, axis.after))
    more = Sum((P_TOTAL, Minus(first))), Sum((Num(whole), Minus(less))), Num(max(axis.before, axis.after))
    return [row, ((first,), (Floor(half), Floor(number), less)), ((second,), more)]


def worked(letter: Expr, formula: Expr, axis: Side, value: int) -> Row:
    """The formula, its numbers, what stands in its brackets, the value."""
    numbers = substitute(formula, axis.numbers)
    links = [formula, numbers]
    if isinstance(numbers, Call):
        inside = evaluate(numbers.parts[0])
        links.append(Call(numbers.name, (Num(int(inside)), *numbers.parts[1:])))
    return (letter,), (*links, Num(value))


def span(axis: Side) -> tuple[Expr, ...]:
    """F, or D(F − 1) + 1"""
    return (F,) if axis.d == 1 else (Product((D, Sum((F, ONE)))), Num(1))


def same_words(axes: Sequence[Side], word: str | None) -> str:
    """What `same` asks for, and which side has the odd place."""
    last = phrase("before it" if word == "same_lower" else "behind it")
    if isinstance(axes[0], Axis):
        return phrase(
            "With the padding {word}, the output has ⌈N/S⌉ places. What is missing is put around the input, half "
            "before it and half behind it; an odd place goes {last}.", word=word, last=last,
        )  # fmt: skip
    return phrase(
        "With the padding {word}, the output has N×S places. What is too much is cut off, half before it and half "
        "behind it; an odd place goes {last}.", word=word, last=last,
    )  # fmt: skip


def other_same(axes: Sequence[Side], word: str | None) -> str | None:
    """What is usual in PyTorch instead of `same`, where that puts the windows elsewhere."""
    if not is_same(word):
        return None
    for axis in axes:
        half = axis.span // 2 if isinstance(axis, Axis) else 0
        if not isinstance(axis, Axis) or axis.s == 1 or (axis.before, axis.after) == (half, half):
            continue
        return phrase(
            "This is the same of TensorFlow and ONNX: {before} before and {after} behind the input. PyTorch has none "
            "where the stride is above 1; the usual padding there, {half} on both sides, gives the size {out}, and its "
            "first window begins {half} before the input.",
            before=axis.before, after=axis.after, half=half, out=axis._replace(before=half, after=half).out,
        )  # fmt: skip
    return None
