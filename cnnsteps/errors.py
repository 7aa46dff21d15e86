"""What can go wrong, in one hierarchy; only the command line prints or exits.

`CnnstepsError` has the exit code of the contract. `InputError` carries every mistake
of a file as data, each with its path into the file and, once located, line and column.
"""

from __future__ import annotations

from typing import NamedTuple

Path = tuple[str | int, ...]
"""Where a value stands in a problem file: keys and positions, from the outside in."""


class Mistake(NamedTuple):
    """One thing that is wrong: the fact in the user's words, and the next move."""

    message: str
    hint: str | None = None
    path: Path = ()
    of_key: bool = False
    """The mistake is the key itself, not its value."""
    line: int = 1
    column: int = 1

    def at(self, line: int, column: int) -> Mistake:
        return self._replace(line=line, column=column)


class CnnstepsError(Exception):
    """The root of all that cnnsteps raises on purpose."""

    exit_code = 2


class InputError(CnnstepsError):
    """A file that can't be used; `mistakes` holds all of them, in the file's order."""

    def __init__(self, mistakes: list[Mistake], file: str = "-") -> None:
        self.mistakes = mistakes
        self.file = file
        super().__init__(str(self))

    def __str__(self) -> str:
        lines: list[str] = []
        for m in self.mistakes:
            lines.append(f"{self.file}:{m.line}:{m.column}: error: {m.message}")
            if m.hint:
                lines.append(f"hint: {m.hint}")
        return "\n".join(lines)


class UsageError(CnnstepsError):
    """An option that does not fit; the message stands for itself."""


class TemplateError(InputError):
    """A template that can't be used, with its file and line."""


class OutputError(CnnstepsError):
    """The output could not be written."""

    exit_code = 3


class ResourceError(CnnstepsError):
    """Memory or disk ran out."""

    exit_code = 3
