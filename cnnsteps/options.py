"""The options, each declared once: its name, type, default, help, and who takes it.

The command line's options, its completions and manual, the keywords of `Solution.render` and `save`, those of
`cnnsteps walk` and the names that templates know follow from the classes below. A new option is one line here, and
its use: `options["name"]`.
"""

import os
from collections.abc import Mapping
from typing import Annotated, Protocol, TypedDict, cast, get_args

from cnnsteps.records import NamedTuple
from cnnsteps.text import excerpt

FORMATS = ("terminal", "latex", "markdown", "ipynb", "json")
SUFFIXES = ".txt, .tex, .md, .ipynb, .json"
ALSO_FORMATS = {"tex": "latex", "md": "markdown", "txt": "terminal", "text": "terminal", "notebook": "ipynb"}
"""What formats are called too."""


class Kind(Protocol):
    """Which values an option may have."""

    @property
    def words(self) -> str: ...
    def fits(self, value: object) -> bool: ...


class Flag(NamedTuple):
    """It is there or not."""

    words: str = "True or False"

    def fits(self, value: object) -> bool:
        return isinstance(value, bool)


class Choice(NamedTuple):
    """One of a few values."""

    among: tuple[object, ...]
    metavar: str | None = None
    also: Mapping[str, str] = {}
    """Other words for some of them, which the command line takes."""

    @property
    def words(self) -> str:
        *first, last = map(repr, self.among)
        return f"{', '.join(first)} or {last}"

    def fits(self, value: object) -> bool:
        return value in self.among and not isinstance(value, bool)


class Whole(NamedTuple):
    """A whole number from `low` to `high`."""

    low: int
    high: int | None = None
    metavar: str = "N"

    @property
    def words(self) -> str:
        return f"a whole number {f'of at least {self.low}' if self.high is None else f'from {self.low} to {self.high}'}"

    def fits(self, value: object) -> bool:
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return self.low <= value and (self.high is None or value <= self.high)


class Text(NamedTuple):
    """A text, whose meaning is looked at where it is used; given several times, each is a line of it."""

    metavar: str
    several: bool = False
    words: str = "a text"

    def fits(self, value: object) -> bool:
        return isinstance(value, str)


class FileName(NamedTuple):
    """A file's or folder's name."""

    metavar: str
    words: str = "a path"

    def fits(self, value: object) -> bool:
        return isinstance(value, str | os.PathLike)


class Option(NamedTuple):
    """What is known of an option besides its name and its type."""

    kind: Kind
    default: object
    help: str
    short: str | None = None
    walk: bool = False
    """`cnnsteps walk` takes it too."""
    known: str = ""
    """Templates know it by its name: those of "problems", or those of "formats"."""
    looks: bool = False
    """It says how a solution looks: a problem file may hold it under "show"."""


class ColorOptions(TypedDict, total=False):
    """What every command takes that prints."""

    color: Annotated[
        str,
        Option(Choice(("auto", "always", "never")), "auto", "When to colour: auto (unless told) on a terminal alone."),
    ]  # fmt: skip
    no_color: Annotated[bool, Option(Flag(), False, "The same as --color never.")]


class OutputOptions(ColorOptions, total=False):
    """Where a command's output goes; from Python the arguments of `render` and `save` say that."""

    format: Annotated[
        str | None,
        Option(Choice(FORMATS, "FORMAT", ALSO_FORMATS), None,
               f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}; else by -o's suffix ({SUFFIXES}), else terminal.", "-f"),
    ]  # fmt: skip
    output: Annotated[
        str | None,
        Option(FileName("FILE"), None, "Write there, whole or not at all; - is standard output.", "-o"),
    ]  # fmt: skip


