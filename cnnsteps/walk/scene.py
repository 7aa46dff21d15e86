"""The matrices of one step: what it reads, lit, and the answer as it fills up."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from cnnsteps.formats.terminal import columns
from cnnsteps.model.steps import Indices, NamedTensor
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.walk.chapters import Chapter
from cnnsteps.walk.expression import roles_of
from cnnsteps.walk.operands import Board, board_of, frame
from cnnsteps.walk.picture import Marks, Matrix, marks_of
from cnnsteps.walk.screen import Span
from cnnsteps.walk.step import Step, value_at
from cnnsteps.walk.writing import Writing

MOST_MEASURED = 4096
"""Of larger tensors of fractions not every number's width is known."""


class Scene:
    """A step with the tensors that it reads."""

    def __init__(self, chapter: Chapter, step: Step, known: list[Board], writing: Writing, base: int) -> None:
        self.chapter, self.step, self.writing, self.base = chapter, step, writing, base
        self.known = known

    @cached_property
    def boards(self) -> dict[int, Board]:
        """The board of each column that stands on one."""
        kept: dict[int, Board | None] = {}
        found: dict[int, Board] = {}
        for number, column in enumerate(self.step.run.columns):
            if isinstance(column, Indices) or (number == self.step.run.facts["value"] and len(self.step.chain) > 1):
                continue
            if id(column.source) not in kept:
                kept[id(column.source)] = board_of(column.source, number, self.known, self.chapter.gradient)
            board = kept[id(column.source)]
            if board is not None:
                found[number] = board
        return found

    @cached_property
    def roles(self) -> dict[int, str]:
        """What each column is; constants that have a board are coloured as weights are."""
        return {**dict.fromkeys(self.boards, "weight"), **roles_of(self.step)}

    @cached_property
    def drawn(self) -> list[tuple[Board, str, list[int]]]:
        """The boards with more than one number, their colour, and the places that the step reads, in its order."""
        found: dict[str, tuple[Board, str, list[int]]] = {}
        for number, board in self.boards.items():
            if board.source.num.size > 1:
                role = self.roles[number]
                role = "input" if role in ("value", "number") else role
                found.setdefault(board.name, (board, role, []))[2].append(board.place(self.step.at(number)))
        for name, (board, role, read) in found.items():
            if role == "input":
                found[name] = board, role, self.seen(board, read)
        return list(found.values())

    def seen(self, board: Board, read: list[int]) -> list[int]:
        """What the step reads of a board, and what else its window lies over."""
        if any(board.before):
            axes = self.chapter.solution.problem.axes  # type: ignore[attr-defined]
            return list(frame(board, axes, self.step.cell, self.chapter.solution.output_shape).tolist())
        window = self.chapter.steps.window(self.step.cell) if self.chapter.steps is not None else None
        if len(read) > 1 or window is None or window.source.tensor.num.size != board.source.num.size:
            return read
        return [*read, *(place for place in window.places.tolist() if place not in read)]

    def now(self, board: Board, stage: int) -> int | None:
        """Which place of the board the last term has read."""
        if not 0 < stage <= len(self.step.terms) or stage == self.step.stages:
            return None
        for number in self.step.terms[stage - 1].columns:
            if number in self.boards and self.boards[number].name == board.name:
                return board.place(self.step.at(number))
        return None

    def slices(self, places: list[int], board: Board) -> list[int]:
        """The slices that these places lie in, in their order."""
        rows, across = board.plane
        return list(dict.fromkeys(place // (rows * across) for place in places))

    @cached_property
    def slice_count(self) -> int:
        """How many channels or slices there are to look at."""
        return max((len(self.slices(places, board)) for board, _, places in self.drawn), default=1)

    @property
    def window(self) -> str:
        """rows 2–4, columns 3–5: where the step reads its input, in each of its slices."""
        if not self.drawn or self.drawn[0][0].source.num.size < 2:
            return ""
        board, _, places = self.drawn[0]
        (height, across), bases = board.plane, board.bases(self.base)
        rows, columns = ({p // across % height for p in places}, {p % across for p in places})
        parts = [f"row{'s' * (len(rows) > 1)} {run(rows, bases[0])}"] if height > 1 else []
        return ", ".join([*parts, f"column{'s' * (len(columns) > 1)} {run(columns, bases[1])}"])

    def matrices(self, stage: int, chosen: int | None, every: bool) -> list[Matrix]:
        """What the step reads: every slice of it, or the chosen one, or that of the last term."""
        found: list[Matrix] = []
        for board, role, places in self.drawn:
            now, slices = self.now(board, stage), self.slices(places, board)
            size = board.plane[0] * board.plane[1]
            if not every:
                n = chosen if chosen is not None else 0 if now is None else slices.index(now // size)
                slices = [slices[min(n, len(slices) - 1)]]
            found += [self.matrix(board, role, places, which, now) for which in slices]
        return found

    def matrix(self, board: Board, role: str, places: list[int], which: int, now: int | None) -> Matrix:
        rows, across = board.plane
        size = rows * across
        inside = [place - which * size for place in places if place // size == which]
        at = None if now is None or now // size != which else now - which * size
        return Matrix(
            self.caption(board, which), rows, across, self.cells(board.drawn, which * size, across),
            self.widest(board.drawn), marks_of(role, inside, across, at), "term", which * size, board.bases(self.base),
        )  # fmt: skip

    def term_at(self, name: str, place: int) -> int | None:
        """Which term reads this place of the board with that name."""
        for k, term in enumerate(self.step.terms):
            for number in term.columns:
                board = self.boards.get(number)
                if board and self.writing.label(board.name) == name and board.place(self.step.at(number)) == place:
                    return k
        return None

    def caption(self, board: Board, which: int) -> tuple[str, ...]:
        """The name; below it which slice it is, of how many where one dimension says it."""
        shape = (*board.drawn.shape[: len(board.drawn.dims)], *board.drawn.spatial[:-2])
        index = np.unravel_index(which, shape) if shape else ()
        several = [(w, int(i) + self.base, n) for w, i, n in zip(board.axes, index, shape, strict=False) if n > 1]
        words = [f"{w} {i} of {n}" if len(several) == 1 else f"{w} {i}" for w, i, n in several]
        return tuple(map(self.writing.label, (board.name, *([", ".join(words)] if words else []))))

    def cells(self, labelled: NamedTensor, first: int, across: int) -> Callable[[int, int], Span]:
        """Each number of the slice that begins there; what is padding and does not count has none."""
        absent = None if labelled.absent is None else labelled.absent.reshape(-1)
        hole = self.writing.word("infinity" if self.is_maximum else "nothing") if absent is not None else ""

        def one(i: int, j: int) -> Span:
            at = first + i * across + j
            if absent is not None and absent[at]:
                return Span(hole, "dim")
            return Span(self.writing.number(value_at(labelled.tensor, at)).text)

        return one

    @property
    def is_maximum(self) -> bool:
        return getattr(self.chapter.solution.problem, "mode", "") == "max"

    def widest(self, labelled: NamedTensor) -> int:
        hole = len(self.writing.word("infinity")) if labelled.absent is not None else 1
        return widest(labelled.tensor, self.writing, hole)

    def output(self, known: Callable[[int], bool], hides: bool) -> Matrix:
        """The answer's plane with this cell, filled as far as is `known`."""
        output = self.chapter.output
        assert output is not None
        tensor, cell = output.tensor, self.step.cell
        board = Board(self.chapter.label, "Val", tensor, output)
        rows, across = board.plane
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
            self.caption(board, which),
            rows,
            across,
            one,
            self.widest(output),
            marks,
            "cell",
            which * size,
            board.bases(self.base),
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
