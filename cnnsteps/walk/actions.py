"""What can be done, by which keys: one table, from which the help screen and `--help` are made."""

from __future__ import annotations

from functools import cache

from cnnsteps.records import NamedTuple


class Action(NamedTuple):
    """`does` is the name by which it is known, `hint` its word in the footer."""

    does: str
    keys: tuple[str, ...]
    doc: str
    hint: str = ""


ACTIONS = (
    Action("term_on", ("right", "l"), "the next term; after a step's last one the next step", "term"),
    Action("term_back", ("left", "h"), "back by a term"),
    Action("whole", ("enter",), "the rest of this step at once", "whole step"),
    Action("cell_on", ("n", "tab"), "the next step, whole", "next"),
    Action("cell_back", ("p", "backtab"), "the step before, whole", "back"),
    Action("row_on", ("down", "j"), "the step a row further down", "row"),
    Action("row_back", ("up", "k"), "the step a row further up"),
    Action("first", ("home",), "the first step"),
    Action("last", ("end",), "the last step"),
    Action("goto", ("g",), "jump to a cell: type its index, as in 2,3", "go to"),
    Action("play", ("space",), "play and pause", "play"),
    Action("faster", ("+", "=", ">"), "play faster"),
    Action("slower", ("-", "<"), "play slower"),
    Action("filter_on", ("f",), "the next filter (F: the one before)", "filter"),
    Action("filter_back", ("F",), ""),
    Action("channel_on", ("c",), "look at the next channel or slice (C: at the one before)", "channel"),
    Action("channel_back", ("C",), ""),
    Action("batch_on", ("b",), "the next batch item (B: the one before)", "batch"),
    Action("batch_back", ("B",), ""),
    Action("overview", ("o",), "the whole answer; choose a cell in it", "overview"),
    Action("list", ("m",), "what there is to walk through: layers and gradients", "list"),
    Action("help", ("?", "f1"), "this help", "help"),
    Action("quit", ("q",), "quit", "quit"),
)
"""An action without a doc is told of with the one before it."""

MOUSE = (
    "Click a cell of the answer to go there, a lit number to see its term, a word in the last line to do it; "
    "the wheel moves by terms."
)

NAMES = {"right": "→", "left": "←", "up": "↑", "down": "↓", "enter": "Enter", "space": "Space", "tab": "Tab",
         "backtab": "Shift-Tab", "home": "Home", "end": "End", "f1": "F1"}  # fmt: skip
IN_ASCII = {"right": "Right", "left": "Left", "up": "Up", "down": "Down"}


def shown(key: str, ascii_only: bool = False) -> str:
    """A key as it is printed on a keyboard."""
    return (IN_ASCII.get(key) if ascii_only else None) or NAMES.get(key, key)


@cache
def by_key() -> dict[str, str]:
    return {key: action.does for action in ACTIONS for key in action.keys}


def table(ascii_only: bool = False) -> list[tuple[str, str]]:
    """Keys and what they do, for people."""
    return [(" ".join(shown(key, ascii_only) for key in action.keys), action.doc) for action in ACTIONS if action.doc]
