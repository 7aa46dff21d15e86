"""The command `walk`, imported only when it is asked for."""

from __future__ import annotations

from typing import Any, cast

import click

from cnnsteps.cli.help import Command, ProblemFile, examples
from cnnsteps.cli.options import click_options, told
from cnnsteps.walk.actions import MOUSE, table
from cnnsteps.walk.options import TAKEN, WalkOptions

SUMMARY = "Walks through a solution step by step in the terminal."
EXAMPLES = (
    "cnnsteps walk samples/conv-rgb.json",
    "cnnsteps walk samples/pool-max.json --quiz",
    "cnnsteps walk samples/conv-padding.json --svg step.svg --step 7",
)
HELP = f"""{SUMMARY}

FILE is a problem file in JSON; - is standard input, and keys then come from the terminal. Without a terminal each
step's screen is printed as text.
"""


def keys() -> str:
    """The table of keys, for --help."""
    rows = table()
    wide = max(len(names) for names, _ in rows)
    return "\n".join(["\b", "Keys:", *(f"  {names.ljust(wide)}  {doc}" for names, doc in rows)])


def run(file: str, **chosen: Any) -> None:
    import numpy  # noqa: F401  (from a shallow stack, as in program.py)

    from cnnsteps.walk.session import walk_file

    walk_file(file, cast(WalkOptions, told(chosen)))


PARAMETERS = [click.Argument(["file"], metavar="FILE", type=ProblemFile(".json")), *click_options(TAKEN)]
EPILOG = f"{examples(EXAMPLES)}\n\n{keys()}\n\n{MOUSE}"
walk = Command("walk", callback=run, params=PARAMETERS, help=HELP, short_help=SUMMARY, epilog=EPILOG)
