"""The terminal, a real one: what a user sees, and what a pipe or a file gets instead."""

from __future__ import annotations

import json
import os
import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsteps.render.options import Screen
from tests.running import SAMPLES, render, run_cli
from tests.screens import Shot, shoot

CODES = re.compile(r"\x1b\[[0-9;]*m")
ALL = sorted(SAMPLES.glob("*.json"))
ONE = str(SAMPLES / "conv-padding.json")
ASCII = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


UNEVEN = {
    "type": "conv",
    "input": [[[12, -3, 4], [5, 6, -7], [1, 2, 3]]] * 2,
    "kernel": [[[11, -22], [33, 4]]] * 2,
    "padding": [[1, 2], [2, 1]],
}
POOL = {"type": "pool", "input": [[i * j - 9 for j in range(12)] for i in range(12)], "kernel_size": 5}


def width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def bare(shot: Shot) -> list[str]:
    return CODES.sub("", shot.raw).split("\r\n")


@pytest.fixture
def rgb(tmp_path: Path) -> Path:
    """Three channels of numbers with three digits, under kernels with negative ones."""
    draw = random.Random(1)
    picture = [[[draw.randint(100, 255) for _ in range(5)] for _ in range(5)] for _ in range(3)]
    kernel = [[[draw.randint(-9, 9) for _ in range(3)] for _ in range(3)] for _ in range(3)]
    file = tmp_path / "rgb.json"
    file.write_text(
        json.dumps({"type": "conv", "title": "日本語 RGB", "input": picture, "kernel": kernel, "padding": 1})
    )
    return file


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """A matrix that fits no screen."""
    draw = random.Random(2)
    picture = [[draw.randint(0, 255) for _ in range(60)] for _ in range(60)]
    file = tmp_path / "wide.json"
    file.write_text(json.dumps({"type": "conv", "input": picture, "kernel": [[1, 0], [0, -1]]}))
    return file


class TestColours:
    def test_colours_appear_and_say_nothing_of_their_own(self) -> None:
        shot = shoot("conv", ONE, columns=400)
        assert shot.code == 0
        assert len(set(CODES.findall(shot.raw))) > 3
        assert "\n".join(bare(shot)).encode() == run_cli("conv", ONE).out

    def test_the_colours_are_few(self) -> None:
        colours = set(re.findall(r"\x1b\[(?:1;)?(3[0-7]|9[0-7]|38;[0-9;]+)m", shoot("conv", ONE).raw))
        assert 1 <= len(colours) <= 3

    def test_no_color(self) -> None:
        codes = set(CODES.findall(shoot("conv", ONE, env={"NO_COLOR": "1"}).raw))
        assert not [code for code in codes if re.search(r"\[(?:.*;)?(?:3|4|9)[0-9]", code)]

    def test_a_dumb_terminal_gets_no_codes(self) -> None:
        assert "\x1b" not in shoot("conv", ONE, env={"TERM": "dumb"}).raw


class TestWidth:
    @pytest.mark.parametrize("columns", [60, 80])
    @pytest.mark.parametrize("file", ALL, ids=[file.stem for file in ALL])
    def test_nothing_is_wider_than_the_screen(self, file: Path, columns: int) -> None:
        lines = bare(shoot("solve", str(file), columns=columns))
        assert not [line for line in lines if width(line) > columns]

    @pytest.mark.parametrize("columns", [40, 60, 80])
    def test_long_sums_go_on_under_the_equals(self, columns: int, rgb: Path) -> None:
        lines = bare(shoot("conv", str(rgb), "--cells", "2,2", columns=columns))
        assert not [line for line in lines if width(line) > columns]
        first = next(i for i, line in enumerate(lines) if line.startswith("Val["))
        following = lines[first + 1 : lines.index("", first)]
        assert len(following) > 3
        at = lines[first].index("=")
        assert all(line[:at].isspace() and line[at:].startswith(("= ", "+ (", "  + ")) for line in following)
        assert [line for line in following if line[at:].startswith("+ (")], "a channel begins where the sum does"

    @pytest.mark.parametrize("columns", range(30, 100, 3))
    def test_no_width_is_too_narrow(self, columns: int) -> None:
        for problem in (UNEVEN, UNEVEN | {"padding": 1}, POOL, POOL | {"mode": "average"}):
            text = render(problem, "terminal", screen=Screen(columns=columns))
            sums = [line for line in text.split("\n") if "=" in line or line.lstrip().startswith("+")]
            assert not [line for line in sums if width(line) > columns]

    def test_columns_is_honoured(self, rgb: Path) -> None:
        lines = bare(shoot("conv", str(rgb), "--cells", "2,2", columns=200, env={"COLUMNS": "60"}))
        assert 50 < max(map(width, lines)) <= 60

    @pytest.mark.parametrize("columns", [50, 80])
    def test_wide_matrices_are_shortened_and_say_so(self, columns: int, wide: Path) -> None:
        lines = bare(shoot("conv", str(wide), "--cells", "1,1", columns=columns))
        assert not [line for line in lines if width(line) > columns]
        assert re.search(r"\([0-9]+ of 60 rows and [0-9]+ of 60 columns shown\)", "\n".join(lines))
        assert re.search(r"⎡.* ⋯ .*⎤", "\n".join(lines))

    def test_wide_titles(self, rgb: Path) -> None:
        title, line = shoot("conv", str(rgb)).screen.display[:2]
        assert title.replace(" ", "") == "日本語RGB"
        assert line.rstrip() == "═" * 10


