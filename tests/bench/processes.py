"""Runs whole processes and measures them: seconds of the wall clock and of the processors, and the peak of memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

PROGRAM = [sys.executable, "-m", "cnnsteps"]
ROOT = Path(__file__).parent.parent.parent


class Measured(NamedTuple):
    seconds: float
    peak: int
    """Bytes of resident memory at most."""
    cpu: float
    """Seconds of the processors, the program's own and the system's: those of others on the machine don't count."""


def run_once(command: list[str]) -> Measured:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return Measured(
        seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), usage.ru_utime + usage.ru_stime
    )


def in_turn(commands: list[list[str]], rounds: int) -> list[Measured]:
    """The best of several rounds for each command; they take turns, so that all meet the same machine."""
    found: list[list[Measured]] = [[] for _ in commands]
    for _ in range(rounds):
        for command, runs in zip(commands, found, strict=True):
            runs.append(run_once(command))
    return [
        Measured(min(m.seconds for m in runs), max(m.peak for m in runs), min(m.cpu for m in runs)) for runs in found
    ]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]
