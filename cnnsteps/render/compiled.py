"""Shipped templates as Python code, compiled by Jinja once and kept from run to run.

Importing Jinja and compiling took 18 % and 10 % of a small problem's time; loading the code takes 1 %. A file of
the cache holds the text that it was compiled from: where the template is another now, it does not fit.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import CodeType
from typing import Any

from cnnsteps.render import runtime
from cnnsteps.render.shipped import SYNTAX, folder, installation, kept

VERSION = f"4 {SYNTAX}"
"""Another one where the same text is compiled to other code."""
KNOWN = "3.1."
"""The Jinja whose code `runtime` can run."""


def code_of(name: str, filters: Mapping[str, Callable[..., object]]) -> CodeType | None:
    """The code of a shipped template; None where it asks for more than `runtime` has."""
    with open(os.path.join(folder(), name), encoding="utf-8") as file:
        source = file.read()
    cache = kept("compiled", installation())
    path = os.path.join(cache, name) if cache else None
    code = loaded(path, source) if path else None
    if code is None:
        code = compiled(name, source, filters)
        if code is not None and path:
            keep(path, source, code)
    return code


def loaded(path: str, source: str) -> CodeType | None:
    """What was kept, where it is of this text."""
    try:
        with open(path, "rb") as file:
            version, text, code = marshal.loads(file.read())
    except (OSError, EOFError, ValueError, TypeError):
        return None
    return code if (version, text) == (VERSION, source) and isinstance(code, CodeType) else None


def keep(path: str, source: str, code: CodeType) -> None:
    """Whole or not at all; without it the next run compiles again."""
    beside = f"{path}.{os.urandom(8).hex()}"
    with suppress(OSError):
        try:
            with open(beside, "xb") as file:
                file.write(marshal.dumps((VERSION, source, code)))
            os.replace(beside, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(beside)
            raise


def compiled(name: str, source: str, filters: Mapping[str, Callable[..., object]]) -> CodeType | None:
    """Jinja's code, which finds its names in `runtime` and not in Jinja."""
    import re

    import jinja2

    if not jinja2.__version__.startswith(KNOWN):
        return None
    # Its optimizer takes a tenth of the time, and finds nothing in templates without constant sums.
    environment = jinja2.Environment(**SYNTAX, undefined=jinja2.StrictUndefined, optimized=False)
    known: dict[str, Any] = {**runtime.FILTERS, **filters}
    environment.filters, environment.tests = known, dict(runtime.TESTS)
    try:
        lines = environment.compile(source, name, name, raw=True).split("\n")
    except jinja2.TemplateAssertionError:
        return None
    imports = [i for i, line in enumerate(lines) if line.startswith("from jinja2.runtime import ")]
    lines[imports[0]] = ""
    code = "\n".join(lines)
    # Within a condition Jinja leaves it to the run to complain of a filter that nobody knows.
    asked = set(re.findall(r"environment\.(?:filters|tests)\['(\w+)'\]", code))
    return compile(code, name, "exec") if asked <= {*known, *runtime.TESTS} else None
