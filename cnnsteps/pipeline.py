"""The story of every face of cnnsteps: read a problem, solve it, write the solution."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

from cnnsteps import formats
from cnnsteps.errors import InputError, Mistake, UsageError
from cnnsteps.i18n import ENGLISH
from cnnsteps.model.document import document_of
from cnnsteps.model.selection import Selection, parse_cells
from cnnsteps.model.solution import Limits, Problem, Solution
from cnnsteps.options import COMMAND_DEFAULTS, SUFFIXES, CommandOptions, Options, color_of
from cnnsteps.output.file import File, StandardOutput, Write, held, write_all
from cnnsteps.problems.file import read_file
from cnnsteps.problems.problem import Exercise, locate
from cnnsteps.render.options import RenderOptions, Screen, render_options, template_folder
from cnnsteps.render.pieces import Pieces
from cnnsteps.render.share import Share, Whole
from cnnsteps.text import excerpt

Locate = Callable[[InputError], InputError]
"""Gives mistakes their places in what was read."""


Verify = Callable[[bytes, str, "Mapping[str, object] | None", Options, int], None]
"""Raises where a document in a format does not agree with its problem; the last are its options and its steps."""


def solve_file(name: str, expected: str | None, chosen: CommandOptions, verify: Verify | None = None) -> None:
    """Reads the problem in a file, solves it and writes the solution; what is chosen goes before the file's `show`.

    With the option `verify` what is written is judged first, by `verify`.
    """
    from cnnsteps.output.progress import Progress

    format_of({**COMMAND_DEFAULTS, **chosen})
    (problem, show, given), locate = read(name, expected, chosen.get("input_shape"))
    options: CommandOptions = {**COMMAND_DEFAULTS, **show, **chosen}
    with blamed({name for name in show if name not in chosen}, locate):
        check_words(options)
        selection = selected(problem, options)
    expansions = expansions_of(problem, selection, options)
    with Progress(expansions, quiet=options["output"] is None and sys.stdout.isatty()) as progress:
        solution = solved(problem, locate, limits_of(options), expansions)
        writing = render_options(options, screen_of(options), progress.advance)
        sink = sink_of(options["output"], options, progress.finish)

        def write(share: Share) -> Iterator[Pieces]:
            return rendered(solution, selection, format_of(options), {**writing, "share": share}, given)

        if options["verify"]:
            assert verify is not None, "who offers the option says how"
            pieces = verified(solution, selection, options, write(Whole()), sink.isolated, given, verify)
            sink._replace(isolated=None).write(pieces)
            return
        with workers(solution, selection, options, write) as share:
            sink.write(write(share))


def verified(
    solution: Solution,
    selection: Selection,
    options: CommandOptions,
    pieces: Iterator[Pieces],
    write: Write | None,
    given: Mapping[str, object] | None,
    verify: Verify,
) -> Iterator[bytes]:
    """The whole document, made by `write` where that is to be apart, once it is known to be right."""
    data = b"".join(held(pieces, write or write_all))
    verify(data, format_of(options), given, options, steps_of(solution, selection, options))
    yield data


def steps_of(solution: Solution, selection: Selection, options: Options) -> int:
    """How many lines of the answer a document has."""
    return 0 if options["answer_only"] or solution.steps is None else selection.count


def read(name: str, expected: str | None = None, input_shape: str | None = None) -> tuple[Exercise, Locate]:
    """The problem in a file, and how a mistake gets its place there; InputError with every mistake in it."""
    source, exercise = read_file(name, expected, input_shape)
    return exercise, partial(locate, source=source)


@contextmanager
def blamed(shown: set[str], locate: Locate) -> Iterator[None]:
    """A mistake in one of these options stands in the file's `show`, and gets its place there."""
    try:
        yield
    except UsageError as error:
        message, _, hint = str(error).removeprefix("--").partition("\nhint: ")
        name = re.split(r"[^a-z-]", message)[0].replace("-", "_")
        if name not in shown:
            raise
        raise locate(InputError([Mistake(message, hint or None, ("show", name))])) from None


