"""Each link of a chain against the one before it: is what stands there equal, rounded, or wrong?

`=` joins equal things; a decimal that is the other side rounded is worth a remark. `≈` is right to half a
unit of the last digit. What follows from a rounded number is known within half a unit of its last digit.
Where two readings are possible and one is right, it is right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from cnnsteps.checking import slips
from cnnsteps.checking.chains import Link
from cnnsteps.checking.claims import Claim, Term, distance, is_lone, links_of, slots_of, terms_of, value
from cnnsteps.checking.findings import Finding, Remark, spelled, written
from cnnsteps.checking.numerals import places_of
from cnnsteps.checking.operands import operands_of
from cnnsteps.checking.slips._formulas import is_size
from cnnsteps.model import expr
from cnnsteps.model.evaluate import Unknown, enclose
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact, Interval, around, exactly

LONG_DECIMAL = 10
"""A decimal of more places comes out of a machine's floats."""


def judge(claim: Claim) -> Iterator[Finding | Remark]:
    """What is wrong with the links of a claim, each compared with the one before it."""
    before: tuple[int, Link, Exact] | None = None
    loose = False
    for i, link, found in links_of(claim):
        if before is None or before[0] < i - 1:
            # Behind what can't be read, nothing is compared with what stood before it.
            loose = link.relation == "≈"
        elif not is_comparable(before[1], link, claim):
            continue
        elif before[2] != found or link.relation == "≈":
            was_loose, loose = loose, loose or link.relation == "≈"
            verdict = compared(claim, before, (i, link, found), was_loose)
            if verdict == "rounded":
                loose = True
                start, end = claim.span_of(part_of(link))
                shown = claim.written(part_of(link))
                yield Remark(
                    start,
                    end,
                    f"{shown} is {written(before[2], claim.places(part_of(link)) + 3)} rounded: ≈ would say so",
                    strict=True,
                )
            elif verdict == "wrong":
                yield difference(claim, before[1], before[2], link, found)
        before = (i, link, found)


def unreadable(claim: Claim) -> Iterator[Finding]:
    """Links that surely are meant as expansions and make no expression."""
    for i, link in enumerate(claim.chain.links):
        if link.broken and (claim.cell is not None or i + 1 < len(claim.chain.links)):
            start, end = claim.statement
            message = f"{claim.name or 'a sum'}{spelled(claim.cell)} looks like an expansion, and can't be read"
            yield Finding(start, end, "syntax", shortened(claim.text), "", message, claim.cell)
            return


def part_of(link: Link) -> Expr:
    assert link.expr is not None
    return link.expr


def is_comparable(before: Link, link: Link, claim: Claim) -> bool:
    """Two numbers alone say nothing of each other unless something was worked out before them."""
    if not (is_lone(part_of(before)) and is_lone(part_of(link))):
        return True
    worked = claim.worked
    return worked is not None and claim.chain.links[worked].first < link.first


def compared(claim: Claim, before: tuple[int, Link, Exact], after: tuple[int, Link, Exact], loose: bool) -> str:
    """`right`, `rounded` or `wrong`; `loose` where the numbers of the link before may be rounded already."""
    left, right = before[2], after[2]
    if left == right or is_otherwise_right(claim, before, after):
        return "right"
    if is_rounded(claim, part_of(after[1]), right, left, after[1].relation) or is_rounded(
        claim, part_of(before[1]), left, right, after[1].relation
    ):
        return "right" if after[1].relation == "≈" or loose else "rounded"
    if (loose or after[1].relation == "≈") and overlap(claim, before[1], after[1], loose):
        return "right"
    return "wrong"


def is_rounded(claim: Claim, part: Expr, shown: Exact, exact: Exact, relation: str) -> bool:
    """Whether a number alone is this value to half a unit of its last digit."""
    unit = unit_of(claim, part, relation)
    return unit is not None and 2 * distance(shown, exact) <= unit


