"""How a solution shows itself: in a notebook as Markdown with mathematics, on a terminal as text.

Markdown and not HTML, because every front end sets `$$` in Markdown, and in HTML some do not.
VS Code prefers LaTeX to Markdown, and reads it as Markdown with mathematics alone; so the
LaTeX is nothing but the steps and the answer in `$$` blocks. A large solution is cut.
"""

from __future__ import annotations

import re

from cnnsteps.model.selection import Selection, first_cells
from cnnsteps.model.solution import Solution
from cnnsteps.options import DEFAULTS, Options
from cnnsteps.pipeline import expansions_of, rendered, selected
from cnnsteps.render.options import PIPE, Screen, render_options
from cnnsteps.render.pieces import joined

MOST_STEPS = 64
MOST_TERMS = 1000
"""What is read with pleasure; a notebook that holds much more is slow."""
FORMULA = re.compile(r"^\$\$\n.*?\n\$\$$", re.MULTILINE | re.DOTALL)


def cut(solution: Solution, show: Options, format: str, screen: Screen = PIPE) -> str:
    """The solution in a format, as `show` has it, with its first steps only where there are many."""
    shorter, selection, note = shortened(solution)
    options: Options = {**show, **shorter}
    if show.get("cells") is not None:
        selection, note = selected(solution.problem, {**DEFAULTS, **show}), ""
    text = joined(rendered(solution, selection, format, render_options(options, screen))).decode()
    if not note:
        return text
    return f"{text.rstrip()}\n\n{f'*{note}*' if format == 'markdown' else note.replace('`', '')}\n"


def shortened(solution: Solution) -> tuple[Options, Selection | None, str]:
    """What is shown of the solution, and the words for it; none where that is all."""
    steps = expansions_of(solution.problem, Selection(solution.output_shape), DEFAULTS)
    if solution.layers:
        if steps <= MOST_STEPS:
            return {}, None, ""
        note = "The steps of a layer: `.layers[0].solution`; all of them: `.render()`."
        return {"answer_only": True, "whole": False}, None, note
    per_step = 1 if solution.steps is None else solution.steps.terms
    most = max(1, min(MOST_STEPS, MOST_TERMS // max(per_step, 1)))
    if solution.steps is None or steps <= most:
        return {}, None, ""
    selection = first_cells(solution.output_shape, most)
    told = f"These are the first {selection.count:,} of {steps:,} steps."
    return {}, selection, f"{told} All of them: `.render()`, or `.save()` to a file."


def formulas(solution: Solution, show: Options) -> str | None:
    """The steps and the answer as display mathematics; None where there is no answer of numbers."""
    if solution.steps is None:
        return None
    text = cut(solution, show, "markdown")
    _, _, after = text.partition("## Step by step\n")
    return "\n\n".join(FORMULA.findall(after or text))
