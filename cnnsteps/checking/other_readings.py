"""Other readings under which two links are equal: a shape, a floor, percent, base 2, an order of magnitude."""

from __future__ import annotations

import math
import re
from typing import TypeAlias

from cnnsteps.checking.chains import Link
from cnnsteps.checking.claims import Claim, distance, is_lone, part_of, slots_of, terms_of, value
from cnnsteps.checking.rounding import unit_of
from cnnsteps.model import expr
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

Side: TypeAlias = "tuple[int, Link, Exact]"
"""A link with its position and value."""
LONG_DECIMAL = 10
"""A decimal of more places comes out of a machine's floats."""
REMAINDER = re.compile(
    r"[ \t,;(*]*(?:remainder|rem\b|r(?:est|\.|=|[ \t]?[0-9])|余|mod\b|carry|reste|resto|остаток)", re.IGNORECASE
)
FEWEST_BITS = 4


def is_otherwise_right(claim: Claim, before: Side, after: Side) -> bool:
    """Whether another reading makes the two equal."""
    left, right = before[2], after[2]
    old, new = part_of(before[1]), part_of(after[1])
    return (
        is_shape(new, claim, left)
        or is_shape(old, claim, right)
        or (is_lone(new) and is_floored(old, claim, right))
        or is_binary(claim, old, new)
        or is_percent(claim, new, left, right)
        or (isinstance(old, expr.Over) and is_lone(new) and 0 <= left <= 1 and left * 100 == right)
        or is_float(claim, new, left, right)
        or is_span(claim, old)
        or is_magnitude(new, left, right)
        or is_quotient_with_rest(claim, old, new, right)
    )


def is_shape(part: Expr, claim: Claim, size: Exact) -> bool:
    """55×55 and 55 × 55 × 96 behind a size of 55; 112×112 behind 112.5."""
    if not isinstance(part, expr.Product) or not all(isinstance(p, expr.Slot) for p in part.parts):
        return False
    return any(claim.numbers[slot] in (size, math.floor(size)) for slot in slots_of(part))


def are_shapes(claim: Claim, before: Expr, after: Expr) -> bool:
    """2× 3×3 = 5×5: products on both sides, and nothing that is their value."""
    pure = all(isinstance(p, expr.Product) and all(isinstance(s, expr.Slot) for s in p.parts) for p in (before, after))
    factors = {claim.numbers[slot] for slot in slots_of(after)}
    return pure and claim.cell is None and len(factors) == 1 and part_of(claim.chain.evaluable[-1]) is after


def is_floored(part: Expr, claim: Claim, right: Exact) -> bool:
    """(5 − 2)/2 + 1 = 2: a size is rounded down whether one says so or not."""
    if isinstance(part, expr.Sum) and any(isinstance(p, expr.Over) for p in part.parts) and len(part.parts) == 2:
        floored = expr.Sum(tuple(expr.Floor(p) if isinstance(p, expr.Over) else p for p in part.parts))
        return claim.cell is None and value(floored, claim.numbers) == right
    first = claim.worked
    is_size = first is not None and any(
        isinstance(p, expr.Over) for p in getattr(part_of(claim.chain.links[first]), "parts", ())
    )
    left = value(part, claim.numbers)
    return is_lone(part) and is_size and claim.cell is None and left is not None and math.floor(left) == right


def is_binary(claim: Claim, before: Expr, after: Expr) -> bool:
    """1+0+1+1 = 1 of bits, 1 + 1 = 1 of truths, 1 + 1 = 10 in base 2, and 32 + 6 = 100110."""
    texts = [claim.reading.texts[slot] for slot in (*slots_of(before), *slots_of(after))]
    if len(claim.cell or ()) > 1 or set(texts[-1]) - {"0", "1"}:
        return False
    if is_lone(after) and len(texts[-1]) >= FEWEST_BITS and int(texts[-1], 2) == value(before, claim.numbers):
        return True
    summands = terms_of(before)
    if summands is None or any(len(term.slots) > 1 or term.minus for term in summands):
        return False
    if any(set(text) - {"0", "1"} for text in texts):
        return False
    total = sum(int(claim.reading.texts[term.slots[0]], 2) for term in summands)
    ones = all(len(text) == 1 for text in texts)
    is_first = part_of(claim.chain.evaluable[0]) is before
    return int(texts[-1], 2) == total or (ones and int(texts[-1]) in (total % 2, min(total, 1) if is_first else 0))


def is_percent(claim: Claim, part: Expr, left: Exact, right: Exact) -> bool:
    """50/200·100 = 25%, and 104.685/1.467 = 71.36%."""
    if not (isinstance(part, expr.Over) and isinstance(part.bottom, expr.Num)):
        return False
    unit = (unit_of(claim, part, "=") or 0) * 100 if claim.places(part) else 0
    return 2 * distance(left, right * 100) <= unit


def is_float(claim: Claim, part: Expr, left: Exact, right: Exact) -> bool:
    """0.1 + 0.2 = 0.30000000000000004"""
    return claim.places(part) >= LONG_DECIMAL and distance(left, right) * 10**9 <= distance(left, 0)


def is_span(claim: Claim, part: Expr) -> bool:
    """3-5 with no space, by itself, is from 3 to 5."""
    if claim.cell is not None or not isinstance(part, expr.Sum) or len(part.parts) != 2 or claim.worked != 0:
        return False
    return (
        all(is_lone(p) for p in part.parts)
        and claim.chain.name is None
        and "-" in (shown := claim.written(part))
        and " " not in shown
    )


def is_magnitude(part: Expr, left: Exact, right: Exact) -> bool:
    """2·10⁹ · 16 · 32 = 10¹²: a power alone says the order of magnitude, within √10 either way."""
    return (
        isinstance(part, expr.Power)
        and left > 0
        and left * left < 10 * right * right
        and right * right < 10 * left * left
    )


def is_quotient_with_rest(claim: Claim, before: Expr, after: Expr, right: Exact) -> bool:
    """83 ÷ 2 = 41 remainder 1"""
    exact = value(before, claim.numbers)
    if not (isinstance(before, expr.Over) and is_lone(after)) or exact is None or math.floor(exact) != right:
        return False
    end = claim.span_of(after)[1] - claim.statement.start
    return REMAINDER.match(claim.text, end) is not None
