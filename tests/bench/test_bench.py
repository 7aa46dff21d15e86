"""`pytest tests/bench -m bench -s`: prints the ratios that the README quotes, and holds them to their limits."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest

from tests.bench.processes import PROGRAM, in_turn, python

pytestmark = pytest.mark.bench

SIDE = 1024
PLAIN = str(Path(__file__).with_name("plain.py"))
SMALL = "samples/conv-padding.json"


def image(folder: Path, side: int, filters: int = 1) -> str:
    """A problem file with an image of `side`² grey values under 3×3 edge kernels."""
    random.seed(side)
    kernel = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]
    several = [[[w + f for w in row] for row in kernel] for f in range(filters)]
    problem = {
        "type": "conv",
        "input": [[random.randrange(256) for _ in range(side)] for _ in range(side)],
        "kernel": several if filters > 1 else kernel,
    }
    path = folder / f"image-{side}-{filters}.json"
    path.write_text(json.dumps(problem))
    return str(path)


def tell(what: str, ratio: float, limit: str) -> None:
    print(f"\n{what}: {ratio:.2f} ({limit})", end="")


def test_start_up_of_version() -> None:
    """`--version` costs little more than importing click."""
    in_turn([[*PROGRAM, "--version"]], 2)
    ours, yardstick = in_turn([[*PROGRAM, "--version"], python("import click")], 15)
    ratio = ours.seconds / yardstick.seconds
    tell("start-up: --version / import click", ratio, "at most 1.5")
    assert ratio <= 1.5


IMPORTS = python("import click, jinja2, numpy, rich.console")
CALL = "import cnnsteps; cnnsteps.conv([[1, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]], [[2, 0], [0, 1]])"
STARTS = {
    "conv 4×4 on a pipe": ([*PROGRAM, "conv", SMALL], 0.85),
    "conv 4×4 to LaTeX": ([*PROGRAM, "conv", SMALL, "-f", "latex"], 0.85),
    "cnnsteps.conv 4×4": (python(CALL), 0.85),
    "conv 4×4 to LaTeX, templates compiled": ([*PROGRAM, "conv", SMALL, "-f", "latex"], 1.3),
}
"""What is started, and what it may take of the time that importing what we depend on takes."""


@pytest.mark.parametrize("what", STARTS)
def test_start_up_of_a_small_problem(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A 4×4 problem takes less time than importing all that we depend on, for it imports what it needs."""
    command, limit = STARTS[what]
    cold = what.endswith("compiled")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none" if cold else tmp_path))
    if cold:
        (tmp_path / "none").touch()
    in_turn([command, IMPORTS], 2)
    ours, yardstick = in_turn([command, IMPORTS], 20)
    ratio = ours.cpu / yardstick.cpu
    tell(f"start-up: {what} / import click, jinja2, numpy, rich", ratio, f"at most {limit}")
    assert ratio <= limit


def test_throughput_and_memory(tmp_path: Path) -> None:
    """9.4 million terms to LaTeX, against nested loops with f-strings and against the disk."""
    source, target = image(tmp_path, SIDE), tmp_path / "out.tex"
    plain = [PROGRAM[0], PLAIN, source, str(tmp_path / "plain.tex")]
    ours, ints = in_turn([[*PROGRAM, "conv", source, "-o", str(target)], plain], 3)
    exact = in_turn([[*plain, "exact"]], 1)[0]
    ratio = exact.seconds / ours.seconds
    size = target.stat().st_size
    tell("throughput: plain script, exact as we are / cnnsteps", ratio, "at least 20, aim 50")
    tell("throughput: plain script of bare ints / cnnsteps", ints.seconds / ours.seconds, "reported")
    tell(
        f"share of the disk's own speed for {size / 1e6:.0f} MB",
        disk_seconds(size, tmp_path) / ours.seconds,
        "reported",
    )
    tell("peak memory, MB", ours.peak / 1e6, "under 300")
    assert ours.peak < 300e6
    four = in_turn([[*PROGRAM, "conv", image(tmp_path, SIDE, 4), "-o", str(target)]], 1)[0]
    tell("peak memory: four filters / one", four.peak / ours.peak, "at most 1.2")
    assert four.peak <= 1.2 * ours.peak
    assert ratio >= 20


def disk_seconds(size: int, folder: Path) -> float:
    """How long the disk takes for as many bytes, written in large pieces."""
    block = bytes(1 << 20)
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        with (folder / "raw").open("wb", buffering=0) as file:
            for _ in range(size >> 20):
                file.write(block)
        best = min(best, time.perf_counter() - began)
        os.unlink(folder / "raw")
    return best


def test_growth(tmp_path: Path) -> None:
    """Twice the side, four times the time, start-up and the disk aside."""
    sides = (1024, 2048)
    commands = [[*PROGRAM, "conv", image(tmp_path, side), "-f", "latex"] for side in sides]
    commands.append([*PROGRAM, "conv", SMALL, "-f", "latex"])
    one, two, nothing = in_turn(commands, 3)
    ratio = (two.seconds - nothing.seconds) / (one.seconds - nothing.seconds)
    tell("growth: twice the side", ratio, "at most 4, and a tenth for noise")
    assert ratio <= 4.4


def test_a_template_of_ones_own_is_as_fast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The looks stay in templates: a copy with other signs costs nothing, process for process.

    Several processes write what is large with shipped templates alone: one's own run apart, in a single one.
    """
    monkeypatch.setenv("CNNSTEPS_PROCESSES", "1")
    source = image(tmp_path, SIDE)
    text = (Path(__file__).parent.parent.parent / "templates" / "latex.jinja").read_text()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "latex.jinja").write_text(text.replace("Val", "Y").replace("\\times", "\\cdot"))
    command = [*PROGRAM, "conv", source, "-o", str(tmp_path / "out.tex")]
    shipped, mine = in_turn([command, [*command, "--template", str(tmp_path / "mine")]], 3)
    assert b"Y_{[1,1]}" in (tmp_path / "out.tex").read_bytes()
    ratio = mine.seconds / shipped.seconds
    tell("throughput: a template of one's own / the shipped one, in time", ratio, "at most 1.25")
    assert ratio <= 1.25