class TestLooks:
    def test_brackets_have_their_height_and_columns_stand(self, rgb: Path) -> None:
        lines = bare(shoot("conv", str(rgb), "--answer-only", columns=120))
        start = lines.index("Input:") + 1
        block = lines[start : start + 5]
        assert [line.strip()[0] for line in block] == ["⎡", "⎢", "⎢", "⎢", "⎣"]
        assert [line.rstrip()[-1] for line in block] == ["⎤", "⎥", "⎥", "⎥", "⎦"]
        ends = [[m.end() for m in re.finditer("[0-9]+", line)] for line in block]
        assert all(end == ends[0] for end in ends)
        assert lines[start + 5].split() == ["channel", "1", "channel", "2", "channel", "3"]

    def test_the_window_of_a_step(self) -> None:
        text = "\n".join(bare(shoot("conv", ONE, "--cells", "1,1")))
        picture = text.split("The window of Val[1,1] on the input:\n")[1].split("\n\n")[0]
        rows = [re.findall(r"\[ *(-?[0-9]+)\]", line) for line in picture.splitlines()]
        assert [len(row) for row in rows if row] == [3, 3, 3]

    def test_the_picture_says_where_it_is_cut(self) -> None:
        """Dots above, below, to the left and to the right, where the input goes on there."""
        x = [[(7 * i + 3 * j) % 256 for j in range(60)] for i in range(60)]
        for cell, above, left in [("1,1", False, False), ("30,1", True, False), ("30,40", True, True)]:
            text = render({"type": "pool", "input": x, "kernel_size": 3, "stride": 1}, "terminal", cells=cell)
            rows = text.split("on the input:\n")[1].split("\n\n")[0].split("\n")
            assert [set(re.sub("[⎡⎤⎣⎦ ]", "", row)) == {"⋮"} for row in (rows[0], rows[-1])] == [above, True]
            numbers = [row.strip(" ⎡⎤⎢⎥⎣⎦") for row in rows if "⋮" not in row]
            assert [{row[0] == "⋯" for row in numbers}, {row[-1] == "⋯" for row in numbers}] == [{left}, {True}]
            assert len({len(row) for row in rows}) == 1

    def test_the_window_is_lit(self) -> None:
        screen = shoot("conv", ONE, "--cells", "1,1").screen
        lit = [cell for row in screen.buffer.values() for cell in row.values() if cell.data == "[" and cell.bold]
        assert len(lit) == 9


class TestElsewhere:
    @pytest.mark.parametrize("file", ALL, ids=[file.stem for file in ALL])
    def test_a_pipe_and_a_file_get_the_same(self, file: Path, tmp_path: Path) -> None:
        piped = run_cli("solve", str(file), env={"COLUMNS": "40", "FORCE_COLOR": "1"})
        assert run_cli("solve", str(file), "-o", str(tmp_path / "x.txt")).code == 0
        assert piped.out == (tmp_path / "x.txt").read_bytes()
        assert b"\x1b" not in piped.out

    def test_nothing_is_wrapped_on_a_pipe(self, rgb: Path) -> None:
        lines = run_cli("conv", str(rgb), "--cells", "2,2").out.decode().splitlines()
        (step,) = [line for line in lines if line.startswith("Val[")]
        assert step.count("×") == 27

    @pytest.mark.parametrize("file", ALL, ids=[file.stem for file in ALL])
    def test_ascii(self, file: Path) -> None:
        result = run_cli("solve", str(file), env=ASCII)
        assert (result.code, result.err) == (0, b"")
        assert result.out.isascii()

    def test_ascii_errors(self, tmp_path: Path) -> None:
        (tmp_path / "hé.json").write_text('{"type": "conv", "input": [[1]], "kernel": [[1, 1]]}')
        result = run_cli("conv", "hé.json", env=ASCII, cwd=tmp_path)
        assert result.code == 2
        assert result.err.isascii()

    def test_ascii_on_a_terminal(self, rgb: Path) -> None:
        shot = shoot("conv", str(rgb), env=ASCII)
        assert shot.code == 0
        assert shot.raw.isascii()


class TestProgress:
    """The bar is for long work and a terminal on standard error alone."""

    @pytest.fixture
    def big(self, tmp_path: Path) -> Path:
        file = tmp_path / "big.json"
        row = list(range(1000))
        file.write_text(f'{{"type": "conv", "input": {[row] * 1000}, "kernel": {[[1] * 5] * 5}}}')
        return file

    def test_long_work_shows_a_bar(self, big: Path) -> None:
        began = time.monotonic()
        shot = shoot("conv", str(big), "-o", os.devnull, "-f", "json", columns=100)
        assert shot.code == 0
        assert ("expansions" in shot.raw) == ("100%" in shot.raw)
        assert "expansions" in shot.raw or time.monotonic() - began < 2.5

    def test_short_work_shows_none(self, tmp_path: Path) -> None:
        assert shoot("conv", ONE, "-o", str(tmp_path / "x.tex")).raw == ""

    def test_no_terminal_no_bar(self, big: Path) -> None:
        assert run_cli("conv", str(big), "-o", os.devnull, "-f", "json").err == b""


def test_widths_are_richs() -> None:
    """Most are known without it."""
    from rich.cells import cell_len

    from cnnsteps.formats.terminal import NARROW, WIDE

    wide = [chr(code) for first, last in WIDE for code in range(ord(first), ord(last) + 1)]
    assert {c for c in NARROW if cell_len(c) != 1} == {c for c in wide if cell_len(c) != 2} == set()


@given(st.text(st.sampled_from("aé×−Σ√⎡⋯─═γ卷积（Ａ 1\u0301👩\u200d🚀ก\ufe0f"), min_size=2, max_size=12))
def test_a_texts_width_is_richs(text: str) -> None:
    from rich.cells import cell_len

    from cnnsteps.formats.terminal import columns

    assert columns(text) == cell_len(text)
