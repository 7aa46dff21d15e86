"""Where one is: which chapter, which step, how far it has formed, and what is being typed."""

from __future__ import annotations

from collections.abc import Mapping

from cnnsteps.records import NamedTuple

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Terms a second."""
USUAL = 2


class Quiz(NamedTuple):
    """What was answered: by chapter and step, whether it was right at the first try."""

    answers: Mapping[tuple[int, int], bool] = {}
    wrong: int = 0
    """How many tries at this step."""

    @property
    def right(self) -> int:
        return sum(self.answers.values())

    def answered(self, at: tuple[int, int], right: bool) -> Quiz:
        return Quiz({**self.answers, at: right})


class State(NamedTuple):
    """Nothing else changes while one walks."""

    mode: str = "step"
    """step, list, overview, help, goto, score"""
    chapter: int = 0
    at: int = 0
    """The number of the step, counted from 0."""
    stage: int = 0
    """How many of its parts have formed."""
    slice: int | None = None
    """The channel or slice to look at, where it is not that of the term."""
    playing: bool = False
    speed: int = USUAL
    cursor: int = 0
    """The chosen line of the list."""
    typed: str = ""
    message: str = ""
    role: str = ""
    """Of the message: right, wrong."""
    quiz: Quiz | None = None
    ended: bool = False

    @property
    def place(self) -> tuple[int, int]:
        return self.chapter, self.at

    @property
    def hides(self) -> bool:
        """The value is asked for."""
        return self.quiz is not None and self.place not in self.quiz.answers

    def said(self, message: str, role: str = "") -> State:
        return self._replace(message=message, role=role)
