"""The options, given to `render` and `save` by their names."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from cnnsteps import formats
from cnnsteps.errors import InputError, Mistake, UsageError
from cnnsteps.model.selection import Selection
from cnnsteps.model.solution import Limits
from cnnsteps.model.solution import Solution as Worked
from cnnsteps.options import OPTIONS, Choice, Options, misfit
from cnnsteps.pipeline import check_words, expansions_of, limits_of, rendered, selected, steps_of
from cnnsteps.render.options import render_options
from cnnsteps.render.pieces import Pieces, joined
from cnnsteps.text import excerpt, join_or

Function = TypeVar("Function", bound=Callable[..., Any])


def taking_options(function: Function) -> Function:
    """A function whose `**options` are shown by their names and defaults, in `help()` and as one types."""
    signature = inspect.signature(function)
    *first, _ = signature.parameters.values()
    named = (
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option.default, annotation=annotation)
        for (name, option), annotation in zip(OPTIONS.items(), Options.__annotations__.values(), strict=True)
    )
    function.__signature__ = signature.replace(parameters=[*first, *named])  # type: ignore[attr-defined]
    return function


def written(
    worked: Worked, format: str, given: Options, problem: Mapping[str, object] | None = None
) -> Iterator[Pieces]:
    """The solution in a format, when all options fit; UsageError or InputError where one does not."""
    check_choice("format", format, tuple(formats.names()))
    check_names(given)
    if wrong := misfit(given):
        raise UsageError(wrong)
    options = render_options(given)
    try:
        selection = selected(worked.problem, options)
        limits_of(options).check_expansions(expansions_of(worked.problem, selection, options))
    except UsageError as error:
        raise UsageError(pythonic(str(error))) from None
    except InputError as error:
        mistakes = [Mistake(pythonic(m.message), pythonic(m.hint or "") or None) for m in error.mistakes]
        raise InputError(mistakes, None) from None
    check_words(options)
    pieces = rendered(with_digits(worked, options["digits"]), selection, format, options, problem)
    return verified(worked, selection, format, options, pieces, problem) if options["verify"] else pieces


def verified(
    worked: Worked,
    selection: Selection,
    format: str,
    options: Options,
    pieces: Iterator[Pieces],
    problem: Mapping[str, object] | None,
) -> Iterator[Pieces]:
    """The whole, once it is known to be right; VerificationError where it is not."""
    from cnnsteps.checking.verify import verify

    data = joined(pieces)
    verify(data, format, problem, options, steps_of(worked, selection, options))
    yield data


def check_names(given: Options) -> None:
    """TypeError, as Python has it, where there is no such option."""
    for name in given:
        if name not in OPTIONS:
            raise TypeError(f"unexpected keyword argument {name!r}; the options are {', '.join(OPTIONS)}")


def with_digits(worked: Worked, digits: int | None) -> Worked:
    """Worked out anew where irrational numbers are to be printed with more digits than are kept unless told."""
    from cnnsteps.networks.precision import has_irrational, tensors_of
    from cnnsteps.numbers.irrational import SURE

    if digits is None or digits <= SURE or not any(map(has_irrational, tensors_of(worked))):
        return worked
    if any(has_irrational(operand.tensor) for operand in worked.problem.operands):
        raise UsageError(f"digits is {digits}, but a layer alone is printed with at most {SURE}: render the network")
    return worked.problem.solve(Limits(digits=digits))


def format_of(path: str) -> str:
    """The format that files with this suffix have; UsageError where nobody knows."""
    known = formats.by_suffix(os.path.splitext(path)[1].lower())
    if known is None:
        raise UsageError(f"{path!r} does not say its format: {join_or(suffixes())}, or give format=")
    return known


def suffixes() -> list[str]:
    return [formats.load(name).SUFFIX for name in formats.names()]


def check_choice(name: str, value: object, among: tuple[object, ...]) -> None:
    """UsageError where the value is none of these."""
    choice = Choice(among)
    if not choice.fits(value):
        raise UsageError(f"{name} is {excerpt(repr(value))}, but it is {choice.words}")


def pythonic(text: str) -> str:
    """The command line's --answer-only is answer_only here."""
    return re.sub(r"--([a-z-]+)", lambda found: found[1].replace("-", "_"), text)
