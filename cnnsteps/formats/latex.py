"""LaTeX: a document that compiles as it is, or a fragment for one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from cnnsteps.model.document import Document
from cnnsteps.render.document import typeset, words_for
from cnnsteps.render.lines import Measure
from cnnsteps.render.matrices import MatrixLimits
from cnnsteps.render.options import RenderOptions
from cnnsteps.render.pieces import Pieces
from cnnsteps.render.style import FormatStyle, longest
from cnnsteps.text import escape_controls

SUFFIX = ".tex"

DOCUMENT_LINE, FRAGMENT_LINE = 41.3, 30.0
"""In em: A4 with margins of 25 mm at 11 pt; the narrowest of article's own lines, in a list."""
MOST_ROWS = 28
"""With fractions they just fit on article's page at 12 pt."""

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\char34{}", "`": r"\textasciigrave{}",
    "-": "-{}", "°": r"\ensuremath{^\circ}", "−": r"\ensuremath{-}", "²": r"\ensuremath{^2}", "³": r"\ensuremath{^3}",
}  # fmt: skip
SIGNS = """× times ÷ div ± pm · cdot ≤ leq ≥ geq ≠ neq ≈ approx ∞ infty → to ← leftarrow ∑ sum ∏ prod √ surd ∈ in
⌈ lceil ⌉ rceil ⌊ lfloor ⌋ rfloor
α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho
σ sigma τ tau υ upsilon φ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Υ Upsilon
Φ Phi Ψ Psi Ω Omega"""
PAIRS = SIGNS.split()
SPECIAL |= {sign: rf"\ensuremath{{\{name}}}" for sign, name in zip(PAIRS[::2], PAIRS[1::2], strict=True)}
ONLY_IN_T1 = "«»ÐÞðþĄąĐđĘęĮįŊŋŲų„"
COMMENT = ("% ", "% ", "")
LONG_WORD = re.compile(r"\S{16}(?=\S)")


def pieces(document: Document, options: RenderOptions) -> Iterator[Pieces]:
    """The document as LaTeX."""
    cjk = words_for(options).is_chinese
    title = escape_controls(document.meta.title or "")
    unknown = sorted({c for c in title if not (typesettable(c) or (cjk and in_gbsn(c)))})
    return typeset(document, options, style_for(options, cjk, [f"{ord(c):04X}" for c in unknown]))


def style_for(options: RenderOptions, cjk: bool, unknown: list[str]) -> FormatStyle:
    """As wide as the page; `unknown` are the codes of the title's characters that the fonts lack."""
    fragment = options["fragment"]
    measure = Measure(FRAGMENT_LINE if fragment else DOCUMENT_LINE, width, indent=1.0, inner=1.0)
    escaping = partial(fragment_escape, cjk=cjk) if fragment else escape
    limits = MatrixLimits(measure, None, MOST_ROWS, shrink=1.4)
    context = {"cjk": cjk, "longest": longest(options["digits"], measure.line, DIGIT)}
    return FormatStyle("latex", escaping, measure, limits, (unknown,), context, shared="math", comment=COMMENT)


def escape(text: str) -> str:
    """Text that LaTeX sets as it is, on one line of source; a word longer than any line may break."""
    parts = LONG_WORD.sub("\\g<0>\0", escape_controls(" ".join(text.split())))
    return "".join(r"\allowbreak{}" if c == "\0" else SPECIAL.get(c, c) for c in parts)


def fragment_escape(text: str, cjk: bool = False) -> str:
    """A fragment has no preamble to choose an encoding or declare characters in: what OT1 lacks is named."""
    return "".join(
        c if (typesettable(c) and c not in ONLY_IN_T1) or (cjk and in_gbsn(c)) else rf"[U+{ord(c):04X}]\allowbreak{{}}"
        for c in escape(text)
    )


def in_gbsn(character: str) -> bool:
    """Characters that the package CJKutf8 sets in the font gbsn: those of GB 2312."""
    return character >= "\u2e80" and encodes(character, "gb2312")


def encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def typesettable(character: str) -> bool:
    """Characters that pdfLaTeX's utf8 with T1 and Latin Modern has, or that we replace."""
    latin = "\xa1" <= character <= "\u017e" and character not in "\xadĦħĸĿŀŦŧŉ"
    return character < "\x7f" or latin or character in SPECIAL or character in "–—‘’“”„•…€™"


# Widths are Computer Modern's at 10 pt, in em, rounded up: what we estimate is never too narrow.
TOKEN = re.compile(r"\\([a-zA-Z]+|.)|([0-9]+)|([^ \n])", re.DOTALL)
HUNDREDTHS = (
    53, 43, 44, 53, 47, 60, 52, 58, 35, 42, 56, 32, 88, 61, 49, 51, 49, 48, 47, 37, 58, 53, 75, 58, 53, 51,
    76, 81, 79, 86, 80, 79, 79, 92, 52, 66, 93, 69, 108, 92, 80, 79, 80, 77, 68, 73, 80, 81, 109, 91, 81, 76,
)  # fmt: skip
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
LETTERS = {letter: hundredths / 100 for letter, hundredths in zip(ALPHABET + ALPHABET.upper(), HUNDREDTHS, strict=True)}
DIGIT, SCRIPT, NULL_DELIMITERS, UNARY = 0.501, 0.81, 0.25, 0.78
COMMANDS = {
    **dict.fromkeys(("times", "cdot", "ast", "star", "bullet", "pm", "div"), 1.23),
    **dict.fromkeys(("left", "right", "text", "mathrm", "mathit", "operatorname", "displaystyle", "underbrace"), 0.0),
    "partial": 0.59, "sum": 1.5,
    "approx": 1.34, "quad": 1.0, "qquad": 2.0, "infty": 1.0, "max": 2.0, "cdots": 1.4, "ldots": 1.4, "ddots": 1.3,
    "vdots": 0.28, "lfloor": 0.59, "rfloor": 0.59, "lceil": 0.59, "rceil": 0.59,
}  # fmt: skip
UNKNOWN = 1.4
TEXT = re.compile(r"\\text\{[^{}]*\}")
"""Where spaces count."""
MARKS = {
    "+": 1.23, "-": 1.23, "=": 1.34, "&": 1.0, ",": 0.45, ".": 0.28,
    "~": 0.34, "(": 0.39, ")": 0.39, "[": 0.28, "]": 0.28, "/": 0.5,
}  # fmt: skip


def width(source: str) -> float:
    """How wide mathematics is when set, in em; rather too wide than too narrow."""
    if source.isdigit():
        return DIGIT * len(source)
    if "\\text{" in source:
        source = TEXT.sub(lambda text: text[0].replace(" ", "~"), source)
    # A part that goes on with a minus takes something away: that minus has room on both sides.
    return row(iter(TOKEN.findall(source))) + (MARKS["-"] - UNARY if source.startswith(" - ") else 0)


Token = tuple[str, str, str]


def row(tokens: Iterator[Token], single: bool = False) -> float:
    """What stands in a row up to the end of its group, or one argument where `single`."""
    total, before = 0.0, "("
    for command, digits, mark in tokens:
        if mark == "}":
            break
        if command in ("frac", "tfrac", "dfrac"):
            parts = max(row(tokens, single=True), row(tokens, single=True))
            total += NULL_DELIMITERS + parts * (SCRIPT if command == "tfrac" else 1)
        elif command:
            total += COMMANDS.get(command, UNKNOWN)
        elif digits:
            total += DIGIT * len(digits)
        elif mark == "{":
            total += row(tokens)
        elif mark in "_^":
            total += SCRIPT * row(tokens, single=True)
        elif mark == "-" and before in "(=,{":
            total += UNARY
        else:
            total += LETTERS.get(mark) or MARKS.get(mark, 0.8 if mark < "\u2e80" else 1.05)
        before = mark or "0"
        if single:
            break
    return total
