"""`cnnsteps walk` in a real pseudo-terminal: keys go in, pyte draws what a user would see."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.running import PATIENCE
from tests.tools import need

KEYS = {"right": "\x1b[C", "left": "\x1b[D", "up": "\x1b[A", "down": "\x1b[B", "enter": "\r", "escape": "\x1b",
        "backspace": "\x7f", "space": " ", "home": "\x1b[H", "end": "\x1b[F", "backtab": "\x1b[Z"}  # fmt: skip


class Player:
    """A walk on a terminal of some size; use it as a context manager."""

    def __init__(self, *args: str, size: tuple[int, int] = (80, 24), env: Mapping[str, str] | None = None,
                 code: str | None = None, cwd: Path | None = None) -> None:  # fmt: skip
        need("pexpect")
        need("pyte")
        import pexpect
        import pyte

        program = ["-c", code] if code else ["-m", "cnnsteps", "walk"]
        columns, rows = size
        self.child = pexpect.spawn(
            sys.executable, [*program, *args], env={**os.environ, **(env or {})}, cwd=None if cwd is None else str(cwd),
            dimensions=(rows, columns), encoding=None, timeout=PATIENCE,
        )  # fmt: skip
        self.terminal = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.terminal)
        self.raw = b""

    def __enter__(self) -> Player:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.terminal.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def read(self, wait: float = 0.05) -> bool:
        """What has come since; False at the end."""
        import pexpect

        try:
            data = self.child.read_nonblocking(1 << 16, timeout=wait)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def until(self, wanted: str | Callable[[Player], bool]) -> Player:
        """Waits until the screen has this text, or satisfies this."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if (wanted in self.text) if isinstance(wanted, str) else wanted(self):
                return self
            if not self.read():
                break
        if (wanted in self.text) if isinstance(wanted, str) else wanted(self):
            return self
        raise AssertionError(f"{wanted!r} did not come up:\n{self.text}")

    def press(self, *keys: str) -> Player:
        for key in keys:
            self.child.send(KEYS.get(key, key).encode())
        return self

    def type(self, text: str) -> Player:
        self.child.send(text.encode())
        return self

    def click(self, row: int, column: int, button: int = 0) -> Player:
        """At a place counted from 0."""
        self.child.send(f"\x1b[<{button};{column + 1};{row + 1}M\x1b[<{button};{column + 1};{row + 1}m".encode())
        return self

    def resize(self, columns: int, rows: int) -> Player:
        self.terminal.resize(rows, columns)
        self.child.setwinsize(rows, columns)
        return self

    def attributes(self) -> list[Any]:
        """The terminal's settings as they are."""
        return termios.tcgetattr(self.child.child_fd)

    def end(self) -> int:
        """The exit code; 128 and the signal's number where one ended it."""
        end = time.monotonic() + PATIENCE
        while self.read() and time.monotonic() < end:
            pass
        if self.child.isalive() and time.monotonic() >= end:
            self.child.kill(signal.SIGKILL)
        self.child.wait()
        return int(self.child.exitstatus) if self.child.exitstatus is not None else 128 + int(self.child.signalstatus)

    def left_as_it_was(self) -> bool:
        """What was switched on was switched off, in the terminal's own codes."""
        modes: dict[int, bool] = {25: True, 7: True}
        for mode, way in re.findall(rb"\x1b\[\?(25|7|1000|1006|1049)([hl])", self.raw):
            modes[int(mode)] = way == b"h"
        return {mode for mode, on in modes.items() if on} == {25, 7}
