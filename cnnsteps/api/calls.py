"""A call's arguments as a problem: read like a file, solved, its mistakes told by the arguments' names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from inspect import Parameter, Signature
from typing import TYPE_CHECKING

from cnnsteps import operators, pipeline
from cnnsteps.api.solution import Solution
from cnnsteps.api.values import Plain, kind_of
from cnnsteps.errors import InputError, Mistake
from cnnsteps.model.solution import Limits
from cnnsteps.problems import types
from cnnsteps.problems.problem import Exercise, read_value
from cnnsteps.reading.backward import BACKWARD, GRAD_OUTPUT
from cnnsteps.reading.field_types import DIMS, TITLE
from cnnsteps.reading.json.text import Document
from cnnsteps.reading.json.values import Value
from cnnsteps.report import MOST, Report, TooMany

if TYPE_CHECKING:
    from cnnsteps.operators._contract import Keys

Names = Mapping[str, str]
"""The keys of a problem file by the names of a function's parameters, where they differ."""


def solved(kind: str, arguments: Mapping[str, object], keys: Names | None = None) -> Solution:
    """The solution of a problem whose keys are a function's arguments; InputError with every mistake in them."""
    operator = types.load(kind)
    keys = {**operators.arguments(operator), **(keys or {})}
    defaults = {key.name: key.default for key in operator.KEYS}
    named = {keys.get(name, name): value for name, value in arguments.items()}
    # What is left at its default is left out: some keys exclude others.
    told = {key: value for key, value in named.items() if value is not None and not same(value, defaults.get(key))}
    if GRAD_OUTPUT in told:
        told[BACKWARD.name] = {GRAD_OUTPUT: told.pop(GRAD_OUTPUT)}
    return solved_problem({"type": kind, **told}, {key: name for name, key in keys.items()})


def function_of(kind: str) -> Callable[..., Solution]:
    """An operator as a function of its keys, for one that has none in `cnnsteps.api`."""
    operator = types.load(kind)
    names = operators.arguments(operator)
    parameters = [*parameters_of(operator.KEYS, {key: name for name, key in names.items()})]
    places = [parameter.name for parameter in parameters if parameter.kind is Parameter.POSITIONAL_OR_KEYWORD]

    def function(*arguments: object, **named: object) -> Solution:
        if len(arguments) > len(places):
            raise TypeError(f"{kind}() takes {len(places)} arguments, and {len(arguments)} were given")
        return solved(kind, {**dict(zip(places, arguments, strict=False)), **named})

    function.__name__, function.__qualname__, function.__doc__ = kind, kind, operator.SUMMARY
    function.__signature__ = Signature(parameters, return_annotation=Solution)  # type: ignore[attr-defined]
    return function


def parameters_of(keys: Keys, names: Names) -> Iterator[Parameter]:
    """The keys in their order under their names for the caller, then what every function takes by name alone."""
    for key in keys:
        if key.name != BACKWARD.name:
            default = Parameter.empty if key.required else key.default
            yield Parameter(names.get(key.name, key.name), Parameter.POSITIONAL_OR_KEYWORD, default=default)
    own = [GRAD_OUTPUT] if BACKWARD in keys else []
    for name in (*own, DIMS.name, TITLE.name):
        yield Parameter(name, Parameter.KEYWORD_ONLY, default=None)


def same(value: object, default: object) -> bool:
    return type(value) is type(default) and value == default


def solved_problem(problem: object, names: Names) -> Solution:
    """The solution of what a problem file would say; `names` are those of the keys for the caller."""
    if not isinstance(problem, Mapping):
        message = f'a problem is a mapping, {{"type": "conv", …}}, but this is {kind_of(problem)}'
        raise InputError([Mistake(message)], None)
    report = Report()
    read: Exercise | None = None
    value: Value = {}
    with suppress(TooMany):
        plain = Plain(report)
        value = plain.value(problem, ())
        read = read_value(Document(value, plain.has_booleans), None, report)
    if read is None or report:
        order = list(value) if isinstance(value, dict) else []
        raise refused(report.mistakes, names, order)
    names = {**names, **report.names}
    solution = pipeline.solved(read.problem, lambda error: refused(error.mistakes, names, []), Limits())
    return Solution(solution, read.show, read.given)


def refused(mistakes: list[Mistake], names: Names, order: list[str]) -> InputError:
    """The mistakes in the order of the arguments, by the arguments' names."""
    places = {key: i for i, key in enumerate(order)}
    ordered = sorted(mistakes, key=lambda m: places.get(str(m.path[0]) if m.path else "", len(places)))
    told = list(dict.fromkeys(by_argument(mistake, names) for mistake in ordered[:MOST]))
    if len(mistakes) > MOST:
        told.append(Mistake(f"these are the first {MOST} mistakes; there are more"))
    return InputError(told, None)


def by_argument(mistake: Mistake, names: Names) -> Mistake:
    """`kernel has 2 channels`, the fact of a file, is `weight has 2 channels` of a call."""
    path = mistake.path[1:] if mistake.path[:1] == (BACKWARD.name,) and len(mistake.path) > 1 else mistake.path
    key = str(path[0]) if path else ""
    if not path and (word := re.match(r"\w+", mistake.message)):
        key = word.group()
    if key not in names:
        return mistake._replace(path=path)
    message = re.sub(rf"^{key}\b", names[key], mistake.message)
    return mistake._replace(path=(names[key], *path[1:]), message=message)
