"""What is said of a step: which term it is, what it comes to, the sum so far, and where its constants come from."""

from __future__ import annotations

from cnnsteps.model.steps import SharedWork
from cnnsteps.render.standing import ALONE, FIRST, OPERAND, TERM
from cnnsteps.walk.operands import indices
from cnnsteps.walk.scene import Scene
from cnnsteps.walk.screen import Line, Span
from cnnsteps.walk.writing import Writing

SOFAR = {"max": "the largest so far", "powers": "the powers so far"}


def telling(scene: Scene, stage: int, hides: bool, writing: Writing) -> tuple[Line, Line]:
    """product 3 of 9  x[1,3] × w[1,3] = 3 × 1 = 3, and sum so far: 4 + 3 = 7"""
    step = scene.step
    if not 0 < stage <= len(step.terms):
        return (), ()
    term = step.terms[stage - 1]
    word = {"product": "product", "bias": "bias"}.get(term.role, "number")
    spans = [Span(f"{word} {stage} of {len(step.terms)}", "head"), Span("  ")]
    times = f" {times_of(writing)} "
    places = [found for c in term.columns if (found := place(scene, c)) is not None]
    for n, (entry, role) in enumerate(places):
        spans += [Span(times)] * (n > 0) + [Span(entry, role)]
    spans += [equals(writing, False)] * bool(places)
    rounded = False
    for n, c in enumerate(term.columns):
        text = writing.number(step.value(c), (OPERAND if n else FIRST) if len(term.columns) > 1 else ALONE)
        rounded |= text.rounded
        spans += [Span(times)] * (n > 0) + [Span(text.text, scene.roles.get(c, ""))]
    sofar = step.sofar[stage - 1]
    if len(term.columns) > 1:
        result = writing.number(sofar.term)
        spans += [equals(writing, result.rounded or rounded), Span(result.text, "head")]
    return tuple(spans), () if hides else tuple(running(scene, stage, writing))


def times_of(writing: Writing) -> str:
    """The sign between factors, as the template has it."""
    from cnnsteps.model.expr import Product, Sym

    if "×" not in writing.words:
        writing.words["×"] = writing.expr(Product((Sym("a"), Sym("b")))).strip("ab").strip()
    return writing.words["×"]


def place(scene: Scene, column: int) -> tuple[str, str] | None:
    """x[2,3], where the number stands in what is given."""
    operand = scene.operands.get(column)
    if operand is None:
        return None
    index = indices(operand, scene.step.at(column), scene.base)
    return scene.writing.label(scene.writing.entry(operand.letter, index)), scene.roles.get(column, "")


def equals(writing: Writing, rounded: bool) -> Span:
    return Span(f" {writing.word('approx' if rounded else 'equals')} ")


def running(scene: Scene, stage: int, writing: Writing) -> list[Span]:
    """What the terms up to this one come to."""
    step, fold = scene.step, scene.step.terms[0].role
    total = writing.number(step.sofar[stage - 1].total)
    spans = [Span(f"{SOFAR.get(fold, 'sum so far')}: ")]
    if stage > 1:
        last, term = step.sofar[stage - 2].total, step.sofar[stage - 1].term
        before, added = writing.number(last), writing.number(term, ALONE if fold == "max" else TERM)
        if fold == "max":
            spans.append(Span(f"max({before.text}, {added.text})"))
        else:
            spans.append(Span(f"{before.text}{writing.word('plus')}{added.text}"))
        spans.append(equals(writing, total.rounded or before.rounded or added.rounded))
    return [*spans, Span(total.text, "value")]


def asides(scene: Scene, writing: Writing) -> list[Line]:
    """What is worked out once for several steps, such as softmax's m and S."""
    steps = scene.chapter.steps
    if not isinstance(steps, SharedWork):
        return []
    found: list[Line] = []
    for names, links in steps.shared(scene.step.cell, scene.base):
        rounded, text = False, writing.expr(names[0])
        for link in links:
            before, rounded = rounded, writing.notation.rounds(link)
            text += equals(writing, rounded or before).text + writing.expr(link)
        found.append((Span(text, "dim"),))
    return found
