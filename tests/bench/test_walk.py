"""How soon the walk's first screen stands, and how soon a key takes effect, on a real pseudo-terminal."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.bench.test_bench import SMALL, image, tell
from tests.tools import need

pytestmark = pytest.mark.bench

KEYS = (*["\x1b[C"] * 30, *["n"] * 30, *["\x1b[B"] * 30, *["o", "\r", "?", "x"] * 5)


def spawn(*args: str, size: tuple[int, int] = (24, 80)) -> Any:
    need("pexpect")
    import pexpect

    child = pexpect.spawn(sys.executable, ["-m", "cnnsteps", *args], dimensions=size, timeout=30)
    child.delaybeforesend = None
    return child


def seconds_to_see(wanted: Any, *args: str) -> float:
    began = time.perf_counter()
    child = spawn(*args)
    child.expect(wanted)
    seconds = time.perf_counter() - began
    child.close(force=True)
    return seconds


def test_first_screen() -> None:
    """Against the whole of `cnnsteps conv` on the same file, both on a terminal."""
    import pexpect

    pairs = [(seconds_to_see(b"quit", "walk", SMALL), seconds_to_see(pexpect.EOF, "conv", SMALL)) for _ in range(15)]
    ours, yardstick = (min(pair[n] for pair in pairs[1:]) for n in (0, 1))
    tell("walk: first screen / cnnsteps conv", ours / yardstick, "at most 1.5")
    assert ours / yardstick <= 1.5


@pytest.mark.parametrize("size", [(24, 80), (60, 200)])
def test_a_key_takes_effect(size: tuple[int, int], tmp_path: Path) -> None:
    """From the key to what it draws, on an input of 64 × 64."""
    import pexpect

    child = spawn("walk", image(tmp_path, 64), size=size)
    child.expect(b"quit")
    found: list[float] = []
    for key in KEYS:
        try:
            while child.read_nonblocking(1 << 16, timeout=0.02):
                pass
        except pexpect.TIMEOUT:
            pass
        began = time.perf_counter()
        child.send(key)
        child.read_nonblocking(1 << 16, timeout=5)
        found.append(time.perf_counter() - began)
    child.close(force=True)
    usual = sorted(found)[len(found) // 2]
    tell(f"walk: a key on {size[1]} × {size[0]}, ms in the middle", usual * 1000, "at most 50")
    tell(f"walk: a key on {size[1]} × {size[0]}, ms at most", max(found) * 1000, "reported")
    assert usual <= 0.05
