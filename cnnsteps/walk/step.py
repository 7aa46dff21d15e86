"""One step: its numbers, the terms in which it forms, and what they come to on the way."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from cnnsteps.model.expr import Call, Chain
from cnnsteps.model.steps import Column, Indices, JsonFields, Run, Steps
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.records import NamedTuple
from cnnsteps.render.notation import Notation
from cnnsteps.render.standing import Standing, links_of


class Value(NamedTuple):
    """over/under, exactly or as near as an irrational number is known."""

    over: int
    under: int
    irrational: bool = False
    written: bool | None = None
    """Of a number that was read: whether it was written as a fraction."""


class Term(NamedTuple):
    """The columns whose numbers meet: an input and a weight, a bias alone, a number of a window."""

    columns: tuple[int, ...]
    role: str = "product"


class Sofar(NamedTuple):
    """What the terms up to one come to."""

    term: Value
    total: Value


class Step:
    """The step of one cell, as `steps` tells it."""

    def __init__(self, run: Run, cell: int, base: int, scope: object, fraction_bar: bool) -> None:
        """Indices count from `base`; a run's key is one of its `scope` alone."""
        self.run, self.cell, self.base, self.fraction_bar = run, cell, base, fraction_bar
        self.key = scope, run.key, len(run.chain)

    @property
    def chain(self) -> Chain:
        return self.run.chain

    @cached_property
    def links(self) -> list[dict[int, Standing]]:
        """The columns of each link, and how their numbers stand there."""
        return links_of(self.chain, self.fraction_bar)

    def column(self, number: int) -> Column | Indices:
        return self.run.columns[number]

    def at(self, column: int) -> int:
        """Where the column's number stands in its source."""
        at = self.column(column).at
        return int(at[0]) if isinstance(at, np.ndarray) else int(at)

    def value(self, column: int) -> Value:
        found = self.column(column)
        if isinstance(found, Indices):
            return Value(self.at(column) + self.base, 1)
        return value_at(found.source, self.at(column))

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """What forms one by one; none where the step is no sum and no window."""
        facts = self.run.facts
        found: list[Term] = []
        for columns in parts(facts.get("terms")):
            found.append(Term(tuple(c for c in parts(columns) if isinstance(c, int))))
        for column in parts(facts.get("window")):
            if isinstance(column, int):
                found.append(Term((column,), self.fold))
        bias = facts.get("bias")
        if found and isinstance(bias, int):
            found.append(Term((bias,), "bias"))
        # Cells on which nothing lands have a chain of their value alone.
        return tuple(found) if len(self.chain) > 1 else ()

    @cached_property
    def fold(self) -> str:
        """How the numbers of a window come together."""
        first = self.chain[0]
        return first.name if isinstance(first, Call) and first.name in ("max", "average") else "powers"

    @property
    def answer(self) -> Value:
        column = self.run.facts["value"]
        assert isinstance(column, int)
        return self.value(column)

    @property
    def stages(self) -> int:
        """In how many parts the step forms: the terms, then what they are equal to."""
        return len(self.terms) + len(self.chain) - (1 if self.terms else 0)

    @property
    def asked(self) -> int:
        """The last part that does not tell the answer."""
        return len(self.terms) or min(1, len(self.chain) - 1)

    def shown_links(self, stage: int) -> int:
        """How many links have begun."""
        return max(stage - len(self.terms) + 1, 1) if self.terms else stage

    @cached_property
    def sofar(self) -> list[Sofar]:
        """Term by term, in integers over one denominator."""
        values = [self.term_value(k) for k in range(len(self.terms))]
        under = math.lcm(*(v.under for v in values)) if values else 1
        found: list[Sofar] = []
        total, loose = 0, False
        for k, value in enumerate(values):
            over = value.over * (under // value.under)
            total = max(total, over) if k and self.fold == "max" else total + over
            loose |= value.irrational
            found.append(Sofar(value, Value(total, under, loose)))
        return found

    def term_value(self, k: int) -> Value:
        """A product, a bias, a window's number, or its power."""
        term = self.terms[k]
        columns = term.columns
        if term.role == "powers":
            # The powers follow the value in a norm's columns.
            columns = (len(self.terms) + 1 + k,)
        factors = [self.value(c) for c in columns]
        return Value(
            math.prod(f.over for f in factors), math.prod(f.under for f in factors), any(f.irrational for f in factors)
        )


def parts(facts: JsonFields) -> tuple[JsonFields, ...]:
    return facts if isinstance(facts, tuple) else ()


def value_at(source: Tensor, at: int) -> Value:
    loose = source.irrational_mask is not None and bool(source.irrational_mask.reshape(-1)[at])
    over = int(source.num.reshape(-1)[at])
    return Value(over, source.den, loose, source.written(over))


def step_of(steps: Steps, cell: int, base: int, scope: object, notation: Notation) -> Step:
    """What a last link would only repeat is said once, unless numbers are to be rounded."""
    (run,) = steps.runs(np.array([cell]))
    if run.repeats is not None and run.repeats.all() and notation.rule.results:
        run = run._replace(chain=run.chain[:-1])
    return Step(run, cell, base, scope, notation.fraction_bar)
