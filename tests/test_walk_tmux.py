"""The walk where nothing wraps: terminals, tmux above all, leave the cursor upon the last column of a full line."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import PATIENCE, ROOT, SAMPLES, run_cli
from tests.tools import need

PADDING = str(SAMPLES / "conv-padding.json")
WIDE = str(SAMPLES / "conv-rgb.json")


def strict(columns: int, rows: int) -> Any:
    """pyte's screen, but like tmux's and xterm's: without wrapping the cursor goes no further than the last column."""
    need("pyte")
    import pyte
    from pyte import modes

    class Strict(pyte.Screen):
        def draw(self, data: str) -> None:
            super().draw(data)
            if modes.DECAWM not in self.mode:
                self.cursor.x = min(self.cursor.x, self.columns - 1)

    return Strict(columns, rows)


def lines_of(screen: Any) -> list[str]:
    return [line.rstrip() for line in screen.display]


def test_the_strict_screen_is_as_tmux_is() -> None:
    """A full line that is emptied from its end loses its last column there."""
    import pyte

    screen = strict(5, 2)
    pyte.Stream(screen).feed("\x1b[?7l\x1b[1;1H12345\x1b[K")
    assert lines_of(screen) == ["1234", ""]


@pytest.mark.parametrize("file", [PADDING, WIDE])
def test_a_recording_keeps_its_last_column(file: str, tmp_path: Path) -> None:
    """Each of its screens is that of a terminal that leaves the cursor behind the last column."""
    import pyte

    assert run_cli("walk", file, "--record", "walk.cast", "--size", "60x24", cwd=tmp_path).code == 0
    _, *events = map(json.loads, (tmp_path / "walk.cast").read_text("utf-8").splitlines())
    ours, theirs = strict(60, 24), pyte.Screen(60, 24)
    ours.reset_mode(7, private=True)
    streams = pyte.Stream(ours), pyte.Stream(theirs)
    for _, _, text in events:
        for stream in streams:
            stream.feed(text)
        assert lines_of(ours) == lines_of(theirs)
        assert len(lines_of(ours)[1]) in (0, 60)
    assert "step" in lines_of(ours)[0]


class Tmux:
    """A session of tmux with the walk in it."""

    def __init__(self, name: str) -> None:
        self.command = ["tmux", "-L", name, "-f", os.devnull]

    def run(self, *args: str) -> str:
        return subprocess.run([*self.command, *args], capture_output=True, text=True, check=True).stdout

    def begin(self, *args: str, columns: int = 80) -> None:
        command = shlex.join([sys.executable, "-m", "cnnsteps", "walk", *args])
        size = ["-x", str(columns), "-y", "24"]
        self.run("new-session", "-d", "-s", "walk", *size, "-c", str(ROOT), command)

    def until(self, wanted: str) -> list[str]:
        """The lines of the screen, once this stands in them."""
        end = time.monotonic() + min(PATIENCE, 60)
        text = ""
        while wanted not in text and time.monotonic() < end:
            text = self.run("capture-pane", "-p", "-t", "walk")
            time.sleep(0.05)
        assert wanted in text, text
        return text.split("\n")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    need("tmux")
    session = Tmux(f"cnnsteps-{os.getpid()}-{tmp_path.name}")
    yield session
    subprocess.run([*session.command, "kill-server"], capture_output=True, check=False)


@pytest.mark.parametrize("columns", [80, 97])
def test_in_tmux_every_line_is_whole(columns: int, tmux: Tmux) -> None:
    tmux.begin(PADDING, columns=columns)
    lines = tmux.until("q quit")
    assert lines[0].endswith("step 1 of 16")
    assert [len(line) for line in lines[:2]] == [columns, columns]
    tmux.run("send-keys", "-t", "walk", "n")
    assert tmux.until("step 2 of 16")[1] == lines[1]


def test_in_tmux_a_quiz_says_how_it_works(tmux: Tmux) -> None:
    tmux.begin(PADDING, "--quiz")
    lines = tmux.until("q quit")
    assert lines[2].endswith("Quiz")
    assert lines[-3] == "Quiz: type each value, then Enter; Enter alone tells it."
