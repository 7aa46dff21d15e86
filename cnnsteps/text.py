"""How text is shown to people: cut, escaped, joined, counted."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_SHOWN = 60
"""Characters of the user's text that an error repeats."""
LONG_NUMBER = re.compile(rf"\d[\d,]{{{MOST_SHOWN},}}")
NO_NAME = "no file can have this name"
"""What ValueError means where a file is opened: a zero byte, or half a character that no file system takes."""


def escape_controls(text: str) -> str:
    """Control characters, bidi marks and lone surrogates as escapes: `\\x1b`."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def abbreviate(text: str, most: int = MOST_SHOWN) -> str:
    """The text, or where it is longer than `most` its beginning and end around `…`."""
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-most // 4 :]}"


def excerpt(text: str) -> str:
    """The user's own text in an error message: escaped, and no longer than one takes in at a glance."""
    return abbreviate(escape_controls(abbreviate(text, 2 * MOST_SHOWN)))


def cut_numbers(message: str) -> str:
    """The message with its numbers of hundreds of digits abbreviated."""
    return LONG_NUMBER.sub(lambda digits: abbreviate(digits[0]), message)


def join_or(words: Sequence[str], last: str = "or") -> str:
    """a, b or c"""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def pluralize(count: int, one: str, many: str | None = None) -> str:
    """`1 row`, `2 rows`"""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
