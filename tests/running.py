"""How tests run cnnsteps: as a process, or in this one, a problem in and text or numbers out.

A problem is a dict as a file would have it. Numbers are written exactly: an int or a Decimal
as a JSON number, a Fraction as the string "1/3", a float as its shortest decimal.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

from cnnsteps.model.solution import Limits, Solution
from cnnsteps.numbers.exact import integer_text
from cnnsteps.options import Options
from cnnsteps.pipeline import rendered, selected, solved
from cnnsteps.problems.problem import locate, read_problem
from cnnsteps.reading.source import Source
from cnnsteps.render.options import PIPE, Screen, render_options
from cnnsteps.render.pieces import joined
from tests.forked import Request, starter

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
FORMATS = ("terminal", "latex", "markdown", "ipynb", "json")
PATIENCE = 1200
"""Seconds after which something hangs: a busy machine may have little time to give."""


STARTING = {"PYTHONIOENCODING", "PYTHONPATH", "PYTHONUTF8", "PYTHONCOERCECLOCALE", "LC_ALL"}
"""What Python reads when it starts."""


class Result(NamedTuple):
    """What a run of the program gave."""

    code: int
    out: bytes
    err: bytes


def run_cli(
    *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, cwd: Path | str | None = None
) -> Result:
    """The program with these arguments as a process (tests.forked); `env` is added to this process's environment."""
    if not hasattr(os, "fork") or STARTING & (env or {}).keys():
        return start_cli(*args, stdin=stdin, env=env, cwd=cwd)
    return Result(*starter().run(request(args, env, cwd), stdin))


def request(args: tuple[str, ...], env: Mapping[str, str] | None, cwd: Path | str | None) -> Request:
    """For the starter: in this folder or `cwd`, with this process's environment and `env`."""
    return Request(args, {**os.environ, **(env or {})}, str(Path(cwd or ".").absolute()))


def start_cli(
    *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, cwd: Path | str | None = None
) -> Result:
    """The same from its very start: `python -m cnnsteps`."""
    done = subprocess.run(
        [sys.executable, "-m", "cnnsteps", *args],
        input=stdin, capture_output=True, env={**os.environ, **(env or {})}, cwd=cwd, timeout=PATIENCE, check=False,
    )  # fmt: skip
    return Result(done.returncode, done.stdout, done.stderr)


def as_json(value: object) -> str:
    """A problem file's text, every number exactly as it is."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{json.dumps(str(k))}: {as_json(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(as_json, value)) + "]"
        case bool() | str() | None:
            return json.dumps(value)
        case Decimal():
            return format(value, "f")
        case Fraction():
            return f'"{integer_text(value.numerator)}/{integer_text(value.denominator)}"'
        case int():
            return integer_text(value)
        case float():
            return json.dumps(value)
        case _:
            raise TypeError(f"no JSON for {value!r}")


def solve(problem: Mapping[str, object] | str, digits: int | None = None) -> Solution:
    """The solution itself, worked out for so many digits of irrational numbers; a problem may be its file's text."""
    source = Source("problem.json", problem if isinstance(problem, str) else as_json(problem))
    return solved(read_problem(source), partial(locate, source=source), Limits(digits=digits))


def render(problem: Mapping[str, object] | str, fmt: str, *, screen: Screen = PIPE, **options: Any) -> str:
    """The problem's solution in a format, in this process; `options` are those of the command line."""
    chosen = render_options(cast(Options, options), screen)
    solution = solve(problem, chosen["digits"])
    return joined(rendered(solution, selected(solution.problem, chosen), fmt, chosen)).decode()


def solve_json(problem: Mapping[str, object] | str, **options: Any) -> dict[str, Any]:
    """The problem's own result: decimals as Fractions, all else as JSON has it (`exact` makes it numbers)."""
    result = json.loads(render(problem, "json", **options), parse_float=Fraction)
    (only,) = result["problems"]
    return dict(only)


def exact(value: Any) -> Any:
    """Nested lists of a result as Fractions: `[1, "1/3"]` is [1, 1/3]."""
    return [exact(part) for part in value] if isinstance(value, list) else Fraction(value)
