"""A tolerant JSON scanner: the place of every value, and all mistakes of the syntax at once.

It runs only after something was found wrong. It keeps its own stack, so that 100,000 open
brackets are one mistake and no RecursionError, and goes on after what people do write:
trailing commas, comments, NaN, single quotes, keys without quotes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from cnnsteps.errors import Mistake, Path
from cnnsteps.exact import MAX_DIGITS, TooLong, count_digits, parse_decimal
from cnnsteps.reading.json_text import BROKEN, Value

MOST_DEEP = 200

TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<quoted>'(?:[^'\\\n]|\\.)*')
    |(?P<number>[-+]?\.?[0-9](?:[eE][-+]|[\w.])*(?:[ ]*/[ ]*-?[0-9]+)?)
    |(?P<comment>//[^\n]*|/\*.*?\*/|\#[^\n]*)
    |(?P<word>-?[^\W\d]\w*)
    |(?P<mark>[\[\]{},:])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
NOT_NUMBERS = {"nan", "inf", "infinity"}
PYTHONS = {"True": "true", "False": "false", "None": "null"}


@dataclass
class Node:
    """A value with its offset; `items` by position or key, `keys` where each key stands."""

    offset: int
    value: Value = BROKEN
    items: dict[str | int, Node] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)


@dataclass
class Scanned:
    """The value as far as it could be read, with the mistakes of its syntax."""

    text: str
    root: Node
    mistakes: list[Mistake]
    complete: bool

    @property
    def value(self) -> Value:
        return self.root.value

    def locate(self, mistake: Mistake) -> Mistake:
        """The mistake with line and column, as deep along its path as the text goes."""
        return mistake.at(*position(self.text, self.offset(mistake.path, mistake.of_key)))

    def offset(self, path: Path, of_key: bool) -> int:
        node, offset = self.root, self.root.offset
        for step in path:
            offset = node.keys.get(step, node.offset) if isinstance(step, str) else node.offset
            if step not in node.items:
                return offset
            node = node.items[step]
        return offset if of_key else node.offset


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, in characters."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class Stop(Exception):
    """Past this mistake nothing that follows can be understood."""


def scan(text: str) -> Scanned:
    """Reads the whole text; its mistakes are located."""
    scanner = Scanner(text)
    complete = True
    try:
        scanner.run()
    except Stop:
        complete = False
    return Scanned(text, scanner.root, scanner.mistakes, complete)


class Scanner:
    """A stack machine: `wants` says what may come next in the innermost list or object."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.mistakes: list[Mistake] = []
        self.root = Node(len(text) - len(text.lstrip()))
        self.stack: list[Node] = []
        self.key: str | None = None
        self.wants = "value"
        self.comma: int | None = None

    def wrong(self, offset: int, message: str, hint: str | None = None) -> None:
        self.mistakes.append(Mistake(message, hint).at(*position(self.text, offset)))

    def run(self) -> None:
        for found in TOKEN.finditer(self.text):
            kind, word, at = found.lastgroup, found.group(), found.start()
            if kind == "space":
                continue
            if kind == "comment":
                self.wrong(at, "JSON has no comments", "delete it, or say it in the title")
            elif kind == "mark":
                self.mark(word, at)
            else:
                self.plain(str(kind), word, at)
        self.end()

    def end(self) -> None:
        if self.stack:
            line, column = position(self.text, self.stack[-1].offset)
            what = "object" if isinstance(self.stack[-1].value, dict) else "list"
            at = len(self.text.rstrip())
            self.wrong(at, f"the file ends inside the {what} that begins at line {line}, column {column}")
            raise Stop
        if self.wants == "value":
            self.wrong(len(self.text), "the file holds no value")
            raise Stop

    def mark(self, mark: str, at: int) -> None:
        if mark in "[{":
            self.open(mark, at)
        elif mark in "]}":
            self.close(mark, at)
        elif mark == "," and self.wants == "comma" and self.stack:
            self.comma = at
            self.wants = "key" if isinstance(self.stack[-1].value, dict) else "value"
        elif mark == ":" and self.wants == "colon":
            self.wants = "value"
        elif mark == "," and self.wants == "value" and self.stack:
            self.wrong(at, "a value is missing before this comma")
            if self.key is not None or isinstance(self.stack[-1].value, list):
                self.put(Node(at))
                self.mark(mark, at)
        else:
            self.wrong(at, f"a {self.wants} should stand here, not {mark!r}")
            raise Stop

    def open(self, mark: str, at: int) -> None:
        if len(self.stack) >= MOST_DEEP:
            self.wrong(at, f"more than {MOST_DEEP} brackets are open here", "a problem needs at most 6")
            raise Stop
        node = Node(at, [] if mark == "[" else {})
        self.put(node)
        self.stack.append(node)
        self.wants, self.key, self.comma = ("value" if mark == "[" else "key"), None, None

    def close(self, mark: str, at: int) -> None:
        if not self.stack or (mark == "]") != isinstance(self.stack[-1].value, list):
            opened = f" for the {self.text[self.stack[-1].offset]!r} before it" if self.stack else ""
            self.wrong(at, f"{mark!r} closes nothing{opened}")
            raise Stop
        if self.wants in ("value", "key") and self.comma is not None:
            self.wrong(self.comma, f"a comma before the closing {mark!r}", "delete the comma")
        elif self.wants in ("colon", "value") and mark == "}":
            self.wrong(at, f"the value of {self.key!r} is missing")
        self.stack.pop()
        self.key, self.wants, self.comma = None, "comma", None

    def plain(self, kind: str, word: str, at: int) -> None:
        """A string, number or word: a key or a value, by what is wanted."""
        if kind == "other":
            message = "this string is not closed" if word in "\"'" else f"{word!r} is not JSON"
            self.wrong(at, message, "strings stand in double quotes, on one line" if word in "\"'" else None)
            raise Stop
        if self.wants == "key" and self.stack:
            self.take_key(kind, word, at)
            return
        if self.wants == "colon":
            self.wrong(at, f"a colon is missing after the key {self.key!r}")
        self.put(Node(at, self.value_of(kind, word, at)))

    def take_key(self, kind: str, word: str, at: int) -> None:
        if kind == "string":
            key = str(self.string(word, at))
        else:
            key = word.strip("'")
            self.wrong(at, f"the key {key} stands without double quotes", f'write "{key}"')
        node = self.stack[-1]
        if key in node.keys:
            line, _ = position(self.text, node.keys[key])
            self.wrong(at, f"{key} stands here a second time, first at line {line}", "keep one of them")
        node.keys.setdefault(key, at)
        self.key, self.wants, self.comma = key, "colon", None

    def put(self, node: Node) -> None:
        """Adds a value to the innermost container."""
        if not self.stack:
            if self.wants != "value":
                self.wrong(node.offset, "the problem has ended, but there is more text")
                raise Stop
            self.root = node
        else:
            self.put_into(self.stack[-1], node)
        self.wants, self.comma = "comma", None

    def put_into(self, parent: Node, node: Node) -> None:
        if self.wants == "comma":
            self.wrong(node.offset, "a comma is missing before this")
        if isinstance(parent.value, list):
            parent.items[len(parent.value)] = node
            parent.value.append(node.value)
        elif isinstance(parent.value, dict):
            if self.key is None:
                self.wrong(node.offset, "a key in double quotes should stand here")
                raise Stop
            parent.items[self.key] = node
            parent.value[self.key] = node.value

    def value_of(self, kind: str, word: str, at: int) -> Value:
        if kind == "string":
            return self.string(word, at)
        if kind == "number":
            return self.number(word, at)
        if kind == "word" and word in WORDS:
            return WORDS[word]
        hint = f"write {PYTHONS[word]}" if word in PYTHONS else None
        if word.lower().lstrip("-") in NOT_NUMBERS:
            message = f"{word} is not a number that can be computed with"
        elif kind == "quoted":
            message, hint = f"{word} stands in single quotes", "strings stand in double quotes"
        else:
            message = f"{word} is not JSON"
        self.wrong(at, message, hint)
        return BROKEN

    def number(self, word: str, at: int) -> Value:
        if not JSON_NUMBER.fullmatch(word):
            self.wrong(at, f"{shortened(word)} is not a JSON number", spelled(word))
            return BROKEN
        try:
            if not set("eE.") & set(word) and count_digits(word) <= MAX_DIGITS:
                return int(word)
            return parse_decimal(word)
        except TooLong as error:
            self.wrong(at, f"{shortened(word)} is {error}; at most {MAX_DIGITS:,} are allowed")
            return BROKEN

    def string(self, word: str, at: int) -> Value:
        try:
            return json.loads(word)
        except ValueError as error:
            reason = str(error).split(":")[0].lower()
            self.wrong(at, f"this string is not JSON: {reason}")
            return BROKEN


def shortened(word: str) -> str:
    return word if len(word) <= 24 else f"{word[:8]}…{word[-4:]}"


def spelled(word: str) -> str | None:
    """How JSON would write what was probably meant."""
    if "/" in word:
        return f'a fraction stands in quotes: "{word.replace(" ", "")}"'
    bare = word.replace("_", "").lstrip("+")
    bare = re.sub(r"^(-?)0+(?=\d)", r"\1", bare)
    bare = re.sub(r"^(-?)\.", r"\g<1>0.", bare)
    bare = bare.removesuffix(".")
    return f"write {shortened(bare)}" if JSON_NUMBER.fullmatch(bare) else None
