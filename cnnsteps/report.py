"""Where mistakes are gathered while a file is checked, so that all are told at once."""

from __future__ import annotations

import re

from cnnsteps.errors import Mistake, Path

MOST = 100


class TooMany(Exception):
    """More mistakes than anyone would read in one go."""


class Report:
    """The mistakes found so far, in the order in which they were met."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.names: dict[str, str] = {}
        """What the file calls a key, where that is not the key's own name."""

    def add(self, path: Path, message: str, hint: str | None = None, of_key: bool = False) -> None:
        """A mistake told by the key's own name; it is kept by that of the file."""
        name = self.names.get(str(path[0])) if path else None
        if name is None:
            self.keep(path, message, hint, of_key)
            return
        own = re.compile(rf"^{path[0]}\b")
        self.keep((name, *path[1:]), own.sub(name, message), hint and own.sub(name, hint), of_key)

    def keep(self, path: Path, message: str, hint: str | None, of_key: bool) -> None:
        self.mistakes.append(Mistake(message, hint, path, of_key))
        if len(self.mistakes) > MOST:
            raise TooMany

    def __bool__(self) -> bool:
        return bool(self.mistakes)
