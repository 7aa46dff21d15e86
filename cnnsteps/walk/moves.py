"""Going from step to step: each move takes a state and gives the next."""

from __future__ import annotations

import numpy as np

from cnnsteps.records import NamedTuple
from cnnsteps.walk.chapters import Chapter
from cnnsteps.walk.quiz import HOW
from cnnsteps.walk.scene import Scene
from cnnsteps.walk.state import SPEEDS, Quiz, State
from cnnsteps.walk.step import Step, step_of
from cnnsteps.walk.writing import Writing

MOST_KEPT = 64


class Setting(NamedTuple):
    """What does not change while one walks."""

    base: int = 1
    digits: int | None = None
    title: str = ""


class Moves:
    """Chapters to walk through; states go in and come out."""

    def __init__(self, chapters: list[Chapter], writing: Writing, setting: Setting, quiz: bool = False) -> None:
        self.chapters, self.writing, self.setting, self.quiz = chapters, writing, setting, quiz
        self.scenes: dict[tuple[int, int], Scene] = {}

    # What is there

    def begin(self) -> State:
        """The first screen: the list where there are several things to walk through, else the first step."""
        state = State(quiz=Quiz() if self.quiz else None)
        several = len(self.chapters) > 1
        return self.entered(state, 0)._replace(mode="list" if several else "step")

    def chapter(self, state: State) -> Chapter:
        return self.chapters[state.chapter]

    def cell_of(self, chapter: Chapter, at: int) -> int:
        return int(chapter.cells[at])

    def scene(self, state: State) -> Scene:
        """The step with what it reads; the last ones are kept."""
        if state.place not in self.scenes:
            if len(self.scenes) > MOST_KEPT:
                self.scenes.clear()
            chapter = self.chapter(state)
            assert chapter.steps is not None
            cell = self.cell_of(chapter, state.at)
            step = step_of(chapter.steps, cell, self.setting.base, state.chapter, self.writing.notation)
            self.scenes[state.place] = Scene(chapter, step, self.writing, self.setting.base)
        return self.scenes[state.place]

    def step(self, state: State) -> Step:
        return self.scene(state).step

    def stages(self, state: State) -> int:
        """In how many parts the step forms; of an equation, its links."""
        chapter = self.chapter(state)
        if not chapter.total:
            return 0
        return self.step(state).stages if chapter.steps is not None else len(chapter.rows[state.at][1])

    def reachable(self, state: State) -> int:
        """The last part that may be shown: not the value that is asked for."""
        chapter = self.chapter(state)
        if not state.hides or chapter.steps is None or not chapter.total:
            return self.stages(state)
        return self.step(state).asked

    def is_whole(self, state: State) -> bool:
        return state.stage >= self.reachable(state)

    # Going

    def entered(self, state: State, chapter: int) -> State:
        fresh = state._replace(mode="step", chapter=chapter, at=0, stage=0, slice=None, typed="", playing=False)
        fresh = fresh.said(HOW if state.quiz is not None and not state.quiz.answers else "")
        return fresh._replace(stage=min(1, self.reachable(fresh)))

    def at(self, state: State, at: int, stage: int | None = None) -> State:
        """This step, whole unless a stage is told."""
        quiz = state.quiz and state.quiz._replace(wrong=0)
        moved = state._replace(at=at, stage=0, slice=None, typed="", quiz=quiz).said("")
        reachable = self.reachable(moved)
        return moved._replace(stage=reachable if stage is None else min(stage, reachable))

    def cell(self, state: State, at: int) -> State:
        """A step that there may not be."""
        if at >= self.chapter(state).total:
            return self.over(state)
        return state.said("This is the first step.") if at < 0 else self.at(state, at)

    def over(self, state: State) -> State:
        """Behind the last step."""
        state = state._replace(playing=False, stage=self.reachable(state))
        if state.chapter + 1 < len(self.chapters):
            return state._replace(mode="list", cursor=state.chapter + 1).said("That was the last step. What next?")
        if state.quiz is not None and state.quiz.answers:
            return state._replace(mode="score")
        return state.said("This was the last step.")

    def term_on(self, state: State) -> State:
        if not self.is_whole(state):
            return state._replace(stage=state.stage + 1, slice=None).said("")
        if state.at + 1 >= self.chapter(state).total:
            return self.over(state)
        return self.at(state, state.at + 1, 1)

    def term_back(self, state: State) -> State:
        if state.stage > 1 or (state.stage == 1 and state.at == 0):
            return state._replace(stage=state.stage - 1, slice=None).said("")
        return self.cell(state, state.at - 1)

    def whole(self, state: State) -> State:
        return self.term_on(state) if self.is_whole(state) else state._replace(stage=self.reachable(state), slice=None)

    def row(self, state: State, by: int) -> State:
        """The same column a row further; with chosen cells, the next one that is at least as far."""
        chapter = self.chapter(state)
        if chapter.steps is None or chapter.output is None:
            return self.cell(state, state.at + by)
        spatial = chapter.output.spatial
        wide = spatial[-1] if len(spatial) > 1 else 1
        wanted = self.cell_of(chapter, state.at) + by * wide
        return self.near(state, wanted, by)

    def near(self, state: State, wanted: int, by: int) -> State:
        """The step of this cell, or, where that is not walked through, the next in this direction."""
        cells = self.chapter(state).cells
        if isinstance(cells, range):
            return self.cell(state, wanted if 0 <= wanted < len(cells) else len(cells) if by > 0 else -1)
        found = int(np.searchsorted(cells, wanted, side="left" if by > 0 else "right")) - (by < 0)
        return self.cell(state, found)

    def lead(self, state: State, word: str, by: int) -> State:
        """The same place of another filter or batch item."""
        output = self.chapter(state).output
        if output is None or word not in output.dims:
            return state.said(f"There is no {word} to choose here.")
        axis = output.dims.index(word)
        index = [int(i) for i in np.unravel_index(self.cell_of(self.chapter(state), state.at), output.shape)]
        index[axis] = (index[axis] + by) % output.shape[axis]
        return self.to_cell(state, int(np.ravel_multi_index(tuple(index), output.shape)))

    def to_cell(self, state: State, cell: int) -> State:
        cells = self.chapter(state).cells
        at = cell if isinstance(cells, range) else int(np.searchsorted(cells, cell))
        if at >= len(cells) or self.cell_of(self.chapter(state), at) != cell:
            return state.said("That cell is not among those of --cells.")
        return self.at(state, at)

    def slice(self, state: State, by: int) -> State:
        if self.chapter(state).steps is None:
            return state
        count = self.scene(state).slice_count
        if count == 1:
            return state.said("There is one channel only.")
        return state._replace(slice=((state.slice if state.slice is not None else -1 if by > 0 else 0) + by) % count)

    # Playing

    def play(self, state: State) -> State:
        return state._replace(playing=not state.playing).said("")

    def speed(self, state: State, by: int) -> State:
        speed = max(0, min(len(SPEEDS) - 1, state.speed + by))
        return state._replace(speed=speed).said(f"{SPEEDS[speed]:g} terms a second")

    def tick(self, state: State) -> State:
        """What happens by itself while it plays; a quiz waits for the answer."""
        if not state.playing or state.mode != "step" or (state.hides and self.is_whole(state)):
            return state
        return self.term_on(state)

    def quit(self, state: State) -> State:
        asked = state.quiz is not None and bool(state.quiz.answers)
        return state._replace(mode="score", playing=False) if asked else state._replace(ended=True)
