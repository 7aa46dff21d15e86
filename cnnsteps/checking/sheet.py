"""A problem or a sheet that a document is judged by, and which of its parts each target is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from cnnsteps.checking.given import Fit, fitted
from cnnsteps.checking.solved import Problem, Solved, solve
from cnnsteps.checking.targets import Target
from cnnsteps.errors import InputError, Mistake
from cnnsteps.records import NamedTuple

KINDS = {"max": "pool", "average": "pool", "conv": "conv"}
NEAR = 400
"""Characters before a target in which its number and title may stand."""


class Part(NamedTuple):
    """A problem of a sheet with its number, such as 3(1)(b), and its marks."""

    number: tuple[str, ...]
    solved: Solved
    points: Fraction | None = None

    @property
    def title(self) -> str:
        return str(self.solved.problem.get("title") or "")


def parts_of(text: str, name: str) -> list[Part]:
    """The parts of a problem file that can be worked out; InputError where it holds none."""
    try:
        value = json.loads(text, parse_float=Fraction)
    except (ValueError, RecursionError):
        from cnnsteps.problems.problem import read_problem
        from cnnsteps.reading.source import Source

        read_problem(Source(name, text))
        raise InputError([Mistake("this is no problem in JSON")], name) from None
    found = list(leaves(value, ()))
    if not found:
        mistake = Mistake("there is no problem in it that a document could be judged by", "see `cnnsteps schema`")
        raise InputError([mistake], name)
    return found


def leaves(value: Any, number: tuple[str, ...]) -> Iterator[Part]:
    """The problems of a sheet, as deep as it nests."""
    if not isinstance(value, Mapping):
        return
    if isinstance(value.get("problems"), list):
        for i, inner in enumerate(value["problems"], 1):
            own = str(inner.get("number", i)) if isinstance(inner, Mapping) else str(i)
            yield from leaves(inner, (*number, own))
        return
    from cnnsteps.problems.own_words import in_own_words

    beside = ("number", "points", "question", "notes", "show")
    solved = solve(in_own_words({key: part for key, part in value.items() if key not in beside}))
    if solved is not None:
        points = value.get("points")
        yield Part(number, solved, Fraction(points) if isinstance(points, int | Fraction) else None)


class Match(NamedTuple):
    """A target and the part of the sheet that it is."""

    target: Target
    part: Part
    fit: Fit


def matched(targets: Sequence[Target], parts: Sequence[Part], text: str) -> list[Match]:
    """Targets and parts in one order, so that they agree best: by number, title, kind, shape and operands."""
    alone = 3.0 if len(parts) == 1 else 0.0
    table = [[score(target, part, text, alone) for part in parts] for target in targets]
    best: list[list[float]] = [[0.0] * (len(parts) + 1) for _ in range(len(targets) + 1)]
    for i in range(len(targets) - 1, -1, -1):
        for j in range(len(parts) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], table[i][j] + best[i + 1][j + 1] if table[i][j] > 0 else 0)
    found = []
    i = j = 0
    while i < len(targets) and j < len(parts):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            found.append(Match(targets[i], parts[j], fitted(targets[i], parts[j].solved, trusted=True)))
            i, j = i + 1, j + 1
    return found


def score(target: Target, part: Part, text: str, alone: float) -> float:
    """How well a target and a part go together; 0 where they can't."""
    solved = part.solved
    if solved.kind not in ("conv", "pool", "conv_transpose", "linear") or (
        target.kind and KINDS[target.kind] not in (solved.kind, "conv")
    ):
        return 0
    fit = fitted(target, solved, trusted=True)
    mode = solved.problem.get("mode", "max") if solved.kind == "pool" else "conv"
    total = (
        3.0 * (target.kind == mode) + 10.0 * fit.agreeing / max(fit.lines, 1) + 4.0 * fit.entries / max(fit.total, 1)
    )
    sizes = {m.shape for m in target.answers}
    total += 2.0 * (solved.shape[-2:] in sizes)
    total += alone
    heading = text[max(0, target.start - NEAR) : target.start].lower()
    total += 2.0 * bool(part.title and part.title.lower() in heading)
    total += 1.0 * bool(part.number and part.number[-1].lower() in heading)
    total += 1.0 * any(len(line.claim.cell or ()) == len(solved.shape) for line in target.lines)
    return total if total > 2 else 0


def problem_of(part: Part) -> Problem:
    return part.solved.problem
