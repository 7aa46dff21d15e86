"""The options of `cnnsteps walk`: some of its own, and of those that all commands share the ones marked so."""

from typing import Annotated, TypedDict, cast

from cnnsteps.options import OPTIONS, Choice, ColorOptions, FileName, Flag, Option, Options, Text, Whole, declared


class ScreenOptions(TypedDict, total=False):
    """What the walk alone takes."""

    quiz: Annotated[bool, Option(Flag(), False, "Each value is hidden until it is typed; a score at the end.")]
    record: Annotated[
        str | None,
        Option(FileName("FILE.cast"), None,
               "Record the walk for asciinema; without a terminal it goes on by itself."),
    ]  # fmt: skip
    svg: Annotated[str | None, Option(FileName("FILE"), None, "Draw one step as a picture, and nothing else.")]
    step: Annotated[int | None, Option(Whole(0), None, "Which step --svg draws; the first unless told.")]
    size: Annotated[
        str | None,
        Option(Text("COLUMNSxROWS"), None,
               "The screen without a terminal: text, --svg and --record; 80x24 unless told."),
    ]  # fmt: skip
    theme: Annotated[
        str,
        Option(Choice(("auto", "dark", "light")), "auto",
               "The colours' background; the terminal is asked unless told."),
    ]  # fmt: skip


class WalkOptions(ScreenOptions, ColorOptions, Options, total=False):
    """All that is known when a walk begins."""


TAKEN = {name: option for name, option in declared(WalkOptions).items() if name not in OPTIONS or option.walk}
"""Those that the command takes."""
WALK_DEFAULTS = cast(WalkOptions, {name: option.default for name, option in declared(WalkOptions).items()})
