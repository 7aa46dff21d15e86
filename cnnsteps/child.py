"""A forked child process, for work that may end the process it runs in (a user's templates, somebody's model)
or that another core can do."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable


def forked(work: Callable[[int], object]) -> tuple[bytes, int]:
    """Calls `work` with a handle in a child; returns the bytes written to that handle, and the child's exit code.

    The code is 0, or 1 after an exception, whose pickle comes last, or minus the signal that ended the child.
    """
    return ended(*begun(work))


def begun(work: Callable[[int], object]) -> tuple[int, int]:
    """Begins to call `work` with a handle in a child: the child's number, and the handle to read from."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # numpy's idle threads are no reason against a fork.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            work(writing)
            code = 0
        except BaseException as error:
            with open(writing, "wb") as report:
                report.write(portable(error))
        finally:
            os._exit(code)
    os.close(writing)
    return child, reading


def ended(child: int, reading: int) -> tuple[bytes, int]:
    """What the child has written, and how it ended; where this process is interrupted, the child ends too."""
    try:
        with open(reading, "rb") as pipe:
            report = pipe.read()
        return report, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise


def portable(error: BaseException) -> bytes:
    """An exception for another process."""
    try:
        return pickle.dumps(error)
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))


def limit(kind: int, most: int) -> None:
    """Lowers one of this process's limits to `most`, unless it is lower already."""
    import resource

    soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most if soft < 0 else min(most, soft), hard))
