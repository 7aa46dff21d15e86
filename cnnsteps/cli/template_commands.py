"""`cnnsteps templates`: which templates there are, what stands in one, and a copy to change."""

from __future__ import annotations

import re
import shlex
from difflib import get_close_matches
from pathlib import Path

import click

from cnnsteps.cli.help import Group, examples
from cnnsteps.errors import OutputError, UsageError
from cnnsteps.text import excerpt

SUFFIX = ".jinja"
LANGUAGES = {"de": "German", "zh": "Chinese"}
COMMENT = re.compile(r"<#\s*(.*?)(?:[.:;](?:\s|$)|#>)", re.DOTALL)


@click.group("templates", cls=Group, invoke_without_command=True)
@click.pass_context
def templates(context: click.Context) -> None:
    """Lists, shows and copies the templates: how solutions look."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@templates.command("list", epilog=examples(("cnnsteps templates list", "cnnsteps templates list | grep latex")))
def list_() -> None:
    """Lists the templates, each with what it says."""
    for title, names in groups().items():
        click.echo(f"{title}:")
        for name in names:
            click.echo(f"  {name:<{width()}}  {summary(name)}")
        click.echo()
    click.echo("What is said in other languages (--language):")
    for name in languages():
        click.echo(f"  {name:<{width()}}  {LANGUAGES.get(name, '')}".rstrip())
    click.echo()
    click.echo("`cnnsteps templates copy latex DIR` copies one, to be changed and used with --template DIR.")


@templates.command("show", epilog=examples(("cnnsteps templates show latex", "cnnsteps templates show conv")))
@click.argument("name")
def show(name: str) -> None:
    """Prints a template."""
    click.echo(path_of(name).read_bytes(), nl=False)


COPIES = ("cnnsteps templates copy latex mine", "cnnsteps templates copy conv mine --force")


@templates.command("copy", epilog=examples(COPIES))
@click.argument("name", metavar="FORMAT")
@click.argument("folder", metavar="DIR", type=Path)
@click.option("--force", is_flag=True, help="Replace what lies there.")
def copy(name: str, folder: Path, force: bool) -> None:
    """Copies a format's template into DIR, to be changed there.

    FORMAT may be any name of `cnnsteps templates list`. DIR is made where there is none.
    """
    from cnnsteps.output.file import File
    from cnnsteps.text import NO_NAME, escape_controls

    source = path_of(name)
    target = folder / source.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else NO_NAME
        raise OutputError(f"{escape_controls(str(folder))}:1:1: error: the folder can't be made: {reason}") from None
    if target.exists() and not force:
        hint = "hint: copy it into another folder, or replace it with --force"
        raise OutputError(f"{escape_controls(str(target))}:1:1: error: this file is there already\n{hint}")
    File(str(target)).write([source.read_bytes()])
    click.echo(f"wrote {escape_controls(str(target))}")
    click.echo(f"next: change it, then `{next_move(source.stem, folder)}`")


def next_move(name: str, folder: Path) -> str:
    """A command that uses the copy."""
    from cnnsteps import formats
    from cnnsteps.problems import types
    from cnnsteps.text import escape_controls

    command = name.replace("_", "-") if name in types.names() else "solve"
    if name in languages():
        return f"cnnsteps {command} FILE --language {name} --template {shlex.quote(escape_controls(str(folder)))}"
    chosen = f" -f {name}" if name in formats.names() and name != "terminal" else ""
    return f"cnnsteps {command} FILE{chosen} --template {shlex.quote(escape_controls(str(folder)))}"


def folder_of_ours() -> Path:
    from cnnsteps.render.shipped import shipped

    return shipped()


def names() -> list[str]:
    return sorted(path.stem for path in folder_of_ours().glob("*" + SUFFIX))


def languages() -> list[str]:
    return sorted(path.stem for path in folder_of_ours().glob("*.json"))


def width() -> int:
    return max(map(len, names()))


def groups() -> dict[str, list[str]]:
    """The templates by what they are for."""
    from cnnsteps import formats
    from cnnsteps.problems import types

    of_formats = [name for name in names() if name in (*formats.names(), "math")]
    of_problems = [name for name in names() if name in types.names()]
    shared = [name for name in names() if name not in of_formats + of_problems]
    return {
        "How a format looks": of_formats,
        "What is said of a problem": of_problems,
        "What several problems say": shared,
    }


def summary(name: str) -> str:
    """The first sentence of a template."""
    found = COMMENT.match(path_of(name).read_text("utf-8"))
    return " ".join(found[1].split()) if found else ""


def path_of(name: str) -> Path:
    """The file of a template; `conv-transpose` and `latex.jinja` are understood too."""
    plain = name.removesuffix(SUFFIX).removesuffix(".json").replace("-", "_")
    if plain in languages():
        return folder_of_ours() / f"{plain}.json"
    if plain not in names():
        close = get_close_matches(plain, names() + languages(), n=1)
        hint = f"did you mean {close[0]}?" if close else "`cnnsteps templates list` names them"
        raise UsageError(f"there is no template {excerpt(repr(name))}\nhint: {hint}")
    return folder_of_ours() / (plain + SUFFIX)