def solved(problem: Problem, locate: Locate, limits: Limits, expansions: int = 0) -> Solution:
    """The solution, when it is known that neither it nor its expansions are too large."""
    try:
        limits.check_expansions(expansions)
        limits.check_size(problem)
        return problem.solve(limits)
    except InputError as error:
        raise locate(error) from None


def rendered(
    solution: Solution,
    selection: Selection | None,
    format: str,
    options: RenderOptions,
    given: Mapping[str, object] | None = None,
) -> Iterator[Pieces]:
    """The solution in a format, with the selected steps, or all of them, and the problem that it carries."""
    carried = None if options["no_source"] else given
    return formats.load(format).pieces(document_of(solution, selection, carried), options)


def limits_of(options: Options) -> Limits:
    """What may be asked for, and how many digits will be printed."""
    return Limits(options["max_cells"], digits=options["digits"])


def selected(problem: Problem, options: Options) -> Selection:
    """The cells whose expansions are asked for."""
    cells = options["cells"]
    if cells and problem.kind == "network":
        raise UsageError("--cells chooses steps of one problem, and a network has several")
    spatial = len(problem.output_shape) - len(problem.output_dims)
    return parse_cells(cells, problem.output_shape, options["index_base"], spatial)


def expansions_of(problem: Problem, selection: Selection, options: Options) -> int:
    """How many expansions will be written; those of the gradients are, where all cells are asked for."""
    if options["answer_only"]:
        return 0
    return problem.expansions if selection.boxes is None else min(selection.count, problem.expansions)


def workers(
    solution: Solution, selection: Selection, options: Options, write: Callable[[Share], Iterator[Pieces]]
) -> AbstractContextManager[Share]:
    """As many processes as there are cores, where there is much to write and no template of the user's is run."""
    if options["answer_only"] or options["template"] is not None or numbers_of(solution, selection) < MANY:
        return nullcontext(Whole())
    from cnnsteps.output.workers import Workers, cores

    return Workers(cores(), write)


MANY = 2_000_000
"""Numbers in expansions, from which on several processes are worth being begun."""


def numbers_of(solution: Solution, selection: Selection) -> int:
    """About how many numbers the expansions have."""
    own = selection.count * solution.steps.terms if solution.steps else 0
    gradients = solution.gradients.values() if selection.boxes is None else ()
    back = sum(g.output.tensor.num.size * g.steps.terms for g in gradients if g.steps)
    return own + back + sum(numbers_of(layer, Selection(layer.output_shape)) for layer in solution.layers)


def check_words(options: Options) -> None:
    """UsageError where nobody knows the language."""
    if options["language"] != ENGLISH:
        from cnnsteps.render.languages import check_language

        check_language(options["language"], template_folder(options))


def format_of(options: CommandOptions) -> str:
    """As told, else by the suffix of the output, else text; UsageError where no format has the suffix."""
    suffix = suffix_of(options["output"])
    if options["format"] or not suffix:
        return options["format"] or "terminal"
    by_suffix = formats.by_suffix(suffix.lower())
    if by_suffix is None:
        raise UsageError(f"--output: no format has the suffix {excerpt(suffix)}; they have {SUFFIXES}\n"
                         "hint: -f says the format, whatever the file is called")  # fmt: skip
    return by_suffix


def suffix_of(name: str | None) -> str:
    """`.tex`; empty where the name has none, or is that of standard output."""
    suffix = os.path.splitext(name or "")[1]
    return "" if suffix == "." else suffix


def screen_of(options: CommandOptions) -> Screen:
    """What text is written for: a terminal only where standard output is one."""
    if format_of(options) != "terminal":
        return Screen()
    from cnnsteps.formats.terminal import colored, screen_for

    is_terminal = options["output"] is None and sys.stdout.isatty()
    return colored(screen_for(is_terminal, sys.stdout.encoding), color_of(options))


def sink_of(output: str | None, options: Options, finished: Callable[[], None] = lambda: None) -> File | StandardOutput:
    """A file, or standard output. What a user's templates write may fail late, or never end: it is written apart."""
    isolated = None
    folder = template_folder(options)
    if folder is not None:
        from cnnsteps.output.isolated import Isolated
        from cnnsteps.render.user_templates import check_folder

        check_folder(folder)
        isolated = Isolated(folder, finished)
    return StandardOutput(isolated) if output is None else File(output, isolated)
