"""The slips that a finding is named after, one file each; a file's name, with dashes, is the name.

Each has `SUMMARY`, `WHY`, a `WRONG` and a `RIGHT` example, which are its tests, and one of:
`links(claim, part, stated)`: whether the slip turns the value of this expression into what is stated;
`problems(problem)`: the problem as someone works it out who makes the slip;
`moves(wrong, right)`: whether it turns the right operands into the wrong ones;
`KIND`: the kind of finding that it names where no other slip does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType

from cnnsteps.checking.claims import Claim
from cnnsteps.checking.operands import Misfit
from cnnsteps.checking.solved import Problem
from cnnsteps.model.expr import Expr
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple


class Slip(NamedTuple):
    """What `cnnsteps explain NAME` says."""

    name: str
    summary: str
    why: str
    wrong: str
    right: str


@cache
def modules() -> dict[str, ModuleType]:
    """All slips by name: those that are certain before those that many sums allow."""
    files = sorted(name[:-3] for name in os.listdir(__path__[0]) if name.endswith(".py") and name[0] != "_")
    found = {name.replace("_", "-"): import_module(f"{__name__}.{name}") for name in files}
    return dict(sorted(found.items(), key=lambda item: getattr(item[1], "RANK", 50)))


def slips() -> list[Slip]:
    """Every slip, by name."""
    return sorted(slip(name) for name in modules())


def slip(name: str) -> Slip:
    module = modules()[name]
    return Slip(name, module.SUMMARY, module.WHY, module.WRONG.strip("\n"), module.RIGHT.strip("\n"))


def of_link(claim: Claim, part: Expr, stated: Exact) -> str | None:
    """The slip that turns the value of an expression into what is stated."""
    return next((n for n, m in modules().items() if hasattr(m, "links") and m.links(claim, part, stated)), None)


def of_operands(misfit: Misfit) -> str | None:
    """The slip that turns the right operands of a line into the wrong ones."""
    return next((n for n, m in modules().items() if hasattr(m, "moves") and m.moves(misfit)), None)


def of_kind(kind: str, what: str) -> str:
    """The name of a finding that no other slip explains."""
    return next(n for n, m in modules().items() if getattr(m, "KIND", None) in ((kind, what), (kind, "")))


def mutated(problem: Problem) -> Iterator[tuple[str, Problem]]:
    """The problem as each slip makes it."""
    for name, module in modules().items():
        if hasattr(module, "problems"):
            for other in module.problems(problem):
                yield name, other
