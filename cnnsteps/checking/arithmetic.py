"""Each link of a chain against the one before it: is what stands there equal, rounded, or wrong?

`=` joins equal things; a decimal that is the other side rounded is worth a remark. `≈` is right to half a
unit of the last digit. What follows from a rounded number is known within half a unit of its last digit.
Where two readings are possible and one is right, it is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from fractions import Fraction

from cnnsteps.checking import slips
from cnnsteps.checking.chains import Link
from cnnsteps.checking.claims import Claim, Term, is_lone, links_of, part_of, terms_of
from cnnsteps.checking.findings import Finding, Remark, spelled, written
from cnnsteps.checking.operands import operands_of
from cnnsteps.checking.other_readings import Side, are_shapes, is_otherwise_right
from cnnsteps.checking.rounding import is_cut_off, is_rounded, is_rounded_by_parts, overlap, overlap_carried
from cnnsteps.checking.slips._formulas import is_size
from cnnsteps.model import expr
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact


def judge(claim: Claim, carried: set[str]) -> Iterator[Finding | Remark]:
    """What is wrong with the links of a claim, each compared with the one before it.

    `carried` are the numbers that were rounded above, as they are written; those of this claim come to them.
    """
    before: Side | None = None
    loose = False
    for i, link, found in links_of(claim):
        if link.broken:
            continue
        if before is None or before[0] < i - 1:
            # Behind what can't be read, nothing is compared with what stood before it, and a decimal may be rounded.
            loose = link.relation == "≈"
            if i and is_lone(part_of(link)) and claim.places(part_of(link)) >= ROUNDED:
                carried.add(claim.written(part_of(link)))
        elif not is_comparable(before[1], link, claim):
            continue
        elif before[2] != found or link.relation == "≈":
            was_loose, loose = loose, loose or link.relation == "≈"
            verdict = compared(claim, before, (i, link, found), was_loose, carried)
            if before[2] != found and verdict != "wrong" and is_lone(part_of(link)):
                carried.add(claim.written(part_of(link)))
            if verdict in SAID:
                loose = True
                yield remark(claim, link, before[2], SAID[verdict])
            elif verdict == "wrong":
                yield difference(claim, before[1], before[2], link, found)
        before = (i, link, found)


ROUNDED = 2
"""Places of a decimal that comes out of something unknown, from which on it may be rounded."""
SAID = {"rounded": "rounded: ≈ would say so", "cut off": "cut off, not rounded"}


def remark(claim: Claim, link: Link, exact: Exact, said: str) -> Remark:
    """That a link is another one in fewer digits."""
    part = part_of(link)
    start, end = claim.span_of(part)
    return Remark(start, end, f"{claim.written(part)} is {written(exact, claim.places(part) + 3)} {said}", strict=True)


def unreadable(claim: Claim) -> Iterator[Finding]:
    """Links that surely are meant as expansions and make no expression."""
    for i, link in enumerate(claim.chain.links):
        if link.broken and (claim.cell is not None or i + 1 < len(claim.chain.links)) and not is_meant(claim, i):
            start, end = claim.statement
            message = f"{claim.name or 'a sum'}{spelled(claim.cell)} looks like an expansion, and can't be read"
            yield Finding(start, end, "syntax", shortened(claim.text), "", message, claim.cell)
            return


def is_meant(claim: Claim, i: int) -> bool:
    """Whether a link with a bracket too many, in no grid, is right without it."""
    links, values = claim.chain.links, claim.values
    return claim.cell is None and any(
        0 <= j < len(links)
        and links[j].expr is not None
        and values[i] is not None
        and (
            values[j] == values[i]
            or compared(claim, (i, links[i], values[i] or 0), (j, links[j], values[j] or 0), False, set()) == "right"
        )
        for j in (i - 1, i + 1)
    )


def is_comparable(before: Link, link: Link, claim: Claim) -> bool:
    """Two numbers alone say nothing of each other unless something was worked out before them; shapes say nothing."""
    old, new = part_of(before), part_of(link)
    if not (is_lone(old) and is_lone(new)):
        return not are_shapes(claim, old, new)
    worked = claim.worked
    return worked is not None and claim.chain.links[worked].first < link.first


def compared(claim: Claim, before: Side, after: Side, loose: bool, carried: Set[str]) -> str:
    """`right`, `rounded`, `cut off` or `wrong`; `loose` where the numbers of the link before may be rounded already."""
    left, right, old, new = before[2], after[2], part_of(before[1]), part_of(after[1])
    relation = after[1].relation
    if left == right or is_otherwise_right(claim, before, after):
        return "right"
    if is_rounded(claim, new, right, left, relation) or is_rounded(claim, old, left, right, relation):
        return "right" if relation == "≈" or loose else "rounded"
    if (loose or relation == "≈") and overlap(claim, before[1], after[1], loose):
        return "right"
    if not is_lone(new) and is_rounded_by_parts(claim, old, new):
        return "rounded"
    if overlap_carried(claim, before[1], after[1], carried):
        return "rounded"
    return "cut off" if is_cut_off(claim, new, right, left) else "wrong"


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
