"""The keys of a problem or layer: each read by its kind, unknown and missing ones reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnnsteps.numbers.exact import WrittenFraction
from cnnsteps.reading.aliases import ADVICE, meant
from cnnsteps.reading.describe import describe
from cnnsteps.reading.field_types import DIMS, TYPE, Choice, Flag, Numbers, Real, Text, Vector, Whole
from cnnsteps.reading.fields import Given
from cnnsteps.reading.json.values import Value
from cnnsteps.reading.key import Context, Key
from cnnsteps.reading.matrix import settings_fit
from cnnsteps.report import Report

ANY_DIMS = (Choice, Flag, Real, Text, Vector, Whole)
"""Kinds whose values look the same in one, two and three dimensions."""


def by_own_names(value: Mapping[str, Value], keys: Sequence[Key[Any]], report: Report) -> Mapping[str, Value]:
    """The problem or layer with its keys by their own names; two names for one thing are a mistake."""
    own = {key.name for key in keys}
    if value.keys() <= own:
        return value
    others = {other: key.name for key in keys for other in key.also if other not in own}
    found: dict[str, Value] = {}
    for name, part in value.items():
        key = others.get(name, name)
        first = report.names.get(key, key)
        if key != name and (key in value or key in found):
            report.keep((name,), f"{name} and {first} are two names for one thing", f"keep one of them: {key}", True)
            continue
        if key != name:
            report.names[key] = name
        found[key] = part
    return found


def read_known_keys(
    value: Mapping[str, Value], keys: Sequence[Key[Any]], kind: str, context: Context, has_dims: bool = True
) -> Given:
    """Every key, by its own name, read by its kind; unknown and missing ones are reported."""
    report = context.report
    meant_keys = report_unknown(value, keys, kind, context)
    for key in keys:
        if key.required and key.name not in value and key.name not in meant_keys:
            report.add((), f"{key.name} is missing: {key.doc}")
    given = Given(value, context.dims)
    for key in keys:
        if key.name in meant_keys:
            given.put(key.name, None)
        elif key.name in value and key not in (TYPE, DIMS) and (has_dims or isinstance(key.kind, ANY_DIMS)):
            if value[key.name] is not False or not (isinstance(key.kind, Vector) and key.kind.or_false):
                given.put(key.name, read_key(key, value[key.name], context))
        elif key.name not in value and key.default is not None:
            given.put(key.name, read_default(key, context))
    return given


def read_default(key: Key[object], context: Context) -> object:
    """What is there unless told; nobody wrote it, as a fraction or otherwise."""
    found = key.kind.read(key.default, (key.name,), context)
    return tuple(found) if isinstance(found, WrittenFraction) else found


def read_key(key: Key[object], value: Value, context: Context) -> object:
    """One value by its kind; a setting's digits are counted before anything is computed with them."""
    path = (key.name,)
    if not isinstance(key.kind, Numbers | Vector) and not settings_fit(value, path, context.report):
        return None
    return key.kind.read(value, path, context)


def report_unknown(value: Mapping[str, Value], keys: Sequence[Key[Any]], kind: str, context: Context) -> set[str]:
    """Reports the keys that the problem does not have; returns the ones they probably meant."""
    probably: set[str] = set()
    names = [key.name for key in keys]
    unknown = [key for key in value if key not in names]
    others = {key.name: (*key.also, *key.near) for key in keys} if unknown else {}
    advice = {**ADVICE, **context.advice} if unknown else {}
    for key in unknown:
        near = meant(key, names, others, close=key not in advice)
        if near:
            probably.add(near)
        hint = f"did you mean {near}?" if near else advice.get(key, f"it has {', '.join(names)}")
        context.report.add((key,), f"a {kind} problem has no key {describe(key)}", hint, of_key=True)
    return probably - set(value)
