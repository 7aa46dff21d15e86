"""How what is on the screen looks: styles by role, on dark, on light, in 16 colours, and in none.

The input is blue and the weights are pink, in their matrices and in the sum; a value is green.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from cnnsteps.records import NamedTuple
from cnnsteps.walk.screen import Line

if TYPE_CHECKING:
    from rich.style import Style

DARK = {
    "title": "bold", "dim": "#8a8a8a", "rule": "#585858", "head": "bold #d0d0d0", "key": "bold #d7d7af",
    "input": "#5fd7ff", "weight": "#ff87d7", "bias": "#ffd75f", "value": "bold #87ff5f", "number": "",
    "input lit": "#e4f7ff on #005f87", "weight lit": "#ffe4f5 on #87005f", "bias lit": "#fff4d0 on #5f4b00",
    "input now": "bold #001c28 on #5fd7ff", "weight now": "bold #2b0019 on #ff87d7",
    "bias now": "bold #2b2000 on #ffd75f", "value now": "bold #0a2000 on #87ff5f", "done": "#afd7af",
    "right": "bold #87ff5f", "wrong": "bold #ff8787", "ask": "bold #1c1c1c on #ffd75f", "chosen": "bold reverse",
}  # fmt: skip
LIGHT = {
    "title": "bold", "dim": "#767676", "rule": "#b2b2b2", "head": "bold #303030", "key": "bold #5f5f00",
    "input": "#005faf", "weight": "#af0087", "bias": "#875f00", "value": "bold #006f00", "number": "",
    "input lit": "#003050 on #c6e9ff", "weight lit": "#50003c on #ffd0ef", "bias lit": "#3c2c00 on #ffeab0",
    "input now": "bold #ffffff on #0077c0", "weight now": "bold #ffffff on #b8008c",
    "bias now": "bold #ffffff on #946a00", "value now": "bold #ffffff on #007f00", "done": "#005f00",
    "right": "bold #006f00", "wrong": "bold #af0000", "ask": "bold #1c1c1c on #ffd75f", "chosen": "bold reverse",
}  # fmt: skip
SIXTEEN = {
    "title": "bold", "dim": "", "rule": "", "head": "bold", "key": "bold",
    "input": "cyan", "weight": "magenta", "bias": "yellow", "value": "bold green", "number": "",
    "input lit": "black on cyan", "weight lit": "black on magenta", "bias lit": "black on yellow",
    "input now": "bold white on blue", "weight now": "bold white on red",
    "bias now": "bold white on blue", "value now": "bold black on green", "done": "green",
    "right": "bold green", "wrong": "bold red", "ask": "black on yellow", "chosen": "bold reverse",
}  # fmt: skip
NONE = {
    "title": "bold", "dim": "", "rule": "", "head": "bold", "key": "bold", "input": "", "weight": "", "bias": "",
    "value": "bold", "number": "", "input lit": "bold", "weight lit": "bold", "bias lit": "bold",
    "input now": "bold underline", "weight now": "bold underline", "bias now": "bold underline",
    "value now": "bold reverse", "done": "", "right": "bold", "wrong": "bold", "ask": "reverse",
    "chosen": "bold reverse",
}  # fmt: skip
PALETTES = {"dark": DARK, "light": LIGHT, "sixteen": SIXTEEN, "none": NONE}


class Look(NamedTuple):
    """What a terminal can show. Without a palette there is nothing but text."""

    palette: str | None
    system: str = "truecolor"
    """rich's name of its colours."""
    ascii_only: bool = False

    @property
    def brackets(self) -> bool:
        """Colour does not tell the window: brackets have to."""
        return self.palette in (None, "none")

    def on(self, is_light: bool) -> Look:
        """The same on this background."""
        return self._replace(palette="light" if is_light else "dark") if self.palette in ("dark", "light") else self


class Painter:
    """Lines with a terminal's codes."""

    def __init__(self, look: Look) -> None:
        self.look = look

    @cached_property
    def codes(self) -> dict[str, tuple[str, str]]:
        """What stands before and after the text of each role."""
        from rich.color import ColorSystem
        from rich.style import Style

        system = {"256": ColorSystem.EIGHT_BIT, "truecolor": ColorSystem.TRUECOLOR}.get(
            self.look.system, ColorSystem.STANDARD
        )
        found = {"": ("", "")}
        for role, style in PALETTES[self.look.palette or "none"].items():
            before, _, after = Style.parse(style).render("\0", color_system=system).partition("\0")
            found[role] = before, after
        return found

    def line(self, line: Line) -> str:
        if self.look.palette is None:
            return "".join(span.text for span in line).rstrip()
        parts = []
        for span in line:
            before, after = self.codes[span.role]
            parts.append(f"{before}{span.text}{after}")
        return "".join(parts)

    def style(self, role: str) -> Style:
        from rich.style import Style

        return Style.parse(PALETTES[self.look.palette or "none"].get(role, ""))


def redrawn(before: list[str], lines: list[str]) -> str:
    """The codes that make painted lines of those before; a line is emptied before it is written.

    Where nothing wraps, the cursor stays upon the last column of a full line: to empty the rest from there would take
    that column away.
    """
    parts = []
    for row in range(max(len(before), len(lines))):
        text = lines[row] if row < len(lines) else ""
        if row >= len(before) or before[row] != text:
            parts.append(f"\x1b[{row + 1};1H\x1b[K{text}\x1b[0m")
    return "".join(parts)


def look_of(theme: str, stdout_encoding: str | None, color: str = "auto") -> Look:
    """What the terminal on standard output can show."""
    from cnnsteps.formats.terminal import colored, screen_for

    term = os.environ.get("TERM", "")
    screen = colored(screen_for(True, stdout_encoding), color)
    if term in ("", "dumb", "unknown"):
        return Look(None, ascii_only=screen.ascii_only)
    if screen.colors is None or not (color == "always" or has_colours(term)):
        return Look("none", "standard", screen.ascii_only)
    if screen.colors == "standard":
        return Look("sixteen", "standard", screen.ascii_only)
    return Look(background() if theme == "auto" else theme, screen.colors, screen.ascii_only)


def has_colours(term: str) -> bool:
    """What terminfo says of terminals whose name says nothing."""
    if "color" in term or os.environ.get("COLORTERM") or os.environ.get("FORCE_COLOR"):
        return True
    try:
        import curses

        curses.setupterm(term)
        return curses.tigetnum("colors") >= 8
    except (ImportError, curses.error):
        return True


def background() -> str:
    """Dark, unless COLORFGBG says otherwise; many terminals answer the question for it later."""
    last = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if last in ("7", "9", "10", "11", "12", "13", "14", "15") else "dark"
