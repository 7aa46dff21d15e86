"""A value of a problem file in the words of an error message."""

from __future__ import annotations

from cnnsteps.numbers.exact import number
from cnnsteps.reading.json.text import Value
from cnnsteps.reading.source import visible


def describe(value: Value) -> str:
    """`2.5`, `"abc"`, `true`, `a list of 3`: short, and as the user wrote it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return short(str(value)) if value.bit_length() < 3000 else "a very long number"
    if isinstance(value, tuple):
        return short(number(*value).text)
    if isinstance(value, str):
        return f'"{short(visible(value))}"'
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "an object"


def short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-most // 4 :]}"


def listed(words: list[str], last: str = "or") -> str:
    """a, b or c"""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
