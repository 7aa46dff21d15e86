"""Runs of the program forked off a process that has it imported: each is a process as real, with no start-up.

Arguments, environment, folder, standard streams and exit code are the run's own. What stands before
and behind `run`, the interpreter's start, imports and end, other tests prove by real starts.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import subprocess
import sys
import termios
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple

MODULES = ("jinja2", "rich.console", "rich.cells", "onnx")


class Request(NamedTuple):
    """What a run is given."""

    args: tuple[str, ...]
    env: dict[str, str]
    cwd: str


class Starter:
    """The process that forks, seen from a test."""

    def __init__(self) -> None:
        self.socket, other = socket.socketpair()
        command = [sys.executable, "-m", "tests.forked", str(other.fileno())]
        where = Path(__file__).parent.parent
        self.process = subprocess.Popen(command, pass_fds=[other.fileno()], stdin=subprocess.DEVNULL, cwd=where)
        other.close()

    def run(self, request: Request, stdin: bytes) -> tuple[int, bytes, bytes]:
        """The exit code, and what was written to standard output and error."""
        given, out, err = os.pipe(), os.pipe(), os.pipe()
        self.start(request, [given[0], out[1], err[1]])
        with ThreadPoolExecutor(2) as pool:
            read = [pool.submit(read_all, pipe[0]) for pipe in (out, err)]
            write_all(given[1], stdin)
            code = self.code()
        return code, read[0].result(), read[1].result()

    def run_on_terminal(self, request: Request, rows: int, columns: int) -> tuple[int, bytes]:
        """The exit code, and what a terminal of this size got."""
        ours, theirs = terminal(rows, columns)
        self.start(request, [theirs, theirs, theirs])
        written = read_all(ours)
        return self.code(), written

    def start(self, request: Request, streams: list[int]) -> None:
        """A run on these streams, which are the run's alone from now on."""
        text = json.dumps(request._asdict()).encode()
        socket.send_fds(self.socket, [len(text).to_bytes(4, "big")], streams)
        self.socket.sendall(text)
        for fd in set(streams):
            os.close(fd)

    def code(self) -> int:
        """The exit code of the run, once it has ended."""
        return int.from_bytes(self.socket.recv(4), "big", signed=True)


def terminal(rows: int, columns: int) -> tuple[int, int]:
    """Both ends of a pseudo-terminal of this size, the user's first."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (rows, columns))
    return ours, theirs


def read_all(fd: int) -> bytes:
    """What comes until all writers are gone; a terminal then fails."""
    found = b""
    try:
        while data := os.read(fd, 1 << 16):
            found += data
    except OSError as error:
        if error.errno != errno.EIO:
            raise
    finally:
        os.close(fd)
    return found


def write_all(fd: int, data: bytes) -> None:
    """As much as is wanted."""
    try:
        with os.fdopen(fd, "wb", buffering=0) as stream:
            while data:
                data = data[stream.write(data) :]
    except BrokenPipeError:
        pass


@cache
def starter() -> Starter:
    """One for each process of tests; it ends when that does."""
    return Starter()


def serve(server: socket.socket) -> None:
    """Forks a run for each request, one after the other; the run itself returns from here and goes on to its end."""
    while True:
        head, streams, _, _ = socket.recv_fds(server, 4, 3)
        if not head:
            sys.exit()
        size = int.from_bytes(head, "big")
        request = Request(**json.loads(server.recv(size, socket.MSG_WAITALL)))
        child = os.fork()
        if not child:
            server.close()
            become(request, streams)
            return
        for fd in streams:
            os.close(fd)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        server.sendall(code.to_bytes(4, "big", signed=True))


def become(request: Request, streams: list[int]) -> None:
    """The run's own streams, with their terminal where they are one, folder, environment and arguments."""
    for number, fd in enumerate(streams):
        os.dup2(fd, number)
        os.close(fd)
    os.setsid()
    if os.isatty(0):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())
    os.chdir(request.cwd)
    os.environ.clear()
    os.environ.update(request.env)
    sys.argv[1:] = request.args


if __name__ == "__main__":
    import importlib
    import pkgutil
    from contextlib import suppress

    import cnnsteps
    from cnnsteps.__main__ import run

    for module in [*MODULES, *(found.name for found in pkgutil.walk_packages(cnnsteps.__path__, "cnnsteps."))]:
        with suppress(ImportError):
            importlib.import_module(module)
    serve(socket.socket(fileno=int(sys.argv[1])))
    try:
        run()
    except SystemExit as ending:
        # Not as Python ends, which takes every object apart that all runs share.
        sys.stdout.flush()
        os._exit(int(ending.code or 0))
