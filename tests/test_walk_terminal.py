"""The walk on a real pseudo-terminal: what is seen, and that every way out leaves the terminal as it was."""

from __future__ import annotations

import json
import os
import random
import re
import shlex
import signal
import sys
from pathlib import Path

import pytest

from tests.running import ROOT, SAMPLES
from tests.walking import Player

PADDING = str(SAMPLES / "conv-padding.json")
PROGRAM = [sys.executable, "-m", "cnnsteps", "walk", PADDING]
RGB = str(SAMPLES / "conv-rgb.json")
CRASH = """
import sys
from cnnsteps.walk import loop
def crash(self, state, event):
    raise ZeroDivisionError("on purpose")
loop.Session.handled = crash
sys.argv[1:] = ["walk", *sys.argv[1:]]
from cnnsteps.__main__ import run
run()
"""


@pytest.fixture
def image(tmp_path: Path) -> str:
    """64 × 64 pixels."""
    draw = random.Random(3)
    problem = {"type": "conv", "input": [[draw.randrange(256) for _ in range(64)] for _ in range(64)],
               "kernel": [[1, 2, 1], [0, 0, 0], [-1, -2, -1]], "padding": 1}  # fmt: skip
    (tmp_path / "image.json").write_text(json.dumps(problem))
    return str(tmp_path / "image.json")


def ready(player: Player) -> bool:
    """The first screen is whole."""
    return "q quit" in player.lines[-1]


class TestScreens:
    def test_a_walk(self) -> None:
        with Player(PADDING) as player:
            player.until(ready)
            assert "step 1 of 16" in player.lines[0]
            player.press("right", "right").until("product 3 of 9")
            player.press("n").until("step 2 of 16").until("= 12")
            player.press("down").until("step 6 of 16")
            player.press("g").until("Go to (up to 4,4)").type("3,3").press("enter").until("step 11 of 16")
            player.press("?").until("this help")
            player.press("x").until("step 11 of 16").until(ready)
            player.press("o").until("back to the step").press("escape").until(ready)
            player.press("q")
            assert player.end() == 0
            assert player.left_as_it_was()

    def test_the_whole_answer_fills_up(self) -> None:
        with Player(PADDING) as player:
            player.until(ready).press("end").until("step 16 of 16")
            shown = [re.sub(r"^.*⎤ {3}|[⎡⎢⎣⎤⎥⎦]", "", line).split()[-4:] for line in player.lines[5:10]]
            assert ["7", "12", "10", "2"] in [row[-4:] for row in shown]
            player.press("q").end()

    def test_mouse(self) -> None:
        with Player(PADDING) as player:
            player.until(ready)
            row = next(i for i, line in enumerate(player.lines) if line.startswith("3 ⎢"))
            # The third row of the answer, its fourth column.
            player.click(row, player.lines[row].rindex("·")).until("step 12 of 16")
            player.click(row, 5, button=64).until("product 9 of 9")
            player.click(23, player.lines[23].index("? help")).until("this help")
            player.press("q", "q")
            assert player.end() == 0

    def test_resizing(self, image: str) -> None:
        with Player(image) as player:
            player.until(ready)
            assert max(map(len, player.lines)) == 80
            player.resize(160, 50).until(lambda p: ready(p) and len(p.lines[1]) == 160)
            player.resize(50, 20).until("at least")
            assert "50 columns and 20 rows" in player.text
            player.press("right").resize(80, 24).until(lambda p: ready(p) and len(p.lines[1]) == 80)
            assert "step 1 of 4096" in player.lines[0]
            player.press("q")
            assert player.end() == 0

    def test_too_small_from_the_start_and_quit(self) -> None:
        with Player(PADDING, size=(30, 8)) as player:
            player.until("30 columns")
            player.press("q")
            assert player.end() == 0
            assert player.left_as_it_was()

    def test_playing_goes_on_by_itself(self) -> None:
        with Player(PADDING) as player:
            player.until(ready).press("+", "+", "+", "+", "space").until("step 2 of 16")
            assert "terms a second" in player.text
            player.press("space").until(lambda p: "▶" not in p.text)
            assert player.press("q").end() == 0

    def test_quiz(self) -> None:
        with Player(PADDING, "--quiz") as player:
            player.until(ready).press("enter").until("Your answer:")
            player.type("7").until("7_").press("enter").until("Right: 7")
            player.press("right").until("step 2 of 16").type("-1").press("enter").until("Not -1")
            player.press("q").until("1 of 1 right at the first try").press("q")
            assert player.end() == 0
            assert player.left_as_it_was()
            after = player.raw.split(b"\x1b[?1049l")[-1]
            assert b"Quiz: 1 of 1 right at the first try" in after

    def test_a_network_begins_with_its_list(self) -> None:
        with Player(str(SAMPLES / "network-small.json")) as player:
            player.until(ready).until("to choose from")
            player.press("down", "enter").until("max(0,")
            assert player.press("q").end() == 0

    def test_the_problem_on_standard_input(self) -> None:
        """Keys then come from the terminal itself."""
        code = f"""
import subprocess, sys
done = subprocess.run([sys.executable, "-m", "cnnsteps", "walk", "-"], stdin=open({PADDING!r}))
sys.exit(done.returncode)
"""
        with Player(code=code, cwd=ROOT) as player:
            player.until(ready).press("n").until("step 2 of 16").press("q")
            assert player.end() == 0


