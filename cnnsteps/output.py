"""Where the output goes: a file that is replaced whole or left as it was, or standard output."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cnnsteps.errors import OutputError
from cnnsteps.formats import Piece
from cnnsteps.reading.source import visible


def to_file(name: str, pieces: Iterable[Piece]) -> None:
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


def fill(handle: int, pieces: Iterable[Piece], mode: int | None) -> None:
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


def to_standard_output(pieces: Iterable[Piece], hold: bool = False) -> None:
    """Writes to standard output; with `hold` only once everything is there."""
    sys.stdout.flush()
    handle = sys.stdout.fileno()
    if not hold:
        checked(handle, pieces)
        return
    with tempfile.SpooledTemporaryFile(max_size=1 << 24) as spool:
        for piece in pieces:
            spool.write(piece)
        spool.seek(0)
        checked(handle, iter(lambda: spool.read(1 << 20), b""))


def checked(handle: int, pieces: Iterable[Piece]) -> None:
    try:
        write_all(handle, pieces)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise refused("<stdout>", error.strerror or str(error)) from None


GATHER = 1 << 16


def write_all(handle: int, pieces: Iterable[Piece]) -> None:
    """Large pieces go out as they are, small ones together."""
    small = bytearray()
    for piece in pieces:
        if len(piece) < GATHER:
            small += piece
        if len(small) >= GATHER or len(piece) >= GATHER:
            write_one(handle, small)
            small = bytearray()
        if len(piece) >= GATHER:
            write_one(handle, piece)
    write_one(handle, small)


def write_one(handle: int, piece: Piece | bytearray) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(handle, view) :]
