"""The story of a command: read the problem, solve it, write the solution."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cnnsteps import formats
from cnnsteps.errors import InputError, Mistake, UsageError
from cnnsteps.formats import Options, Pieces, Screen
from cnnsteps.operators import Problem
from cnnsteps.output import to_file, to_standard_output
from cnnsteps.progress import Progress
from cnnsteps.reading.file import read_file
from cnnsteps.reading.problem import locate
from cnnsteps.reading.source import Source
from cnnsteps.selection import parse_cells
from cnnsteps.solution import Limits


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

    @property
    def format(self) -> str:
        by_suffix = formats.by_suffix(Path(self.output).suffix.lower()) if self.output and not self.format_ else None
        return self.format_ or by_suffix or "terminal"


def solve_file(name: str, expected: str | None, request: Request) -> None:
    """Reads the problem in a file, solves it and writes the solution."""
    source, problem = read_file(name, expected, request.input_shape)
    if request.cells and problem.kind == "network":
        raise UsageError("--cells chooses steps of one problem, and a network has several")
    selection = parse_cells(request.cells, problem.output_shape, request.index_base, len(getattr(problem, "axes", "x")))
    limits = Limits(request.max_cells)
    expansions = int(getattr(problem, "expansions", selection.count))
    backward = getattr(problem, "backward", None)
    expansions += backward.cells if backward and not request.cells else 0
    check_limits(source, problem, 0 if request.answer_only else expansions, limits)
    with Progress(expansions, quiet=request.output is None and sys.stdout.isatty()) as progress:
        try:
            solution = problem.solve(limits)
        except InputError as error:
            raise locate(error, source) from None
        options = Options(
            request.answer_only, selection, request.index_base, request.fragment, request.digits,
            request.flavor, request.template, screen_of(request), progress.advance,
        )  # fmt: skip
        write(formats.load(request.format).pieces(solution, options), request)


def write(pieces: Iterator[Pieces], request: Request) -> None:
    if request.output is None:
        # A template of one's own may fail late: nothing is printed before it is whole.
        to_standard_output(pieces, hold=request.template is not None)
    else:
        to_file(request.output, pieces)


def screen_of(request: Request) -> Screen:
    """What text is written for: a terminal only where standard output is one."""
    if request.format != "terminal":
        return Screen()
    from cnnsteps.formats.terminal import screen_for

    is_terminal = request.output is None and sys.stdout.isatty()
    return screen_for(is_terminal, sys.stdout.encoding)


def check_limits(source: Source, problem: Problem, expansions: int, limits: Limits) -> None:
    """Counts what is asked for before any of it is allocated."""
    if expansions > limits.max_cells:
        message = f"{expansions:,} expansions are asked for, more than the {limits.max_cells:,} of --max-cells"
        hint = "choose some with --cells, leave them out with --answer-only, or raise --max-cells"
        raise locate(InputError([Mistake(message, hint)]), source)
    most = max(limits.most_tensor, limits.max_cells)
    if problem.largest > most:
        message = f"its padded input or its answer has {problem.largest:,} cells, more than {most:,}"
        raise locate(InputError([Mistake(message, "use a smaller padding or a larger stride")]), source)
