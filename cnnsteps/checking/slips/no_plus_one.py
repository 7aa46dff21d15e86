"""The + 1 of an output size is left out."""

from __future__ import annotations

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.slips._formulas import is_size, without_last
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

SUMMARY = "The + 1 of an output size is left out."
WHY = """A window that can move (N − F)/S times stands in one place more than it moves: it starts somewhere.
Out = (N − F + 2P)/S + 1."""
WRONG = r"""
(227 - 11)/4 + 1 = 54
"""
RIGHT = r"""
(227 - 11)/4 + 1 = 55
"""
RANK = 10


def links(claim: Claim, part: Expr, stated: Exact) -> bool:
    """(N − F)/S instead of (N − F)/S + 1."""
    return is_size(part) and without_last(claim, part) == stated