def unit_of(claim: Claim, part: Expr, relation: str) -> Exact | None:
    """The last digit's unit of a number alone; None where it is none, or an integer that is said to be equal."""
    while isinstance(part, expr.Minus | expr.Bracket):
        part = part.part
    if isinstance(part, expr.Over) and isinstance(part.bottom, expr.Num) and isinstance(part.top, expr.Slot):
        return Fraction(1, 100 * 10 ** places_of(claim.reading.texts[part.top.column]))
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
    return Fraction(1, 10**places) if places else None


def overlap(claim: Claim, before: Link, after: Link, loose: bool) -> bool:
    """Whether the two can be equal, each number being known to half a unit of its last digit."""
    try:
        return bounds(claim, before, loose).overlaps(bounds(claim, after, not is_lone(part_of(after))))
    except Unknown:
        return False


def bounds(claim: Claim, link: Link, loose: bool) -> Interval:
    """What a link may come to; where all of its numbers are integers, these are the rounded ones."""
    part = part_of(link)
    found = value(part, claim.numbers)
    if found is not None and not loose:
        unit = unit_of(claim, part, "≈") or 0
        return around(found, Fraction(unit) / 2 if is_lone(part) else 0)
    all_whole = claim.places(part) == 0
    numbers = [
        exactly(0) if number is None else
        around(number, Fraction(1, 2 * 10 ** places_of(text))) if all_whole or places_of(text) else exactly(number)
        for number, text in zip(claim.numbers, claim.reading.texts, strict=True)
    ]  # fmt: skip
    return enclose(part, numbers)


def is_otherwise_right(claim: Claim, before: tuple[int, Link, Exact], after: tuple[int, Link, Exact]) -> bool:
    """Other readings under which the two are equal: a shape, a floor, percent, base 2, a float's last digits."""
    left, right = before[2], after[2]
    return (
        is_shape(part_of(after[1]), claim, left)
        or is_shape(part_of(before[1]), claim, right)
        or (is_lone(part_of(after[1])) and is_floored(part_of(before[1]), claim, right))
        or is_binary(claim, before[1], after[1])
        or is_percent(part_of(after[1]), left, right)
        or is_float(claim, part_of(after[1]), left, right)
        or is_span(claim, part_of(before[1]))
    )


def is_shape(part: Expr, claim: Claim, size: Exact) -> bool:
    """55×55 and 55 × 55 × 96 behind a size of 55."""
    if not isinstance(part, expr.Product) or not all(isinstance(p, expr.Slot) for p in part.parts):
        return False
    return any(claim.numbers[slot] == size for slot in slots_of(part))


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


def is_binary(claim: Claim, before: Link, after: Link) -> bool:
    """1+0+1+1 = 1 of bits, and 1 + 1 = 10 in base 2."""
    slots = (*slots_of(part_of(before)), *slots_of(part_of(after)))
    texts = [claim.reading.texts[slot] for slot in slots]
    if len(claim.cell or ()) > 1 or any(set(text) - {"0", "1"} for text in texts):
        return False
    summands = terms_of(part_of(before))
    if summands is None or any(len(term.slots) > 1 or term.minus for term in summands):
        return False
    total = sum(int(claim.reading.texts[term.slots[0]], 2) for term in summands)
    ones = all(len(text) == 1 for text in texts)
    return int(texts[-1], 2) == total or (ones and int(texts[-1]) == total % 2)


def is_percent(part: Expr, left: Exact, right: Exact) -> bool:
    """50/200·100 = 25%"""
    return isinstance(part, expr.Over) and isinstance(part.bottom, expr.Num) and left == right * 100


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


