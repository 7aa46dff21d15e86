"""Plain text for a terminal: brackets of real height, aligned columns, restrained colours.

On a pipe and in a file it is the same text without escape codes, and no line is wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain, zip_longest

from cnnsteps.model.document import Document
from cnnsteps.render.document import typeset
from cnnsteps.render.lines import Measure
from cnnsteps.render.matrices import MatrixLimits, Shown
from cnnsteps.render.options import RenderOptions, Screen
from cnnsteps.render.page import Drawn
from cnnsteps.render.pieces import Pieces
from cnnsteps.render.style import FormatStyle
from cnnsteps.render.tables import Table
from cnnsteps.text import escape_controls

SUFFIX = ".txt"

ENDLESS = 1e12
NARROW = frozenset(chain.from_iterable(map(chr, range(first, last + 1)) for first, last in (
    (0x20, 0x7E), (0xA0, 0x2FF), (0x370, 0x482), (0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x209C),
    (0x2190, 0x2319), (0x239B, 0x23B3), (0x2500, 0x257F),
)))  # fmt: skip
WIDE = ("\u3000", "\u3029"), ("\u4e00", "\u9fff"), ("\uff01", "\uff60")
"""What takes one column and two on every terminal: all that we write ourselves. rich's tables take long to import."""
ESCAPE_CODE = re.compile(r"\x1b\[[0-9;]*m")
LEAST_COLUMNS = 30


def pieces(document: Document, options: RenderOptions) -> Iterator[Pieces]:
    """The document as text."""
    return typeset(document, options, style_for(options))


def style_for(options: RenderOptions) -> FormatStyle:
    """As wide and as colourful as the screen."""
    screen = options["screen"]
    line = max(screen.columns, LEAST_COLUMNS) if screen.columns else ENDLESS
    measure = Measure(line, columns, columns, indent=1, inner=2)
    # What stands beside the numbers: the indent, the dots of an elided matrix, the sign of a rounded one.
    before = len("  ") + (len("≈ ") if options["digits"] is not None else 0)
    limits = MatrixLimits(measure._replace(line=line - before), None, 40 if screen.columns else None)
    style = styler(screen.colors)
    filters: dict[str, Callable[..., object]] = {
        "style": style, "beside": beside, "across": across, "blocks": blocks, "width": columns,
        "fold": lambda text, indent=0: fold(text, line - indent),
        "underline": lambda text, sign: sign * int(min(columns(text), line)),
        "tabled": lambda header, short, rows, rule, dots: tabled(header, short, rows, rule, dots, line),
        "windowed": lambda drawn, color, dots, down_dots: windowed(
            drawn, style if color else None, dots, down_dots, line
        ),
    }  # fmt: skip
    return FormatStyle(
        "terminal",
        ascii_escape if screen.ascii_only else escape,
        measure,
        limits,
        context={"ascii": screen.ascii_only, "color": screen.colors is not None},
        filters=filters,
    )


@lru_cache(maxsize=4096)
def columns(text: str) -> int:
    """How many columns a text takes."""
    bare = ESCAPE_CODE.sub("", text)
    if bare.isascii() or (len(bare) == 1 and ord(bare) < 0x2FFF) or set(bare) <= NARROW:
        return len(bare)
    narrow = bare if NARROW.issuperset(bare) else [c for c in bare if not any(a <= c <= b for a, b in WIDE)]
    if NARROW.issuperset(narrow):
        return 2 * len(bare) - len(narrow)
    from rich.cells import cell_len

    return cell_len(bare)


def fold(text: str, line: float) -> str:
    """Words in lines that fit; a word that is longer than a line is cut."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if columns(joined) <= line:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if columns(lines[-1] + character) > line:
                lines.append("")
            lines[-1] += character
    return "\n".join(lines)


def escape(text: str) -> str:
    """Text on one line, its control characters and bidi marks shown and not sent."""
    return escape_controls(" ".join(text.split()))


def ascii_escape(text: str) -> str:
    replaced = escape(text).translate({ord("×"): "x", ord("−"): "-", ord("°"): " deg"})
    return replaced.encode("ascii", "backslashreplace").decode("ascii")


def styler(colors: str | None) -> Callable[[str, str], str]:
    """The filter `style`: rich's style names, or nothing where there is no colour."""
    if colors is None:
        return lambda text, style: text
    from rich.color import ColorSystem
    from rich.style import Style

    system = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "truecolor": ColorSystem.TRUECOLOR}

    @lru_cache
    def parsed(style: str) -> Style:
        return Style.parse(style)

    return lambda text, style: parsed(style).render(text, color_system=system.get(colors, ColorSystem.STANDARD))


