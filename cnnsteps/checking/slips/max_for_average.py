"""The maximum is taken where the average is asked for."""

from __future__ import annotations

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.slips._formulas import pooled
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

SUMMARY = "The maximum is taken where the average is asked for."
WHY = """Average pooling adds the numbers of a window and divides by how many there are."""
WRONG = r"""
average(1, 4, 5, 8) = 8
"""
RIGHT = r"""
average(1, 4, 5, 8) = 4.5
"""
RANK = 13


def links(claim: Claim, part: Expr, stated: Exact) -> bool:
    """max of the numbers of an average."""
    return pooled(claim, part, "average", "max") == stated
