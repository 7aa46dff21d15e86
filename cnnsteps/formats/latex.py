"""LaTeX: a document that compiles as it is, or a fragment for one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnsteps.formats import Options, Pieces
from cnnsteps.reading.source import visible
from cnnsteps.render.document import Look, document
from cnnsteps.render.lines import Measure
from cnnsteps.render.matrices import Room
from cnnsteps.solution import Solution

SUFFIX = ".tex"

DOCUMENT_LINE, FRAGMENT_LINE = 40.0, 31.0
"""In em: A4 with margins of 25 mm at 11 pt; the narrowest of article's own text widths."""

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}",
    "\N{MULTIPLICATION SIGN}": r"\ensuremath{\times}", "\N{MINUS SIGN}": r"\ensuremath{-}",
    "\N{DEGREE SIGN}": r"\ensuremath{^\circ}",
}  # fmt: skip
COMMAND = re.compile(r"\\([a-zA-Z]+|.)|([0-9]+)|(.)", re.DOTALL)
WIDE_SIGNS = {"times", "cdot", "approx", "div", "ast", "star", "bullet", "pm"}
WIDTHS = {"quad": 1.0, "qquad": 2.0, "infty": 1.0, "max": 1.8, "cdots": 1.2, "ddots": 1.2, "vdots": 0.3}
SIGNS = {"+": 1.25, "=": 1.35, "-": 1.25, "&": 0.95, ",": 0.45, ".": 0.28, "(": 0.4, ")": 0.4, "[": 0.3, "]": 0.3}
NOTHING = set("{}_^ \n")


def pieces(solution: Solution, options: Options) -> Iterator[Pieces]:
    """The solution as LaTeX."""
    line = FRAGMENT_LINE if options.fragment else DOCUMENT_LINE
    measure = Measure(line, width, indent=1.0)
    unknown = sorted({c for c in visible(solution.title or "") if not typesettable(c)})
    codes = [f"{ord(c):04X}" for c in unknown]
    look = Look(
        "latex", fragment_escape if options.fragment else escape, measure, Room(measure, None, 36, 1.4), (codes,)
    )
    return document(solution, options, look)


def escape(text: str) -> str:
    """Text that LaTeX sets as it is; line ends become spaces, and hyphens stay apart."""
    return "".join(SPECIAL.get(c, c) for c in visible(" ".join(text.split()))).replace("--", "-{}-{}")


def fragment_escape(text: str) -> str:
    """A fragment has no preamble to declare characters in: what pdfLaTeX lacks is named."""
    return "".join(c if typesettable(c) else f"[U+{ord(c):04X}]" for c in escape(text))


def typesettable(character: str) -> bool:
    """Characters that pdfLaTeX's utf8 with T1 and Latin Modern has, or that we replace."""
    code = ord(character)
    return (
        code < 0x7F or character in SPECIAL or (0xA1 <= code <= 0x17F and code != 0x149) or character in "–—‘’“”„•…€™"
    )


def width(source: str) -> float:
    """About how wide mathematics is when set, in em; rather too wide than too narrow."""
    total = 0.0
    for found in COMMAND.finditer(source):
        command, digits, other = found.groups()
        if digits:
            total += 0.51 * len(digits)
        elif command:
            total += 1.25 if command in WIDE_SIGNS else WIDTHS.get(command, 0.0)
        elif other not in NOTHING:
            total += SIGNS.get(other, 0.6)
    return total