class Options(TypedDict, total=False):
    """How a solution is written, from the command line and from Python."""

    answer_only: Annotated[
        bool, Option(Flag(), False, "The answer without the expansions.", known="problems", looks=True)
    ]
    cells: Annotated[
        str | None,
        Option(Text("SPEC"), None,
               "Only these expansions: 1,1 or 2,: or 1:3,2 (both ends belong to it), several with ';'.",
               walk=True, looks=True),
    ]  # fmt: skip
    index_base: Annotated[int, Option(Choice((0, 1)), 1, "The first index; 1 unless told.", walk=True, looks=True)]
    fragment: Annotated[
        bool, Option(Flag(), False, "LaTeX and Markdown: the body alone, for one's own document.", known="formats")
    ]
    digits: Annotated[
        int | None,
        Option(Whole(0, 1000), None,
               "Round printed numbers to N digits after the point, half up, behind ≈; 0 to 1000.",
               walk=True, known="problems", looks=True),
    ]  # fmt: skip
    numbers: Annotated[
        str,
        Option(Choice(("as-written", "fractions", "decimals")), "as-written",
               "as-written (unless told): 1/2 and 0.5 stay so, and results follow; fractions; "
               "decimals, those that never end to 4 digits behind ≈.", walk=True, looks=True),
    ]  # fmt: skip
    flavor: Annotated[
        str,
        Option(Choice(("dollar", "github")), "dollar",
               "Markdown: formulas in $$ (unless told), or in ```math fences."),
    ]  # fmt: skip
    template: Annotated[
        str | os.PathLike[str] | None,
        Option(FileName("DIR"), None, "A folder of templates that go before the shipped ones.", walk=True),
    ]  # fmt: skip
    language: Annotated[
        str,
        Option(Text("LANG"), "en", "en (unless told), de, zh, or that of a words file LANG.json in --template DIR.",
               looks=True),
    ]  # fmt: skip
    whole: Annotated[
        bool | None,
        Option(Flag(), None, "No matrix is elided: large ones go on in further displays. "
               "The answer is whole with --answer-only.", looks=True),
    ]  # fmt: skip
    no_source: Annotated[
        bool,
        Option(Flag(), False, "LaTeX, Markdown and notebooks carry their problem, unseen, for `cnnsteps check`; "
               "without it."),
    ]  # fmt: skip
    verify: Annotated[
        bool,
        Option(Flag(), False, "What was written is read back, and judged by a second way of working it out."),
    ]
    max_cells: Annotated[
        int,
        Option(Whole(0), 10_000_000, "How many expansions may be asked for; 10,000,000 unless told.", walk=True),
    ]  # fmt: skip


class ProblemOptions(OutputOptions, Options, total=False):
    """What every solving command takes."""


class CommandOptions(ProblemOptions, total=False):
    """What the commands take that also read ONNX models."""

    input_shape: Annotated[
        str | None,
        Option(Text("SIZES", several=True), None, "An ONNX model's input, where it leaves sizes open: "
               "1,3,224,224 or 3,224,224; NAME=3,224,224 of several."),
    ]  # fmt: skip


def declared(options: type) -> Mapping[str, Option]:
    """The declarations of such a class, by the options' names."""
    return {name: get_args(annotation)[1] for name, annotation in options.__annotations__.items()}


OPTIONS = declared(Options)
COMMAND_DEFAULTS = cast(CommandOptions, {name: option.default for name, option in declared(CommandOptions).items()})
LOOKS = {name: option for name, option in OPTIONS.items() if option.looks}
"""Those that a problem file may hold under "show"."""
DEFAULTS = cast(Options, {name: option.default for name, option in OPTIONS.items()})


def known(options: Options, where: str) -> dict[str, object]:
    """Those that the templates of "problems" or "formats" know, by their names."""
    return {name: value for name, value in options.items() if name in OPTIONS and OPTIONS[name].known == where}


def color_of(options: ColorOptions) -> str:
    """auto, always or never."""
    return "never" if options.get("no_color") else options.get("color", "auto")


def misfit(options: Options) -> str | None:
    """What is wrong with the first value that an option can't have; None where all fit."""
    for name, value in options.items():
        option = OPTIONS[name]
        if not option.kind.fits(value) and not (value is None and option.default is None):
            return f"{name} is {excerpt(repr(value))}, but it is {option.kind.words}"
    return None
