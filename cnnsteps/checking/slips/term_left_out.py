"""One summand is left out of the sum."""

from __future__ import annotations

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.slips._formulas import with_one_left_out
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

SUMMARY = "One summand is left out of the sum."
WHY = """A window has as many products as the kernel has places; each belongs to the sum."""
WRONG = r"""
1*2 + 3*4 + 2*3 = 14
"""
RIGHT = r"""
1*2 + 3*4 + 2*3 = 20
"""
RANK = 40


def links(claim: Claim, part: Expr, stated: Exact) -> bool:
    """The sum without one of its summands."""
    return stated in with_one_left_out(claim, part)
