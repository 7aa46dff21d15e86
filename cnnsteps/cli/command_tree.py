"""The command line as plain data, read off click's own commands.

The completions and the manual pages are written from it, so that a new command or option
is in all of them by itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from cnnsteps.records import NamedTuple


class Values(NamedTuple):
    """What may stand for an argument, or after an option."""

    name: str
    words: tuple[str, ...] = ()
    takes: str | None = None
    """"file" or "folder", where it is the name of one."""
    suffixes: tuple[str, ...] = ()
    """Those of the files that are meant; () for any."""


class Flag(NamedTuple):
    """An option: its spellings, what it says, and the value that follows it, if any."""

    names: tuple[str, ...]
    text: str
    values: Values | None


class Command(NamedTuple):
    """One command, with what stands under it."""

    path: tuple[str, ...]
    summary: str
    text: str
    end: str
    flags: tuple[Flag, ...]
    arguments: tuple[Values, ...]
    commands: tuple[Command, ...]

    @property
    def name(self) -> str:
        """As it is typed after the program's own name."""
        return " ".join(self.path[1:])


def tree(command: click.Command, parent: click.Context | None = None) -> Command:
    """The command, and all that stand under it."""
    name = command.name if parent else "cnnsteps"
    context = click.Context(command, info_name=name, parent=parent, **command.context_settings)
    parameters = [p for p in command.get_params(context) if not getattr(p, "hidden", False)]
    return Command(
        tuple(context.command_path.split()),
        command.get_short_help_str(1000),
        inspect.cleandoc(command.help or "").split("\f")[0],
        command.epilog or "",
        tuple(flag(p) for p in parameters if isinstance(p, click.Option)),
        tuple(values(p) for p in parameters if isinstance(p, click.Argument)),
        tuple(under(command, context)),
    )


def under(command: click.Command, context: click.Context) -> Iterator[Command]:
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child and not child.hidden:
                yield tree(child, context)


def flag(option: click.Option) -> Flag:
    names = (*option.opts, *option.secondary_opts)
    takes_none = option.is_flag or option.count
    return Flag(names, option.help or "", None if takes_none else values(option))


def values(parameter: click.Parameter) -> Values:
    """Told by the type; where that is plain text, by the name that --help shows: FILE, FILE.cast or DIR."""
    kind, name = parameter.type, parameter.metavar or (parameter.name or "").upper()
    if isinstance(kind, click.Choice):
        words = tuple(map(str, kind.choices))
        return Values(parameter.metavar or f"[{'|'.join(words)}]", words)
    if name == "DIR" or (isinstance(kind, click.Path) and not kind.file_okay):
        return Values(name, takes="folder")
    if name.split(".")[0] == "FILE" or isinstance(kind, click.Path | click.File):
        return Values(name, takes="file", suffixes=getattr(kind, "suffixes", ()))
    return Values(name)


def every(command: Command) -> Iterator[Command]:
    """The command and all under it, in the order in which they are listed."""
    yield command
    for child in command.commands:
        yield from every(child)
