"""Two digits of the result are exchanged."""

from __future__ import annotations

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.slips._formulas import are_exchanged
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

SUMMARY = "Two digits of the result are exchanged."
WHY = """The sum is right, and was copied with its digits in another order."""
WRONG = r"""
3*4 + 3*3 = 12
"""
RIGHT = r"""
3*4 + 3*3 = 21
"""
RANK = 45


def links(claim: Claim, part: Expr, stated: Exact) -> bool:
    """21 for 12."""
    return are_exchanged(claim, part, stated)
