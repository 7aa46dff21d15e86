"""`cnnsteps check` and `cnnsteps explain`: somebody's worked solutions, and what the names of slips mean."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from cnnsteps.cli.help import Command, ProblemFile, examples
from cnnsteps.cli.options import OneOf, click_options
from cnnsteps.errors import InputError, Mistake, UsageError
from cnnsteps.options import ALSO_FORMATS, ColorOptions, declared
from cnnsteps.text import excerpt

if TYPE_CHECKING:
    from cnnsteps.checking.check import Verdict
    from cnnsteps.checking.sheet import Part

T = TypeVar("T")
SUFFIXES = (".md", ".markdown", ".tex", ".txt", ".ipynb", ".typ", ".html", ".htm", ".rst", ".qmd")
"""What is read of a folder."""
FORMATS = ("terminal", "json", "markdown", "latex", "github")
BY_SUFFIX = {"": "terminal", ".txt": "terminal", ".json": "json", ".md": "markdown", ".tex": "latex"}
SUFFIXES_OF_REPORTS = ", ".join(filter(None, BY_SUFFIX))
MOST_BYTES = 200_000_000
HINT = "an expansion is such as Y[1,1] = 1*2 + 3*4 = 14, max(1, 4, 5, 8) = 8 or (227 - 11)/4 + 1 = 55"


def documents(names: Sequence[str]) -> Iterator[str]:
    """The files that are meant: by name, in a folder, or by a pattern that the shell left as it is."""
    for name in names:
        if name != "-" and Path(name).is_dir():
            found = sorted(str(p) for p in Path(name).rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            if not found:
                raise InputError(
                    [Mistake("there is no document in this folder", f"it may hold {', '.join(SUFFIXES)}")], name
                )
            yield from found
        elif any(c in name for c in "*?[") and not Path(name).exists():
            matches = sorted(glob(name, recursive=True))
            if not matches:
                raise InputError([Mistake("no file has a name like this")], name)
            yield from documents(matches)
        else:
            yield name


def text_of(name: str) -> str:
    """A document's text; an empty one has no expansion, which is said later."""
    from cnnsteps.reading.source import read_bytes, shown_name, source_of

    data = read_bytes(name)
    if len(data) > MOST_BYTES:
        raise InputError([Mistake(f"the document has {len(data):,} bytes, more than {MOST_BYTES:,}")], shown_name(name))
    if not data.strip():
        return ""
    return named(name, data, "text", lambda: source_of(name, data).text)


def named(name: str, data: bytes, wanted: str, read: Callable[[], T]) -> T:
    """What is read of a file; where that fails and it is known what the file is, that is said."""
    try:
        return read()
    except InputError as error:
        from cnnsteps.reading.file_kinds import refusal

        raise refusal(name, data, wanted) or error from None


def complain_empty(verdicts: Sequence[Verdict]) -> None:
    """InputError where nothing was read in any of the documents."""
    if not any(v.page.equations or v.findings for v in verdicts):
        name = verdicts[0].page.document.name if verdicts else "-"
        raise InputError([Mistake("no expansion was read in it: 0 lines", HINT)], "<stdin>" if name == "-" else name)


def all_verdicts(names: Sequence[str], parts: Sequence[Part], base: int | None) -> Iterator[Verdict]:
    """Each document's verdict, with a bar on long runs."""
    from cnnsteps.checking.check import check

    show = len(names) > 3 and sys.stderr.isatty()
    with click.progressbar(names, label="documents", file=sys.stderr, hidden=not show) as bar:
        for name in bar:
            yield check(text_of(name), name, parts, base)


@click.command(
    cls=Command,
    name="check",
    short_help="Finds the wrong lines in somebody's worked solution.",
    epilog=examples(
        (
            "cnnsteps conv samples/conv-padding.json | cnnsteps check -",
            "echo 'Y[1,1] = 1*2 + 3*4 = 14' | cnnsteps check - --format json",
            "cnnsteps check samples/homework/homework.md --fix",
        )
    ),
)
@click.argument("documents_", metavar="DOCUMENT...", nargs=-1, required=True, type=ProblemFile(*SUFFIXES))
@click.option(
    "--problem", metavar="FILE", type=ProblemFile(".json"), help="A problem or a sheet: judge by its solution."
)
@click.option(
    "-f",
    "--format",
    "form",
    metavar="FORMAT",
    type=OneOf(FORMATS, ALSO_FORMATS),
    help=f"terminal, json, markdown, latex, or github for annotations; else by -o's suffix ({SUFFIXES_OF_REPORTS}).",
)
@click.option("-o", "--output", metavar="FILE", type=str, help="Write there instead of to standard output.")
@click.option("--strict", is_flag=True, help="A rounded decimal under an equals sign is a mistake.")
@click.option("--index-base", type=click.Choice(["0", "1"]), help="The first index; found out unless told.")
@click.option("--score", is_flag=True, help="Points: one a line, or those of the sheet.")
@click.option("--fix", is_flag=True, help="Write the corrected document instead of a report.")
@click.option("--in-place", is_flag=True, help="With --fix: over the original.")
@click.option("--allow-empty", is_flag=True, help="A document without an expansion is no error.")
@click.option("-v", "--verbose", is_flag=True, help="How each line was read.")
def check(
    documents_: tuple[str, ...],
    problem: str | None,
    form: str | None,
    output: str | None,
    strict: bool,
    index_base: str | None,
    score: bool,
    fix: bool,
    in_place: bool,
    allow_empty: bool,
    verbose: bool,
    color: str,
    no_color: bool,
) -> None:
    """Finds the wrong line in somebody's worked solution, which term it is, and what it should be.

    DOCUMENT is Markdown, LaTeX, text or a notebook, a folder of them, or - for
    standard input. Without --problem it is judged by itself: the arithmetic of
    each line, the indices, and every matrix that its own input and kernel give.

    Ends with 1 where there is a mistake, 0 where there is none, and 2 where no
    expansion was read.
    """
    import numpy  # noqa: F401  (from a shallow stack, as in program.py)

    from cnnsteps.checking.reports import Options, load

    names = list(dict.fromkeys(documents(documents_)))
    parts = problem_parts(problem)
    base = int(index_base) if index_base else None
    if in_place and not fix:
        raise UsageError("--in-place goes with --fix")
    form = form or ("terminal" if fix else format_by_suffix(output))
    if fix:
        raise click.exceptions.Exit(write_fixed(names, parts, base, output, in_place))
    verdicts = [strictly(verdict) if strict else verdict for verdict in all_verdicts(names, parts, base)]
    if not allow_empty:
        complain_empty(verdicts)
    options = Options(verbose, score, is_colored(output, "never" if no_color else color), width())
    emit(load(form).report(verdicts, options), output)
    raise click.exceptions.Exit(int(any(v.findings for v in verdicts)))


