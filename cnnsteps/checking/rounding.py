"""Numbers that were rounded: how far one is known, and whether two links can be equal within that."""

from __future__ import annotations

from collections.abc import Callable, Set
from fractions import Fraction

from cnnsteps.checking.chains import Link
from cnnsteps.checking.claims import Claim, distance, is_lone, part_of, slots_of, value
from cnnsteps.checking.numerals import places_of
from cnnsteps.checking.numerals import unit_of as unit_of_digits
from cnnsteps.model import expr
from cnnsteps.model.evaluate import Unknown, enclose
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact, Interval, around, exactly

CUT_OFF = 4
"""A decimal of so many places may be cut off instead of rounded."""


def is_rounded(claim: Claim, part: Expr, shown: Exact, exact: Exact, relation: str) -> bool:
    """Whether a number alone is this value to half a unit of its last digit."""
    unit = unit_of(claim, part, relation)
    return unit is not None and 2 * distance(shown, exact) <= unit


def is_cut_off(claim: Claim, part: Expr, shown: Exact, exact: Exact) -> bool:
    """0.787401 for 0.78740157…"""
    places = claim.places(part)
    if not is_lone(part) or places < CUT_OFF or shown * exact < 0:
        return False
    return distance(shown, 0) <= distance(exact, 0) and distance(shown, exact) < Fraction(1, 10**places)


def is_rounded_by_parts(claim: Claim, before: Expr, after: Expr) -> bool:
    """0.251·0.3 + 0.244·0.5 → 0.075 + 0.122: each part is equal, or a number alone that is rounded."""
    left, right = value(before, claim.numbers), value(after, claim.numbers)
    if left is None or right is None:
        return False
    if left == right or is_rounded(claim, after, right, left, "=") or is_cut_off(claim, after, right, left):
        return True
    if isinstance(before, expr.Bracket) and not isinstance(after, expr.Bracket):
        return is_rounded_by_parts(claim, before.part, after)
    match before, after:
        case (expr.Sum(parts=old), expr.Sum(parts=new)) | (expr.Product(parts=old), expr.Product(parts=new)):
            return len(old) == len(new) and all(is_rounded_by_parts(claim, a, b) for a, b in zip(old, new, strict=True))
        case expr.Over(top=a, bottom=c), expr.Over(top=b, bottom=d):
            return is_rounded_by_parts(claim, a, b) and is_rounded_by_parts(claim, c, d)
        case (expr.Minus(part=a), expr.Minus(part=b)) | (expr.Bracket(part=a), expr.Bracket(part=b)):
            return is_rounded_by_parts(claim, a, b)
        case _:
            return False


def unit_of(claim: Claim, part: Expr, relation: str) -> Exact | None:
    """The last digit's unit of a number alone; None where it is none, or an integer that is said to be equal."""
    while isinstance(part, expr.Minus | expr.Bracket):
        part = part.part
    if isinstance(part, expr.Over) and isinstance(part.bottom, expr.Num) and isinstance(part.top, expr.Slot):
        return unit_of_digits(claim.reading.texts[part.top.column]) / 100
    if isinstance(part, expr.Product) and len(part.parts) == 2 and isinstance(part.parts[1], expr.Power):
        scale = value(part.parts[1], claim.numbers)
        return None if scale is None else scale * Fraction(1, 10 ** claim.places(part.parts[0]))
    if not isinstance(part, expr.Slot):
        return None
    text = claim.reading.texts[part.column]
    places = places_of(text)
    if places == 0 and relation == "≈":
        zeros = len(text) - len(text.rstrip("0"))
        return 10**zeros if zeros < len(text) else 1
    return unit_of_digits(text) if places else None


def overlap(claim: Claim, before: Link, after: Link, loose: bool) -> bool:
    """Whether the two can be equal, each number being known to half a unit of its last digit."""
    try:
        return bounds(claim, before, loose).overlaps(bounds(claim, after, not is_lone(part_of(after))))
    except Unknown:
        return False


def bounds(claim: Claim, link: Link, loose: bool) -> Interval:
    """What a link may come to; where all of its numbers are integers, these are the rounded ones."""
    part = part_of(link)
    exact = value(part, claim.numbers)
    if exact is not None and not loose:
        unit = unit_of(claim, part, "≈") or 0
        return around(exact, Fraction(unit) / 2 if is_lone(part) else 0)
    all_whole = claim.places(part) == 0
    return enclosed(claim, part, lambda text: all_whole or places_of(text) > 0)


def enclosed(claim: Claim, part: Expr, is_known_roughly: Callable[[str], bool]) -> Interval:
    """What an expression may come to, where some of its numbers are right to half a unit of their last digit."""
    numbers = [
        exactly(0) if number is None else
        around(number, unit_of_digits(text) / 2) if is_known_roughly(text) else exactly(number)
        for number, text in zip(claim.numbers, claim.reading.texts, strict=True)
    ]  # fmt: skip
    return enclose(part, numbers)


def overlap_carried(claim: Claim, before: Link, after: Link, carried: Set[str]) -> bool:
    """Whether the two can be equal, where numbers that were rounded further above are known to half a unit."""
    old, new = part_of(before), part_of(after)
    if not any(claim.reading.texts[slot] in carried for slot in slots_of(old)):
        return False
    exact = value(new, claim.numbers)
    try:
        around_new = around(exact or 0, Fraction(unit_of(claim, new, "=") or 0) / 2)
        return enclosed(claim, old, carried.__contains__).overlaps(around_new)
    except Unknown:
        return False
