"""A real shell in a pseudo-terminal: what is typed, TAB, and what the line has become."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.running import ROOT
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


class Shell:
    """The shell with a completion loaded, in a folder, with HOME there too."""

    def __init__(self, name: str, folder: Path, load: str) -> None:
        need("pexpect")
        need("pyte")
        need(name)
        import pexpect
        import pyte

        self.screen = pyte.Screen(100, 60)
        self.stream = pyte.Stream(self.screen)
        command, settings = START[name]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {"PATH": path, "HOME": str(folder), "TERM": "xterm", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        self.child = pexpect.spawn(
            command[0], command[1:], env=env, cwd=str(folder), dimensions=(60, 100), encoding="utf-8", timeout=30
        )
        self.run(settings)
        self.run(load)

    def settle(self) -> list[str]:
        """The screen's lines once nothing more arrives."""
        import pexpect

        quiet = time.monotonic() + 0.5
        while time.monotonic() < quiet:
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=0.1))
                quiet = time.monotonic() + 0.5
            except pexpect.TIMEOUT:
                pass
        return [line.rstrip() for line in self.screen.display]

    def run(self, line: str) -> list[str]:
        self.settle()
        self.child.send(line + "\r")
        return self.settle()

    def tab(self, typed: str) -> tuple[str, list[str]]:
        """The line after TAB, and the words that are listed, if it is not the only one."""
        self.child.send("\x15\x0c")
        self.settle()
        self.child.send(typed + "\t")
        lines = [line for line in self.settle() if line]
        starts = [i for i, line in enumerate(lines) if line.startswith(PROMPT.strip())]
        return lines[starts[-1]].removeprefix(PROMPT), [line for i, line in enumerate(lines) if i not in starts]

    def close(self) -> None:
        self.child.close(force=True)
