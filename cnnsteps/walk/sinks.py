"""The same screens without a terminal: plain text, a recording that plays itself, a picture."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from cnnsteps.walk.model import Walk
from cnnsteps.walk.pages import Pages
from cnnsteps.walk.screen import Screen, Size, width
from cnnsteps.walk.state import SPEEDS, State
from cnnsteps.walk.theme import Look, Painter, redrawn

PAUSE = 2.0
"""How long the last screen of a recording stays."""
DARK, LIGHT = ((18, 20, 24), (222, 222, 222)), ((255, 255, 255), (32, 32, 32))


def every_step(walk: Walk) -> Iterator[State]:
    """Each step of each chapter, whole."""
    for n, chapter in enumerate(walk.chapters):
        start = walk.entered(walk.begin(), n)
        if not chapter.total:
            yield start
            continue
        # Formulas add up on one screen: the last one has them all.
        for at in range(chapter.total) if chapter.steps is not None else range(chapter.total - 1, chapter.total):
            yield walk.at(start, at)
            walk.scenes.clear()


def plain(walk: Walk, size: Size, look: Look) -> Iterator[bytes]:
    """Each step's screen, one after the other."""
    pages, painter = Pages(walk, look.brackets, fills=False), Painter(look)
    for n, state in enumerate(every_step(walk)):
        lines = (painter.line(line) + "\n" for line in pages.screen(state, size).lines)
        yield (("\n" if n else "") + "".join(lines)).encode()


class Recording:
    """asciinema's format, version 2: a header, then a line for each piece of output with its time."""

    def __init__(self, size: Size, title: str, clock: Callable[[], float]) -> None:
        header = {"version": 2, "width": size.columns, "height": size.rows, "env": {"TERM": "xterm-256color"}}
        self.lines = [json.dumps(header | ({"title": title} if title else {}), ensure_ascii=False)]
        self.clock, self.began = clock, clock()

    def wrote(self, text: str) -> None:
        self.lines.append(self.event("o", text))

    def resized(self, size: Size) -> None:
        self.lines.append(self.event("r", f"{size.columns}x{size.rows}"))

    def event(self, kind: str, text: str) -> str:
        return json.dumps([round(self.clock() - self.began, 3), kind, text], ensure_ascii=False)

    def pieces(self) -> Iterator[bytes]:
        yield ("\n".join(self.lines) + "\n").encode()


def played(walk: Walk, look: Look, size: Size) -> Iterator[bytes]:
    """A recording of the walk that goes on by itself, term by term."""
    pages, painter, time = Pages(walk, look.brackets), Painter(look), 0.0
    recording = Recording(size, walk.setting.title, lambda: time)
    yield (recording.lines[0] + "\n").encode()
    yield (recording.event("o", "\x1b[2J\x1b[?25l") + "\n").encode()
    before: list[str] = []
    for n in range(len(walk.chapters)):
        state: State | None = walk.entered(walk.begin(), n)
        while state is not None:
            painted = [painter.line(line) for line in pages.screen(state, size).lines]
            yield (recording.event("o", redrawn(before, painted)) + "\n").encode()
            before = painted
            time += (PAUSE if walk.is_whole(state) else 1.0) / SPEEDS[state.speed]
            state = following(walk, state)
    time += PAUSE
    yield (recording.event("o", "\x1b[?25h") + "\n").encode()


def following(walk: Walk, state: State) -> State | None:
    """The state a term later; None behind the chapter's last."""
    if walk.is_whole(state) and state.at + 1 >= walk.chapter(state).total:
        return None
    return walk.term_on(state)


FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
    <style>
    .{unique_id}-matrix {{
        font-family: "DejaVu Sans Mono", "Fira Code", Menlo, Consolas, monospace;
        font-size: {char_height}px;
        line-height: {line_height}px;
        font-variant-east-asian: full-width;
    }}
    .{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
    </g>
</svg>
"""
"""rich's own, without the fonts that it fetches from the network."""


def picture(screen: Screen, look: Look, title: str) -> bytes:
    """The screen as an SVG, as large as what is on it."""
    import io

    from rich.console import Console
    from rich.terminal_theme import TerminalTheme
    from rich.text import Text

    painter = Painter(look)
    across = max((width(line) for line in screen.lines), default=1)
    console = Console(record=True, width=max(across, 20), file=io.StringIO(), color_system="truecolor",
                      force_terminal=True, legacy_windows=False)  # fmt: skip
    for line in screen.lines:
        text = Text(no_wrap=True, end="\n", overflow="crop")
        for span in line:
            text.append(span.text, painter.style(span.role))
        console.print(text, crop=True, highlight=False)
    back, front = LIGHT if look.palette == "light" else DARK
    basic = [(0, 0, 0), (200, 60, 60), (70, 150, 40), (170, 120, 0), (40, 100, 200), (160, 60, 150), (20, 130, 150),
             (200, 200, 200)]  # fmt: skip
    theme = TerminalTheme(back, front, basic)
    return console.export_svg(title=title, theme=theme, code_format=FORMAT, unique_id="cnnsteps").encode()
