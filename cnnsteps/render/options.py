"""What a rendering gets: the options, and what it writes for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cnnsteps.options import DEFAULTS, Options
from cnnsteps.records import NamedTuple
from cnnsteps.render.share import Share, Whole

if TYPE_CHECKING:
    from pathlib import Path


class Screen(NamedTuple):
    """Where text goes: a terminal of some width and colours, or a pipe or file."""

    is_terminal: bool = False
    columns: int | None = None
    colors: str | None = None
    """rich's name of the colour system; None writes no escape codes."""
    ascii_only: bool = False


PIPE = Screen()


class RenderOptions(Options):
    """How a document is written: every option, the screen, who is told how many expansions were written, and what
    of them this process makes."""

    screen: Screen
    advance: Callable[[int], None]
    share: Share


def render_options(
    chosen: Options, screen: Screen = PIPE, advance: Callable[[int], None] = lambda _: None
) -> RenderOptions:
    """The chosen options; what was not chosen is as always."""
    return {**DEFAULTS, **chosen, "screen": screen, "advance": advance, "share": Whole()}


def template_folder(options: Options) -> Path | None:
    """The user's own templates."""
    folder = options.get("template")
    if folder is None:
        return None
    from pathlib import Path

    return Path(folder)
