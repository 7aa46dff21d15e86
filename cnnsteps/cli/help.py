"""How the command line reads: the groups of commands, examples, and what options take.

`--help`, the manual pages and the completions all say what stands here and in `cli.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

import click


def examples(commands: Sequence[str]) -> str:
    """The end of a command's help; the tests run what stands here."""
    return "\b\nExamples:\n  " + "\n  ".join(commands)


EPILOG = "\n\n".join(
    (
        examples(
            (
                "cnnsteps conv samples/conv-padding.json",
                "cnnsteps conv samples/conv-rgb.json -o solution.tex",
                "cnnsteps pool samples/pool-max.json -f markdown",
                "cnnsteps size samples/size-alexnet.json --answer-only",
            )
        ),
        """\b
Problem files:
  A problem file says in JSON what is to be worked out; `cnnsteps schema`
  prints all that it may say.

\b
  {"type": "conv", "input": [[1, 2], [3, 4]],
   "kernel": [[1, 0], [0, 1]], "padding": 1}""",
        """\b
Exit codes:
  0    done
  1    check found mistakes
  2    wrong usage, input or template
  3    the output could not be written, or memory or disk ran out
  70   a bug in cnnsteps
  130  ended by Ctrl-C
  141  ended by a closed pipe
  143  ended by a termination signal""",
        """\b
Environment:
  COLUMNS         the width to write for, instead of the terminal's own
  NO_COLOR        set to anything: no colours
  XDG_CACHE_HOME  where compiled templates are kept, ~/.cache unless told""",
    )
)


class ProblemFile(click.types.StringParamType):
    """A file to be read, or -; `suffixes` are those that the completions offer."""

    def __init__(self, *suffixes: str) -> None:
        self.suffixes = suffixes


class Command(click.Command):
    """A mistake in its options says which command it is; click loses that of an option without its value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise


APART = {
    "check": "cnnsteps.cli.check_command",
    "explain": "cnnsteps.cli.check_command",
    "templates": "cnnsteps.cli.template_commands",
    "walk": "cnnsteps.cli.walk_command",
}
"""Commands of modules of their own, which are imported when they are asked for; they have the command's name there."""


ANY = "solve"


class Commands(click.Group):
    """The commands that solve are made when they are asked for."""

    command_class = Command
    make: Callable[[str], click.Command]
    """The command of the operator with this name, or that of any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.types(), *self.others(ctx)]

    def others(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *APART, ANY])

    def types(self) -> list[str]:
        from cnnsteps.problems import types

        return [name.replace("_", "-") for name in types.names()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in APART:
            return cast(click.Command, getattr(import_module(APART[cmd_name]), cmd_name))
        return (
            self.make(cmd_name) if cmd_name == ANY or cmd_name in self.types() else super().get_command(ctx, cmd_name)
        )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Those of one type of problem stand by themselves."""
        for title, names in (
            ("Commands", self.others(ctx)),
            ("Commands for one type of problem", self.types()),
        ):
            with formatter.section(title):
                found = ((name, self.get_command(ctx, name)) for name in names)
                formatter.write_dl([(name, command.get_short_help_str(60)) for name, command in found if command])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            close = get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(error.message + hint, ctx) from None
