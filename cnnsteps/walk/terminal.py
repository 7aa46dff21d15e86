"""The terminal while one walks: raw keys, a screen of its own, the mouse; and as it was on every way out."""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

from cnnsteps.walk.keys import Decoder, Event
from cnnsteps.walk.screen import Screen, Size
from cnnsteps.walk.theme import Look, Painter, redrawn

ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1000h\x1b[?1006h\x1b[2J"
"""A screen of its own, no cursor, no wrapping, mouse presses as SGR reports."""
LEAVE = "\x1b[0m\x1b[?1006l\x1b[?1000l\x1b[?7h\x1b[?25h\x1b[?1049l"
BACKGROUND = "\x1b]11;?\x1b\\"
ESCAPE_TIME = 0.05
"""After so long an Esc stands for itself."""


class Terminal:
    """Use as a context manager: `events` gives what is typed, `show` draws what has changed."""

    def __init__(self, keys: int, out: int, look: Look, on_write: Callable[[str], None] | None = None) -> None:
        self.keys, self.out, self.look = keys, out, look
        self.painter = Painter(look)
        self.decoder = Decoder()
        self.lines: list[str] = []
        self.size = self.measured()
        self.before: list[Any] | None = None
        self.signals: dict[int, Any] = {}
        self.wake: tuple[int, int] = (-1, -1)
        self.woken = -1
        self.on_write = on_write

    @property
    def draws(self) -> bool:
        """It can be drawn upon; else screens are printed one below the other."""
        return self.look.palette is not None

    # In and out

    def __enter__(self) -> Terminal:
        self.wake = os.pipe()
        for end in self.wake:
            os.set_blocking(end, False)
        atexit.register(self.leave)
        try:
            self.woken = signal.set_wakeup_fd(self.wake[1], warn_on_full_buffer=False)
            self.signals[signal.SIGWINCH] = signal.signal(signal.SIGWINCH, self.resized)
            self.signals[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, self.stopped)
            self.enter()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
        atexit.unregister(self.leave)
        with suppress(ValueError):
            signal.set_wakeup_fd(self.woken)
        for number, handler in self.signals.items():
            signal.signal(number, handler)
        for end in self.wake:
            with suppress(OSError):
                os.close(end)

    def enter(self) -> None:
        """Keys come one by one and are not echoed; Ctrl-C and Ctrl-Z stay signals."""
        self.before = termios.tcgetattr(self.keys)
        raw = termios.tcgetattr(self.keys)
        raw[3] &= ~(termios.ICANON | termios.ECHO | termios.IEXTEN)
        raw[0] &= ~(termios.ICRNL | termios.IXON)
        raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self.keys, termios.TCSADRAIN, raw)
        if self.draws:
            asks = self.look.palette in ("dark", "light") and os.environ.get("TERM") != "linux"
            self.send(ENTER + (BACKGROUND if asks else ""))
        self.lines = []

    def leave(self) -> None:
        """As it was; more than once does no harm."""
        before, self.before = self.before, None
        if before is None:
            return
        if self.draws:
            with suppress(OSError):
                self.send(LEAVE)
        with suppress(termios.error, OSError):
            termios.tcsetattr(self.keys, termios.TCSADRAIN, before)

    def resized(self, number: int, frame: FrameType | None) -> None:
        """The wake-up pipe says it."""

    def stopped(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-Z: the shell gets its terminal back, and `fg` brings the walk back."""
        self.leave()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self.stopped)
        self.enter()

    # Reading

    def events(self, deadline: float | None) -> Iterator[Event]:
        """What is typed until the deadline passes or something happened, at least once."""
        patience = ESCAPE_TIME if self.decoder.waits else None
        ends = [time.monotonic() + patience] if patience is not None else []
        ends += [deadline] if deadline is not None else []
        wait = max(0.0, min(ends) - time.monotonic()) if ends else None
        ready, _, _ = select.select([self.keys, self.wake[0]], [], [], wait)
        if self.wake[0] in ready:
            with suppress(BlockingIOError):
                os.read(self.wake[0], 4096)
        if self.keys in ready:
            data = os.read(self.keys, 4096)
            if not data:
                raise EOFError
            yield from self.decoder.feed(data)
        elif patience is not None and not ready:
            yield from self.decoder.timeout()

    # Writing

    def measured(self) -> Size:
        try:
            found = os.get_terminal_size(self.out)
        except OSError:
            return Size(80, 24)
        return Size(found.columns or 80, found.lines or 24)

    def show(self, screen: Screen) -> None:
        """Draws the lines that have changed; where nothing can be drawn, prints the whole below the last."""
        if not self.draws:
            self.send(screen.text() + "\n")
            return
        painted = [self.painter.line(line) for line in screen.lines]
        codes = redrawn(self.lines, painted)
        self.lines = painted
        if codes:
            self.send(codes)

    def relook(self, look: Look) -> None:
        """Other colours: everything is drawn anew."""
        if look != self.look:
            self.look, self.painter, self.lines = look, Painter(look), []

    def changed_size(self) -> bool:
        """The terminal was resized since the last time; what is on it is gone."""
        size = self.measured()
        if size == self.size:
            return False
        self.size, self.lines = size, []
        if self.draws:
            self.send("\x1b[0m\x1b[2J")
        return True

    def send(self, text: str) -> None:
        if self.on_write is not None:
            self.on_write(text)
        data = memoryview(text.encode(sys.stdout.encoding or "utf-8", "replace"))
        while data:
            try:
                data = data[os.write(self.out, data) :]
            except BlockingIOError:
                select.select([], [self.out], [])
