"""What was probably meant by a command or option that there is not: by its meaning first, then by its letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import click

from cnnsteps.options import ALSO_FORMATS, FORMATS

CLOSE = 0.7
"""How much of a word, without its dashes, has to be the same."""
COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("verify", "validate", "grade", "lint", "correct", "mark"),
    "walk": ("step", "steps", "play", "interactive", "tui", "quiz", "show"),
    "solve": ("run", "work", "calculate", "compute", "render", "convert", "file"),
    "explain": ("why", "slip", "slips"),
    "schema": ("json-schema", "jsonschema", "keys"),
    "templates": ("template", "style", "styles"),
    "completion": ("completions", "complete", "autocomplete", "tab", "bash", "zsh", "fish"),
    "help": ("man", "usage", "manual", "?"),
}
"""What the commands that solve no one type are called elsewhere."""
OPTIONS: dict[str, tuple[str, ...]] = {
    "answer-only": ("answer", "answers", "result", "no-steps", "final", "short"),
    "cells": ("steps", "expansions", "cell", "only", "select", "indices", "index"),
    "color": ("colour", "colors", "colours", "ansi"),
    "digits": ("round", "precision", "decimals", "places", "rounding"),
    "format": ("to", "fmt", "writer", "type", "output-format", *FORMATS, *ALSO_FORMATS),
    "fragment": ("body", "body-only", "standalone", "no-preamble", "snippet"),
    "index-base": ("base", "first-index", "zero-based", "one-based", "start"),
    "language": ("lang", "locale", "german", "chinese"),
    "max-cells": ("limit", "max", "max-steps", "max-expansions"),
    "no-color": ("no-colour", "no-colors", "plain", "monochrome"),
    "output": ("out", "file", "save", "output-file", "outfile", "export"),
    "template": ("templates", "style", "template-dir"),
    "whole": ("full", "complete", "no-elide"),
}
"""What people call an option who look for it."""


def near(word: str, meanings: Mapping[str, Sequence[str]]) -> str | None:
    """The name that has this meaning, or else nearly these letters."""
    folded = folding(word)
    by_meaning = (name for name, words in meanings.items() if folded in map(folding, (name, *words)))
    if (found := next(by_meaning, None)) is not None:
        return found
    from difflib import get_close_matches

    names = {folding(name): name for name in meanings}
    return next((names[close] for close in get_close_matches(folded, names, n=1, cutoff=CLOSE)), None)


def folding(word: str) -> str:
    return word.lower().strip("-").replace("_", "-")


def command_meant(word: str, commands: Iterable[str]) -> str | None:
    """The command: a type of problem by what it is called in any library, `convolution` for conv."""
    from cnnsteps.problems import types

    of_types = {name.replace("_", "-"): words for name, words in types.aliases().items()}
    return near(word, {name: of_types.get(name, COMMANDS.get(name, ())) for name in commands})


def option_meant(name: str, context: click.Context) -> str | None:
    """The option of the context's command, as it is typed."""
    options = (option for option in context.command.get_params(context) if isinstance(option, click.Option))
    names = (option.opts[-1] for option in options if not option.hidden)
    return near(name, {option: OPTIONS.get(option.lstrip("-"), ()) for option in names})
