"""The last two lines: what is typed or was said, and the keys that count here."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.records import NamedTuple
from cnnsteps.walk.actions import ACTIONS, shown
from cnnsteps.walk.model import Walk
from cnnsteps.walk.screen import Line, Span, Spot, width
from cnnsteps.walk.state import State

FOOTER = (("term_on", ("left", "right")), ("cell_on", ("n",)), ("row_on", ("up", "down")), ("play", ("space",)),
          ("list", ("m",)), ("filter_on", ("f",)), ("channel_on", ("c",)), ("batch_on", ("b",)), ("goto", ("g",)),
          ("overview", ("o",)), ("whole", ("enter",)))  # fmt: skip
"""Of which keys the footer tells, the most wanted first; help and quit stand at its end always."""


class Hint(NamedTuple):
    key: str
    word: str
    does: str = ""

    @property
    def width(self) -> int:
        return len(f"{self.key} {self.word}  ")


ALWAYS = (Hint("?", "help", "help"), Hint("q", "quit", "quit"))


def message(walk: Walk, state: State) -> Line:
    """What is typed, or what was said."""
    said = Span(f"  {walk.writing.safe(state.message)}" if state.message else "", state.role)
    if state.mode == "goto":
        shape = walk.chapter(state).output
        last = ",".join(str(n - 1 + walk.setting.base) for n in shape.shape) if shape else ""
        return Span(f"Go to (up to {last}): ", "key"), Span(f"{state.typed}_", "ask")
    asks = state.mode == "step" and state.hides and walk.chapter(state).steps is not None
    if asks and walk.is_whole(state):
        return Span("Your answer: ", "key"), Span(f"{state.typed}_", "ask"), said
    return (said._replace(text=said.text.strip()),)


def keys(walk: Walk, state: State, across: int) -> tuple[Line, list[Spot]]:
    """The hints for which there is room, each a spot for the mouse."""
    ascii_only = walk.writing.signs.dots == ".."
    always = ALWAYS if state.mode in ("step", "list", "overview") else ()
    room = across - sum(hint.width for hint in always)
    chosen: list[Hint] = []
    for hint in hints(walk, state, ascii_only):
        if sum(one.width for one in chosen) + hint.width <= room:
            chosen.append(hint)
    spans: list[Span] = []
    spots: list[Spot] = []
    for hint in (*chosen, *always):
        first = width(spans)
        spans += [Span(hint.key, "key"), Span(f" {hint.word}  ", "dim")]
        spots += [Spot(0, first, first + hint.width - 3, hint.does)] if hint.does else []
    return tuple(spans), spots


def hints(walk: Walk, state: State, ascii_only: bool) -> Iterator[Hint]:
    arrows = shown("up", ascii_only) + shown("down", ascii_only)
    match state.mode:
        case "list":
            yield from (Hint("Enter", "choose"), Hint(arrows, "move"))
        case "overview":
            yield from (Hint("Enter", "back to the step"), Hint(arrows, "move"))
        case "help":
            yield Hint("any key", "back")
        case "score":
            yield from (Hint("any key", "quit"), Hint("Esc", "back"))
        case "goto":
            yield from (Hint("Enter", "go there"), Hint("Esc", "stay"))
        case _:
            for does, names in FOOTER:
                action = next(a for a in ACTIONS if a.does == does)
                if counts(walk, does, state):
                    word = "pause" if does == "play" and state.playing else action.hint
                    yield Hint("".join(shown(key, ascii_only) for key in names), word, does)


def counts(walk: Walk, does: str, state: State) -> bool:
    """The action can do something here."""
    chapter = walk.chapter(state)
    axes = chapter.output.dims if chapter.output is not None else ()
    if does == "filter_on":
        return "filter" in axes
    if does == "batch_on":
        return "batch item" in axes
    if does == "channel_on":
        return chapter.steps is not None and chapter.total > 0 and walk.scene(state).slice_count > 1
    return len(walk.chapters) > 1 if does == "list" else True
