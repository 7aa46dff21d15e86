"""The bytes of a problem file, and its text where it is UTF-8."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

from cnnsteps.errors import InputError, Mistake
from cnnsteps.records import NamedTuple
from cnnsteps.text import NO_NAME, escape_controls

MOST_STREAMED = 1_000_000_000


class Source(NamedTuple):
    """A file as it was read: `name` is what the user typed, for error messages."""

    name: str
    text: str


def source_of(name: str, data: bytes) -> Source:
    """The text that these bytes of a file are."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        raise refused(name, "the file is UTF-16 or UTF-32, not UTF-8", "save it again as UTF-8")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([not_utf8(data, error.start)], shown_name(name)) from None
    if not text.strip():
        raise refused(name, "the file is empty", 'a problem file begins like {"type": "conv", "input": [[1, 2], …')
    return Source(shown_name(name), text)


def read_bytes(name: str) -> bytes:
    """What a file holds, or standard input for `-`; InputError where there is none."""
    if not name:
        raise refused(name, "the file's name is empty")
    try:
        if name != "-":
            if not os.path.isfile(name):
                return read_stream(open(name, "rb"), name)
            with open(name, "rb") as file:
                return file.read()
        if sys.stdin is None:
            raise refused(name, "standard input is closed")
        return read_stream(sys.stdin.buffer, name)
    except FileNotFoundError:
        raise refused(name, "there is no such file", nearby(name)) from None
    except IsADirectoryError:
        raise refused(name, "this is a folder, not a problem file", "name a file in it") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else NO_NAME
        raise refused(name, f"the file can't be read: {reason}") from None


def read_stream(stream: BinaryIO, name: str) -> bytes:
    """All of what may never end; InputError where it seems not to."""
    blocks: list[bytes] = []
    read = 0
    with stream:
        while block := stream.read(1 << 20):
            blocks.append(block)
            read += len(block)
            if read > MOST_STREAMED:
                message = f"there is no end after {MOST_STREAMED:,} bytes"
                raise refused(name, message, "save it as a file first, and look at it")
    return b"".join(blocks)


def nearby(name: str) -> str | None:
    """Files with a similar name in the same folder."""
    from difflib import get_close_matches
    from pathlib import Path

    path = Path(name)
    try:
        names = [p.name for p in path.parent.iterdir()]
    except OSError:
        return None
    close = get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f"did you mean {escape_controls(str(path.parent / close[0]))}?" if close else None


def refused(name: str, message: str, hint: str | None = None) -> InputError:
    return InputError([Mistake(message, hint)], shown_name(name))


def not_utf8(data: bytes, at: int) -> Mistake:
    """The first byte that is no UTF-8, which Latin-1 and Windows files have at each accent."""
    line = data.count(b"\n", 0, at) + 1
    start = data.rfind(b"\n", 0, at) + 1
    column = len(data[start:at].decode("utf-8", "replace")) + 1
    message = f"the byte 0x{data[at]:02x} is not UTF-8; the file may be Latin-1 or Windows-1252"
    return Mistake(message, "save it again as UTF-8", line=line, column=column)


def shown_name(name: str) -> str:
    return "<stdin>" if name == "-" else escape_controls(name) or "''"
