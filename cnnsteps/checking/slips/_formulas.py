"""What an expression comes to under one slip or another."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from cnnsteps.checking.claims import Claim, value
from cnnsteps.checking.operands import operands_of, summands_of
from cnnsteps.model import expr
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

MOST_DIVISOR = 16


def is_size(part: Expr) -> bool:
    """(N − F)/S + 1, rounded or not."""
    if not isinstance(part, expr.Sum) or len(part.parts) != 2:
        return False
    first, last = part.parts
    while isinstance(first, expr.Floor | expr.Ceil | expr.Bracket):
        first = first.part
    return isinstance(first, expr.Over | expr.Sum | expr.Call) and isinstance(last, expr.Slot)


def without_last(claim: Claim, part: Expr) -> Exact | None:
    """A sum without its last summand."""
    if not isinstance(part, expr.Sum):
        return None
    rest = part.parts[:-1]
    return value(floored(rest[0]) if len(rest) == 1 else expr.Sum(rest), claim.numbers)


def floored(part: Expr) -> Expr:
    return expr.Floor(part) if isinstance(part, expr.Over) else part


def padded_once(claim: Claim, part: Expr) -> Iterator[Exact]:
    """A size with P in place of 2P."""
    for other in rewritten(part, claim):
        for whole in (other, replaced_over(other)):
            found = value(whole, claim.numbers)
            if found is not None:
                yield found


def rewritten(part: Expr, claim: Claim) -> Iterator[Expr]:
    """The expression with each 2·P made P, one at a time."""
    match part:
        case expr.Product(parts=(expr.Slot(column=column), other)) if claim.numbers[column] == 2:
            yield other
        case expr.Sum(parts=parts):
            for i, p in enumerate(parts):
                for new in rewritten(p, claim):
                    yield expr.Sum((*parts[:i], new, *parts[i + 1 :]))
        case expr.Over(top=top, bottom=bottom):
            for new in rewritten(top, claim):
                yield expr.Over(new, bottom)
        case expr.Bracket(part=inner) | expr.Floor(part=inner) | expr.Ceil(part=inner) | expr.Minus(part=inner):
            for new in rewritten(inner, claim):
                yield type(part)(new)
        case _:
            return


def replaced_over(part: Expr) -> Expr:
    """A size's division rounded down."""
    if isinstance(part, expr.Sum):
        return expr.Sum(tuple(map(floored, part.parts)))
    return part


def rounded_otherwise(claim: Claim, part: Expr) -> Iterator[Exact]:
    """A size with its division rounded up, and one that is rounded the other way."""
    if not is_size(part) or not isinstance(part, expr.Sum):
        return
    first, last = part.parts
    inner = first.part if isinstance(first, expr.Floor | expr.Ceil) else first
    other: Expr = expr.Floor(inner) if isinstance(first, expr.Ceil) else expr.Ceil(inner)
    found = value(expr.Sum((other, last)), claim.numbers)
    if found is not None:
        yield found


def pooled(claim: Claim, part: Expr, written: str, meant: str) -> Exact | None:
    """The maximum of what an average is of, or the other way."""
    operands = operands_of(claim)
    if operands is None or operands.kind != written:
        return None
    numbers = [pair.x for pair in operands.window]
    return max(numbers) if meant == "max" else Fraction(sum(numbers)) / len(numbers)


def divided_otherwise(claim: Claim, part: Expr) -> Iterator[Exact]:
    """The sum of an average over other counts than its own."""
    operands = operands_of(claim)
    if operands is None or operands.kind != "average":
        return
    count = operands.divisor or len(operands.window)
    total = sum(pair.x for pair in operands.window)
    yield from (Fraction(total) / n for n in range(1, MOST_DIVISOR + 1) if n != count and total)


def summands(claim: Claim, part: Expr) -> list[Exact]:
    found = [(value(p, claim.numbers), sign) for p, sign in summands_of(part, 1)]
    return [sign * v for v, sign in found if v is not None]


def with_signs_lost(claim: Claim, part: Expr) -> Iterator[Exact]:
    """A sum with one of its negative summands made positive, or a product of two negative numbers made negative."""
    total = value(part, claim.numbers)
    if total is not None and isinstance(part, expr.Sum):
        yield from (total - 2 * term for term in summands(claim, part) if term < 0)


def has_bias(claim: Claim, part: Expr) -> bool:
    """Products, and one number that is added to them."""
    operands = operands_of(claim)
    return operands is not None and operands.kind == "conv" and bool(operands.pairs) and len(operands.alone) == 1


def with_one_left_out(claim: Claim, part: Expr) -> Iterator[Exact]:
    """A sum without one of its summands."""
    total = value(part, claim.numbers)
    if total is not None and isinstance(part, expr.Sum) and len(part.parts) > 2:
        yield from (total - term for term in summands(claim, part) if term)


def are_exchanged(claim: Claim, part: Expr, stated: Exact) -> bool:
    """The same digits in another order."""
    right = value(part, claim.numbers)
    if right is None or right == stated:
        return False
    a, b = str(right), str(stated)
    return len(a) > 1 and sorted(a) == sorted(b)