check.params.extend(click_options(declared(ColorOptions)))


def format_by_suffix(output: str | None) -> str:
    """The report's format; UsageError where no format has the suffix."""
    suffix = os.path.splitext(output or "")[1]
    if suffix.lower() not in BY_SUFFIX:
        raise UsageError(f"--output: no report has the suffix {excerpt(suffix)}; they have {SUFFIXES_OF_REPORTS}\n"
                         "hint: -f says the format, whatever the file is called")  # fmt: skip
    return BY_SUFFIX[suffix.lower()]


def is_colored(output: str | None, color: str) -> bool:
    if color != "auto":
        return color == "always"
    return output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ


def width() -> int:
    import shutil

    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 160))


def problem_parts(name: str | None) -> Sequence[Part]:
    if name is None:
        return ()
    from cnnsteps.checking.sheet import parts_of
    from cnnsteps.reading.source import read_bytes, shown_name, source_of

    data = read_bytes(name)
    return named(name, data, "a problem file", lambda: parts_of(source_of(name, data).text, shown_name(name)))


def strictly(verdict: Verdict) -> Verdict:
    """Remarks that --strict makes mistakes of."""
    from cnnsteps.checking.check import as_strict

    return as_strict(verdict)


def emit(text: str, output: str | None) -> None:
    if output in (None, "-"):
        encoding = sys.stdout.encoding or "utf-8"
        # Whether it is in colour was decided before: click would take the codes away on a pipe.
        click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False, color=True)
        return
    from cnnsteps.output.file import File

    File(str(output)).write([text.encode()])


def write_fixed(
    names: Sequence[str], parts: Sequence[Part], base: int | None, output: str | None, in_place: bool
) -> int:
    """The corrected documents, each over its own or to one place; what is left is said on standard error."""
    from cnnsteps.checking.fix import fixed

    if not in_place and len(names) > 1:
        raise UsageError("--fix without --in-place writes one document, and several are given")
    left = 0
    for name in names:
        original = text_of(name)
        text, verdict = fixed(original, name, parts, base)
        complain_empty([verdict])
        left += len(verdict.findings)
        if in_place and name != "-":
            if text != original:
                emit(text, name)
        else:
            emit(text, output)
        for finding in verdict.findings:
            line, column = verdict.page.document.place(finding.start)
            click.echo(f"{name}:{line}:{column}: left as it is: {finding.message}", err=True)
    return int(left > 0)


@click.command(
    cls=Command,
    name="explain",
    short_help="Says what the name of a slip means.",
    epilog=examples(
        ("cnnsteps explain kernel-flipped", "cnnsteps explain --all", "cnnsteps explain --all --format json")
    ),
)
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="All of them.")
@click.option("-f", "--format", "form", type=OneOf(("terminal", "json"), ALSO_FORMATS), default="terminal")
def explain(name: str | None, every: bool, form: str) -> None:
    """Says what a slip is, why it is wrong, and shows a wrong and a right line.

    The names stand in the reports of `cnnsteps check`.
    """
    from cnnsteps.checking.slips import modules, slip, slips

    if bool(name) == every:
        raise UsageError("explain takes the name of a slip, or --all")
    if name and name not in modules():
        from difflib import get_close_matches

        close = get_close_matches(name, list(modules()), n=1)
        raise UsageError(
            f"there is no slip {name!r}"
            + (f"; did you mean {close[0]}?" if close else "; see `cnnsteps explain --all`")
        )
    chosen = slips() if every else [slip(str(name))]
    if form == "json":
        import json

        values = [one._asdict() for one in chosen]
        click.echo(json.dumps(values if every else values[0], ensure_ascii=False, indent=2))
        return
    click.echo(
        "\n\n".join(
            f"{one.name}\n\n{one.summary}\n\n{one.why}\n\nWrong:\n\n{indented(one.wrong)}\n\nRight:\n\n{indented(one.right)}"
            for one in chosen
        )
    )


def indented(text: str) -> str:
    return "\n".join("    " + line if line else "" for line in text.split("\n"))
