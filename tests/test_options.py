"""Options are declared once: every face that takes one has it by its name, default and help."""

from __future__ import annotations

import inspect
from typing import Any

import click
import pytest

import cnnsteps
from cnnsteps import formats
from cnnsteps.cli.command_tree import every, tree
from cnnsteps.cli.program import program
from cnnsteps.errors import UsageError
from cnnsteps.options import FORMATS, OPTIONS, SUFFIXES, CommandOptions, declared

COMMANDS = {command.name: command for command in every(tree(program))}
SOLVING = [name for name, command in COMMANDS.items() if any("--answer-only" in flag.names for flag in command.flags)]
WRONG: dict[str, object] = {
    "answer_only": 1, "cells": 3, "index_base": 2, "fragment": "yes", "digits": 1001, "flavor": "gitlab",
    "numbers": "halves", "template": 1.5, "language": 3, "whole": "all", "max_cells": -1,
    "no_source": 1, "verify": "yes",
}  # fmt: skip


def test_the_formats_are_those_that_there_are() -> None:
    assert sorted(FORMATS) == formats.names()
    assert SUFFIXES.split(", ") == [formats.load(name).SUFFIX for name in FORMATS]


@pytest.mark.parametrize("name", SOLVING)
def test_every_solving_command_takes_them(name: str) -> None:
    texts = {flag.names[-1]: flag.text for flag in COMMANDS[name].flags}
    taken = {f"--{key.replace('_', '-')}": option.help for key, option in declared(CommandOptions).items()}
    if "--input-shape" not in texts:
        del taken["--input-shape"]
    assert {key: texts.get(key) for key in taken} == taken


def test_the_walk_takes_those_that_are_marked() -> None:
    names = {flag.names[-1] for flag in COMMANDS["walk"].flags}
    for name, option in OPTIONS.items():
        assert (f"--{name.replace('_', '-')}" in names) == option.walk


@pytest.mark.parametrize("function", [cnnsteps.Solution.render, cnnsteps.Solution.save])
def test_python_shows_them_all_with_their_defaults(function: Any) -> None:
    parameters = inspect.signature(function).parameters
    shown = {name: parameter.default for name, parameter in parameters.items() if name in OPTIONS}
    assert shown == {name: option.default for name, option in OPTIONS.items()}


def test_every_default_fits_its_kind() -> None:
    for name, option in OPTIONS.items():
        assert option.default is None or option.kind.fits(option.default), name


@pytest.mark.parametrize("name", OPTIONS)
def test_from_python_a_value_that_does_not_fit_is_said_by_its_name(name: str) -> None:
    wrong: Any = {name: WRONG[name]}
    with pytest.raises(UsageError, match=f"^{name} is {WRONG[name]!r}, but it is "):
        cnnsteps.relu([1]).render("json", **wrong)


def test_from_python_an_unknown_name_is_pythons_own_mistake() -> None:
    wrong: Any = {"digts": 3}
    with pytest.raises(TypeError, match="unexpected keyword argument 'digts'"):
        cnnsteps.relu([1]).render("json", **wrong)


def test_what_the_command_line_gives_is_what_python_would() -> None:
    """`--index-base 0` is the number 0, and what is not told is the default."""
    command = program.get_command(click.Context(program), "conv")
    assert command
    context = command.make_context("conv", ["x.json", "--index-base", "0", "--digits", "3", "-o", "-"])
    chosen = {name: value for name, value in context.params.items() if name in OPTIONS}
    defaults = {name: option.default for name, option in OPTIONS.items()}
    assert chosen == defaults | {"index_base": 0, "digits": 3}
    assert context.params["output"] is None
