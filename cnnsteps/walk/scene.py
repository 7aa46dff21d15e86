"""The matrices of one step: what it reads, lit, and the answer as it fills up."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from cnnsteps.formats.terminal import columns
from cnnsteps.model.steps import Column, NamedTensor, Operand, answer
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.records import NamedTuple
from cnnsteps.walk.chapters import Chapter
from cnnsteps.walk.expression import roles_of
from cnnsteps.walk.operands import bases, plane_of, slice_dims
from cnnsteps.walk.picture import Marks, Matrix, marks_of
from cnnsteps.walk.screen import Span
from cnnsteps.walk.step import Step, value_at
from cnnsteps.walk.writing import Writing

MOST_MEASURED = 4096
"""Of larger tensors of fractions not every number's width is known."""


class Drawn(NamedTuple):
    """An operand of more than one number, its colour, and the places that the step reads, in its order."""

    operand: Operand
    role: str
    places: list[int]


class Scene:
    """A step with the operands that it reads."""

    def __init__(self, chapter: Chapter, step: Step, writing: Writing, base: int) -> None:
        self.chapter, self.step, self.writing, self.base = chapter, step, writing, base

    @cached_property
    def operands(self) -> dict[int, Operand]:
        """The operand of each column that reads what is given."""
        columns = enumerate(self.step.run.columns)
        return {n: c.operand for n, c in columns if isinstance(c, Column) and c.operand.is_given}

    @cached_property
    def roles(self) -> dict[int, str]:
        """What each column is; constants are coloured as weights are."""
        return {**dict.fromkeys(self.operands, "weight"), **roles_of(self.step)}

    @cached_property
    def drawn(self) -> list[Drawn]:
        found: dict[str, Drawn] = {}
        for number, operand in self.operands.items():
            if operand.tensor.num.size > 1:
                role = self.roles[number]
                role = "input" if role in ("value", "number") else role
                found.setdefault(operand.name, Drawn(operand, role, [])).places.append(self.step.at(number))
        return [d._replace(places=self.seen(d)) if d.role == "input" else d for d in found.values()]

    def seen(self, drawn: Drawn) -> list[int]:
        """What the step reads of an operand, and what else its window lies over."""
        window = self.chapter.steps.window(self.step.cell) if self.chapter.steps is not None else None
        if window is None or window.operand is not drawn.operand:
            return drawn.places
        if drawn.operand.values.absent is not None:
            return list(window.places.tolist())
        return [*drawn.places, *(place for place in window.places.tolist() if place not in drawn.places)]

    def now(self, operand: Operand, stage: int) -> int | None:
        """Which place of the operand the last term has read."""
        if not 0 < stage <= len(self.step.terms) or stage == self.step.stages:
            return None
        for number in self.step.terms[stage - 1].columns:
            if number in self.operands and self.operands[number].name == operand.name:
                return self.step.at(number)
        return None

    def slices(self, drawn: Drawn) -> list[int]:
        """The slices that the places lie in, in their order."""
        rows, across = plane_of(drawn.operand.values)
        return list(dict.fromkeys(place // (rows * across) for place in drawn.places))

    @cached_property
    def slice_count(self) -> int:
        """How many channels or slices there are to look at."""
        return max((len(self.slices(drawn)) for drawn in self.drawn), default=1)

    @property
    def window(self) -> str:
        """rows 2–4, columns 3–5: where the step reads its input, in each of its slices."""
        if not self.drawn:
            return ""
        operand, _, places = self.drawn[0]
        (height, across), first = plane_of(operand.values), bases(operand, self.base)
        rows, columns = ({p // across % height for p in places}, {p % across for p in places})
        parts = [f"row{'s' * (len(rows) > 1)} {run(rows, first[0])}"] if height > 1 else []
        return ", ".join([*parts, f"column{'s' * (len(columns) > 1)} {run(columns, first[1])}"])

    def matrices(self, stage: int, chosen: int | None, every: bool) -> list[Matrix]:
        """What the step reads: every slice of it, or the chosen one, or that of the last term."""
        found: list[Matrix] = []
        for drawn in self.drawn:
            now, slices = self.now(drawn.operand, stage), self.slices(drawn)
            if not every:
                rows, across = plane_of(drawn.operand.values)
                n = chosen if chosen is not None else 0 if now is None else slices.index(now // (rows * across))
                slices = [slices[min(n, len(slices) - 1)]]
            found += [self.matrix(drawn, which, now) for which in slices]
        return found

    def matrix(self, drawn: Drawn, which: int, now: int | None) -> Matrix:
        operand, role, places = drawn
        values = operand.values
        rows, across = plane_of(values)
        size = rows * across
        inside = [place - which * size for place in places if place // size == which]
        at = None if now is None or now // size != which else now - which * size
        return Matrix(
            self.caption(operand, which), rows, across, self.cells(values, which * size, across),
            self.widest(values), marks_of(role, inside, across, at), "term", which * size, bases(operand, self.base),
        )  # fmt: skip

    def term_at(self, name: str, place: int) -> int | None:
        """Which term reads this place of the operand with that name."""
        for k, term in enumerate(self.step.terms):
            for number in term.columns:
                operand = self.operands.get(number)
                if operand and self.writing.label(operand.name) == name and self.step.at(number) == place:
                    return k
        return None

    def caption(self, operand: Operand, which: int) -> tuple[str, ...]:
        """The name; below it which slice it is, of how many where one dimension says it."""
        dims, shape = slice_dims(operand.values)
        index = np.unravel_index(which, shape) if shape else ()
        several = [(w, int(i) + self.base, n) for w, i, n in zip(dims, index, shape, strict=False) if n > 1]
        words = [f"{w} {i} of {n}" if len(several) == 1 else f"{w} {i}" for w, i, n in several]
        return tuple(map(self.writing.label, (operand.name, *([", ".join(words)] if words else []))))

    def cells(self, labelled: NamedTensor, first: int, across: int) -> Callable[[int, int], Span]:
        """Each number of the slice that begins there; what is padding and does not count has none."""
        absent = None if labelled.absent is None else labelled.absent.reshape(-1)
        hole = self.writing.word(labelled.blank)

        def one(i: int, j: int) -> Span:
            at = first + i * across + j
            if absent is not None and absent[at]:
                return Span(hole, "dim")
            return Span(self.writing.number(value_at(labelled.tensor, at)).text)

        return one

    def widest(self, labelled: NamedTensor) -> int:
        hole = len(self.writing.word("infinity")) if labelled.absent is not None else 1
        return widest(labelled.tensor, self.writing, hole)

    def output(self, known: Callable[[int], bool], hides: bool) -> Matrix:
        """The answer's plane with this cell, filled as far as is `known`."""
        output = self.chapter.output
        assert output is not None
        tensor, cell = output.tensor, self.step.cell
        operand = answer(output, self.chapter.label)
        rows, across = plane_of(output)
        size = rows * across
        which = cell // size
        point = self.writing.word("nothing")

        def one(i: int, j: int) -> Span:
            here = which * size + i * across + j
            if here == cell and hides:
                return Span("?", "value")
            if here == cell or known(here):
                return Span(self.writing.number(value_at(tensor, here)).text, "done")
            return Span(point, "dim")

        i, j = divmod(cell - which * size, across)
        marks = Marks("value", frozenset([(i, j)]), frozenset([i]), frozenset([j]), (i, j))
        return Matrix(
            self.caption(operand, which),
            rows,
            across,
            one,
            self.widest(output),
            marks,
            "cell",
            which * size,
            bases(operand, self.base),
        )


def run(numbers: set[int], base: int) -> str:
    """2–4 where they follow one another, else 1, 3, 5"""
    found = sorted(n + base for n in numbers)
    if len(found) > 1 and found[-1] - found[0] == len(found) - 1:
        return f"{found[0]}–{found[-1]}"
    return ", ".join(map(str, found)) if len(found) < 6 else f"{found[0]}, {found[1]}, …, {found[-1]}"


def widest(tensor: Tensor, writing: Writing, least: int) -> int:
    """The width of a tensor's longest number: by its ends where they tell it, else of the first ones."""
    if id(tensor) not in writing.measured:
        num = tensor.num.reshape(-1)
        plain = tensor.den == 1 and tensor.irrational_mask is None
        places = [int(num.argmin()), int(num.argmax())] if plain else range(min(num.size, MOST_MEASURED))
        texts = [writing.number(value_at(tensor, place)).text for place in places]
        writing.measured[id(tensor)] = tensor, max(map(columns, texts), default=1)
    return max(writing.measured[id(tensor)][1], least)
