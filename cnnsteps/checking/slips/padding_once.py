"""The padding is counted once, and it stands on both sides."""

from __future__ import annotations

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.slips._formulas import is_size, padded_once
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

SUMMARY = "The padding is counted once, and it stands on both sides."
WHY = """P is put before the input and after it, so that the size grows by 2P.
Out = (N − F + 2P)/S + 1."""
WRONG = r"""
(7 - 3 + 2*2)/1 + 1 = 7
"""
RIGHT = r"""
(7 - 3 + 2*2)/1 + 1 = 9
"""
RANK = 11


def links(claim: Claim, part: Expr, stated: Exact) -> bool:
    """N − F + P instead of N − F + 2P."""
    return is_size(part) and stated in padded_once(claim, part)