def difference(claim: Claim, before: Link, left: Exact, link: Link, right: Exact) -> Finding:
    """The finding that two links differ, with the number that is wrong and what it should be."""
    wrong = wrong_summand(claim, before, link)
    if wrong is not None:
        return wrong
    this, other = (link, left) if not is_lone(part_of(before)) or is_lone(part_of(link)) else (before, right)
    part = part_of(this)
    start, end = claim.signed_span(part) if is_lone(part) else claim.span_of(part)
    shown, should = claim.written(part), written(other, claim.places(part) + 2)
    fix = should if is_lone(part) else None
    what = subject(claim)
    worked = part_of(link) if this is before else part_of(before)
    message = (
        f"{what} is {should}, not {sign_of(part)}{shown}" if is_lone(part)
        else f"{what}: {shown} is {written(right)}, not {should}"
    )  # fmt: skip
    if not what.strip() and is_lone(part):
        message = f"{claim.written(worked)} is {should}, not {sign_of(part)}{shown}"
    source = part_of(before) if this is link else part_of(link)
    name = named(claim, source, right if this is link else left)
    edits = () if fix is not None else over_same(claim, part, other)
    return Finding(start, end, "arithmetic", sign_of(part) + shown, should, message, claim.cell, name, fix, edits)


def over_same(claim: Claim, part: Expr, should: Exact) -> tuple[tuple[int, int, str], ...]:
    """34/4 that should be 5.75 becomes 23/4: the count below is the window's, and stays."""
    if not (isinstance(part, expr.Over) and isinstance(part.top, expr.Slot) and isinstance(part.bottom, expr.Slot)):
        return ()
    count = claim.numbers[part.bottom.column]
    top = None if count is None else should * count
    return () if top is None or top < 0 else ((*claim.spans()[part.top.column], written(top)),)


def named(claim: Claim, part: Expr, stated: Exact) -> str:
    """The slip that turns an expression into what is stated."""
    operands = operands_of(claim)
    what = operands.kind if operands is not None and operands.kind != "conv" else "size" if is_size(part) else "sum"
    return slips.of_link(claim, part, stated) or slips.of_kind("arithmetic", what)


def sign_of(part: Expr) -> str:
    """The minus before a number alone, which is no part of its digits."""
    return "-" if isinstance(part, expr.Minus) and is_lone(part) else ""


def subject(claim: Claim) -> str:
    """What the claim is about: Val[3,1], H_out, or the sum itself."""
    if claim.name is None:
        worked = claim.worked
        return shortened(claim.written(part_of(claim.chain.links[worked]))) if worked is not None else "this"
    return claim.name + spelled(claim.cell)


def shortened(text: str, most: int = 60) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most // 2] + " … " + plain[-most // 2 :]


def wrong_summand(claim: Claim, before: Link, link: Link) -> Finding | None:
    """Where a later link has as many summands, the one that is wrong."""
    old, new = terms_of(part_of(before)), terms_of(part_of(link))
    if old is None or new is None or len(old) != len(new) or len(new) < 2:
        return None
    differing = [(a, b) for a, b in zip(old, new, strict=True) if worth(claim, a) != worth(claim, b)]
    if len(differing) != 1 or len(differing[0][1].slots) != 1:
        return None
    one, other = differing[0]
    should = worth(claim, one)
    slot = other.slots[0]
    start, end = claim.spans()[slot]
    shown = claim.reading.texts[slot]
    text = written(-should if other.minus else should)
    made = " × ".join(claim.reading.texts[s] for s in one.slots if s >= 0)
    signs = ["-" if term.minus else "" for term in (one, other)]
    message = f"{subject(claim)}: {signs[0]}{made} is {written(should)}, not {signs[1]}{shown}"
    fix = f"({text})" if text[0] == "-" else text
    return Finding(start, end, "arithmetic", shown, text, message, claim.cell, slips.of_kind("arithmetic", "sum"), fix)


def worth(claim: Claim, term: Term) -> Exact:
    """What a summand comes to."""
    total: Exact = 1
    for slot in term.slots:
        factor = claim.numbers[slot] if slot >= 0 else claim.numbers[-1 - slot]
        assert factor is not None
        total = total * factor if slot >= 0 else (Fraction(total) / factor if factor else 0)
    return -total if term.minus else total
