"""Long sums: one rule for where they go on, whatever the numbers; the result always on the same side."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from cnnsteps.render.lines import LEVELS, RELATION_LEVEL, Measure, Segment, wrapped
from cnnsteps.render.notation import BETWEEN, BREAK, PREFER
from cnnsteps.render.options import Screen
from tests.running import ROOT, render

Problem = dict[str, object]
NUMBERS = [0, 1, -2, 12, "1/3"]
STEP = {
    "latex": re.compile(r"\\mathrm\{Val\}_\{\[[\d,]+\]\} &(.*?)(?= \\\\\n  \\mathrm|\n\\end)", re.DOTALL),
    "markdown": re.compile(r"\\mathrm\{Val\}_ \{\[[\d,]+\]\} &(.*?)(?= \\\\\n\\mathrm|\n\\end)", re.DOTALL),
    "terminal": re.compile(r"^Val\[[\d,]+\] (.*?)(?=\nVal|\n\n)", re.DOTALL | re.MULTILINE),
}
TIMES = re.compile(r"\\times|×")
RELATION = re.compile(r"^[&\s]*(?:=|\\approx|≈)")


def random_numbers(*shape: int, rng: random.Random) -> object:
    first, *rest = shape
    return [random_numbers(*rest, rng=rng) if rest else rng.choice(NUMBERS) for _ in range(first)]


def filters(channels: int, size: int, seed: int) -> Problem:
    rng = random.Random(seed)
    image, kernel = (random_numbers(*shape, rng=rng) for shape in ((channels, 6, 6), (3, channels, size, size)))
    return {"type": "conv", "input": image, "kernel": kernel, "bias": [1, -20, "1/7"]}


def shapes(text: str, fmt: str) -> list[list[int]]:
    """Of each step how many products stand in each of its lines."""
    return [[len(TIMES.findall(line)) for line in step.split("\n")] for step in STEP[fmt].findall(text)]


@pytest.mark.parametrize("fmt", STEP)
@pytest.mark.parametrize(("channels", "size"), [(3, 3), (1, 3), (1, 5), (4, 1), (2, 2)])
def test_all_steps_break_at_the_same_places(channels: int, size: int, fmt: str) -> None:
    """Those of every filter, whose weights are of other widths; and what they come to begins a line of its own."""
    text = render(filters(channels, size, channels * size), fmt, screen=Screen(True, 80))
    found = shapes(text, fmt)
    assert len(found) == 3 * (7 - size) ** 2
    assert all(one == found[0] for one in found)
    assert sum(found[0]) == channels * size**2
    for step in STEP[fmt].findall(text):
        lines = step.split("\n")
        assert not any(RELATION.match(line) for line in lines[1:-1])
        assert RELATION.match(lines[-1])


@pytest.mark.parametrize("fmt", STEP)
def test_where_one_result_has_a_line_of_its_own_all_have(fmt: str) -> None:
    """Of steps with one product and with many, as the gradient of an input and a transposed convolution have them."""
    problem = {"type": "conv_transpose", "input": [["111/7"] * 3] * 3, "kernel": [["222/13"] * 3] * 3}
    text = render(problem, fmt, screen=Screen(True, 80))
    steps = [step.split("\n") for step in STEP[fmt].findall(text)]
    assert len({len(TIMES.findall(" ".join(lines))) for lines in steps}) > 3
    assert all(len(lines) > 1 and RELATION.match(lines[-1]) for lines in steps)
    assert not any(TIMES.search(lines[-1]) for lines in steps)


def test_results_of_one_line_stand_below_one_another_in_latex() -> None:
    """In a column, to the right, as in the terminal; but not among steps of other shapes."""
    image = [[1, -2, 3], [4, 50, 6]]
    conv: Problem = {"type": "conv", "input": image, "kernel": [[1, -2]]}
    rows = STEP["latex"].findall(render(conv, "latex"))
    assert [len(re.findall(r" &&=\{\}& +-?\d+$", row)) for row in rows] == [1] * 4
    pooled = STEP["latex"].findall(
        render({"type": "pool", "input": image, "mode": "average", "kernel_size": 2}, "latex")
    )
    assert [row.count("&&=") for row in pooled] == [2]
    assert "&&" not in render({**conv, "type": "conv_transpose"}, "latex")


def test_a_frame_of_ones_own_has_no_columns(tmp_path: Path) -> None:
    """A template from before there were columns works as it did."""
    shipped = (ROOT / "templates" / "latex.jinja").read_text("utf-8")
    old = re.sub(r"<# Further links.*?endmacro %>\n", "", shipped, flags=re.DOTALL).replace("alignat*}{9}", "align*}")
    old = old.replace("alignat*", "align*")
    assert "macro joint" not in old
    (tmp_path / "latex.jinja").write_text(old, "utf-8")
    text = render({"type": "conv", "input": [[1, 2]], "kernel": [[1]]}, "latex", template=tmp_path)
    assert r"\begin{align*}" in text
    assert "&= 1 \\times 1 = 1 \\\\" in text


def chain(rng: random.Random) -> list[Segment]:
    """Links of channels, rows and terms, each a word as wide as it is long."""
    found: list[Segment] = []
    for _ in range(rng.randint(1, 3)):
        levels = [
            RELATION_LEVEL,
            *(LEVELS[rng.choice((BREAK, BREAK, PREFER, BETWEEN))] for _ in range(rng.randint(0, 30))),
        ]
        words = ["x" * rng.randint(1, 9) for _ in levels]
        found += [
            Segment(word, level, len(word), level < LEVELS[BETWEEN] and rng.random() < 0.3)
            for word, level in zip(words, levels, strict=True)
        ]
    return found


def test_no_line_is_longer_than_it_may_be_and_nothing_is_lost() -> None:
    """Whatever the levels and widths; a piece that is too wide by itself stands alone."""
    rng = random.Random(0)
    for _ in range(500):
        measure = Measure(rng.randint(12, 60), len, indent=1, inner=2)
        pieces = chain(rng)
        lines = wrapped(pieces, 4, measure)
        assert [piece for line in lines for piece in line] == pieces
        for line in lines:
            assert len(line) == 1 or sum(piece.width for piece in line) <= measure.line - 4
        ends = [line[0].level == RELATION_LEVEL for line in lines[1:]]
        assert len(lines) == 1 or sum(ends) in (0, 1, sum(piece.level == RELATION_LEVEL for piece in pieces) - 1)
