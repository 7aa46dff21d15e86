"""An error repeats the user's text, but no more of it than one takes in at a glance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cnnsteps.errors import InputError, UsageError
from cnnsteps.model.selection import parse_cells
from cnnsteps.model.solution import Limits
from cnnsteps.problems.problem import read_problem
from cnnsteps.reading.source import Source
from cnnsteps.text import MOST_SHOWN, abbreviate, excerpt
from tests.running import SAMPLES, as_json

MOST_SAID = 400
LONG = [10**400, -(10**300), "\x1b" * 300, [[10**400, 10**400]] * 2, {"k" * 300: 1}, "1/" + "3" * 400]
PROBLEMS = [
    path.name for path in sorted(SAMPLES.glob("*.json")) if path.stat().st_size < 1200 and "problem" not in path.name
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every key of a problem, those of its layers too."""
    if isinstance(value, dict):
        for key in value:
            yield (*path, key)
            yield from places(value[key], (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for i, part in enumerate(value):
            yield from places(part, (*path, i))


def replaced(problem: Any, path: tuple[Any, ...], value: object) -> Any:
    if not path:
        return value
    copy = dict(problem) if isinstance(problem, dict) else list(problem)
    copy[path[0]] = replaced(copy[path[0]], path[1:], value)
    return copy


def mistakes_of(problem: Any) -> list[str]:
    """All that is said of a problem, hints too."""
    limits = Limits(1000)
    try:
        read = read_problem(Source("p.json", as_json(problem)))
        limits.check_size(read)
        read.solve(limits)
    except InputError as error:
        return [text for mistake in error.mistakes for text in (mistake.message, mistake.hint or "")]
    return []


@pytest.mark.parametrize("name", PROBLEMS)
def test_no_line_is_long(name: str) -> None:
    """A value of hundreds of characters, in the place of each that a sample has, and of a key."""
    problem = json.loads((SAMPLES / name).read_text("utf-8"))
    for path in places(problem):
        for value in LONG:
            for said in mistakes_of(replaced(problem, path, value)):
                assert len(said) <= MOST_SAID, (path, str(value)[:20], said)
    for said in mistakes_of({**problem, "k" * 300: 1}):
        assert len(said) <= MOST_SAID


@pytest.mark.parametrize("spec", ["x" * 500, "1," * 300, "9" * 500, ";".join(["9" * 17] * 40)])
def test_options_are_cut_too(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_cells(spec, (3, 3), 1)
    assert len(str(caught.value)) <= MOST_SAID


def test_an_excerpt_has_both_ends() -> None:
    text = "begin" + "x" * 1000 + "\x1bend"
    assert excerpt(text).startswith("beginxxx")
    assert excerpt(text).endswith("\\x1bend")
    assert len(excerpt(text)) <= MOST_SHOWN
    assert len(excerpt("\U000e0001" * 1000)) <= MOST_SHOWN
    assert excerpt("short") == abbreviate("short") == "short"
