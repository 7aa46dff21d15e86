"""A real pseudo-terminal: the program runs in it, and pyte draws what a user would see."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.running import PATIENCE
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
    need("pexpect")
    need("pyte")
    import pexpect
    import pyte

    child = pexpect.spawn(
        sys.executable, ["-m", "cnnsteps", *args],
        env={**os.environ, **(env or {})},
        cwd=None if cwd is None else str(cwd), dimensions=(rows, columns), encoding="utf-8", timeout=PATIENCE,
    )  # fmt: skip
    child.expect(pexpect.EOF)
    child.close()
    screen = pyte.Screen(columns, rows)
    pyte.Stream(screen).feed(child.before)
    lines = [line.rstrip() for line in screen.display]
    while lines and not lines[-1]:
        lines.pop()
    return Shot(child.before, lines, child.exitstatus if child.exitstatus is not None else -child.signalstatus, screen)
