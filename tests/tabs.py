"""A real shell in a pseudo-terminal: what is typed, TAB, and what the line has become."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.running import PATIENCE, ROOT
from tests.tools import need

PROMPT = "READY> "
START = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        "PS1='READY> '; bind 'set bell-style none' 'set show-all-if-ambiguous on' 'set page-completions off'",
    ),
    "zsh": (
        ["zsh", "-f", "-i"],
        "PROMPT='READY> '; autoload -U compinit; compinit -u -D; setopt no_list_beep no_always_last_prompt",
    ),
    "fish": (
        ["fish", "--no-config", "-i"],
        "function fish_prompt; echo -n 'READY> '; end; set -U fish_autosuggestion_enabled 0; set -U fish_greeting",
    ),
}


def is_waiting(process: int) -> bool:
    """All its threads sleep and it has no children: however busy the machine is, it waits for a key."""
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
        sleeps = [(thread / "stat").read_text().rpartition(") ")[2][0] == "S" for thread in threads]
        return all(sleeps) and not any((thread / "children").read_text() for thread in threads)
    except OSError:  # a thread has ended meanwhile
        return False


class Shell:
    """The shell with a completion loaded, in a folder, with HOME there too."""

    def __init__(self, name: str, folder: Path, load: str) -> None:
        need("pexpect")
        need("pyte")
        need(name)
        if not Path("/proc/self/task").exists():
            pytest.skip("no /proc to see in whether a shell waits")
        import pexpect
        import pyte

        self.screen = pyte.Screen(100, 60)
        self.stream = pyte.Stream(self.screen)
        command, settings = START[name]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {"PATH": path, "HOME": str(folder), "TERM": "xterm", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        self.child = pexpect.spawn(
            command[0], command[1:], env=env, cwd=str(folder), dimensions=(60, 100), encoding="utf-8", timeout=PATIENCE
        )
        self.run(settings)
        self.run(load)

    def settle(self) -> list[str]:
        """The screen's lines once the shell waits for a key, and nothing more arrives."""
        import pexpect

        quiet = 0
        while quiet < 3:
            waits = is_waiting(self.child.pid)
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=0.02))
                quiet = 0
            except pexpect.TIMEOUT:
                quiet = quiet + 1 if waits else 0
        return [line.rstrip() for line in self.screen.display]

    def run(self, line: str) -> list[str]:
        self.settle()
        self.child.send(line + "\r")
        return self.settle()

    def tab(self, typed: str) -> tuple[str, list[str]]:
        """The line after TAB, and the words that are listed, if it is not the only one."""
        self.child.send(f"\x15\x0c{typed}\t")
        lines = [line for line in self.settle() if line]
        starts = [i for i, line in enumerate(lines) if line.startswith(PROMPT.strip())]
        return lines[starts[-1]].removeprefix(PROMPT), [line for i, line in enumerate(lines) if i not in starts]

    def close(self) -> None:
        self.child.close(force=True)
