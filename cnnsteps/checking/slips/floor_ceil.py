"""Rounded up instead of down, or down instead of up."""

from __future__ import annotations

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.slips._formulas import rounded_otherwise
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

SUMMARY = "Rounded up instead of down, or down instead of up."
WHY = """A window that would reach past the end has no place: the size is rounded down, ⌊ ⌋.
Only with ceil_mode it is rounded up, ⌈ ⌉."""
WRONG = r"""
⌊(6 - 3)/2⌋ + 1 = 3
"""
RIGHT = r"""
⌊(6 - 3)/2⌋ + 1 = 2
"""
RANK = 12


def links(claim: Claim, part: Expr, stated: Exact) -> bool:
    """⌈ ⌉ instead of ⌊ ⌋ or the other way."""
    return stated in rounded_otherwise(claim, part)
