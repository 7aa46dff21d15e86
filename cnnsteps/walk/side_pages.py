"""The pages beside the step: the list, the answer as a whole, the help, a quiz's score."""

from __future__ import annotations

from cnnsteps.walk.actions import MOUSE, table
from cnnsteps.walk.panels import panels
from cnnsteps.walk.quiz import score as told
from cnnsteps.walk.screen import HELD, Line, Screen, Size, Span, Spot, cut, filled, released, unbroken, wrapped
from cnnsteps.walk.state import State
from cnnsteps.walk.surroundings import Surroundings


def contents(pages: Surroundings, state: State, size: Size) -> Screen:
    """What there is to walk through, a line each; those around the chosen one."""
    chapters, writing = pages.walk.chapters, pages.writing
    lines = [*pages.head(state, size.columns, f"{len(chapters)} to choose from"), ()]
    room = size.rows - len(lines)
    start = max(0, min(state.cursor - room // 2, len(chapters) - room))
    names = [writing.safe(chapter.title) for chapter in chapters]
    wide = min(max(map(len, names)), size.columns // 2)
    spots: list[Spot] = []
    for i, chapter in enumerate(chapters[start : start + room], start):
        chosen = i == state.cursor
        name = filled(cut((Span(names[i]),), wide, writing.signs.dots), wide)
        unit = "formula" if chapter.steps is None and chapter.rows else "step"
        count = f"{chapter.total:,} {unit}{'' if chapter.total == 1 else 's'}".replace(",", " ").rjust(16)
        text = "".join(span.text for span in name)
        label = f" {writing.signs.arrow if chosen else ' '} {text} {count}   {writing.label(chapter.about)} "
        spots.append(Spot(len(lines), 0, len(label), "choose", i))
        lines.append((Span(label, "chosen" if chosen else ""),))
    return Screen(tuple(lines), tuple(spots))


def overview(pages: Surroundings, state: State, size: Size) -> Screen:
    """The whole plane of the answer, and what the problem says of itself; in a quiz no more than was answered."""
    chapter, scene = pages.walk.chapter(state), pages.walk.scene(state)
    lines = pages.head(state, size.columns, f"step {state.at + 1} of {chapter.total}")
    facts = [f"{d.operand.name}: {' × '.join(map(str, d.operand.values.shape))}" for d in scene.drawn]
    facts += [" ".join(filter(None, (setting.words, setting.shown))) for setting in chapter.solution.problem.settings]
    words = [Span(unbroken(pages.writing.label(fact)) + HELD * 2) for fact in facts]
    lines += [released(line) for line in wrapped(words, size.columns)]
    lines += [pages.where(state, size.columns), ()]
    known = pages.known(state) if state.quiz is not None else lambda cell: True
    output = scene.output(known, state.hides)
    picture = panels([output], size.columns, size.rows - len(lines), pages.brackets, pages.writing)
    return Screen((*lines, *picture.lines), tuple(spot.moved(len(lines), 0) for spot in picture.spots))


def help_page(pages: Surroundings, state: State, size: Size) -> Screen:
    """The table of keys, in two columns where it is too long for one."""
    rows = table(pages.writing.signs.dots == "..")
    wide = max(len(keys) for keys, _ in rows)
    lines: list[Line] = []
    for keys, doc in rows:
        lines.append((Span(f"  {keys.ljust(wide)}  ", "key"), Span(pages.writing.label(doc))))
    if len(lines) > size.rows:
        lines = two_columns(lines, size)
    mouse = [(Span("  "), *line) for line in wrapped([Span(MOUSE, "dim")], size.columns - 4)]
    return Screen(tuple([*lines, (), *mouse] if len(lines) + len(mouse) < size.rows else lines))


def two_columns(lines: list[Line], size: Size) -> list[Line]:
    half, across = -(-len(lines) // 2), size.columns // 2
    left, right = lines[:half], [*lines[half:], *[()] * (2 * half - len(lines))]
    pairs = zip(left, right, strict=True)
    return [(*filled(cut(a, across - 1, ".."), across), *cut(b, across, "..")) for a, b in pairs]


def score(pages: Surroundings, state: State, size: Size) -> Screen:
    """What the quiz came to: a sign for each answer."""
    assert state.quiz is not None
    answers, signs = state.quiz.answers, pages.writing.signs
    total = sum(chapter.total for chapter in pages.walk.chapters if chapter.steps is not None)
    rest = total - len(answers)
    marks = [Span(signs.yes, "right") if right else Span(signs.no, "wrong") for right in answers.values()]
    praise = "All of them!" if state.quiz.right == total else f"{rest} of {total} steps not answered." if rest else ""
    lines = pages.head(state, size.columns, "quiz")
    lines += [(), (Span(told(state), "value"),), (), *wrapped(marks, size.columns), (), (Span(praise),)]
    return Screen(tuple(lines))
