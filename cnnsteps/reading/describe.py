"""A value of a problem file in the words of an error message."""

from __future__ import annotations

from cnnsteps.numbers.exact import number
from cnnsteps.reading.json.values import Value
from cnnsteps.text import abbreviate, excerpt


def describe(value: Value) -> str:
    """`2.5`, `"abc"`, `true`, `a list of 3`: short, and as the user wrote it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return abbreviate(str(value)) if value.bit_length() < 3000 else "a very long number"
    if isinstance(value, tuple):
        return abbreviate(number(*value).text)
    if isinstance(value, str):
        return f'"{excerpt(value)}"'
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "an object"
