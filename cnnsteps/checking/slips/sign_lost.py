"""A minus sign is lost."""

from __future__ import annotations

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.slips._formulas import with_signs_lost
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

SUMMARY = "A minus sign is lost."
WHY = """A product of a positive and a negative number is negative; of two negative ones it is positive."""
WRONG = r"""
3*(-1) + 2*4 = 11
"""
RIGHT = r"""
3*(-1) + 2*4 = 5
"""
RANK = 30


def links(claim: Claim, part: Expr, stated: Exact) -> bool:
    """One summand with the other sign."""
    return stated in with_signs_lost(claim, part)
