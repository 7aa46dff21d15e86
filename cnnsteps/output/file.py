"""Where the output goes: a file that is replaced whole or left as it was, or standard output."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Protocol

from cnnsteps.errors import OutputError
from cnnsteps.records import NamedTuple
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
                replace(os.path.realpath(self.name), mode, pieces, self.isolated or write_all)
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


def replace(target: str, mode: int | None, pieces: Iterable[Pieces], write: Write) -> None:
    # Named before it is made: a signal at any moment finds what is to be deleted.
    beside = os.path.join(os.path.dirname(target), f".cnnsteps-{os.urandom(8).hex()}.part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            fill(handle, pieces, mode, write)
        finally:
            os.close(handle)
        os.replace(beside, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside)
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
    from tempfile import TemporaryFile

    with TemporaryFile(buffering=0) as spool:
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


GATHER = 1 << 18
MOST_AT_ONCE = 1000
"""What POSIX's writev surely takes."""


def write_all(handle: int, pieces: Iterable[Pieces]) -> None:
    """Little goes out as a whole, much while the rest is made."""
    small = bytearray()
    rest = iter(pieces)
    for piece in rest:
        for part in piece if isinstance(piece, list) else [piece]:
            small += part
        if len(small) >= GATHER:
            return write_rest(handle, small, rest)
    return write_one(handle, small)


def write_rest(handle: int, small: bytearray, pieces: Iterator[Pieces]) -> None:
    """Small pieces go out together, and lists of pieces as they are."""
    from cnnsteps.output.background import Background

    with Background() as background:
        for piece in pieces:
            if isinstance(piece, list):
                background.run(partial(write_block, handle, bytes(small), piece))
                small.clear()
            else:
                small += piece
            if len(small) >= GATHER:
                background.run(partial(write_one, handle, bytes(small)))
                small.clear()
        background.run(partial(write_one, handle, small))


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
