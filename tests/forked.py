"""Runs of the program forked off a process that has it imported: each is a process as real, with no start-up.

Arguments, environment, folder, standard streams and exit code are the run's own. What stands before
and behind `run`, the interpreter's start, imports and end, other tests prove by real starts.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

LARGEST = 1 << 20
MODULES = ("jinja2", "rich.console", "rich.cells")


class Starter:
    """The process that forks, seen from a test."""

    def __init__(self) -> None:
        self.socket, other = socket.socketpair()
        command = [sys.executable, "-m", "tests.forked", str(other.fileno())]
        where = Path(__file__).parent.parent
        self.process = subprocess.Popen(command, pass_fds=[other.fileno()], stdin=subprocess.DEVNULL, cwd=where)
        other.close()

    def run(self, args: tuple[str, ...], stdin: bytes, env: Mapping[str, str], cwd: str) -> tuple[int, bytes, bytes]:
        """The exit code, and what was written to standard output and error."""
        given, out, err = os.pipe(), os.pipe(), os.pipe()
        request = json.dumps({"args": args, "env": dict(env), "cwd": cwd}).encode()
        assert len(request) < LARGEST
        theirs = [given[0], out[1], err[1]]
        socket.send_fds(self.socket, [len(request).to_bytes(4, "big")], theirs)
        self.socket.sendall(request)
        for fd in theirs:
            os.close(fd)
        with ThreadPoolExecutor(2) as pool:
            read = [pool.submit(read_all, pipe[0]) for pipe in (out, err)]
            write_all(given[1], stdin)
            code = int.from_bytes(self.socket.recv(4), "big", signed=True)
        return code, read[0].result(), read[1].result()


def read_all(fd: int) -> bytes:
    with os.fdopen(fd, "rb") as stream:
        return stream.read()


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
        request = json.loads(server.recv(size, socket.MSG_WAITALL))
        child = os.fork()
        if not child:
            server.close()
            become(request, streams)
            return
        for fd in streams:
            os.close(fd)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        server.sendall(code.to_bytes(4, "big", signed=True))


def become(request: dict[str, Any], streams: list[int]) -> None:
    """The run's own streams, folder, environment and arguments."""
    for number, fd in enumerate(streams):
        os.dup2(fd, number)
        os.close(fd)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv[1:] = request["args"]


if __name__ == "__main__":
    import importlib
    import pkgutil

    import cnnsteps
    from cnnsteps.__main__ import run

    for module in [*MODULES, *(found.name for found in pkgutil.walk_packages(cnnsteps.__path__, "cnnsteps."))]:
        importlib.import_module(module)
    serve(socket.socket(fileno=int(sys.argv[1])))
    try:
        run()
    except SystemExit as ending:
        # Not as Python ends, which takes every object apart that all runs share.
        sys.stdout.flush()
        os._exit(int(ending.code or 0))
