"""Bytes from a terminal as the names of keys, mouse presses and answers."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import TypeAlias

from cnnsteps.records import NamedTuple


class Key(NamedTuple):
    """A key by its name, or a character that was typed."""

    name: str


class Mouse(NamedTuple):
    """A press at a place of the screen, counted from 0; `wheel` is -1 up, 1 down, 0 for a button."""

    row: int
    column: int
    wheel: int = 0


class Background(NamedTuple):
    """The terminal's answer to the question for its background: whether that is light."""

    is_light: bool


Event: TypeAlias = Key | Mouse | Background

FINAL = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end", "Z": "backtab", "P": "f1"}
NUMBERED = {"1": "home", "4": "end", "5": "pageup", "6": "pagedown", "7": "home", "8": "end", "11": "f1"}
CONTROL = {"\r": "enter", "\n": "enter", "\t": "tab", "\x7f": "backspace", "\x08": "backspace", " ": "space"}
SEQUENCE = re.compile(
    r"\x1b\[<(?P<button>\d+);(?P<column>\d+);(?P<row>\d+)(?P<press>[Mm])"
    r"|\x1b\]11;rgba?:(?P<red>[0-9a-fA-F]+)/(?P<green>[0-9a-fA-F]+)/(?P<blue>[0-9a-fA-F]+)[^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[\[O](?P<numbers>[0-9;?]*)(?P<final>[A-Za-z~])"
    r"|\x1b(?P<alone>(?=[^\[\]O]))",
    re.DOTALL,
)
LONGEST = 64
"""What is longer and has not ended is no sequence of ours."""


class Decoder:
    """Keeps what has not ended yet."""

    def __init__(self) -> None:
        self.rest = ""
        self.text_of = getincrementaldecoder("utf-8")("ignore")

    @property
    def waits(self) -> bool:
        """What came last may begin a sequence, or be the key Esc."""
        return bool(self.rest)

    def feed(self, data: bytes) -> Iterator[Event]:
        text, self.rest = self.rest + self.text_of.decode(data), ""
        while text:
            if text[0] != "\x1b":
                yield Key(CONTROL.get(text[0], text[0]))
                text = text[1:]
            elif found := SEQUENCE.match(text):
                yield from event_of(found)
                text = text[found.end() :]
            else:
                # What is too long to be a sequence of ours is dropped: none of it was typed.
                self.rest = text if len(text) < LONGEST else ""
                return

    def timeout(self) -> Iterator[Event]:
        """Nothing followed: it was Esc, and whatever came after it."""
        waited, self.rest = bool(self.rest), ""
        if waited:
            yield Key("escape")


def event_of(found: re.Match[str]) -> Iterator[Event]:
    if found["button"] is not None:
        button, row, column = int(found["button"]), int(found["row"]) - 1, int(found["column"]) - 1
        if found["press"] == "m":
            return
        if button & 64:
            yield Mouse(row, column, 1 if button & 1 else -1)
        elif button & 0b100011 == 0:
            yield Mouse(row, column)
    elif found["red"] is not None:
        red, green, blue = (int(found[part], 16) / (16 ** len(found[part]) - 1) for part in ("red", "green", "blue"))
        yield Background(0.299 * red + 0.587 * green + 0.114 * blue > 0.5)
    elif found["alone"] is not None:
        yield Key("escape")
    elif found["final"] == "~":
        name = NUMBERED.get(found["numbers"].split(";")[0])
        if name:
            yield Key(name)
    elif found["final"] in FINAL:
        yield Key(FINAL[found["final"]])
