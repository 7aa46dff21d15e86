"""The average is taken where the maximum is asked for."""

from __future__ import annotations

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.slips._formulas import pooled
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

SUMMARY = "The average is taken where the maximum is asked for."
WHY = """Max pooling keeps the largest number of a window and drops the others."""
WRONG = r"""
max(1, 4, 5, 8) = 4.5
"""
RIGHT = r"""
max(1, 4, 5, 8) = 8
"""
RANK = 13


def links(claim: Claim, part: Expr, stated: Exact) -> bool:
    """The average of the numbers of a maximum."""
    return pooled(claim, part, "max", "average") == stated
