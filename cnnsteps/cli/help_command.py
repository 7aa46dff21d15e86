"""`cnnsteps help`: what --help says, for those who ask for it as a command."""

from __future__ import annotations

import click

from cnnsteps.cli.help import Command, examples


@click.command(
    "help",
    cls=Command,
    short_help="Says what a command takes.",
    epilog=examples(("cnnsteps help conv", "cnnsteps help templates copy")),
)
@click.argument("command", nargs=-1)
@click.pass_context
def help(context: click.Context, command: tuple[str, ...]) -> None:
    """Says what a command takes, as `cnnsteps COMMAND --help` does; without COMMAND, which there are."""
    assert context.parent is not None
    context.exit(context.parent.command.main([*command, "--help"], prog_name="cnnsteps", standalone_mode=False) or 0)
