"""A termination signal as an exception, so that what was begun is cleaned up."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived."""


def terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


@contextmanager
def orderly() -> Iterator[None]:
    """Within it, being told to end unwinds the stack."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    try:
        before = {number: signal.signal(number, terminate) for number in numbers}
    except ValueError:
        # Only the main thread may; elsewhere the host program decides.
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
