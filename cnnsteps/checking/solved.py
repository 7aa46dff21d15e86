"""A problem worked out by its operator, as a checker looks at it: what each cell reads, and what it comes to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from cnnsteps.errors import CnnstepsError
from cnnsteps.model.solution import Limits
from cnnsteps.model.steps import NamedTensor
from cnnsteps.numbers.interval import Exact
from cnnsteps.pipeline import rendered, selected
from cnnsteps.problems.problem import read_problem
from cnnsteps.reading.source import Source
from cnnsteps.records import NamedTuple
from cnnsteps.render.options import PIPE, render_options
from cnnsteps.render.pieces import joined

Cell: TypeAlias = "tuple[int, ...]"
Problem: TypeAlias = "Mapping[str, Any]"
"""As a problem file has it; a Fraction may stand for a number."""
MOST_CELLS = 100_000
MOST_WORK = 2_000_000
"""Products of a problem that a document is judged by."""


class Step(NamedTuple):
    """What one cell of the output reads: products, or a window; and what it comes to."""

    terms: tuple[tuple[Exact, Exact], ...]
    window: tuple[Exact, ...]
    bias: Exact | None
    value: Exact
    argmax: Cell | None = None
    """Of a maximum where it stands in the input."""


class Solved(NamedTuple):
    """All steps and the output of a problem; cells are counted from 0."""

    problem: Problem
    kind: str
    shape: tuple[int, ...]
    output: Mapping[Cell, Exact]
    steps: Mapping[Cell, Step]
    views: Mapping[str, Any] = {}
    """Further tensors as nested lists: the padded input, the turned kernel."""
    extras: Mapping[str, Any] = {}
    """What the result says besides: parameters, multiply_adds."""


def solve(problem: Problem) -> Solved | None:
    """The problem's solution; None where it is refused or too large to judge a document by."""
    text = as_text(problem)
    found = solved_text(text)
    return None if found is None else found._replace(problem=problem)


@lru_cache(maxsize=512)
def solved_text(text: str) -> Solved | None:
    try:
        problem = read_problem(Source("-", text))
        limits = Limits(max_cells=MOST_CELLS)
        limits.check_size(problem)
        expansions = int(getattr(problem, "expansions", 0))
        solution = problem.solve(limits)
        chosen = render_options({"answer_only": expansions > MOST_CELLS, "index_base": 0}, PIPE)
        written = joined(rendered(solution, selected(problem, chosen), "json", chosen))
    except CnnstepsError:
        return None
    (result,) = json.loads(written, parse_float=Fraction)["problems"]
    views = {name: nested(view) for name, view in solution.views.items() if view is not None and view.absent is None}
    return read_result(json.loads(text), result)._replace(views=views)


def nested(view: NamedTensor) -> Any:
    """A tensor as nested lists of exact numbers."""
    values = np.empty(view.tensor.num.shape, object)
    values[...] = view.tensor.num
    return divided(values.tolist(), view.tensor.den)


def divided(value: Any, den: int) -> Any:
    return [divided(part, den) for part in value] if isinstance(value, list) else exact(Fraction(int(value), den))


def read_result(problem: Problem, result: Mapping[str, Any]) -> Solved:
    output = dict(flat(result.get("output"), ()))
    steps = {tuple(step["index"]): read_step(step) for step in result.get("steps", [])}
    shape = tuple(result.get("output_shape") or ())
    extras = {key: value for key, value in result.items() if key not in ("output", "steps", "output_shape", "type")}
    return Solved(problem, str(result["type"]), shape, output, steps, extras=extras)


def read_step(step: Mapping[str, Any]) -> Step:
    terms = tuple((exact(a), exact(b)) for a, b in step.get("terms", ()))
    window = tuple(map(exact, step.get("window", ())))
    bias = step.get("bias")
    argmax = tuple(step["argmax"]) if step.get("argmax") else None
    return Step(terms, window, None if bias is None else exact(bias), exact(step["value"]), argmax)


def exact(value: Any) -> Exact:
    number = Fraction(value)
    return number.numerator if number.denominator == 1 else number


def flat(value: Any, at: Cell) -> Iterator[tuple[Cell, Exact]]:
    if isinstance(value, list):
        for i, part in enumerate(value):
            yield from flat(part, (*at, i))
    elif value is not None:
        yield at, exact(value)


def as_text(problem: object) -> str:
    """The problem as a file has it, every number exactly."""
    match problem:
        case Mapping():
            return "{" + ", ".join(f"{json.dumps(str(k))}: {as_text(v)}" for k, v in problem.items()) + "}"
        case str() | bool() | None | int():
            return json.dumps(problem)
        case Fraction():
            return f'"{problem.numerator}/{problem.denominator}"'
        case Sequence():
            return "[" + ", ".join(map(as_text, problem)) + "]"
        case _:
            return json.dumps(problem)
