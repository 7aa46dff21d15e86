"""Where the output goes: a file that is replaced whole or left as it was, or standard output."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Semaphore, Thread

from cnnsteps.errors import OutputError
from cnnsteps.formats import Pieces
from cnnsteps.reading.source import visible


def to_file(name: str, pieces: Iterable[Pieces]) -> None:
    """Writes beside the target and replaces it at the end; on any exception it stays as it was."""
    target = Path(os.path.realpath(name))
    try:
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and not stat.S_ISREG(mode):
            if stat.S_ISDIR(mode):
                raise refused(name, "it is a folder")
            with target.open("wb", buffering=0) as device:
                write_all(device.fileno(), pieces)
            return
        handle, beside = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise refused(name, error.strerror or str(error)) from None
    try:
        try:
            fill(handle, pieces, mode)
        finally:
            os.close(handle)
        os.replace(beside, target)
    except BaseException as error:
        Path(beside).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise refused(name, error.strerror or str(error)) from None
        raise


def fill(handle: int, pieces: Iterable[Pieces], mode: int | None) -> None:
    write_all(handle, pieces)
    if mode is None:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
    else:
        os.fchmod(handle, stat.S_IMODE(mode))
        # Only a file that replaces another has something to lose if the machine stops now.
        os.fsync(handle)


def refused(name: str, reason: str) -> OutputError:
    return OutputError(f"{visible(name)}:1:1: error: the output can't be written: {reason}")


def to_standard_output(pieces: Iterable[Pieces], hold: bool = False) -> None:
    """Writes to standard output; with `hold` only once everything is there."""
    sys.stdout.flush()
    handle = sys.stdout.fileno()
    if not hold:
        checked(handle, pieces)
        return
    with tempfile.SpooledTemporaryFile(max_size=1 << 24) as spool:
        for piece in pieces:
            spool.writelines(piece if isinstance(piece, list) else [piece])
        spool.seek(0)
        checked(handle, iter(lambda: spool.read(1 << 20), b""))


def checked(handle: int, pieces: Iterable[Pieces]) -> None:
    try:
        write_all(handle, pieces)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise refused("<stdout>", error.strerror or str(error)) from None


class Helper:
    """Runs one act at a time in a thread of its own: the disk is written while the next block is made."""

    def __init__(self) -> None:
        self.acts: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self.idle = Semaphore(1)
        self.error: BaseException | None = None
        self.thread = Thread(target=self.work, daemon=True)

    def __enter__(self) -> Helper:
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
        self.thread.join()
        if self.error and error is None:
            raise self.error


GATHER = 1 << 18
MOST_AT_ONCE = 1000
"""What POSIX's writev surely takes."""


def write_all(handle: int, pieces: Iterable[Pieces]) -> None:
    """Small pieces go out together, and lists of pieces as they are."""
    small = bytearray()
    with Helper() as helper:
        for piece in pieces:
            if isinstance(piece, list):
                helper.run(partial(write_block, handle, bytes(small), piece))
                small.clear()
            else:
                small += piece
            if len(small) >= GATHER:
                helper.run(partial(write_one, handle, bytes(small)))
                small.clear()
        helper.run(partial(write_one, handle, small))


def write_block(handle: int, before: bytes, pieces: list[bytes | memoryview]) -> None:
    write_one(handle, before)
    for start in range(0, len(pieces), MOST_AT_ONCE):
        write_several(handle, pieces[start : start + MOST_AT_ONCE])


def write_several(handle: int, pieces: list[bytes | memoryview]) -> None:
    written = os.writev(handle, pieces) if hasattr(os, "writev") else 0
    for piece in pieces:
        if written < len(piece):
            write_one(handle, memoryview(piece)[written:])
        written = max(written - len(piece), 0)


def write_one(handle: int, piece: bytes | bytearray | memoryview) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(handle, view) :]
