"""The story of `cnnsteps walk`: read the problem, solve it, and walk: on a terminal, or without one."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cnnsteps.errors import InputError, UsageError
from cnnsteps.model.solution import Limits
from cnnsteps.output.file import to_file, to_standard_output
from cnnsteps.pipeline import expansions_of, selected
from cnnsteps.problems.file import read_file
from cnnsteps.problems.problem import locate
from cnnsteps.render.document import cells_of
from cnnsteps.walk.chapters import chapters_of
from cnnsteps.walk.model import Walk
from cnnsteps.walk.moves import Setting
from cnnsteps.walk.pages import LEAST, Pages
from cnnsteps.walk.quiz import score
from cnnsteps.walk.screen import Size
from cnnsteps.walk.sinks import Recording, picture, plain, played
from cnnsteps.walk.theme import Look, look_of
from cnnsteps.walk.writing import Writing

if TYPE_CHECKING:
    from cnnsteps.output.isolated import Apart


class Request(NamedTuple):
    """The command line's options."""

    quiz: bool = False
    record: str | None = None
    svg: str | None = None
    step: int | None = None
    size: str | None = None
    theme: str = "auto"
    cells: str | None = None
    index_base: int = 1
    digits: int | None = None
    template: Path | None = None
    max_cells: int = 10_000_000


def walk_file(name: str, request: Request) -> None:
    """Reads the problem in a file, solves it and walks through the solution."""
    if request.step is not None and request.svg is None:
        raise UsageError("--step says which step --svg draws, and there is no --svg")
    size = size_of(request.size)
    with keyboard(name) as keys:
        interactive = keys is not None and request.svg is None
        drawn_elsewhere = request.svg is not None or (request.record is not None and not interactive)
        ascii_only = not drawn_elsewhere and ascii_output()
        walk = walk_of(name, request, counted=not interactive and request.svg is None, ascii_only=ascii_only)
        if request.svg is not None:
            drawn(walk, request, size)
        elif interactive and keys is not None:
            on_terminal(walk, keys, request)
        elif request.record is not None:
            to_file(request.record, played(walk, fixed_look(request.theme), size), apart(request))
        else:
            to_standard_output(plain(walk, size), apart(request))


def apart(request: Request) -> Apart | None:
    """Templates of one's own may never end: what they write whole, a process of its own writes."""
    if request.template is None:
        return None
    from cnnsteps.output.isolated import Apart

    return Apart(request.template)


def walk_of(name: str, request: Request, counted: bool, ascii_only: bool) -> Walk:
    """The chapters of the solution; what is printed whole is counted first."""
    source, problem = read_file(name, None, None)
    selection = selected(problem, request.cells, request.index_base)
    limits = Limits(request.max_cells, digits=request.digits)
    try:
        limits.check_expansions(expansions_of(problem, selection) if counted else 0)
        limits.check_size(problem)
        solution = problem.solve(limits)
    except InputError as error:
        raise locate(error, source) from None
    writing = Writing(request.template, request.digits, ascii_only, cells_of(solution))
    chapters = chapters_of(solution, selection, request.index_base)
    setting = Setting(request.index_base, request.digits, solution.title or "")
    return Walk(chapters, writing, setting, request.quiz)


def ascii_output() -> bool:
    from cnnsteps.formats.terminal import can_encode

    return not can_encode(sys.stdout.encoding, "×⎡≈")


def size_of(text: str | None) -> Size:
    """80x24, as --size has it."""
    if text is None:
        return Size(80, 24)
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) != 2 or not all(part.isascii() and part.isdecimal() and len(part) < 5 for part in parts):
        raise UsageError(f"--size is {text!r}, but it is columns and rows: 100x30")
    size = Size(*map(int, parts))
    if size.columns < LEAST.columns or size.rows < LEAST.rows:
        raise UsageError(f"--size is {text}, but at least {LEAST.columns}x{LEAST.rows} is needed")
    return size


def fixed_look(theme: str) -> Look:
    return Look("light" if theme == "light" else "dark")


def drawn(walk: Walk, request: Request, size: Size) -> None:
    """One step as a picture; steps are counted through all chapters."""
    assert request.svg is not None
    wanted, total = 1 if request.step is None else request.step, sum(chapter.total for chapter in walk.chapters)
    if not 1 <= wanted <= total:
        raise UsageError(f"--step is {wanted}, but the steps are 1 to {total}")
    n, left = 0, wanted - 1
    while left >= walk.chapters[n].total:
        left -= walk.chapters[n].total
        n += 1
    state = walk.at(walk.entered(walk.begin(), n), left)
    look = fixed_look(request.theme)
    screen = Pages(walk, brackets=False, fills=False).screen(state, size)
    title = walk.writing.safe(walk.setting.title or walk.chapters[n].title)
    to_file(request.svg, iter([picture(screen, look, title)]))


@contextmanager
def keyboard(name: str) -> Iterator[int | None]:
    """Where keys come from: standard input, or, where that is the problem, the terminal itself."""
    if sys.stdout is None or not sys.stdout.isatty():
        yield None
    elif name != "-":
        yield sys.stdin.fileno() if sys.stdin is not None and sys.stdin.isatty() else None
    else:
        with suppress(OSError):
            keys = os.open("/dev/tty", os.O_RDWR)
            try:
                yield keys
            finally:
                os.close(keys)
            return
        yield None


def on_terminal(walk: Walk, keys: int, request: Request) -> None:
    """Keys and screens, until one quits."""
    from cnnsteps.walk.loop import Session
    from cnnsteps.walk.terminal import Terminal

    look = look_of(request.theme, sys.stdout.encoding)
    sys.stdout.flush()
    recording: Recording | None = None
    terminal = Terminal(keys, sys.stdout.fileno(), look)
    if request.record is not None:
        recording = Recording(terminal.size, walk.setting.title, time.monotonic)
        terminal.on_write = recording.wrote
    state = walk.begin()
    try:
        with terminal:
            state = Session(walk, terminal, recording, request.theme == "auto").run(state)
    finally:
        if recording is not None and request.record is not None:
            to_file(request.record, recording.pieces())
    if state.quiz is not None and state.quiz.answers:
        print(score(state))
