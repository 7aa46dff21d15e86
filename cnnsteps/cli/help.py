"""How the command line reads: the groups of commands, examples, and what options take.

`--help`, the manual pages and the completions all say what stands here and in `cli.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
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
                "cnnsteps samples/conv-rgb.json --cells 1,1,1",
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


def printing(names: Sequence[str], help: str, text: Callable[[click.Context], str]) -> click.Option:
    """An option that prints a text and ends. click's own ask gettext for their help, which imports locale for it."""

    def show(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            click.echo(text(context), color=context.color)
            context.exit()

    return click.Option(names, is_flag=True, expose_value=False, is_eager=True, help=help, callback=show)


HELP = printing(["-h", "--help"], "Show this message and exit.", click.Context.get_help)


class Helpful(click.Command):
    """A mistake in its options says which command it is, and what was probably meant.

    Of a command that prints nothing in colour --color and --no-color are taken all the same.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise click.UsageError(self.no_such_option(error.option_name, ctx), error.ctx or ctx) from None
        except click.UsageError as error:
            # click loses the context of an option without its value.
            error.ctx = error.ctx or ctx
            raise

    def no_such_option(self, name: str, ctx: click.Context) -> str:
        from cnnsteps.cli.hints import option_meant

        meant = option_meant(name, ctx)
        return f"No such option '{name}'." + (f" Did you mean '{meant}'?" if meant else "")

    def get_help_option(self, ctx: click.Context) -> click.Option:
        return HELP

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        params = super().get_params(ctx)
        return params if any(param.name == "color" for param in params) else [*params, *colorless()]


@cache
def colorless() -> tuple[click.Option, ...]:
    """--color and --no-color where nothing is in colour; help does not speak of them."""
    from cnnsteps.cli.options import click_options
    from cnnsteps.options import ColorOptions, declared

    options = click_options(declared(ColorOptions))
    for option in options:
        option.hidden, option.expose_value = True, False
    return tuple(options)


class Command(Helpful):
    """One command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(self.spelled_out(ctx, args)))

    def spelled_out(self, ctx: click.Context, args: list[str]) -> Iterator[str]:
        """--format for -f: of a short option click first makes the error of an unknown long one, and for its words
        and suggestions imports locale and difflib."""
        options = {name: p for p in self.get_params(ctx) if isinstance(p, click.Option) for name in p.opts}
        rest = iter(args)
        for arg in rest:
            option = options.get(arg)
            if option is None or option.is_flag:
                yield arg
            else:
                value = next(rest, None)
                yield from (arg,) if value is None else (option.opts[-1], value)
            if arg == "--":
                yield from rest


class Group(Helpful, click.Group):
    """Commands below one name."""

    command_class = Command


APART = {
    "check": "cnnsteps.cli.check_command",
    "explain": "cnnsteps.cli.check_command",
    "help": "cnnsteps.cli.help_command",
    "templates": "cnnsteps.cli.template_commands",
    "walk": "cnnsteps.cli.walk_command",
}
"""Commands of modules of their own, which are imported when they are asked for; they have the command's name there."""


ANY = "solve"


class Commands(Group):
    """The commands that solve are made when they are asked for; a file by itself is solved."""

    make: Callable[[str], click.Command]
    """The command of the operator with this name, or that of any."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Without colours: they are a matter of the command that prints."""
        return click.Group.get_params(self, ctx)

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
            if is_file(args[0]):
                return super().resolve_command(ctx, [ANY, *args])
            from cnnsteps.cli.hints import command_meant

            meant = command_meant(args[0], self.list_commands(ctx))
            hint = f" Did you mean {meant!r}?" if meant else ""
            raise click.UsageError(error.message + hint, ctx) from None

    def no_such_option(self, name: str, ctx: click.Context) -> str:
        """Those of the commands stand after their names."""
        if any(name in option.opts for option in self.make(ANY).params):
            return f"No such option '{name}' before the command: write `cnnsteps {ANY} FILE {name} …`."
        return super().no_such_option(name, ctx)


def is_file(word: str) -> bool:
    """It is there, or has the name of a file and of no command."""
    return word == "-" or "." in word or os.sep in word or os.path.exists(word)
