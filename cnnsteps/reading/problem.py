"""From a source to a problem: parse, check every key, let the operator check the whole.

Only what is wrong costs a second look: the places of values are searched after a mistake.
"""

from __future__ import annotations

from collections.abc import Mapping

from cnnsteps import operators
from cnnsteps.errors import InputError, Mistake, Path
from cnnsteps.operators import Problem
from cnnsteps.reading.given import Given
from cnnsteps.reading.json_text import BROKEN, Document, Value, parse
from cnnsteps.reading.kinds import COMMON, Context, Numbers
from cnnsteps.reading.names import ADVICE, TYPES, meant
from cnnsteps.reading.report import Report, TooMany
from cnnsteps.reading.source import Source
from cnnsteps.reading.words import describe


def read_problem(source: Source, expected: str | None = None) -> Problem:
    """The problem in a source; InputError with every mistake in it.

    `expected` is the kind of problem that the command solves; None takes any.
    """
    document = parse(source.text)
    report = Report()
    problem: Problem | None = None
    if document.scanned is None or document.scanned.complete:
        try:
            problem = read_value(document, expected, report)
        except TooMany:
            report.mistakes.append(Mistake("and there may be more: these are the first 100 mistakes"))
    if problem is None or report or document.scanned:
        raise InputError(located(document, source, report), source.name)
    return problem


def located(document: Document, source: Source, report: Report) -> list[Mistake]:
    """All mistakes with line and column, in the order of the file."""
    from cnnsteps.reading.places import scan

    scanned = document.scanned or scan(source.text)
    found = [scanned.locate(mistake) for mistake in report.mistakes] + scanned.mistakes
    return sorted(found, key=lambda m: (m.line, m.column))


def locate(error: InputError, source: Source) -> InputError:
    """The same mistakes with the places of this source."""
    from cnnsteps.reading.places import scan

    scanned = scan(source.text)
    return InputError([scanned.locate(mistake) for mistake in error.mistakes], source.name)


def read_value(document: Document, expected: str | None, report: Report) -> Problem | None:
    value = document.value
    if not isinstance(value, dict):
        if value is not BROKEN:
            report.add((), f"a problem is an object {{…}}, but this is {describe(value)}")
        return None
    kind = read_type(value, expected, report)
    if kind is None:
        return None
    operator = operators.load(kind)
    given = read_keys(value, (*COMMON, *operator.KEYS), kind, document, report)
    return operator.read(given, report)


def read_type(value: Mapping[str, Value], expected: str | None, report: Report) -> str | None:
    """The kind of problem: what `type` says, or what the command expects."""
    stated = value.get("type", expected)
    known = operators.names()
    if stated is None:
        aliased = next((key for key in value if meant(key, ["type"]) and key not in ("title",)), None)
        if aliased is None:
            report.add((), "type is missing", f'say which problem it is: "type": "{known[0]}"')
        else:
            report.add((aliased,), f"there is no key {aliased}", "did you mean type?", of_key=True)
    elif stated is not BROKEN and stated not in known:
        near = meant(stated, known, TYPES) if isinstance(stated, str) else None
        hint = f'did you mean "{near}"?' if near else f"the types are {', '.join(known)}"
        report.add(("type",), f"type is {describe(stated)}, which is no kind of problem", hint)
    elif expected is not None and stated != expected:
        command = str(stated).replace("_", "-")
        report.add(
            ("type",),
            f"this is a {stated} problem, and the command is {expected.replace('_', '-')}",
            f"use `cnnsteps {command}` or `cnnsteps solve`",
        )
    else:
        return str(stated) if stated is not BROKEN else expected
    return None


def read_keys(value: Mapping[str, Value], keys: operators.Keys, kind: str, document: Document, report: Report) -> Given:
    """Every key read by its kind; unknown and missing ones are reported."""
    aliased = report_unknown(value, [key.name for key in keys], kind, report)
    context = Context(read_dims(value, keys), report, document.has_booleans)
    given = Given(value, context.dims)
    for key in keys:
        if key.name in value:
            given.put(key.name, key.kind.read(value[key.name], (key.name,), context))
        elif key.default is not None:
            given.put(key.name, key.kind.read(key.default, (key.name,), context))
        elif key.required and key.name not in aliased:
            report.add((), f"{key.name} is missing: {key.doc}")
    return given


def read_dims(value: Mapping[str, Value], keys: operators.Keys) -> int:
    """The number of spatial dimensions: as told, else by `input`, where that holds numbers and not sizes."""
    stated = value.get("dims")
    if isinstance(stated, int) and not isinstance(stated, bool) and 1 <= stated <= 3:
        return stated
    given = value.get("input")
    holds_numbers = any(key.name == "input" and isinstance(key.kind, Numbers) for key in keys)
    flat = isinstance(given, list) and bool(given) and not isinstance(given[0], list)
    return 1 if flat and holds_numbers and "dims" not in value else 2


def report_unknown(value: Mapping[str, Value], names: list[str], kind: str, report: Report) -> set[str]:
    """Reports the keys that the problem does not have; returns the ones they probably meant."""
    probably: set[str] = set()
    for key in value:
        if key in names:
            continue
        path: Path = (key,)
        near = meant(key, names)
        if key in ADVICE and near is None:
            hint: str | None = ADVICE[key]
        elif near is None:
            hint = f"it has {', '.join(names)}"
        else:
            hint = f"did you mean {near}?"
            probably.add(near)
        report.add(path, f"a {kind} problem has no key {describe(key)}", hint, of_key=True)
    return probably
