"""From a source to a problem: parse, check every key, let the operator check the whole.

Only what is wrong costs a second look: the places of values are searched after a mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from cnnsteps import operators
from cnnsteps.errors import InputError, Mistake
from cnnsteps.model.solution import Problem
from cnnsteps.options import Options
from cnnsteps.problems import types
from cnnsteps.reading.aliases import meant
from cnnsteps.reading.describe import describe
from cnnsteps.reading.field_types import COMMON, DIMS, TITLE, TYPE, Numbers
from cnnsteps.reading.fields import Given
from cnnsteps.reading.json.text import Document, parse
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.reading.key import Context, whole
from cnnsteps.reading.keys import by_own_names, read_known_keys
from cnnsteps.reading.show import SHOW
from cnnsteps.reading.source import Source
from cnnsteps.records import NamedTuple
from cnnsteps.report import MOST, Report, TooMany

if TYPE_CHECKING:
    from cnnsteps.operators._contract import Keys


class Exercise(NamedTuple):
    """A problem, what its file says of how the solution looks, and the problem as it was given there."""

    problem: Problem
    show: Options
    given: Mapping[str, object] | None = None


def read_problem(source: Source, expected: str | None = None) -> Problem:
    """The problem in a source, however its solution is to look."""
    return read_exercise(source, expected).problem


def read_exercise(source: Source, expected: str | None = None) -> Exercise:
    """The problem in a source; InputError with every mistake in it.

    `expected` is the kind of problem that the command solves; None takes any.
    """
    document = parse(source.text)
    report = Report()
    exercise: Exercise | None = None
    if document.scanned is None or document.scanned.complete:
        with suppress(TooMany):
            exercise = read_value(document, expected, report)
    if exercise is None or report or document.scanned:
        mistakes = located(document, source, report)
        assert mistakes, "a problem was refused without a mistake"
        raise InputError(mistakes, source.name)
    return exercise


def located(document: Document, source: Source, report: Report) -> list[Mistake]:
    """All mistakes with line and column, in the order of the file."""
    from cnnsteps.reading.json.scanner import scan

    scanned = document.scanned or scan(source.text)
    found = scanned.mistakes + [scanned.locate(mistake) for mistake in report.mistakes]
    ordered = sorted({(m.line, m.column, m.message): m for m in found}.values(), key=lambda m: (m.line, m.column))
    if len(ordered) <= MOST:
        return ordered
    last = ordered[MOST - 1]
    return [*ordered[:MOST], Mistake(f"these are the first {MOST} mistakes; there are more").at(last.line, last.column)]


def locate(error: InputError, source: Source) -> InputError:
    """The same mistakes with the places of this source."""
    from cnnsteps.reading.json.scanner import scan

    scanned = scan(source.text)
    report = Report()
    report.names = names_in(scanned.value)
    for mistake in error.mistakes:
        report.add(mistake.path, mistake.message, mistake.hint, mistake.of_key)
    return InputError([scanned.locate(mistake) for mistake in report.mistakes], source.name)


def names_in(value: Value) -> dict[str, str]:
    """What a problem calls its keys, where it is by another name than their own."""
    if not isinstance(value, dict):
        return {}
    kinds = [kind for kind in types.names() if value.get("type") in (kind, None)]
    keys = [key for kind in kinds for key in types.load(kind).KEYS if key.name not in value]
    return {key.name: other for key in keys for other in key.also if other in value}


def read_value(document: Document, expected: str | None, report: Report) -> Exercise | None:
    value = document.value
    if not isinstance(value, dict):
        if value is not BROKEN:
            report.add((), f"a problem is an object {{…}}, but this is {describe(value)}")
        return None
    if "problems" in value:
        hint = "give each of its problems a file of its own"
        report.add(("problems",), "this is a sheet of problems, which can't be solved yet", hint, of_key=True)
        return None
    kind = read_type(value, expected, report)
    if kind is None:
        return None
    operator = types.load(kind)
    keys = (*COMMON, SHOW, *operator.KEYS, *operators.checks(operator))
    given = read_keys(by_own_names(value, keys, report), keys, kind, document, report)
    problem = None if given is None else operator.read(given, report)
    if given is None or problem is None:
        return None
    return Exercise(problem, given.get(SHOW) or {}, {"type": kind, **value})


def read_type(value: Mapping[str, Value], expected: str | None, report: Report) -> str | None:
    """The kind of problem: what `type` says, or what the command expects; None where nobody knows.

    A type that there is not is a mistake by itself: by whose keys should the rest be judged?
    """
    known = types.names()
    if "type" not in value:
        if expected is None:
            report_missing_type(value, known, report)
        return expected
    stated = value["type"]
    if stated is BROKEN:
        return expected
    if not isinstance(stated, str) or stated not in known:
        near = meant(stated, known, types.aliases()) if isinstance(stated, str) else None
        hint = f'did you mean "{near}"?' if near else f"the types are {', '.join(known)}"
        report.add(("type",), f"type is {describe(stated)}, which is no kind of problem", hint)
        return None
    if expected is not None and stated != expected:
        message = f"this is a {stated} problem, and the command is {expected.replace('_', '-')}"
        report.add(("type",), message, f"use `cnnsteps {stated.replace('_', '-')}` or `cnnsteps solve`")
        return None
    return stated


def likely_type(value: Mapping[str, Value], known: list[str]) -> str:
    """The first type whose required keys are all given and which knows the most of the others; conv for none."""

    def fits(kind: str) -> tuple[bool, int]:
        keys = types.load(kind).KEYS
        required = all(not value.keys().isdisjoint((key.name, *key.also)) for key in keys if key.required)
        return required and len(value) > 1, sum(not value.keys().isdisjoint((key.name, *key.also)) for key in keys)

    return max(["conv", *known], key=fits)


def report_missing_type(value: Mapping[str, Value], known: list[str], report: Report) -> None:
    """The type may stand under another name."""
    others = {"type": TYPE.near}
    named = next((key for key in value if key != TITLE.name and meant(key, others, others)), None)
    if named is None:
        report.add((), "type is missing", f'say which problem it is, for example "type": "{likely_type(value, known)}"')
    else:
        report.add((named,), f"there is no key {describe(named)}", "did you mean type?", of_key=True)


def read_keys(value: Mapping[str, Value], keys: Keys, kind: str, document: Document, report: Report) -> Given | None:
    """Every key read by its kind; None where `dims` is wrong: then nobody knows how many numbers belong anywhere."""
    context = Context(read_dims(value, keys), report, document.has_booleans, operators.advice(types.load(kind)))
    has_dims = "dims" not in value or DIMS.kind.read(value["dims"], ("dims",), context) is not None
    given = read_known_keys(value, keys, kind, context, has_dims)
    return given if has_dims else None


def read_dims(value: Mapping[str, Value], keys: Keys) -> int:
    """The number of spatial dimensions: as told, else by `input`, where that holds numbers and not sizes."""
    stated = whole(value.get("dims"))
    if stated is not None and 1 <= stated <= 3:
        return stated
    given = value.get("input")
    holds_numbers = any(key.name == "input" and isinstance(key.kind, Numbers) for key in keys)
    flat = isinstance(given, list) and bool(given) and not any(isinstance(part, list) for part in given)
    return 1 if flat and holds_numbers and "dims" not in value else 2
