"""Where mistakes are gathered while a file is checked, so that all are told at once."""

from __future__ import annotations

from cnnsteps.errors import Mistake, Path

MOST = 100


class TooMany(Exception):
    """More mistakes than anyone would read in one go."""


class Report:
    """The mistakes found so far, in the order in which they were met."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def add(self, path: Path, message: str, hint: str | None = None, of_key: bool = False) -> None:
        self.mistakes.append(Mistake(message, hint, path, of_key))
        if len(self.mistakes) > MOST:
            raise TooMany

    def __bool__(self) -> bool:
        return bool(self.mistakes)
