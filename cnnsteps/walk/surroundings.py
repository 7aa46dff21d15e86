"""What stands around every page: its head, the cell and where it reads, and what of the answer is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnnsteps.walk.model import Walk
from cnnsteps.walk.quiz import score
from cnnsteps.walk.screen import Line, Span, ends
from cnnsteps.walk.state import SPEEDS, State


class Surroundings:
    """Of the states of a walk; `brackets` where colours do not tell the window."""

    def __init__(self, walk: Walk, brackets: bool) -> None:
        self.walk, self.brackets = walk, brackets
        self.writing, self.base = walk.writing, walk.setting.base

    def head(self, state: State, across: int, right: str) -> list[Line]:
        """The chapter, the title of the whole, where one is."""
        chapter, signs = self.walk.chapter(state), self.writing.signs
        about = self.writing.safe(chapter.title)
        title = self.writing.safe(self.walk.setting.title or chapter.title)
        left = [Span(about, "title"), *([Span(f"  {signs.point}  {title}", "dim")] if about != title else [])]
        if state.mode == "list":
            left = [Span(title, "title")]
        return [ends(tuple(left), (Span(right, "head"),), across, signs.dots), (Span(signs.rule * across, "rule"),)]

    def known(self, state: State) -> Callable[[int], bool]:
        """Which cells of the answer are filled: those of the steps before, in a quiz those that were answered."""
        chapter = self.walk.chapter(state)
        cells = chapter.cells
        if state.quiz is not None:
            places = (at for of, at in state.quiz.answers if of == state.chapter)
            return {self.walk.cell_of(chapter, at) for at in places}.__contains__
        if isinstance(cells, range):
            return lambda cell: cell < state.at
        return set(np.asarray(cells[: state.at]).tolist()).__contains__

    def where(self, state: State, across: int) -> Line:
        """Val[2,3], filter 2 of 3, rows 2–4; at the right whether it plays, or the score."""
        chapter, scene, signs = self.walk.chapter(state), self.walk.scene(state), self.writing.signs
        output = chapter.output
        assert output is not None
        index = zip(output.dims, np.unravel_index(scene.step.cell, output.shape), output.shape, strict=False)
        words = [Span(f"{word} {int(i) + self.base} of {n}") for word, i, n in index if n > 1]
        words += [Span(self.writing.label(scene.window), "dim")] if scene.window else []
        spans = [Span(self.name(state), "head")]
        for word in words:
            spans += [Span(f"  {signs.point}  ", "dim"), word]
        right = [f"{signs.on} {SPEEDS[state.speed]:g} terms a second"] if state.playing else []
        right += [score(state) if state.quiz.answers else "Quiz"] if state.quiz is not None else []
        return ends(tuple(spans), (Span("   ".join(right), "key"),), across, signs.dots)

    def name(self, state: State) -> str:
        """Val[2,3], or ∂L/∂x[2,3]"""
        chapter = self.walk.chapter(state)
        assert chapter.output is not None
        index = [str(int(i) + self.base) for i in np.unravel_index(self.walk.step(state).cell, chapter.output.shape)]
        letter = "Val" if chapter.gradient is None else f"∂L/∂{chapter.gradient.rule.by.name}"
        return self.writing.entry(letter, index)
