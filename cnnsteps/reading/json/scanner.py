"""A tolerant JSON scanner: all mistakes of the syntax at once, and what the text says all the same.

It runs only after something was found wrong. It keeps its own stack, so that 100,000 open
brackets are one mistake and no RecursionError, and goes on after what people do write:
trailing commas, comments, NaN, single quotes, keys without quotes, a missing comma or bracket.
"""

from __future__ import annotations

import json
import re

from cnnsteps.reading.json import tokens as spelling
from cnnsteps.reading.json.builder import Stop
from cnnsteps.reading.json.literals import Literals
from cnnsteps.reading.json.locations import Node, Scanned, position
from cnnsteps.reading.json.tokens import QUOTES, TOKEN
from cnnsteps.reading.json.values import cached_decimal
from cnnsteps.text import excerpt

MOST_DEEP = 200
COLON_NEXT = re.compile(r"\s*:")
SWALLOWED = re.compile(r"[,:]\s*\"$")
"""A string that ends like this has swallowed the quote of the next one."""
RIGHT_END = re.compile(r"\"(?=\s*(?:[,:}\]\n]|$))")
CLOSERS = {"[": "]", "{": "}", "(": ")"}


def scan(text: str) -> Scanned:
    """Reads the whole text; its mistakes are located."""
    scanner = Scanner(text)
    try:
        scanner.run()
    except Stop:
        return Scanned(text, scanner.root, scanner.mistakes, scanner.ended)
    return Scanned(text, scanner.root, scanner.mistakes, True)


