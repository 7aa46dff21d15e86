"""How a solution shows itself: in a notebook as Markdown with mathematics, on a terminal as text.

Markdown and not HTML, because every front end sets `$$` in Markdown, and in HTML some do not.
VS Code prefers LaTeX to Markdown, and reads it as Markdown with mathematics alone; so the
LaTeX is nothing but the steps and the answer in `$$` blocks. A large solution is cut.
"""

from __future__ import annotations

import math
import re

from cnnsteps import formats
from cnnsteps.formats import Options, Screen, joined
from cnnsteps.model.selection import first_cells
from cnnsteps.model.solution import Solution
from cnnsteps.pipeline import expansions_of

MOST_STEPS = 64
MOST_TERMS = 1000
"""What is read with pleasure; a notebook that holds much more is slow."""
FORMULA = re.compile(r"^\$\$\n.*?\n\$\$$", re.MULTILINE | re.DOTALL)


def cut(solution: Solution, format: str, screen: Screen | None = None) -> str:
    """The solution in a format, with its first steps only where there are many."""
    options, note = shortened(solution)
    text = b"".join(
        map(joined, formats.load(format).pieces(solution, options._replace(screen=screen or Screen())))
    ).decode()
    if not note:
        return text
    return f"{text.rstrip()}\n\n{f'*{note}*' if format == 'markdown' else note.replace('`', '')}\n"


def shortened(solution: Solution) -> tuple[Options, str]:
    """What is shown of the solution, and the words for it; none where that is all."""
    steps = expansions_of(solution.problem, first_cells(solution.output_shape, math.prod(solution.output_shape)))
    if solution.layers:
        if steps <= MOST_STEPS:
            return Options(), ""
        return Options(answer_only=True), "The steps of a layer: `.layers[0].solution`; all of them: `.render()`."
    per_step = 1 if solution.steps is None else solution.steps.terms
    most = max(1, min(MOST_STEPS, MOST_TERMS // max(per_step, 1)))
    if solution.steps is None or steps <= most:
        return Options(), ""
    selection = first_cells(solution.output_shape, most)
    told = f"These are the first {selection.count:,} of {steps:,} steps."
    return Options(selection=selection), f"{told} All of them: `.render()`, or `.save()` to a file."


def formulas(solution: Solution) -> str | None:
    """The steps and the answer as display mathematics; None where there is no answer of numbers."""
    if solution.steps is None:
        return None
    text = cut(solution, "markdown")
    _, _, after = text.partition("## Step by step\n")
    return "\n\n".join(FORMULA.findall(after or text))
