"""How long templates of one's own may run, and how much memory they may take.

What counts is the template's own time, the processor's, and not that of the writing: the
clock runs only while a template is at work. Python notices that the time is over between
two of its steps; where one step never ends, the kernel's limit ends the process a little
later (`cnnsteps/output/isolated.py` then says where). Memory is the process's own limit, lowered
while a template is at work. What a system lacks of this (Windows all of it, macOS the
memory) is left out.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any

from cnnsteps.render.overdue import Overdue

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

SECONDS = 3.0
"""What one call into a template may take, and all of them together on a small problem."""
SECONDS_PER_CELL = 0.001
"""How much more all calls have together on a large problem; a single one has a fiftieth of that."""
GRACE = 2
"""Seconds until the kernel ends what Python cannot."""
MEGABYTES = 1024
BYTES_PER_CELL = 160


class Watch:
    """Entered around each call into a template; `cells` says how large the problem is."""

    deadly = False
    """This process may be ended, for another one waits for it."""

    def __init__(self, cells: int = 0) -> None:
        self.seconds = SECONDS + SECONDS_PER_CELL * cells
        """What is left of the time for all calls."""
        self.bytes = MEGABYTES * (1 << 20) + BYTES_PER_CELL * cells
        """What is left of the memory that calls may take and not give back."""
        self.each = SECONDS + SECONDS_PER_CELL * cells / 50
        """What one call has."""
        self.depth = 0
        self.began = 0.0
        self.size = 0
        self.before: tuple[int, int] | None = None
        self.pages = pages_file()
        self.timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        if self.timed:
            signal.signal(signal.SIGPROF, self.ring)

    def allow(self, cells: int) -> None:
        """More time and memory: a block of so many cells is to come."""
        self.seconds += SECONDS_PER_CELL * cells
        self.each = max(self.each, SECONDS + SECONDS_PER_CELL * cells / 50)
        self.bytes += BYTES_PER_CELL * cells

    def ring(self, number: int, frame: FrameType | None) -> None:
        if self.depth:
            raise Overdue

    def __enter__(self) -> None:
        if self.depth == 0:
            self.begin()
        self.depth += 1

    def begin(self) -> None:
        if self.seconds <= 0:
            raise Overdue
        self.began = time.process_time()
        allowed = min(self.seconds, self.each)
        if resource and self.deadly:
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            resource.setrlimit(resource.RLIMIT_CPU, (int(self.began + allowed) + GRACE, hard))
        if self.timed:
            signal.setitimer(signal.ITIMER_PROF, allowed)
        if resource and self.pages is not None:
            self.before = resource.getrlimit(resource.RLIMIT_AS)
            self.size = self.pages.size()
            lowered = self.size + max(self.bytes, 1 << 20)
            hard = self.before[1]
            resource.setrlimit(resource.RLIMIT_AS, (lowered if hard < 0 else min(lowered, hard), hard))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.depth -= 1
        if self.depth == 0:
            self.end()

    def end(self) -> None:
        if self.timed:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if resource and self.deadly:
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
        if resource and self.pages is not None and self.before is not None:
            resource.setrlimit(resource.RLIMIT_AS, self.before)
            self.bytes -= max(self.pages.size() - self.size, 0)
        self.seconds -= time.process_time() - self.began

    def refund(self, size: int) -> None:
        """Of what the last call took, so much is the program's own."""
        self.bytes += size


class Pages:
    """The size of this process's address space, where /proc tells it."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.page = os.sysconf("SC_PAGE_SIZE")

    def size(self) -> int:
        return int(os.pread(self.handle, 64, 0).split(None, 1)[0]) * self.page

    def __del__(self) -> None:
        os.close(self.handle)


def pages_file() -> Any:
    try:
        return Pages(os.open("/proc/self/statm", os.O_RDONLY))
    except (OSError, AttributeError):
        return None
