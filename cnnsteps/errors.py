"""What can go wrong, in one hierarchy; only the command line prints or exits.

`CnnstepsError` has the exit code of the contract. `InputError` carries every mistake
of a file as data, each with its path into the file and, once located, line and column.
"""

from __future__ import annotations

from cnnsteps.records import NamedTuple
from cnnsteps.text import cut_numbers

Path = tuple[str | int, ...]
"""Where a value stands in a problem file: keys and positions, from the outside in."""


class Mistake(NamedTuple):
    """One thing that is wrong: the fact in the user's words, and the next move.

    >>> import cnnsteps
    >>> try:
    ...     cnnsteps.relu([1, True])
    ... except cnnsteps.InputError as error:
    ...     mistake = error.mistakes[0]
    >>> mistake.message, mistake.path
    ('input: true is not a number', ('input', 1))
    """

    message: str
    hint: str | None = None
    path: Path = ()
    of_key: bool = False
    """The mistake is the key itself, not its value."""
    line: int = 1
    column: int = 1

    def at(self, line: int, column: int) -> Mistake:
        return self._replace(line=line, column=column)

    def brief(self) -> Mistake:
        """The same without numbers that fill a screen."""
        return self._replace(message=cut_numbers(self.message), hint=self.hint and cut_numbers(self.hint))


class CnnstepsError(Exception):
    """The root of all that cnnsteps raises on purpose.

    >>> import cnnsteps
    >>> try:
    ...     cnnsteps.load("nothing.json")
    ... except cnnsteps.CnnstepsError as error:
    ...     print(error)
    nothing.json:1:1: error: there is no such file
    """

    exit_code = 2


class InputError(CnnstepsError):
    """A file that can't be used, or the arguments of a call, which have no `file`.

    `mistakes` holds all of them, in their order.

    >>> import cnnsteps
    >>> try:
    ...     cnnsteps.conv([[1, 2, 3], [4, 5, 6], [7, 8]], [[1]], padding="sme")
    ... except cnnsteps.InputError as error:
    ...     print(error)
    input: row 3 has 2 values, the others have 3 (input[2])
    padding is "sme", which is not a padding
    hint: did you mean "same"?
    """

    def __init__(self, mistakes: list[Mistake], file: str | None = "-") -> None:
        self.mistakes = [mistake.brief() for mistake in mistakes]
        self.file = file
        super().__init__(str(self))

    def __str__(self) -> str:
        lines: list[str] = []
        for m in self.mistakes:
            lines.append(self.placed(m))
            if m.hint:
                lines.append(f"hint: {m.hint}")
        return "\n".join(lines)

    def placed(self, mistake: Mistake) -> str:
        """In a file behind line and column; of an argument before its place, where the message does not name it."""
        if self.file is not None:
            return f"{self.file}:{mistake.line}:{mistake.column}: error: {mistake.message}"
        place = subscripted(mistake.path)
        return mistake.message if mistake.message.startswith(place) else f"{mistake.message} ({place})"

    def __reduce__(self) -> tuple[type[InputError], tuple[list[Mistake], str | None]]:
        # An exception is copied and sent to other processes by its arguments.
        return type(self), (self.mistakes, self.file)


def subscripted(path: Path) -> str:
    """The place as Python writes it: `layers[0]["kernel"][2]`."""
    steps = (f'["{step}"]' if isinstance(step, str) else f"[{step}]" for step in path[1:])
    return str(path[0]) + "".join(steps) if path else ""


class UsageError(CnnstepsError):
    """An option that does not fit; the message stands for itself.

    >>> import cnnsteps
    >>> try:
    ...     cnnsteps.relu([1]).render("pdf")
    ... except cnnsteps.UsageError as error:
    ...     print(error)
    format is 'pdf', but it is 'ipynb', 'json', 'latex', 'markdown' or 'terminal'
    """


class TemplateError(InputError):
    """A template that can't be used, with its file and line.

    >>> import cnnsteps
    >>> try:
    ...     cnnsteps.relu([1]).render("latex", template="no-such-folder")
    ... except cnnsteps.TemplateError as error:
    ...     print(error)
    no-such-folder:1:1: error: there is no such folder of templates
    hint: `cnnsteps templates copy latex DIR` makes one
    """


class VerificationError(CnnstepsError):
    """What was written, read back, does not say what its problem comes to: a bug, and nothing is put in place.

    >>> import cnnsteps
    >>> cnnsteps.relu([1, -1]).render("markdown", verify=True)[:9]
    '# Re LU: '
    """

    exit_code = 70

    def __str__(self) -> str:
        told = "the document does not agree with its problem, and was not written"
        return f"cnnsteps: error: {told}: {super().__str__()}"


class OutputError(CnnstepsError):
    """The output could not be written.

    >>> import cnnsteps
    >>> try:
    ...     cnnsteps.relu([1]).save("no-such-folder/relu.md")
    ... except cnnsteps.OutputError as error:
    ...     print(error)
    no-such-folder/relu.md:1:1: error: the output can't be written: No such file or directory
    """

    exit_code = 3


class ResourceError(CnnstepsError):
    """Memory or disk ran out."""

    exit_code = 3
