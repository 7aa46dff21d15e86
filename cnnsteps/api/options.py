"""The command line's options, given to `render` and `save` by their names."""

from __future__ import annotations

import os
import re
from pathlib import Path

from cnnsteps import formats
from cnnsteps.errors import InputError, Mistake, UsageError
from cnnsteps.formats import Options
from cnnsteps.i18n import ENGLISH
from cnnsteps.model.solution import Limits
from cnnsteps.model.solution import Solution as Worked
from cnnsteps.model.steps import NamedTensor
from cnnsteps.networks.precision import has_irrational, tensors_of
from cnnsteps.numbers.irrational import SURE
from cnnsteps.pipeline import expansions_of, selected
from cnnsteps.render.languages import check_language
from cnnsteps.text import join_or


def options_of(
    worked: Worked,
    answer_only: bool,
    cells: str | None,
    index_base: int,
    fragment: bool,
    digits: int | None,
    flavor: str,
    template: str | os.PathLike[str] | None,
    max_cells: int,
    language: str,
) -> Options:
    """The checked options of `render` and `save`."""
    check_choice("index_base", index_base, (0, 1))
    check_choice("flavor", flavor, ("dollar", "github"))
    if digits is not None and not (isinstance(digits, int) and 0 <= digits <= 1000):
        raise UsageError(f"digits is {digits!r}, but it is a whole number from 0 to 1000")
    try:
        selection = selected(worked.problem, cells, index_base)
        asked = 0 if answer_only else expansions_of(worked.problem, selection)
        Limits(max_cells).check_expansions(asked)
    except UsageError as error:
        raise UsageError(pythonic(str(error))) from None
    except InputError as error:
        mistakes = [Mistake(pythonic(m.message), pythonic(m.hint or "") or None) for m in error.mistakes]
        raise InputError(mistakes, None) from None
    folder = None if template is None else Path(template)
    if language != ENGLISH:
        check_language(language, folder)
    return Options(answer_only, selection, index_base, fragment, digits, flavor, folder, language=language)


def with_digits(worked: Worked, digits: int | None) -> Worked:
    """Worked out anew where irrational numbers are to be printed with more digits than are kept unless told."""
    if digits is None or digits <= SURE or not any(map(has_irrational, tensors_of(worked))):
        return worked
    given = getattr(worked.problem, "given", None)
    if isinstance(given, NamedTensor) and has_irrational(given.tensor):
        raise UsageError(f"digits is {digits}, but a layer alone is printed with at most {SURE}: render the network")
    return worked.problem.solve(Limits(digits=digits))


def chosen(name: str) -> formats.Format:
    check_choice("format", name, tuple(formats.names()))
    return formats.load(name)


def suffixes() -> list[str]:
    return [formats.load(name).SUFFIX for name in formats.names()]


def check_choice(name: str, value: object, among: tuple[object, ...]) -> None:
    """UsageError where the value is none of these."""
    if value not in among or isinstance(value, bool):
        raise UsageError(f"{name} is {value!r}, but it is {join_or([repr(one) for one in among])}")


def pythonic(text: str) -> str:
    """The command line's --answer-only is answer_only here."""
    return re.sub(r"--([a-z-]+)", lambda found: found[1].replace("-", "_"), text)
