"""The bias is left out."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.slips._formulas import has_bias, without_last
from cnnsteps.checking.solved import Problem
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact

SUMMARY = "The bias is left out."
WHY = """Each cell of an output is the sum of its products plus the bias of its filter, once."""
WRONG = r"""
1*2 + 3*4 + 5 = 14
"""
RIGHT = r"""
1*2 + 3*4 + 5 = 19
"""
RANK = 25


def links(claim: Claim, part: Expr, stated: Exact) -> bool:
    """The products without what is added to them."""
    return has_bias(claim, part) and without_last(claim, part) == stated


def problems(problem: Problem) -> Iterator[Problem]:
    """The problem without its bias."""
    if problem.get("bias"):
        yield {key: value for key, value in problem.items() if key != "bias"}
