"""A problem as we would write it: for those who look into one that was read already, as the checker does."""

from __future__ import annotations

from collections.abc import Mapping

from cnnsteps import operators
from cnnsteps.problems import types
from cnnsteps.reading.field_types import COMMON, Choice, Flag, Padding, PerDimension, Whole
from cnnsteps.reading.json.values import Value
from cnnsteps.reading.key import Context, Key, whole
from cnnsteps.reading.keys import by_own_names
from cnnsteps.report import Report

SIZES, WORDS = (Whole, PerDimension, Padding), (Choice, Flag, Padding)


def in_own_words(problem: Mapping[str, Value]) -> Mapping[str, Value]:
    """The problem with its keys' own names, words as they are declared, and no checks; with a mistake as it is."""
    kind = problem.get("type")
    if not isinstance(kind, str) or kind not in types.names():
        return problem
    operator, report = types.load(kind), Report()
    own, checks = (*COMMON, *operator.KEYS), operators.checks(operator)
    named = by_own_names(problem, (*own, *checks), report)
    if report:
        return problem
    keys = {key.name: key for key in own}
    checked = {key.name for key in checks} - keys.keys()
    return {name: plainly(keys.get(name), value) for name, value in named.items() if name not in checked}


def plainly(key: Key[object] | None, value: Value) -> Value:
    """`"SAME"` is `"same"` and `"2"` is 2, where the key has words or sizes."""
    if key is None or not isinstance(value, str):
        return value
    if isinstance(key.kind, SIZES) and whole(value) is not None:
        return whole(value)
    read = key.kind.read(value, (key.name,), Context(2, Report())) if isinstance(key.kind, WORDS) else None
    return value if read is None else read
