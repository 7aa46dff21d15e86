"""The walk itself, with nothing of a terminal in it: a key or a press of the mouse gives the next state."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

from cnnsteps.walk.actions import by_key
from cnnsteps.walk.chapters import Chapter
from cnnsteps.walk.keys import Key, Mouse
from cnnsteps.walk.moves import Moves, Setting
from cnnsteps.walk.quiz import CHARACTERS, submitted
from cnnsteps.walk.screen import Screen
from cnnsteps.walk.state import State
from cnnsteps.walk.writing import Writing

MOST_TYPED = 60


class Walk(Moves):
    """Chapters to walk through; states go in and come out."""

    def __init__(self, chapters: list[Chapter], writing: Writing, setting: Setting, quiz: bool = False) -> None:
        super().__init__(chapters, writing, setting, quiz)
        self.does: Mapping[str, Callable[[State], State]] = {
            "term_on": self.term_on, "term_back": self.term_back, "whole": self.whole,
            "cell_on": lambda s: self.cell(s, s.at + 1), "cell_back": lambda s: self.cell(s, s.at - 1),
            "row_on": lambda s: self.row(s, 1), "row_back": lambda s: self.row(s, -1),
            "first": lambda s: self.cell(s, 0), "last": lambda s: self.cell(s, self.chapter(s).total - 1),
            "goto": lambda s: s._replace(mode="goto", typed=""), "play": self.play,
            "faster": lambda s: self.speed(s, 1), "slower": lambda s: self.speed(s, -1),
            "filter_on": lambda s: self.lead(s, "filter", 1), "filter_back": lambda s: self.lead(s, "filter", -1),
            "batch_on": lambda s: self.lead(s, "batch item", 1), "batch_back": lambda s: self.lead(s, "batch item", -1),
            "channel_on": lambda s: self.slice(s, 1), "channel_back": lambda s: self.slice(s, -1),
            "overview": lambda s: s._replace(mode="overview") if self.chapter(s).steps is not None else s,
            "list": lambda s: s._replace(mode="list", cursor=s.chapter),
            "help": lambda s: s._replace(mode="help"), "quit": self.quit,
        }  # fmt: skip

    def press(self, state: State, key: Key) -> State:
        handle = {"goto": self.goto, "list": self.listed, "help": self.closed, "overview": self.overviewed,
                  "score": self.scored}.get(state.mode, self.walked)  # fmt: skip
        return handle(state, key.name)

    def walked(self, state: State, key: str) -> State:
        hides = state.hides and self.chapter(state).steps is not None
        if hides and (key in CHARACTERS or (key in ("backspace", "enter") and self.is_whole(state))):
            return self.answered(state, key)
        does = by_key().get(key)
        return self.does[does](state) if does else state

    def answered(self, state: State, key: str) -> State:
        """A key of the quiz."""
        if key == "backspace":
            return state._replace(typed=state.typed[:-1])
        if key != "enter":
            whole = state._replace(stage=self.reachable(state), playing=False)
            return whole._replace(typed=(state.typed + key)[:MOST_TYPED]).said("")
        step = self.step(state)
        shown = self.writing.number(step.answer).text
        return submitted(state, step.answer, shown, self.setting.digits, step.stages)

    def goto(self, state: State, key: str) -> State:
        if key == "escape":
            return state._replace(mode="step", typed="").said("")
        if key == "backspace":
            return state._replace(typed=state.typed[:-1])
        if key != "enter":
            typed = state.typed + ("," if key == "space" else key if key in "0123456789,;" else "")
            return state._replace(typed=typed[:MOST_TYPED]).said("")
        return self.jumped(state._replace(mode="step"))

    def jumped(self, state: State) -> State:
        """To the typed index; where dimensions before the spatial ones are left out, they stay as they are."""
        chapter, base = self.chapter(state), self.setting.base
        numbers = [int(part) for part in re.findall(r"\d{1,18}", state.typed)]
        state = state._replace(typed="")
        if not numbers:
            return state
        if chapter.output is None:
            return self.cell(state, numbers[0] - base)
        shape = chapter.output.shape
        now = np.unravel_index(self.cell_of(chapter, state.at), shape)
        index = [*(int(i) for i in now[: max(len(shape) - len(numbers), 0)]), *(n - base for n in numbers)]
        if len(index) != len(shape) or not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
            last = ",".join(str(n - 1 + base) for n in shape)
            first = ",".join([str(base)] * len(shape))
            return state.said(f"There is no such cell: they go from {first} to {last}.", "wrong")
        return self.to_cell(state, int(np.ravel_multi_index(tuple(index), shape)))

    def listed(self, state: State, key: str) -> State:
        does = by_key().get(key)
        last = len(self.chapters) - 1
        if key == "enter" or does == "term_on":
            return self.entered(state, state.cursor)
        moves = {"row_on": state.cursor + 1, "row_back": state.cursor - 1, "cell_on": state.cursor + 1,
                 "cell_back": state.cursor - 1, "first": 0, "last": last}  # fmt: skip
        if does in moves:
            return state._replace(cursor=max(0, min(last, moves[does]))).said("")
        if does == "quit":
            return self.quit(state)
        if does == "help":
            return state._replace(mode="help")
        return state._replace(mode="step").said("") if key == "escape" else state

    def closed(self, state: State, key: str) -> State:
        return state._replace(mode="step")

    def overviewed(self, state: State, key: str) -> State:
        """Arrows move from cell to cell."""
        does = by_key().get(key)
        if key in ("enter", "escape", "o"):
            return state._replace(mode="step")
        if does == "quit":
            return self.quit(state)
        steps = {"term_on": "cell_on", "term_back": "cell_back"}
        does = steps.get(does or "", does)
        if does in ("cell_on", "cell_back", "row_on", "row_back", "first", "last", "filter_on", "filter_back",
                    "batch_on", "batch_back"):  # fmt: skip
            moved = self.does[does](state)
            return moved._replace(mode="overview" if moved.mode == "step" else moved.mode)
        return state

    def scored(self, state: State, key: str) -> State:
        return state._replace(mode="step") if key in ("escape", "left", "p") else state._replace(ended=True)

    def click(self, state: State, mouse: Mouse, screen: Screen) -> State:
        if mouse.wheel:
            return self.wheel(state, mouse.wheel)
        spot = screen.at(mouse.row, mouse.column)
        if spot is None:
            return state
        if spot.does == "cell":
            return self.to_cell(state._replace(mode="step"), spot.which)
        if spot.does == "term":
            term = self.scene(state).term_at(spot.of, spot.which)
            return state if term is None else state._replace(stage=min(term + 1, self.reachable(state)), slice=None)
        if spot.does == "choose":
            return self.entered(state, spot.which)
        return self.does[spot.does](state._replace(mode="step" if state.mode == "help" else state.mode))

    def wheel(self, state: State, by: int) -> State:
        """By terms, in a list by lines."""
        if state.mode == "list":
            return self.press(state, Key("down" if by > 0 else "up"))
        if state.mode == "step":
            return self.term_on(state) if by > 0 else self.term_back(state)
        return state
