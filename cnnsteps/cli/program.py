"""The command line: one command for each operator, `solve` for any problem, `schema`, `completion`.

Only here anything is printed or the program ended. What a command needs is imported when
it runs, so that `--version` and `--help` cost no more than click.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

import click

from cnnsteps import __version__
from cnnsteps.cli.help import ANY, EPILOG, HELP, Command, Commands, ProblemFile, examples, printing
from cnnsteps.cli.options import click_options, told
from cnnsteps.cli.signals import Terminated, orderly
from cnnsteps.errors import CnnstepsError, UsageError
from cnnsteps.options import CommandOptions, Options, ProblemOptions, declared
from cnnsteps.text import abbreviate, escape_controls

OF_MODELS = ("network", "size", ANY)
"""The commands that also read ONNX models."""
MOST_SAID = 200
"""Characters of what the system says; numpy explains at length why it can't be imported."""


@click.group(
    cls=Commands,
    epilog=EPILOG,
    params=[printing(["--version"], "Show the version and exit.", lambda _: f"cnnsteps {__version__}")],
    context_settings={"help_option_names": HELP.opts, "max_content_width": 80},
)
def program() -> None:
    """Works out the matrix problems of convolutional networks, exactly, and writes down every step.

    `cnnsteps FILE` is the same as `cnnsteps solve FILE`.
    """


def parameters(name: str) -> list[click.Parameter]:
    """What a solving command takes."""
    takes_models = name in OF_MODELS
    taken = declared(CommandOptions if takes_models else ProblemOptions)
    file = ProblemFile(".json", *([".onnx"] if takes_models else []))
    return [click.Argument(["file"], metavar="FILE", type=file), *click_options(taken)]


def verify(data: bytes, form: str, problem: Mapping[str, object] | None, options: Options, steps: int) -> None:
    """The document read back and judged; the checker is imported only where that is asked for."""
    from cnnsteps.checking.verify import verify as judge

    judge(data, form, problem, options, steps)


def solving_command(name: str, kind: str | None, summary: str, lines: Sequence[str]) -> click.Command:
    def solve(file: str, **chosen: Any) -> None:
        # From here, where the stack is shallow: deep in our own imports, numpy's loops cross the end of a chunk of
        # CPython's stack, and at each turn the system is asked for another, a thousand times.
        import numpy  # noqa: F401

        from cnnsteps.pipeline import solve_file

        solve_file(file, kind, cast(CommandOptions, told(chosen)), verify)

    file = "a problem file in JSON, or an ONNX model" if name in OF_MODELS else "a problem file in JSON"
    help_text = f"{summary}\n\nFILE is {file}; - is standard input."
    end = examples(lines)
    return Command(name, callback=solve, params=parameters(name), help=help_text, short_help=summary, epilog=end)


ANY_EXAMPLES = ("cnnsteps solve samples/conv-rgb.json -o rgb.md", "cnnsteps solve - --answer-only < problem.json")


def made_command(name: str) -> click.Command:
    """The command of an operator, or that of any."""
    if name == ANY:
        return solving_command(ANY, None, "Solves any problem file, by its type.", ANY_EXAMPLES)
    from cnnsteps.problems import types

    kind = name.replace("-", "_")
    return solving_command(name, kind, *types.about(kind))


program.make = made_command


@program.command(
    epilog=examples(("cnnsteps schema > problem.schema.json", "cnnsteps schema | grep -A 5 '\"dilation\"'"))
)
def schema() -> None:
    """Prints the JSON Schema of problem files.

    Editors complete and check a problem file by it: save it, and name it in your
    editor's settings for the files that it is to hold for.
    """
    import json

    from cnnsteps.problems.schema import problem_schema

    click.echo(json.dumps(problem_schema(), indent=2, ensure_ascii=False))


@program.command(
    epilog=examples(
        ('eval "$(cnnsteps completion bash)"', "cnnsteps completion fish > ~/.config/fish/completions/cnnsteps.fish")
    )
)
@click.argument("shell", type=click.Choice(["bash", "fish", "zsh"]), metavar="SHELL")
def completion(shell: str) -> None:
    """Prints what makes TAB complete: bash, fish or zsh.

    It knows the commands, their options and formats, and offers problem files alone
    where one is wanted. Nothing of cnnsteps runs when you press TAB. Where it goes:

    \b
      bash  ~/.local/share/bash-completion/completions/cnnsteps
      fish  ~/.config/fish/completions/cnnsteps.fish
      zsh   _cnnsteps, in a folder of your $fpath
    """
    from cnnsteps.cli import shells
    from cnnsteps.cli.command_tree import tree

    click.echo(shells.load(shell).script(tree(program)), nl=False)


def main(arguments: list[str] | None = None) -> int:
    """Runs the program; every way out is one of the contract's exit codes."""
    open_streams()
    try:
        # Not program.main, which ends a closed pipe with 1.
        with orderly(), program.make_context("cnnsteps", arguments or sys.argv[1:]) as context:
            program.invoke(context)
            sys.stdout.flush()
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.ClickException as error:
        complain(usage_text(error))
        return 2
    except UsageError as error:
        complain(f"cnnsteps: error: {error}")
        return error.exit_code
    except CnnstepsError as error:
        complain(str(error))
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        discard_output()
        return 141
    except Terminated:
        return 143
    except MemoryError:
        complain("cnnsteps: error: not enough memory for this problem")
        return 3
    except OSError as error:
        discard_output()
        complain(f"cnnsteps: error: {error.strerror or error}")
        return 3
    except Exception as error:
        if unloaded(error):
            complain(f"cnnsteps: error: a module can't be loaded: {unloaded(error)}")
            return 3
        if os.environ.get("CNNSTEPS_DEBUG"):
            raise
        complain(f"cnnsteps: error: a bug in cnnsteps, please report it: {type(error).__name__}: {error}")
        return 70
    return 0


def open_streams() -> None:
    """A closed standard stream becomes one that fails when it is written to; errors then go nowhere."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def usage_text(error: click.ClickException) -> str:
    """The mistake in the command line, and where help is to be had; where a command is missing, help itself."""
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        return error.format_message()
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "cnnsteps"
    return f"{command}: error: {error.format_message()}\nhint: `{command} --help` says what it takes"


def unloaded(error: BaseException) -> str | None:
    """The system's words where it did not give us a module; None for every other error."""
    if not isinstance(error, ImportError):
        return None
    if type(error) is ImportError and (error.name or "").startswith("cnnsteps"):
        # The module is there and lacks a name: that is our mistake.
        return None
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return getattr(error, "strerror", None) or abbreviate(" ".join(str(error).split()), MOST_SAID)


def discard_output() -> None:
    """What Python would flush at its end has nowhere to go."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> None:
    """One error on standard error, whatever its encoding can show; where that fails, the exit code must do."""
    encoding = sys.stderr.encoding or "utf-8"
    shown = "\n".join(map(escape_controls, text.split("\n")))
    with suppress(OSError):
        click.echo(shown.encode(encoding, "backslashreplace").decode(encoding), err=True)
