"""Writing while the next block is made."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Semaphore, Thread

PATIENCE = 1.0
"""Seconds for what is being written when the program is told to end."""


class Background:
    """Runs one act at a time in a thread of its own: the disk is written while the next block is made."""

    def __init__(self) -> None:
        self.acts: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self.idle = Semaphore(1)
        self.error: BaseException | None = None
        self.thread = Thread(target=self.work, daemon=True)

    def __enter__(self) -> Background:
        self.thread.start()
        return self

    def run(self, act: Callable[[], None]) -> None:
        """Waits for the act before, raises what that one raised, and has this one begun."""
        self.idle.acquire()
        if self.error:
            raise self.error
        self.acts.put(act)

    def work(self) -> None:
        while act := self.acts.get():
            try:
                if not self.error:
                    act()
            except BaseException as error:
                self.error = error
            self.idle.release()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.acts.put(None)
        # Whoever was told to end does not wait for a pipe that nobody reads.
        self.thread.join(None if error is None else PATIENCE)
        if self.error and error is None:
            raise self.error
