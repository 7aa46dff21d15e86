"""What an operator's template can say: each word here is written with the format's macros.

Small things are returned as text. What may be large is left as a mark in the text and
streamed in its place, so that no solution is ever held whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from cnnsteps.i18n import Phrase, phrase
from cnnsteps.i18n import label as caption_of
from cnnsteps.model.document import Worked
from cnnsteps.model.expr import Chain, Expr, Product
from cnnsteps.model.selection import Selection
from cnnsteps.model.settings import Setting
from cnnsteps.model.solution import Gradient, Solution
from cnnsteps.model.steps import NamedTensor, Steps, Window
from cnnsteps.numbers.tensor import Positions
from cnnsteps.options import known
from cnnsteps.records import NamedTuple
from cnnsteps.render.expansions import Expansions
from cnnsteps.render.leftovers import DIMENSIONS, leftovers
from cnnsteps.render.legend import Legend
from cnnsteps.render.lines import compose, segments, wrapped
from cnnsteps.render.matrices import SEVERAL, Matrices
from cnnsteps.render.notation import Notation, grouped, unbroken
from cnnsteps.render.options import RenderOptions
from cnnsteps.render.pieces import Pieces
from cnnsteps.render.standing import OPERAND
from cnnsteps.render.steps import Frame
from cnnsteps.render.style import FormatStyle
from cnnsteps.render.tokens import NumberStyle, TokenCache
from cnnsteps.windows.axis import Axis
from cnnsteps.windows.costs import size_equations
from cnnsteps.windows.letters import SIZES
from cnnsteps.windows.same import other_same, same_rows, same_words

MARK = "\x00"


class Plane(NamedTuple):
    """The expansions of one filter and batch item; `place` names them."""

    place: tuple[tuple[str, int], ...]
    cells: Positions | range

    @property
    def caption(self) -> str:
        return capitalized(", ".join(f"{word} {i}" for word, i in self.place))


def capitalized(text: str) -> str:
    """Only the first letter: German nouns keep theirs."""
    return text[:1].upper() + text[1:]


class Page:
    """Offered to an operator's template by the names of its methods; `s` is the solution."""

    def __init__(
        self,
        block: Worked,
        notation: Notation,
        options: RenderOptions,
        style: FormatStyle,
        inner: Callable[[Worked], Iterator[Pieces]] = lambda layer: iter(()),
    ) -> None:
        """`inner` writes a layer's block, which stands inside of this one."""
        self.block, self.solution, self.selection = block, block.solution, block.selection
        self.notation, self.words, self.options = notation, notation.words, options
        self.escape: Callable[[str], str] = lambda text: style.escape(self.words.of(text))
        self.measure, self.base, self.inner = style.measure, options["index_base"], inner
        numbers = NumberStyle(notation.numbers, style.measure.width, notation.shown, notation.shipped)
        self.tokens = TokenCache(numbers, asked=self.selection.asked)
        self.matrices = Matrices(notation, style.matrices, self.base)
        self.legend = Legend(notation, self.escape)
        self.streams: list[Iterator[Pieces]] = []
        first, last, between = (notation.text(name).encode() for name in ("frame_open", "frame_close", "row_end"))
        self.frame = Frame(first, last, between, notation.whole("frame_lines"))
        self.expander: Expansions | None = None
        self.gradient_expanders: dict[str, Expansions] = {}

    def names(self) -> dict[str, Any]:
        """The template's context."""
        words = ("heading", "given", "section", "part", "say", "settings", "tensor", "equations", "formula", "shape",
                 "planes", "expansions", "gradient_planes", "gradient_expansions",
                 "picture", "sides", "many", "table", "count", "layer")  # fmt: skip
        return {word: getattr(self, word) for word in words} | {
            "s": self.solution,
            "size_rows": size_equations,
            "same_rows": same_rows,
            "same_words": same_words,
            "other_same": other_same,
            "leftovers": lambda axes: leftovers(axes, self.words),
            "once": self.legend.once,
            "letters": self.legend.letters,
            "gradient_letters": self.legend.gradient_letters,
            "base": self.base,
            "shown": self.notation.shown,
            "_": self.words,
            **known(self.options, "problems"),
        }

    def heading(self, text: str) -> str:
        """A layer's heading stands one level lower, behind its name."""
        if self.block.name is None:
            return self.notation.macro("heading", self.escape(text))
        return self.notation.macro("section", self.escape(f"{self.block.name}: {self.words.of(text)}"))

    def section(self, text: str) -> str:
        return self.notation.macro("section" if self.block.name is None else "part", self.escape(text))

    def given(self, labelled: NamedTensor) -> str:
        """The input; that of a layer is the answer before it, which stands there already."""
        if self.block.before:
            return self.say(phrase("Its input is the answer of {layer}.", layer=self.block.before))
        return self.section(phrase("Given")) + "\n" + self.tensor(phrase("Input"), labelled)

    def layer(self, solution: Solution, name: str, before: str = "") -> str:
        """A layer's own solution, streamed; its input is the answer of `before`, if that is said."""
        return self.stream(self.inner(Worked(solution, Selection(solution.output_shape), name, before)))

    def part(self, text: str) -> str:
        return self.notation.macro("part", self.escape(text))

    def say(self, text: str) -> str:
        return self.notation.macro("say", self.escape(text))

    def settings(self, settings: Iterable[Setting]) -> str:
        """Each in words, as in a sentence: Window 2×2, stride 2"""
        said = [(self.words.of(setting.words), self.words.of(setting.shown)) for setting in settings]
        said[:1] = [(capitalized(words), shown) for words, shown in said[:1]]
        return self.notation.macro("settings", [(self.escape(words), self.escape(shown)) for words, shown in said])

    def table(self, header: Iterable[str], rows: Iterable[Iterable[str]], short: Iterable[str] = ()) -> str:
        """Cells of text below their names; `short` are names for where there is little room, "" where there is none."""
        cells = [[self.escape(cell) for cell in row] for row in rows]
        names = ([self.escape(name) for name in given] for given in (header, short))
        return self.notation.macro("table", next(names), cells, next(names))

    def count(self, value: int) -> str:
        """A count as plain text, its digits in groups."""
        return " ".join(grouped(value))

    def stream(self, pieces: Iterator[Pieces]) -> str:
        self.streams.append(pieces)
        return f"{MARK}{len(self.streams) - 1}{MARK}"

    def tensor(self, label: str, labelled: NamedTensor, blank: str = "nothing") -> str:
        """A tensor as labelled matrices; where it has no number stands the template's sign `blank`."""
        if not self.options["share"].writes:
            return ""
        return self.stream(self.tensor_lines(label, labelled, self.notation.text(blank)))

    def tensor_lines(self, label: str, labelled: NamedTensor, blank: str) -> Iterator[Pieces]:
        for i, line in enumerate(self.matrices.lines(labelled, blank, self.is_whole(labelled))):
            english = label.pattern if isinstance(label, Phrase) else label
            head = caption_of(self.escape(label) if i == 0 else "", english)
            yield self.notation.macro("display", head, line).encode()

    def is_whole(self, labelled: NamedTensor) -> bool:
        """As told, else where it is an answer and nothing else is asked for."""
        whole = self.options["whole"]
        answers = (self.solution.output, *(gradient.output for gradient in self.solution.gradients.values()))
        return any(labelled is one for one in answers) and self.options["answer_only"] if whole is None else whole

    def equations(self, rows: Iterable[tuple[tuple[Expr, ...], Chain]]) -> str:
        """Chains of equals, one below the other, each behind the names of what it gives."""
        written = []
        joint = f" {self.notation.text('equals')} "
        named = [(unbroken(joint.join(map(self.notation.write, names))), links) for names, links in rows]
        # Where the names of all rows stand in one column, the widest of them takes its room from each row.
        aligned = "&" in self.notation.text("align")
        column = max((self.measure.width(left) for left, _ in named), default=0.0) if aligned else 0.0
        for left, links in named:
            pieces = segments(links, self.notation, self.measure, {})
            lines = wrapped(pieces, max(column, self.measure.width(left)), self.measure)
            text = compose(left, lines, self.notation, self.measure.length(left))
            written.append(text.translate(self.notation.relations(links)))
        body = self.frame.row_end.decode().join(written)
        return self.frame.opening.decode() + body + self.frame.closing.decode()

    def shape(self, sizes: Product) -> str:
        """A tensor's shape, standing by itself."""
        parts = [unbroken(self.notation.factor(part, OPERAND)) for part in sizes.parts]
        return self.notation.macro("formula", self.notation.macro("shape", parts))

    def formula(self, expr: Expr) -> str:
        return self.notation.macro("formula", unbroken(self.notation.write(expr)))

    def planes(self) -> Iterator[Plane]:
        """The planes of the answer that have expansions to show."""
        output = self.solution.output
        if output is not None and self.solution.steps is not None:
            yield from self.planes_of(output, self.selection)

    def gradient_planes(self, gradient: Gradient) -> Iterator[Plane]:
        """The same of a gradient; `--cells` chooses steps of the answer, and none of these."""
        if gradient.steps is not None and self.selection.boxes is None:
            yield from self.planes_of(gradient.output, Selection(gradient.output.shape))

    def planes_of(self, output: NamedTensor, selection: Selection) -> Iterator[Plane]:
        lead = output.shape[: len(output.dims)]
        size = math.prod(output.spatial)
        for i, index in enumerate(product(*(range(n) for n in lead))):
            cells = selection.within(i * size, (i + 1) * size)
            plane = Plane(tuple((self.words(w), j + self.base) for w, j in zip(output.dims, index, strict=True)), cells)
            if len(cells):
                yield plane

    def expansions(self, plane: Plane) -> str:
        """Every step of a plane, streamed."""
        if self.expander is None:
            assert self.solution.steps is not None
            self.expander = self.expanding(self.solution.steps, self.solution.output_shape)
        return self.stream(self.expander.write(plane.cells))

    def gradient_expansions(self, gradient: Gradient, plane: Plane) -> str:
        """Every step of a gradient's plane, ∂L/∂x[1,1] = …, streamed."""
        of = gradient.rule.by.name
        if of not in self.gradient_expanders:
            assert gradient.steps is not None
            written = partial(self.gradient_name, of)
            self.gradient_expanders[of] = self.expanding(gradient.steps, gradient.output.shape, written)
        return self.stream(self.gradient_expanders[of].write(plane.cells))

    def gradient_name(self, of: str, index: list[str]) -> str:
        return self.notation.macro("partial", self.notation.entry(of, index))

    def expanding(
        self, steps: Steps, shape: tuple[int, ...], name: Callable[[list[str]], str] | None = None
    ) -> Expansions:
        return Expansions(
            steps, shape, self.base, self.notation, self.tokens, self.measure, self.frame, self.options, name
        )

    def picture(self, plane: Plane) -> str:
        """The first step's window where it stands on the input, in formats that draw it."""
        if not self.notation.setting("draws_windows") or self.solution.steps is None:
            return ""
        window = self.solution.steps.window(int(plane.cells[0]))
        index = np.unravel_index(int(plane.cells[0]), self.solution.output_shape)
        name = self.notation.macro("name", [str(int(i) + self.base) for i in index])
        return "" if window is None else self.notation.macro("picture", name, window_lines(window, self.notation))

    def sides(self, axes: tuple[Axis, ...]) -> list[tuple[str, Phrase, Axis]]:
        """Each dimension with its name and what it is counted in, equal ones once."""
        return [
            (self.words(DIMENSIONS[letter][0]), self.words(DIMENSIONS[letter][1]), axis)
            for letter, axis in zip(SIZES[len(axes)], axes, strict=True)
        ]

    def many(self, unit: Phrase, count: int) -> str:
        """What a dimension is counted in, for one or more."""
        return self.words(SEVERAL[unit.pattern]) if count > 1 else unit


