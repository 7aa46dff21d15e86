"""A real pseudo-terminal: the program runs in it, and pyte draws what a user would see."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.forked import Request, read_all, starter, terminal
from tests.running import STARTING, request
from tests.tools import need


class Shot(NamedTuple):
    """What the terminal got, and how its screen looked at the end."""

    raw: str
    lines: list[str]
    code: int
    screen: Any


def shoot(
    *args: str, columns: int = 80, env: Mapping[str, str] | None = None, cwd: Path | str | None = None, rows: int = 400
) -> Shot:
    """`cnnsteps` with these arguments in a terminal of this size."""
    need("pyte")
    import pyte

    if STARTING & (env or {}).keys():
        code, written = started(request(args, env, cwd), rows, columns)
    else:
        code, written = starter().run_on_terminal(request(args, env, cwd), rows, columns)
    screen = pyte.Screen(columns, rows)
    pyte.Stream(screen).feed(written.decode())
    lines = [line.rstrip() for line in screen.display]
    while lines and not lines[-1]:
        lines.pop()
    return Shot(written.decode(), lines, code, screen)


def started(request: Request, rows: int, columns: int) -> tuple[int, bytes]:
    """`python -m cnnsteps` from its very start: its exit code, and what the terminal got."""
    ours, theirs = terminal(rows, columns)
    command = [sys.executable, "-m", "cnnsteps", *request.args]
    running = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=request.env, cwd=request.cwd)
    os.close(theirs)
    written = read_all(ours)
    return running.wait(), written
