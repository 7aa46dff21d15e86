"""Size formulas and parameter counts against the sizes of a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnsteps.checking import slips
from cnnsteps.checking.against import value_finding
from cnnsteps.checking.claims import Claim
from cnnsteps.checking.findings import Finding
from cnnsteps.checking.sheet import Part
from cnnsteps.checking.slips._formulas import is_size
from cnnsteps.checking.solved import solve
from cnnsteps.numbers.interval import Exact


def sizes_against(claims: Sequence[Claim], parts: Sequence[Part]) -> Iterator[Finding]:
    """Formulas that add up and give a size that no part of the sheet has."""
    sizes = {size for part in parts for size in part.solved.shape}
    if not any(part.solved.kind == "size" for part in parts):
        return
    for claim in claims:
        first, last = claim.worked, claim.stated
        part = claim.chain.links[first].expr if first is not None else None
        if part is None or not is_size(part) or last is None or claim.cell is not None:
            continue
        own = claim.values[first] if first is not None else None
        sheet_size = next(p.solved.shape[-1] for p in parts if p.solved.kind == "size")
        if own == last and last not in sizes:
            yield value_finding(claim, sheet_size, last)._replace(slip=slip_of(parts, last))


def slip_of(parts: Sequence[Part], size: Exact) -> str | None:
    """The slip under which a part of the sheet has this size."""
    for part in parts:
        for name, problem in slips.mutated(part.solved.problem):
            other = solve(problem)
            if other is not None and size in other.shape and part.solved.kind == "size":
                return name
    return None
