"""What is said in words, in the user's language.

The code says English, with named places for what changes: `phrase("Row {n}", n=2)`. A words
file, `de.json`, has the English text as key and the translation as value, with the same
places. A text that is missing there stays English. Error messages and JSON are English always.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

PLACE = re.compile(r"\{(\w+)\}")
ENGLISH = "en"


class Phrase(str):
    """An English text that remembers what it was made of, so that it can be said in another language."""

    pattern: str
    values: Mapping[str, object]


def phrase(pattern: str, /, **values: object) -> Phrase:
    """The text with its places filled in.

    >>> phrase("Row {n}", n=2)
    'Row 2'
    """
    return made(filled(pattern, values), pattern, values)


def made(text: str, pattern: str, values: Mapping[str, object]) -> Phrase:
    found = Phrase(text)
    found.pattern, found.values = pattern, values
    return found


def filled(pattern: str, values: Mapping[str, object]) -> str:
    """Not `str.format`, whose places can look into objects: a words file is not ours."""
    return PLACE.sub(lambda place: str(values.get(place[1], place[0])), pattern)


def listing(parts: list[str], last: str = "{one}, {another}") -> str:
    """Parts one after the other; how the last one is joined is a text of its own."""
    found = parts[0]
    for i, part in enumerate(parts[1:], 2):
        found = phrase(last if i == len(parts) else "{one}, {another}", one=found, another=part)
    return found


AND, OR = phrase("{one} and {another}"), phrase("{one} or {another}")


class Words:
    """A language: English texts and what is said instead."""

    def __init__(self, table: Mapping[str, str] | None = None) -> None:
        self.table = table or {}

    def __call__(self, pattern: str, /, **values: object) -> Phrase:
        """`_` in templates: the text in this language."""
        here = {name: self.of(value) if isinstance(value, str) else value for name, value in values.items()}
        return made(filled(self.table.get(pattern, pattern), here), pattern, values)

    def of(self, text: str) -> str:
        """A phrase in this language; any other text, such as the user's own, as it is."""
        return self(text.pattern, **text.values) if isinstance(text, Phrase) else text

    def escaped(self, escape: Callable[[str], str]) -> Callable[..., str]:
        """`_` in a format's template, which writes its own markup: words are escaped, values stand as they are."""

        def say(pattern: str, /, **values: Any) -> str:
            parts = PLACE.split(self.table.get(pattern, pattern))
            parts[::2] = map(escape_kept(escape), parts[::2])
            parts[1::2] = [str(values.get(name, f"{{{name}}}")) for name in parts[1::2]]
            return "".join(parts)

        return say

    @property
    def characters(self) -> set[str]:
        """All that its texts are written with."""
        return {c for text in self.table.values() for c in text}

    @property
    def is_chinese(self) -> bool:
        """LaTeX then needs a package for it."""
        return any("\u4e00" <= c <= "\u9fff" for c in self.characters)


def escape_kept(escape: Callable[[str], str]) -> Callable[[str], str]:
    """Escaping takes the spaces at both ends off, where a value stands."""

    def kept(text: str) -> str:
        bare = text.strip(" ")
        lead = len(text) - len(text.lstrip(" "))
        return text if not bare else text[:lead] + escape(bare) + text[lead + len(bare) :]

    return kept


class Label(str):
    """What stands before a matrix; some are the beginning of a sentence, which the matrix ends."""

    sentence: bool


def label(text: str, english: str) -> Label:
    found = Label(text)
    found.sentence = english.endswith(" is")
    return found
