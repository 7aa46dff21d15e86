"""A report to hand back on paper: a LaTeX document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnsteps.checking.check import Verdict
from cnnsteps.checking.reports import Options, judged_by_own, located, summary
from cnnsteps.checking.slips import slip
from cnnsteps.text import escape_controls

HEAD = r"""\documentclass[11pt,a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern,textcomp}
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb}
\DeclareUnicodeCharacter{00D7}{\ensuremath{\times}}
\DeclareUnicodeCharacter{2212}{\ensuremath{-}}
\DeclareUnicodeCharacter{2192}{\ensuremath{\rightarrow}}
\DeclareUnicodeCharacter{2248}{\ensuremath{\approx}}
\DeclareUnicodeCharacter{230A}{\ensuremath{\lfloor}}
\DeclareUnicodeCharacter{230B}{\ensuremath{\rfloor}}
\DeclareUnicodeCharacter{2308}{\ensuremath{\lceil}}
\DeclareUnicodeCharacter{2309}{\ensuremath{\rceil}}
\DeclareUnicodeCharacter{2202}{\ensuremath{\partial}}
\DeclareUnicodeCharacter{00B2}{\ensuremath{^2}}
\setlength{\parindent}{0pt}\setlength{\parskip}{4pt}
\begin{document}
\raggedright
"""
ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
KNOWN = "×−→≈⌊⌋⌈⌉∂²"
"""Signs beyond Latin-1 that the preamble declares."""


def report(verdicts: Sequence[Verdict], options: Options) -> str:
    return HEAD + "\n".join(line for verdict in verdicts for line in said(verdict)) + "\n\\end{document}\n"


def said(verdict: Verdict) -> Iterator[str]:
    total, right, wrong = summary(verdict)
    yield f"\\section*{{{plain(verdict.page.document.name)}}}\n"
    yield f"Lines read: {total}, right: {right}, wrong: {wrong}, findings: {len(verdict.findings)}.\n"
    if own := judged_by_own(verdict):
        yield f"It is {own}.\n"
    for finding in verdict.findings:
        place = located(verdict, finding)
        yield f"\\textbf{{Line {place.line}, column {place.column}:}} {plain(finding.message)}.\n"
        if finding.slip:
            yield f"\\textit{{{plain(finding.slip)}:}} {plain(slip(finding.slip).summary)}\n"
    for remark in verdict.remarks:
        yield f"Remark, line {verdict.page.document.place(remark.start)[0]}: {plain(remark.message)}.\n"


def plain(text: str) -> str:
    """Text in which nothing is a command; signs that the font has not are told by their code."""
    shown = (c if ord(c) < 256 or c in KNOWN else f"[U+{ord(c):04X}]" for c in escape_controls(text))
    return "".join(ESCAPES.get(c, c) for part in shown for c in part)
