"""The command `walk`, imported only when it is asked for."""

from __future__ import annotations

from typing import Any

import click

from cnnsteps.cli.help import Folder, Number, ProblemFile, examples
from cnnsteps.walk.actions import MOUSE, table

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


def options() -> list[click.Parameter]:
    return [
        click.Argument(["file"], metavar="FILE", type=ProblemFile(".json")),
        click.Option(["--quiz"], is_flag=True, help="Each value is hidden until it is typed; a score at the end."),
        click.Option(["--record"], metavar="FILE.cast", type=str,
                     help="Record the walk for asciinema; without a terminal it goes on by itself."),
        click.Option(["--svg"], metavar="FILE", type=str, help="Draw one step as a picture, and nothing else."),
        click.Option(["--step"], metavar="N", type=int, help="Which step --svg draws; the first unless told."),
        click.Option(["--size"], metavar="COLUMNSxROWS", type=str,
                     help="The screen without a terminal: text, --svg and --record; 80x24 unless told."),
        click.Option(["--theme"], type=click.Choice(["auto", "dark", "light"]), default="auto",
                     help="The colours' background; the terminal is asked unless told."),
        click.Option(["--cells"], metavar="SPEC", help="Only these steps: 1,1 or 2,: or 1:3,2, several with ';'."),
        click.Option(["--index-base"], type=click.Choice(["0", "1"]), default="1",
                     help="The first index; 1 unless told."),
        click.Option(["--digits"], metavar="N", type=Number(0, 1000),
                     help="Round shown numbers to N digits after the point, behind ≈; 0 to 1000."),
        click.Option(["--template"], metavar="DIR", type=Folder(),
                     help="A folder of templates; terminal.jinja has the notation."),
        click.Option(["--max-cells"], metavar="N", type=Number(0), default=10_000_000,
                     help="How many steps may be printed or recorded; 10,000,000 unless told."),
    ]  # fmt: skip


def run(file: str, **chosen: Any) -> None:
    from cnnsteps.walk.session import Request, walk_file

    chosen["index_base"] = int(chosen["index_base"])
    walk_file(file, Request(**chosen))


EPILOG = f"{examples(EXAMPLES)}\n\n{keys()}\n\n{MOUSE}"
walk = click.Command("walk", callback=run, params=options(), help=HELP, short_help=SUMMARY, epilog=EPILOG)
