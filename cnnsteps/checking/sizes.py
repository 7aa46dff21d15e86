"""Size formulas and parameter counts against the sizes of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cnnsteps.checking import slips
from cnnsteps.checking.against import value_finding
from cnnsteps.checking.claims import Claim
from cnnsteps.checking.findings import Finding
from cnnsteps.checking.sheet import Part
from cnnsteps.checking.slips._formulas import is_size
from cnnsteps.checking.solved import Solved, solve
from cnnsteps.checking.tensors import settings_against
from cnnsteps.numbers.interval import Exact

SHAPE = re.compile(r"^[ \t$]*[0-9]{1,6}(?:[ \t]*(?:×|x|\\times)[ \t]*[0-9]{1,6}){1,3}[ \t$]*$", re.MULTILINE)


def sizes_against(claims: Sequence[Claim], parts: Sequence[Part]) -> Iterator[Finding]:
    """Formulas that add up and give a size that no part of the sheet has."""
    sizes = {size for part in parts for size in part.solved.shape}
    if not any(part.solved.kind == "size" and part.solved.shape for part in parts):
        return
    for claim in claims:
        first, last = claim.worked, claim.stated
        part = claim.chain.links[first].expr if first is not None else None
        if part is None or not is_size(part) or last is None or claim.cell is not None:
            continue
        own = claim.values[first] if first is not None else None
        sheet_size = next(p.solved.shape[-1] for p in parts if p.solved.kind == "size" and p.solved.shape)
        if own == last and last not in sizes:
            yield value_finding(claim, sheet_size, last)._replace(slip=slip_of(parts, last))


def costs_against(text: str, claims: Sequence[Claim], parts: Sequence[Part]) -> Iterator[Finding]:
    """Where a size is all that is asked: its settings, its shape, and what the layer costs."""
    if len(parts) != 1 or parts[0].solved.kind != "size" or not parts[0].solved.shape:
        return
    solved = parts[0].solved
    yield from settings_against(text, 0, len(text), solved)
    yield from shapes_against(text, solved)
    for claim in claims:
        name = re.sub(r"[^a-z]", "_", (claim.name or "").lower())
        right = next(
            (value for key, value in solved.extras.items() if key.endswith(name) and isinstance(value, int)), None
        )
        stated, first = claim.stated, claim.worked
        own = claim.values[first] if first is not None else None
        if name and right is not None and stated is not None and own == stated != right:
            yield value_finding(claim, right, stated)


def shapes_against(text: str, solved: Solved) -> Iterator[Finding]:
    """A shape on a line of its own, the channels first or last."""
    *lead, height, width = (1, *solved.shape)[-3:]
    first, last = list(solved.shape), [height, width, *lead]
    for match in SHAPE.finditer(text):
        numbers = list(re.finditer("[0-9]+", match[0]))
        if len(numbers) != len(solved.shape):
            continue
        shown = [int(number[0]) for number in numbers]
        right = max((first, last), key=lambda order: sum(map(int.__eq__, order, shown)))
        for number, size in zip(numbers, right, strict=False):
            if int(number[0]) != size:
                message = f"the output's shape is {' × '.join(map(str, right))}, and {number[0]} should be {size}"
                start, end = (match.start() + at for at in number.span())
                yield Finding(start, end, "value", number[0], str(size), message, fix=str(size))


def slip_of(parts: Sequence[Part], size: Exact) -> str | None:
    """The slip under which a part of the sheet has this size."""
    for part in parts:
        for name, problem in slips.mutated(part.solved.problem):
            other = solve(problem)
            if other is not None and size in other.shape and part.solved.kind == "size":
                return name
    return None