class Scanner(Literals):
    """A stack machine: what each piece of the text means depends on what is wanted."""

    def run(self) -> None:
        while self.at < len(self.text):
            if self.wants == "value" and self.stack and self.stack[-1].opener in "[(" and self.plain_numbers():
                continue
            found = TOKEN.match(self.text, self.at)
            if found is None:
                break
            self.at = found.end()
            kind = found.lastgroup
            if kind != "space":
                self.token(str(kind), found.group(), found.start())
        self.end()

    def plain_numbers(self) -> bool:
        """A whole row, or some numbers of one, at once where nothing is wrong with them."""
        row = spelling.PLAIN_ROW.match(self.text, self.at)
        if row and len(self.stack) < MOST_DEEP:
            node = Node(self.at, json.loads(row.group(), parse_float=cached_decimal), "[")
            node.starts.append((0, self.at + 1))
            self.put(node)
            self.at = row.end()
            return True
        run = spelling.PLAIN_RUN.match(self.text, self.at)
        values = self.stack[-1].value
        if run is None or not isinstance(values, list):
            return False
        self.comma = self.text.rindex(",", self.at, run.end())
        self.stack[-1].starts.append((len(values), self.at))
        values += json.loads(f"[{self.text[self.at : self.comma]}]", parse_float=cached_decimal)
        self.at = run.end()
        return True

    def end(self) -> None:
        if self.stack:
            self.wrong(len(self.text.rstrip()), f"the file ends inside the {self.begin(self.stack[-1])}")
            raise Stop
        if self.wants == "value":
            self.wrong(self.root.offset, "the file holds no value")
            raise Stop

    def token(self, kind: str, word: str, at: int) -> None:
        if kind == "comment":
            self.wrong(at, "JSON has no comments", "delete it, or say it in the title")
        elif kind == "blank":
            self.wrong(at, f"{spelling.blank_name(word)} is not JSON", "write a plain space")
        elif kind == "open" and word.startswith("/*"):
            self.wrong(at, "this comment is not closed, and JSON has no comments", "delete it")
            raise Stop
        elif self.ended:
            self.after_the_end(word, at)
        elif kind == "mark":
            self.mark(word, at)
        else:
            self.plain(kind, word, at)

    def after_the_end(self, word: str, at: int) -> None:
        if word == ":":
            self.ended = False
            self.wrong(self.root.offset, "a problem is an object: it stands in braces {…}")
        elif word in "]})":
            self.wrong(at, f"{word!r} closes nothing")
        else:
            self.wrong(at, "the problem has ended, but there is more text")
        raise Stop

    def mark(self, mark: str, at: int) -> None:
        if mark in "[{(":
            self.open(mark, at)
        elif mark in "]})":
            self.close(mark, at)
        elif mark in ",;":
            self.separate(mark, at)
        else:
            self.colon(mark, at)

    def open(self, mark: str, at: int) -> None:
        if mark == "(":
            self.wrong(at, "'(' is not JSON", "a list stands in brackets [ ]")
        if len(self.stack) >= MOST_DEEP:
            self.wrong(at, f"more than {MOST_DEEP} brackets are open here", "a problem needs at most 6")
            raise Stop
        if self.wants == "key":
            self.wrong(at, "a key in double quotes should stand here")
            raise Stop
        if self.wants == "colon":
            self.miss_colon(at)
        elif self.wants == "comma" and self.stack and self.stack[-1].opener == "{":
            self.lose(at, f"{mark!r} does not belong here, after the value of {excerpt(self.key)}")
        node = Node(at, {} if mark == "{" else [], mark)
        self.put(node)
        self.stack.append(node)
        self.wants, self.comma = ("key" if mark == "{" else "value"), None

    def close(self, mark: str, at: int) -> None:
        if not self.stack:
            self.wrong(at, f"{mark!r} closes nothing")
            raise Stop
        if CLOSERS[self.stack[-1].opener] != mark:
            self.close_another(mark, at)
        if self.wants == "colon" or (self.wants == "value" and self.stack[-1].opener == "{"):
            self.wrong(at, f"the value of {excerpt(self.key)} is missing")
            self.put(Node(at))
        elif self.comma is not None:
            self.wrong(self.comma, f"a comma before the closing {mark!r}", "delete the comma")
        self.leave()

    def close_another(self, mark: str, at: int) -> None:
        """The bracket closes one further out, whose inner ones are then left open, or is the wrong one."""
        level = next((i for i in reversed(range(len(self.stack))) if CLOSERS[self.stack[i].opener] == mark), None)
        if level is None or (level == 0 and self.text[at + 1 :].strip()):
            right = CLOSERS[self.stack[-1].opener]
            self.wrong(at, f"{mark!r} can't close the {self.begin(self.stack[-1])}", f"write {right!r}")
            return
        for node in reversed(self.stack[level + 1 :]):
            self.wrong(at, f"the {self.begin(node)} is not closed before this {mark!r}")
            node.spoiled = True
            self.leave()

    def separate(self, mark: str, at: int) -> None:
        self.lost = False
        if mark == ";":
            self.wrong(at, "';' is not JSON", "values are separated by commas, and rows stand in [ ]")
            self.spoil()
        if self.wants == "comma":
            self.wants = "key" if self.stack and self.stack[-1].opener == "{" else "value"
        elif self.wants == "key":
            self.wrong(at, "a key is missing before this comma")
        elif self.stack and self.stack[-1].opener == "{":
            self.wrong(at, f"the value of {excerpt(self.key)} is missing")
            self.put(Node(at))
            self.wants = "key"
        elif self.stack:
            self.wrong(at, "a value is missing before this comma")
            self.put(Node(at))
            self.wants = "value"
        elif mark == ",":
            self.wrong(at, "a comma stands before the problem", "delete the comma")
        self.comma = at

    def colon(self, mark: str, at: int) -> None:
        if mark == "=":
            self.wrong(at, "'=' is not JSON", "a colon stands between a key and its value")
        if self.wants == "colon":
            self.wants = "value"
            return
        if mark == ":":
            self.lose(at, "':' stands only between a key and its value")
        self.spoil()

    def plain(self, kind: str, word: str, at: int) -> None:
        """A string, number or word: a key or a value, by what is wanted."""
        if kind == "open":
            kind, word = self.unclosed(word, at)
        elif kind == "string" and self.at < len(self.text) and self.text[self.at].isalnum():
            kind, word = self.unbalanced(word, at)
        is_key = bool(self.stack) and COLON_NEXT.match(self.text, self.at) is not None
        if is_key and self.stack[-1].opener != "{":
            self.leave_lists(word, at)
        if self.wants == "key" or (is_key and self.wants == "comma" and self.stack[-1].opener == "{"):
            self.take_key(kind, word, at)
        else:
            self.take_value(kind, word, at)

    def leave_lists(self, word: str, at: int) -> None:
        """A key stands in a list: the list was not closed."""
        if all(node.opener != "{" for node in self.stack):
            self.wrong(at, "a key and its value stand in an object {…}, not in a list")
            raise Stop
        while self.stack[-1].opener != "{":
            key = excerpt(word.strip(QUOTES))
            self.wrong(at, f"the {self.begin(self.stack[-1])} is not closed before the key {key}")
            separated = self.comma is not None
            self.spoil()
            self.leave()
            self.wants = "key" if separated and self.stack[-1].opener == "{" else "comma"
            self.comma = at if separated else None

    def unclosed(self, word: str, at: int) -> tuple[str, str]:
        """A string that its line does not close: it may have ended before the next mark."""
        self.wrong(at, "this string is not closed", "strings stand in double quotes, on one line")
        if word.rstrip().endswith(("]", "}", "],", "},")) or (not self.text[self.at :].strip() and self.stack):
            raise Stop
        self.at -= len(word) - len(word.rstrip().rstrip(","))
        return "closed", word.rstrip().rstrip(",")[1:]

    def unbalanced(self, word: str, at: int) -> tuple[str, str]:
        """Text right behind a string: a quote is missing before it, or one stands inside it."""
        swallowed = SWALLOWED.search(word)
        if swallowed:
            self.wrong(at, "this string is not closed", "strings stand in double quotes, on one line")
            self.at = at + swallowed.start()
            return "closed", word[1 : swallowed.start()]
        self.wrong(self.at - 1, "this quote ends the string, but more text follows", r"inside a string write \"")
        ending = RIGHT_END.search(self.text, self.at)
        if ending is None or "\n" in self.text[at : ending.end()]:
            raise Stop
        self.at = ending.end()
        return "closed", self.text[at + 1 : ending.start()]

    def take_key(self, kind: str, word: str, at: int) -> None:
        if self.wants == "comma":
            self.wrong(at, "a comma is missing before this")
        if kind in ("string", "closed"):
            key = self.string(word, at) if kind == "string" else word
        else:
            key = word.strip(QUOTES)
            self.wrong(at, f"the key {excerpt(key)} stands without double quotes", f'write "{excerpt(key)}"')
        self.key = key if isinstance(key, str) else word[1:-1]
        node = self.stack[-1]
        if self.key in node.keys:
            line, _ = position(self.text, node.keys[self.key])
            message = f"{excerpt(self.key)} stands here a second time, first at line {line}"
            self.wrong(at, message, "keep one of them")
        node.keys.setdefault(self.key, at)
        self.wants, self.comma = "colon", None

    def miss_colon(self, at: int) -> None:
        self.wrong(at, f"a colon is missing after the key {excerpt(self.key)}")

    def take_value(self, kind: str, word: str, at: int) -> None:
        if self.wants == "colon":
            self.miss_colon(at)
        elif self.wants == "comma" and self.stack[-1].opener == "{":
            self.lose(at, f"{excerpt(word)} does not belong here, after the value of {excerpt(self.key)}")
            return
        if not self.stack and kind == "word" and word not in ("null", "true", "false"):
            self.wrong(at, f"a problem begins with a brace {{, not with {excerpt(word)}")
            raise Stop
        self.put(Node(at, self.value_of(kind, word, at)))
