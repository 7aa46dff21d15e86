"""What a scanner has read so far: open lists and objects, the values in them, the mistakes."""

from __future__ import annotations

from cnnsteps.errors import Mistake
from cnnsteps.reading.json.locations import Node, position
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.report import MOST


class Stop(Exception):
    """Past this mistake nothing that follows can be understood."""


class Builder:
    """`wants` says what may come next in the innermost list or object: a value, key, colon or comma."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.mistakes: list[Mistake] = []
        self.root = Node(len(text) - len(text.lstrip()))
        self.stack: list[Node] = []
        self.key = ""
        self.wants = "value"
        self.comma: int | None = None
        self.lost = False
        self.ended = False
        """The outermost value is complete."""

    def wrong(self, offset: int, message: str, hint: str | None = None) -> None:
        self.mistakes.append(Mistake(message, hint).at(*position(self.text, offset)))
        if len(self.mistakes) > MOST:
            raise Stop

    def lose(self, at: int, message: str) -> None:
        """Something that does not belong here: what follows up to the next comma is no news."""
        if not self.lost:
            self.wrong(at, message)
        self.lost = True

    def begin(self, node: Node) -> str:
        """`list that begins at line 1, column 27`"""
        line, column = position(self.text, node.offset)
        return f"{'list' if node.opener in '[(' else 'object'} that begins at line {line}, column {column}"

    def leave(self) -> None:
        node = self.stack.pop()
        self.lost = False
        if self.stack and self.stack[-1].keys:
            self.key = next(reversed(self.stack[-1].keys))
        if node.spoiled and self.stack:
            self.pass_on()
        self.wants, self.comma, self.ended = "comma", None, not self.stack

    def pass_on(self) -> None:
        """What holds an uncertain list is uncertain as well, up to the key that it is the value of."""
        parent = self.stack[-1]
        if isinstance(parent.value, dict):
            parent.value[next(reversed(parent.value))] = BROKEN
        else:
            parent.spoiled = True

    def spoil(self) -> None:
        if self.stack:
            self.stack[-1].spoiled = True

    def put(self, node: Node) -> None:
        """Adds a value to the innermost container."""
        if not self.stack:
            self.root = node
            self.ended = not node.opener
        elif isinstance(self.stack[-1].value, list):
            self.put_into_list(self.stack[-1].value, node)
        elif isinstance(self.stack[-1].value, dict) and self.key not in self.stack[-1].inner:
            self.stack[-1].hold(self.key, node)
            self.stack[-1].value[self.key] = node.value
        self.wants, self.comma = "comma", None

    def put_into_list(self, values: list[Value], node: Node) -> None:
        if self.wants == "comma":
            self.wrong(node.offset, "a comma is missing before this")
        if node.opener:
            self.stack[-1].hold(len(values), node)
        else:
            self.stack[-1].starts.append((len(values), node.offset))
        values.append(node.value)
