"""The story of a command: read the problem, solve it, write the solution."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from cnnsteps import formats
from cnnsteps.errors import InputError, UsageError
from cnnsteps.formats import Options, Pieces, Screen
from cnnsteps.i18n import ENGLISH
from cnnsteps.model.selection import Selection, parse_cells
from cnnsteps.model.solution import Limits, Problem
from cnnsteps.output.file import to_file, to_standard_output
from cnnsteps.output.progress import Progress
from cnnsteps.problems.file import read_file
from cnnsteps.problems.problem import locate


class Request(NamedTuple):
    """The command line's options."""

    format_: str | None = None
    output: str | None = None
    answer_only: bool = False
    cells: str | None = None
    index_base: int = 1
    fragment: bool = False
    digits: int | None = None
    flavor: str = "dollar"
    template: Path | None = None
    max_cells: int = 10_000_000
    input_shape: str | None = None
    language: str = "en"

    @property
    def format(self) -> str:
        by_suffix = formats.by_suffix(Path(self.output).suffix.lower()) if self.output and not self.format_ else None
        return self.format_ or by_suffix or "terminal"


def solve_file(name: str, expected: str | None, request: Request) -> None:
    """Reads the problem in a file, solves it and writes the solution."""
    if request.language != ENGLISH:
        from cnnsteps.render.languages import check_language

        check_language(request.language, request.template)
    source, problem = read_file(name, expected, request.input_shape)
    selection = selected(problem, request.cells, request.index_base)
    limits = Limits(request.max_cells, digits=request.digits)
    expansions = 0 if request.answer_only else expansions_of(problem, selection)
    with Progress(expansions, quiet=request.output is None and sys.stdout.isatty()) as progress:
        try:
            limits.check_expansions(expansions)
            limits.check_size(problem)
            solution = problem.solve(limits)
        except InputError as error:
            raise locate(error, source) from None
        options = Options(
            request.answer_only, selection, request.index_base, request.fragment, request.digits,
            request.flavor, request.template, screen_of(request), progress.advance, request.language,
        )  # fmt: skip
        write(formats.load(request.format).pieces(solution, options), request, progress.finish)


def selected(problem: Problem, cells: str | None, index_base: int) -> Selection:
    """The cells whose expansions are asked for."""
    if cells and problem.kind == "network":
        raise UsageError("--cells chooses steps of one problem, and a network has several")
    return parse_cells(cells, problem.output_shape, index_base, len(getattr(problem, "axes", "x")))


def expansions_of(problem: Problem, selection: Selection) -> int:
    """How many expansions these are, those of the gradients included."""
    backward = getattr(problem, "backward", None)
    gradients = backward.cells if backward and selection.boxes is None else 0
    return int(getattr(problem, "expansions", selection.count)) + gradients


def write(pieces: Iterator[Pieces], request: Request, ended: Callable[[], None]) -> None:
    """Templates of one's own may fail late, or never end: they run apart."""
    apart = None
    if request.template is not None:
        from cnnsteps.output.isolated import Apart
        from cnnsteps.render.user_templates import check_folder

        check_folder(request.template)
        apart = Apart(request.template, ended)
    if request.output is None:
        to_standard_output(pieces, apart)
    else:
        to_file(request.output, pieces, apart)


def screen_of(request: Request) -> Screen:
    """What text is written for: a terminal only where standard output is one."""
    if request.format != "terminal":
        return Screen()
    from cnnsteps.formats.terminal import screen_for

    is_terminal = request.output is None and sys.stdout.isatty()
    return screen_for(is_terminal, sys.stdout.encoding)