MOST_DRAWN = 24


class Drawn(NamedTuple):
    """A part of a matrix around a window: its numbers in rows, each with whether the window has it."""

    rows: list[list[tuple[str, bool]]]
    above: bool
    """There are rows above it."""
    left: bool


def window_lines(window: Window, notation: Notation) -> Drawn:
    """The slice of the input that the window begins in, near the window."""
    source, places = window.counted
    spatial = source.spatial
    last = spatial[-2:] if len(spatial) > 1 else (1, *spatial)
    size = math.prod(last)
    lead = int(places[0]) // size
    inside = places[places // size == lead] - lead * size
    rows, columns = (near(at, n) for at, n in zip(np.divmod(inside, last[1]), last, strict=True))
    chosen = set(inside.tolist())
    numbers = source.tensor.num.reshape(-1, size)[lead]
    tensor, irrational = source.tensor, source.tensor.irrational

    def one(over: int) -> str:
        return notation.number(notation.shown(over, tensor.den, over in irrational, tensor.written(over)))

    drawn = [[(one(int(numbers[i * last[1] + j])), i * last[1] + j in chosen) for j in columns] for i in rows]
    return Drawn(drawn, rows.start > 0, columns.start > 0)


def near(at: Positions, size: int) -> range:
    """From where the window begins, as much of its surroundings as is drawn."""
    start = 0 if size <= MOST_DRAWN else max(0, min(int(at.min()) - 2, size - MOST_DRAWN))
    return range(start, min(size, start + MOST_DRAWN))