def fill(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def across(rows: list[str], one: str, first: str, middle: str, last: str) -> str:
    """Rows between brackets of their height; each of the others is a left and a right one."""
    ends = [one] if len(rows) == 1 else [first, *[middle] * (len(rows) - 2), last]
    return "\n".join(f"{both[0]} {row} {both[1]}" for both, row in zip(ends, rows, strict=True))


def tabled(header: list[str], short: list[str], rows: list[list[str]], rule: str, dots: str, line: float) -> str:
    """A table no wider than the screen: names over two lines, then short ones, then a table below the other."""
    folded = [name.replace("-", "-\n").replace(" ", "\n") for name in header]
    for names in (header, folded, [n or f for n, f in zip(short, folded, strict=True)] if short else folded):
        table = Table(names, rows, columns)
        if table.width <= line:
            return table.text(rule)
    return "\n\n".join(part.text(rule) for part in Table(folded, rows, columns).parts(line, dots))


def blocks(line: list[Shown], approx: str) -> list[str]:
    """Matrices with their captions below, the rounded ones behind their sign."""
    found = []
    for shown in line:
        text = beside([approx, shown.text], 1) if shown.rounded else shown.text
        caption = ", ".join(f"{word} {i}" for word, i in shown.place)
        found.append(f"{text}\n{caption}" if caption else text)
    return found


MOST_DRAWN_ROWS, MOST_DRAWN_COLUMNS = 12, 16


def windowed(
    drawn: Drawn, style: Callable[[str, str], str] | None, dots: str, down_dots: str, line: float
) -> list[str]:
    """Numbers in columns, those of the window in brackets and lit; dots where the matrix goes on."""
    rows = drawn.rows
    wide = max(columns(text) for row in rows for text, _ in row)
    before = f"{dots} " if drawn.left else ""
    frame = len("  ⎡  ⎤") + columns(before) + columns(dots)
    most = int(max(1, min(MOST_DRAWN_COLUMNS, (line - frame) // (wide + 2))))
    after = dots if len(rows[0]) > most else ""
    light = style or (lambda text, _: text)
    found = []
    for row in rows[:MOST_DRAWN_ROWS]:
        cells = [(text.rjust(wide), chosen) for text, chosen in row[:most]]
        shown = "".join(light(f"[{text}]", "bold cyan") if chosen else f" {text} " for text, chosen in cells)
        found.append(before + shown + after)
    gap = " " * columns(before) + f" {down_dots.rjust(wide)} " * min(most, len(rows[0])) + " " * columns(after)
    above, below = [gap] * drawn.above, [gap] * (len(rows) > MOST_DRAWN_ROWS)
    return [*above, *found, *below]


def beside(blocks: list[str], gap: int = 3) -> str:
    """Blocks of lines next to one another, each with its own width."""
    split = [block.split("\n") for block in blocks]
    widths = [max(map(columns, lines)) for lines in split]
    rows = zip_longest(*split, fillvalue="")
    joint = " " * gap
    return "\n".join(joint.join(map(fill, row, widths)).rstrip() for row in rows)


def screen_for(stream_is_terminal: bool, encoding: str | None) -> Screen:
    """What standard output can show; rich knows about NO_COLOR, COLUMNS and dumb terminals."""
    ascii_only = not can_encode(encoding, "×⎡≈")
    if not stream_is_terminal:
        return Screen(ascii_only=ascii_only)
    from rich.console import Console

    console = Console()
    plain = console.no_color or console.is_dumb_terminal or console.color_system is None
    return Screen(True, console.width, None if plain else console.color_system, ascii_only)


def colored(screen: Screen, color: str) -> Screen:
    """The screen with colours always or never, or as it is."""
    if color == "always" and screen.colors is None:
        from rich.console import Console

        return screen._replace(colors=Console(force_terminal=True, no_color=False).color_system or "standard")
    return screen._replace(colors=None) if color == "never" else screen


def can_encode(encoding: str | None, text: str) -> bool:
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
