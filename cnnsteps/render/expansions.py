"""Steps as expansions, `Val[1,1] = 1×2 + … = 15`, in the notation of a format's template."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnnsteps.model.expr import Placed
from cnnsteps.model.steps import Run, Steps
from cnnsteps.records import NamedTuple
from cnnsteps.render.layout import Layout, Rounded
from cnnsteps.render.lines import Measure, Part, compose, fits, measured, parts_of, wrapped
from cnnsteps.render.notation import Notation, relation_mark
from cnnsteps.render.options import RenderOptions
from cnnsteps.render.standing import Standing, links_of, together
from cnnsteps.render.steps import Frame, Names, Rows
from cnnsteps.render.tokens import TokenCache, Tokens

MOST_PARTS = 100_000
"""How many parts of written chains are kept."""


class Among(NamedTuple):
    """The key of a run that is written among runs of other shapes."""

    key: object
    apart: bool
    """The links stand in lines of their own."""


class Expansions(Rows):
    """Each step a row: its name, its chain of equals, broken where it is too long."""

    def __init__(
        self,
        steps: Steps,
        shape: tuple[int, ...],
        base: int,
        notation: Notation,
        writer: TokenCache,
        measure: Measure,
        frame: Frame,
        options: RenderOptions,
        name: Callable[[list[str]], str] | None = None,
    ) -> None:
        """`name` writes the name of a cell with this index; `Val[…]` unless told."""
        names = Names(shape, base, name or (lambda marks: notation.macro("name", marks)), align=True)
        super().__init__(steps, names, writer, frame, options)
        self.notation, self.measure = notation, measure
        self.kept: dict[object, list[dict[int, Standing]]] = {}
        self.chains: dict[object, list[Part]] = {}
        self.lengths: dict[object, bool] = {}

    def links(self, run: Run) -> list[dict[int, Standing]]:
        if run.key not in self.kept:
            self.kept[run.key] = links_of(run.chain, self.notation.fraction_bar)
        return self.kept[run.key]

    def parts(self, run: Run) -> list[Run]:
        """Apart the rows whose last link would only repeat the one before; rounded, it says something new."""
        if run.repeats is None or not self.notation.rule.results or not run.repeats.any():
            return [run]
        short = run._replace(key=(run.key, "short"), chain=run.chain[:-1])
        return [short] if run.repeats.all() else [short.chosen(run.repeats), run.chosen(~run.repeats)]

    def operands(self, run: Run) -> dict[int, Standing]:
        return together(self.links(run))

    def agreed(self, runs: list[Run]) -> list[Run]:
        """Where one of several shapes has no room for its result, none has it on its line; columns are of one shape."""
        if len(runs) < 2:
            return runs
        apart = any(self.too_long(run) for run in runs)
        return [run._replace(key=Among(run.key, apart)) for run in runs]

    def too_long(self, run: Run) -> bool:
        """Its rows take several lines."""
        if run.key not in self.lengths:
            layout = Layout(self.names.tokens(run.cells), self.names.aligned, self.placed(run))
            pieces = measured(self.written(run), self.measure, layout.widths(self.writer.width))
            self.lengths[run.key] = not fits(pieces, self.measure.line - self.measure.width(self.names.sample))
        return self.lengths[run.key]

    def text(self, run: Run, widths: dict[int, float]) -> tuple[str, int]:
        pieces = measured(self.written(run), self.measure, widths)
        among = run.key if isinstance(run.key, Among) else None
        lines = wrapped(pieces, self.measure.width(self.names.sample), self.measure, apart=bool(among and among.apart))
        right = not isinstance(run.chain[-1], Placed)
        return compose(self.names.text, lines, self.notation, len(self.names.sample), not among, right), len(lines)

    def written(self, run: Run) -> list[Part]:
        """The chain with its placeholders, which is the same whatever the numbers are."""
        if run.key not in self.chains:
            if sum(map(len, self.chains.values())) > MOST_PARTS:
                self.chains.clear()
            links = [self.notation.write(link, run.row) for link in run.chain]
            self.chains[run.key] = parts_of(links, self.measure)
        return self.chains[run.key]

    def signs(self, run: Run, rounded: dict[int, Rounded]) -> dict[str, Tokens | str]:
        """`=`, or `≈` where a link, or the one before it, holds a rounded number."""
        both = [self.notation.text("equals"), self.notation.text("approx")]
        if not rounded:
            return {relation_mark(i): both[0] for i in range(len(run.chain))}
        found: dict[str, Tokens | str] = {}
        before: Rounded = False
        for i, columns in enumerate(self.links(run)):
            here: Rounded = False
            for c in columns:
                here = here | rounded.get(c, False)
            either = here | before
            if np.all(either) or not np.any(either):
                found[relation_mark(i)] = both[bool(np.any(either))]
            else:
                found[relation_mark(i)] = np.array([s.encode() for s in both])[np.asarray(either, np.int64)]
            before = here
        return found
