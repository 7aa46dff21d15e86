"""Where the output goes: a file that is replaced whole or left as it was, or standard output."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import NamedTuple, Protocol

from cnnsteps.errors import OutputError
from cnnsteps.render.pieces import Pieces
from cnnsteps.text import NO_NAME, escape_controls

Write = Callable[[int, Iterable[Pieces]], None]
"""Writes pieces to an open file, as `write_all`."""


class Sink(Protocol):
    """Where the output goes."""

    def write(self, pieces: Iterable[Pieces]) -> None: ...


class File(NamedTuple):
    """Written beside its target, which is replaced at the end; on any exception that stays as it was.

    `isolated` writes what may fail late; nothing goes to a device before that is whole.
    """

    name: str
    isolated: Write | None = None

    def write(self, pieces: Iterable[Pieces]) -> None:
        try:
            mode = mode_of(self.name)
            if mode is None or stat.S_ISREG(mode):
                replace(Path(os.path.realpath(self.name)), mode, pieces, self.isolated or write_all)
            else:
                # A device or pipe holds nothing that could be lost; its own name opens it where /proc has no path.
                with open(self.name, "wb", buffering=0) as device:
                    write_all(device.fileno(), held(pieces, self.isolated) if self.isolated else pieces)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise refused(self.name, error.strerror or str(error)) from None


class StandardOutput(NamedTuple):
    """What `isolated` writes goes out only once everything is there."""

    isolated: Write | None = None

    def write(self, pieces: Iterable[Pieces]) -> None:
        sys.stdout.flush()
        checked(sys.stdout.fileno(), held(pieces, self.isolated) if self.isolated else pieces)


def mode_of(name: str) -> int | None:
    """What stands there already, None for nothing; OutputError where it can't be written to."""
    try:
        mode = os.stat(name).st_mode
    except FileNotFoundError:
        mode = None
    except ValueError:
        raise refused(name, NO_NAME) from None
    if (mode is not None and stat.S_ISDIR(mode)) or name.endswith(os.sep):
        raise refused(name, "it is a folder")
    if mode is not None and not os.access(name, os.W_OK):
        raise refused(name, "it is write-protected")
    return mode


def replace(target: Path, mode: int | None, pieces: Iterable[Pieces], write: Write) -> None:
    # Named before it is made: a signal at any moment finds what is to be deleted.
    beside = target.with_name(f".cnnsteps-{os.urandom(8).hex()}.part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            fill(handle, pieces, mode, write)
        finally:
            os.close(handle)
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def fill(handle: int, pieces: Iterable[Pieces], mode: int | None, write: Write) -> None:
    write(handle, pieces)
    if mode is not None:
        os.fchmod(handle, stat.S_IMODE(mode))
        # Only a file that replaces another has something to lose if the machine stops now.
        os.fsync(handle)


def refused(name: str, reason: str) -> OutputError:
    return OutputError(f"{escape_controls(name)}:1:1: error: the output can't be written: {reason}")


def held(pieces: Iterable[Pieces], write: Write) -> Iterator[bytes]:
    """The pieces when all of them are there, kept in a file in the meantime."""
    with tempfile.TemporaryFile(buffering=0) as spool:
        write(spool.fileno(), pieces)
        spool.seek(0)
        yield from iter(lambda: spool.read(1 << 20), b"")


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
        # Whoever was told to end does not wait for a pipe that nobody reads.
        self.thread.join(None if error is None else PATIENCE)
        if self.error and error is None:
            raise self.error


PATIENCE = 1.0
"""Seconds for what is being written when the program is told to end."""
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
