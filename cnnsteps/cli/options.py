"""Declared options as click's, and what stands behind them on the command line as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from cnnsteps.options import Choice, FileName, Flag, Option, Text, Whole
from cnnsteps.text import excerpt


class OneOf(click.Choice[str]):
    """One of a few words, which stand for values."""

    def __init__(self, among: tuple[object, ...], also: Mapping[str, str] | None = None) -> None:
        self.values, self.also = {str(value): value for value in among}, also or {}
        super().__init__(list(self.values), case_sensitive=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        word = self.also.get(str(value).lower(), str(value))
        return self.values[super().convert(word, param, ctx)]


class Number(click.types.IntParamType):
    """A number from `low` to `high`; unlike click's own range it keeps its bounds out of the help."""

    def __init__(self, low: int, high: int | None = None) -> None:
        self.low, self.high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not text.isascii() or not text.lstrip("+-").isdigit() or len(text) > 100:
            self.fail(f"{excerpt(repr(text))} is not a whole number.", param, ctx)
        number = int(text)
        if number < self.low or (self.high is not None and number > self.high):
            to = "" if self.high is None else f" and at most {self.high}"
            self.fail(f"{number} is not at least {self.low}{to}.", param, ctx)
        return number


def told(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Those that stand on the command line: the file may say the others."""
    source = click.get_current_context().get_parameter_source
    return {name: value for name, value in chosen.items() if source(name) is not click.core.ParameterSource.DEFAULT}


def click_options(declared: Mapping[str, Option]) -> list[click.Option]:
    """Options as the command line has them."""
    return [click_option(name, option) for name, option in declared.items()]


def click_option(name: str, option: Option) -> click.Option:
    """--index-base for index_base, with its kind and its help."""
    names = [name, *([option.short] if option.short else []), f"--{name.replace('_', '-')}"]
    match option.kind:
        case Flag():
            return click.Option(names, is_flag=True, default=option.default, help=option.help)
        case Text(metavar, several=True):
            return click.Option(names, metavar=metavar, multiple=True, callback=as_lines, help=option.help)
        case Choice(among, metavar, also):
            kind: click.ParamType[Any] = OneOf(among, also)
        case Whole(low, high, metavar):
            kind = Number(low, high)
        case Text(metavar) | FileName(metavar):
            kind = click.STRING
    callback = output_name if name == "output" else None
    return click.Option(names, type=kind, default=option.default, metavar=metavar, callback=callback, help=option.help)


def output_name(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    """None for -, standard output."""
    if name == "":
        raise click.BadParameter("the file's name is empty.", context, option)
    return None if name == "-" else name


def as_lines(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> str | None:
    """What an option was given, each time a line."""
    return "\n".join(values) if values else None
