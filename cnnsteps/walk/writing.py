"""Numbers and expressions as the terminal's template writes them, so that a template of one's own counts here too."""

from __future__ import annotations

from cnnsteps.formats.terminal import columns, style_for
from cnnsteps.model.expr import Chain, Expr
from cnnsteps.model.solution import Solution
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.records import NamedTuple
from cnnsteps.render.document import cells_of, notation_of, templates_for
from cnnsteps.render.fractions import rule_of
from cnnsteps.render.lines import PLACEHOLDER
from cnnsteps.render.notation import unbroken
from cnnsteps.render.options import RenderOptions
from cnnsteps.render.standing import ALONE, Standing
from cnnsteps.walk.step import Value

LONGEST = 24
"""Longer numbers are shortened in the middle."""


class Text(NamedTuple):
    """A number as it is shown, and whether it is rounded."""

    text: str
    rounded: bool = False


class Signs(NamedTuple):
    """What the template has no word for."""

    dots: str = "…"
    down: str = "⋮"
    rule: str = "─"
    point: str = "·"
    left: str = "⎡⎢⎣"
    right: str = "⎤⎥⎦"
    on: str = "▶"
    yes: str = "✓"
    no: str = "✗"
    arrow: str = "▸"


ASCII = Signs("..", ":", "-", "-", "[[[", "]]]", ">", "ok", "no", ">")


class Writing:
    """Writes with the macros of `terminal.jinja`, and keeps what it has written."""

    def __init__(self, options: RenderOptions, solution: Solution | None = None) -> None:
        """The larger the solution is, the longer may a template of one's own take for it."""
        style = style_for(options)
        self.templates = templates_for(options, style, cells_of(solution) if solution else 0)
        self.notation = notation_of(self.templates, options, style)
        if solution is not None:
            self.notation = self.notation.ruled(rule_of(solution, options))
        self.signs = ASCII if options["screen"].ascii_only else Signs()
        self.safe, self.measure = style.escape, style.measure
        self.numbers: dict[tuple[Value, Standing], Text] = {}
        self.chains: dict[object, list[str]] = {}
        self.words: dict[str, str] = {}
        self.measured: dict[int, tuple[Tensor, int]] = {}
        """The widths of tensors' longest numbers, by the tensors' ids."""

    def renew(self) -> None:
        """The time of a template of one's own is that of a screen, not of the whole walk."""
        if self.templates.watch is not None:
            self.templates.watch.seconds = max(self.templates.watch.seconds, self.templates.watch.each)

    def number(self, value: Value, at: Standing = ALONE) -> Text:
        key = (value, at)
        if key not in self.numbers:
            shown = self.notation.shown(*value)
            if len(self.numbers) > 100_000:
                self.numbers.clear()
            self.numbers[key] = Text(shortened(self.notation.number(shown, at), self.signs.dots), shown.rounded)
        return self.numbers[key]

    def word(self, name: str) -> str:
        """A piece of notation, such as `plus`."""
        if name not in self.words:
            self.words[name] = self.notation.text(name)
        return self.words[name]

    def links(self, key: object, chain: Chain, row: int) -> list[str]:
        """Each link with placeholders in its slots; steps of one shape share them."""
        if key not in self.chains:
            if len(self.chains) > 64:
                self.chains.clear()
            self.chains[key] = [self.notation.write(link, row) for link in chain]
        return self.chains[key]

    def expr(self, expr: Expr) -> str:
        return PLACEHOLDER.sub("", unbroken(self.notation.write(expr)))

    def entry(self, letter: str, index: list[str]) -> str:
        """x[2,3], or ∂L/∂Val[2,3]"""
        if letter.startswith("∂L/∂"):
            return self.notation.macro("partial", self.entry(letter.removeprefix("∂L/∂"), index))
        if letter == "Val":
            return self.notation.macro("name", index)
        return self.notation.entry(letter, index)

    def label(self, text: str) -> str:
        """Words of ours on this screen."""
        return text.translate(PLAIN) if self.signs is ASCII else text


PLAIN = {ord(sign): word for sign, word in {
    "∂": "d", "°": " deg", "×": "x", "²": "^2", "σ": "sigma", "μ": "mu", "γ": "gamma", "β": "beta", "–": "-",
    "…": "..", "−": "-", "·": "-", "≥": ">=",
}.items()}  # fmt: skip


def shortened(text: str, dots: str) -> str:
    if columns(text) <= LONGEST:
        return text
    half = (LONGEST - len(dots)) // 2
    return text[:half] + dots + text[-half:]
