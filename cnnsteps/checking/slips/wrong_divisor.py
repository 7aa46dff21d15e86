"""A sum is divided by another number than the window has places."""

from __future__ import annotations

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.slips._formulas import divided_otherwise
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

SUMMARY = "A sum is divided by another number than the window has places."
WHY = """An average over a window of k × k numbers divides their sum by k², whatever the stride."""
WRONG = r"""
(1 + 4 + 5 + 8)/4 = 9
"""
RIGHT = r"""
(1 + 4 + 5 + 8)/4 = 4.5
"""
RANK = 20


def links(claim: Claim, part: Expr, stated: Exact) -> bool:
    """The sum over another count, up to 16."""
    return stated in divided_otherwise(claim, part)