class TestLooks:
    def codes(self, **env: str) -> set[bytes]:
        with Player(PADDING, env=env) as player:
            player.until(ready).press("right").until("product 2 of 9").press("q")
            assert player.end() == 0
            return set(re.findall(rb"\x1b\[([0-9;]*)m", player.raw))

    def test_colours(self) -> None:
        assert any(code.startswith((b"38", b"48")) or b";48;" in code for code in self.codes())

    def test_no_color_leaves_bold_and_brackets(self) -> None:
        codes = self.codes(NO_COLOR="1")
        assert not [code for code in codes if re.search(rb"(^|;)(3[0-8]|4[0-8]|9[0-7])", code)]
        assert b"1" in codes

    def test_monochrome_has_brackets(self) -> None:
        with Player(PADDING, env={"TERM": "vt100"}) as player:
            player.until(ready)
            assert "<0>" in player.text
            assert player.text.count("[") >= 9
            assert not re.search(rb"\x1b\[[0-9;]*(3[0-8]|4[0-8])m", player.raw)
            assert player.press("q").end() == 0

    def test_a_dumb_terminal_gets_screens_one_below_the_other(self) -> None:
        with Player(PADDING, size=(80, 60), env={"TERM": "dumb"}) as player:
            player.until("product 1 of 9").press("right").until("product 2 of 9").press("q")
            assert player.end() == 0
            assert b"\x1b" not in player.raw

    def test_ascii(self) -> None:
        env = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        with Player(PADDING, env=env) as player:
            player.until(ready).press("right").until("product 2 of 9").press("?").until("this help").press("q", "q")
            assert player.end() == 0
            assert player.raw.isascii()

    def test_light_and_dark(self) -> None:
        """By option, by environment, and by the terminal's own answer."""
        dark = self.codes(COLORTERM="truecolor")
        assert self.codes(COLORTERM="truecolor", COLORFGBG="0;15") != dark
        with Player(PADDING, env={"COLORTERM": "truecolor"}) as player:
            player.until(ready)
            assert b"\x1b]11;?" in player.raw
            seen = len(player.raw)
            player.type("\x1b]11;rgb:ffff/ffff/ffff\x1b\\")
            player.until(lambda p: b"198;233;255" in p.raw[seen:])
            assert player.press("q").end() == 0

    def test_wide(self, image: str) -> None:
        with Player(image, size=(300, 90)) as player:
            player.until(lambda p: ready(p) and len(p.lines[1]) == 300)
            assert "64" in player.text
            assert player.press("q").end() == 0


class TestWaysOut:
    """The terminal's settings are as they were, its own screen is back, the cursor shows."""

    def left(self, player: Player, code: int, settings: list[object]) -> None:
        assert player.end() == code
        assert player.left_as_it_was()
        assert player.attributes() == settings

    def start(self, player: Player) -> list[object]:
        """The settings before; they are others by the first screen."""
        before = player.attributes()
        player.until(ready)
        assert player.attributes() != before
        return before

    def test_quit(self) -> None:
        with Player(PADDING) as player:
            before = self.start(player)
            self.left(player.press("q"), 0, before)

    def test_ctrl_c(self) -> None:
        with Player(PADDING) as player:
            before = self.start(player)
            self.left(player.type("\x03"), 130, before)

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
    def test_signals(self, number: signal.Signals) -> None:
        with Player(PADDING) as player:
            before = self.start(player)
            os.kill(player.child.pid, number)
            self.left(player, 143, before)

    def test_a_crash(self) -> None:
        with Player(PADDING, code=CRASH, cwd=ROOT) as player:
            before = self.start(player)
            self.left(player.press("n"), 70, before)
            after = player.raw.split(b"\x1b[?1049l")[-1]
            assert b"a bug in cnnsteps" in after
            assert b"Traceback" not in player.raw

    def test_stopped_and_brought_back(self) -> None:
        """Ctrl-Z gives the shell its terminal back."""
        shell = 'import os; os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])'
        with Player(code=shell, cwd=ROOT, env={"PS1": "$ "}) as player:
            player.until("$").type(f"{shlex.join(PROGRAM)}\r").until(ready)
            player.type("\x1a").until("Stopped")
            assert player.left_as_it_was()
            assert "step 1 of 16" not in player.text
            player.type("fg\r").until(ready).press("n").until("step 2 of 16").press("q").until("$")
            player.type("stty -a | grep -c -- ' icanon'; exit\r")
            assert player.end() == 0
            assert player.left_as_it_was()

    def test_bad_input_leaves_the_screen_alone(self, tmp_path: Path) -> None:
        (tmp_path / "bad.json").write_text('{"type": "conv", "input": [[1]]}')
        with Player("bad.json", cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}) as player:
            assert player.end() == 2
            assert b"\x1b" not in player.raw
            assert b"bad.json:1:1: error: kernel is missing" in player.raw


class TestRecording:
    def test_what_was_done_is_recorded(self, tmp_path: Path) -> None:
        file = tmp_path / "mine.cast"
        with Player(PADDING, "--record", str(file)) as player:
            player.until(ready).press("n").until("step 2 of 16").resize(100, 30)
            player.until(lambda p: len(p.lines[1]) == 100).press("q")
            assert player.end() == 0
        header, *events = map(json.loads, file.read_text("utf-8").splitlines())
        assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
        assert [event[2] for event in events if event[1] == "r"] == ["100x30"]
        assert "".join(event[2] for event in events if event[1] == "o").encode() == player.raw
