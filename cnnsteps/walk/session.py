"""The story of `cnnsteps walk`: read the problem, solve it, and walk: on a terminal, or without one."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import cast

from cnnsteps.errors import UsageError
from cnnsteps.options import Options, color_of
from cnnsteps.output.file import File
from cnnsteps.pipeline import blamed, expansions_of, limits_of, read, selected, sink_of, solved, suffix_of
from cnnsteps.render.options import Screen, render_options
from cnnsteps.text import excerpt
from cnnsteps.walk.chapters import chapters_of
from cnnsteps.walk.model import Walk
from cnnsteps.walk.moves import Setting
from cnnsteps.walk.options import TAKEN, WALK_DEFAULTS, WalkOptions
from cnnsteps.walk.pages import LEAST, Pages
from cnnsteps.walk.quiz import score
from cnnsteps.walk.screen import Size
from cnnsteps.walk.sinks import Recording, picture, plain, played
from cnnsteps.walk.theme import Look, look_of
from cnnsteps.walk.writing import Writing


def walk_file(name: str, chosen: WalkOptions) -> None:
    """Reads the problem in a file, solves it and walks through the solution."""
    options: WalkOptions = {**WALK_DEFAULTS, **chosen}
    if options["step"] is not None and options["svg"] is None:
        raise UsageError("--step says which step --svg draws, and there is no --svg")
    check_suffix("--svg", options["svg"], ".svg")
    check_suffix("--record", options["record"], ".cast")
    size = size_of(options["size"])
    svg, record = options["svg"], options["record"]
    with keyboard(name) as keys:
        interactive = keys is not None and svg is None
        drawn_elsewhere = svg is not None or (record is not None and not interactive)
        ascii_only = not drawn_elsewhere and ascii_output()
        walk = walk_of(name, chosen, counted=not interactive and svg is None, ascii_only=ascii_only)
        if svg is not None:
            File(svg).write([drawn(walk, options, size)])
        elif interactive and keys is not None:
            on_terminal(walk, keys, options)
        elif record is not None:
            sink_of(record, options).write(played(walk, fixed_look(options), size))
        else:
            sink_of(None, options).write(plain(walk, size, printed_look(options)))


def walk_of(name: str, chosen: WalkOptions, counted: bool, ascii_only: bool) -> Walk:
    """The chapters of the solution; what is printed whole is counted first."""
    (problem, shown, _), locate = read(name)
    show = cast(Options, {name: value for name, value in shown.items() if name in TAKEN})
    options: WalkOptions = {**WALK_DEFAULTS, **show, **chosen}
    with blamed({name for name in show if name not in chosen}, locate):
        selection = selected(problem, options)
    expansions = expansions_of(problem, selection, options) if counted else 0
    solution = solved(problem, locate, limits_of(options), expansions)
    writing = Writing(render_options(options, Screen(ascii_only=ascii_only)), solution)
    chapters = chapters_of(solution, selection, options["index_base"])
    setting = Setting(options["index_base"], options["digits"], solution.title or "")
    return Walk(chapters, writing, setting, options["quiz"])


def ascii_output() -> bool:
    from cnnsteps.formats.terminal import can_encode

    return not can_encode(sys.stdout.encoding, "×⎡≈")


def size_of(text: str | None) -> Size:
    """80x24, as --size has it."""
    if text is None:
        return Size(80, 24)
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) != 2 or not all(part.isascii() and part.isdecimal() and len(part) < 5 for part in parts):
        raise UsageError(f"--size is {excerpt(repr(text))}, but it is columns and rows: 100x30")
    size = Size(*map(int, parts))
    if size.columns < LEAST.columns or size.rows < LEAST.rows:
        raise UsageError(f"--size is {text}, but at least {LEAST.columns}x{LEAST.rows} is needed")
    return size


def check_suffix(option: str, name: str | None, own: str) -> None:
    """UsageError where a file would have the name of another kind."""
    suffix = suffix_of(name)
    if suffix.lower() not in ("", own):
        raise UsageError(f"{option} writes {own} files, and {excerpt(suffix)} is the suffix of another kind")


def fixed_look(options: WalkOptions) -> Look:
    """That of a picture, or of a recording without a terminal."""
    if color_of(options) == "never":
        return Look("none")
    return Look("light" if options["theme"] == "light" else "dark")


def printed_look(options: WalkOptions) -> Look:
    """That of screens that are printed: nothing but text, unless colours are wanted."""
    color = color_of(options)
    return look_of(options["theme"], sys.stdout.encoding, color) if color == "always" else Look(None)


def drawn(walk: Walk, options: WalkOptions, size: Size) -> bytes:
    """One step as a picture; steps are counted through all chapters."""
    wanted, total = 1 if options["step"] is None else options["step"], sum(chapter.total for chapter in walk.chapters)
    if not 1 <= wanted <= total:
        raise UsageError(f"--step is {wanted}, but the steps are 1 to {total}")
    n, left = 0, wanted - 1
    while left >= walk.chapters[n].total:
        left -= walk.chapters[n].total
        n += 1
    state = walk.at(walk.entered(walk.begin(), n), left)
    look = fixed_look(options)
    screen = Pages(walk, look.brackets, fills=False).screen(state, size)
    title = walk.writing.safe(walk.setting.title or walk.chapters[n].title)
    return picture(screen, look, title)


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


def on_terminal(walk: Walk, keys: int, options: WalkOptions) -> None:
    """Keys and screens, until one quits."""
    from cnnsteps.walk.loop import Session
    from cnnsteps.walk.terminal import Terminal

    look = look_of(options["theme"], sys.stdout.encoding, color_of(options))
    sys.stdout.flush()
    recording: Recording | None = None
    terminal = Terminal(keys, sys.stdout.fileno(), look)
    if options["record"] is not None:
        recording = Recording(terminal.size, walk.setting.title, time.monotonic)
        terminal.on_write = recording.wrote
    state = walk.begin()
    try:
        with terminal:
            state = Session(walk, terminal, recording, options["theme"] == "auto").run(state)
    finally:
        if recording is not None and options["record"] is not None:
            File(options["record"]).write(recording.pieces())
    if state.quiz is not None and state.quiz.answers:
        print(score(state))
