"""Signals to end as exceptions, so that what was begun is cleaned up."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived."""


def terminate(number: int, frame: FrameType | None) -> None:
    """The first signal ends the program; those that follow must not disturb the cleaning up."""
    for other in numbers():
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated


def numbers() -> list[int]:
    return [getattr(signal, name) for name in NAMES if hasattr(signal, name)]


@contextmanager
def orderly() -> Iterator[None]:
    """Within it, being told to end unwinds the stack."""
    try:
        before = {number: signal.getsignal(number) for number in numbers()}
        for number, handler in before.items():
            # What the parent ignores, as under nohup, stays ignored.
            if handler != signal.SIG_IGN:
                signal.signal(number, terminate)
    except ValueError:
        # Only the main thread may; elsewhere the host program decides.
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
