"""The walk without a terminal: text, a recording, a picture; and what is refused."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cases import GOLDEN, Case, cases, names
from tests.running import PATIENCE, ROOT, SAMPLES, render, run_cli

PADDING = str(SAMPLES / "conv-padding.json")
WALKS = ("conv-padding", "conv-rgb", "pool-padding", "softmax", "backward-conv", "network-small", "size-alexnet")
SVG = "{http://www.w3.org/2000/svg}"


class TestText:
    @pytest.mark.parametrize("name", WALKS)
    def test_golden(self, name: str, accept: bool) -> None:
        """Each step's screen, as `tests/golden/walk/` has it."""
        result = run_cli("walk", str(SAMPLES / f"{name}.json"))
        assert (result.code, result.err) == (0, b"")
        golden = GOLDEN / "walk" / f"{name}.txt"
        if accept:
            golden.parent.mkdir(exist_ok=True)
            golden.write_bytes(result.out)
        assert result.out == golden.read_bytes()

    @pytest.mark.parametrize("case", cases(), ids=names(cases()))
    def test_every_golden_can_be_walked(self, case: Case) -> None:
        """Each step that JSON has, those of gradients and layers included, has its screen; sizes alone have one."""
        result = run_cli("walk", "-", stdin=case.problem.encode())
        assert (result.code, result.err) == (0, b"")
        assert b"\x1b" not in result.out
        heads = re.findall(r" step (\d+) of (\d+)$| formula \d+ of \d+$", result.out.decode(), re.MULTILINE)
        steps = [int(number) for number, _ in heads if number]
        assert len(steps) == render(case.problem, "json").count('{"index": ')
        assert len(heads) > 0
        assert all(step in (1, before + 1) for before, step in pairwise([0, *steps]))

    def test_standard_input(self) -> None:
        assert run_cli("walk", "-", stdin=Path(PADDING).read_bytes()).out == run_cli("walk", PADDING).out

    def test_chosen_cells(self) -> None:
        text = run_cli("walk", PADDING, "--cells", "2,2;3,:").out.decode()
        assert re.findall(r"step (\d of \d)", text) == [f"{n} of 5" for n in range(1, 6)]
        assert "Val[2,2] = 1×2" in text
        # Only what was walked through is filled in.
        assert re.search(r"2 ⎢ +· < ?15> +· +· ⎥", text)

    def test_options(self) -> None:
        file = str(SAMPLES / "conv-fractions.json")
        assert "Val[0,0] ≈" in run_cli("walk", file, "--index-base", "0", "--digits", "1").out.decode()

    def test_a_quiz_is_a_worksheet(self) -> None:
        text = run_cli("walk", PADDING, "--quiz").out.decode()
        assert len(re.findall(r"= +\?$", text, re.MULTILINE)) == 16
        assert "= 15" not in text

    def test_head_ends_it_quietly(self, tmp_path: Path) -> None:
        row = list(range(300))
        (tmp_path / "big.json").write_text(
            json.dumps({"type": "conv", "input": [row] * 300, "kernel": [[1, 2], [3, 4]]})
        )
        script = f"{shlex.quote(sys.executable)} -m cnnsteps walk big.json | head -3; exit ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=False,
                              env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
        assert (done.returncode, done.stderr) == (141, b"")
        assert len(done.stdout.splitlines()) == 3

    def test_too_many_steps(self) -> None:
        result = run_cli("walk", PADDING, "--max-cells", "15")
        assert (result.code, result.out) == (2, b"")
        assert b"16 expansions are asked for" in result.err

    def test_ascii(self) -> None:
        env = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        for name in WALKS:
            result = run_cli("walk", str(SAMPLES / f"{name}.json"), env=env)
            assert result.code == 0
            assert result.out.isascii()
            assert b"\\u" not in result.out


class TestRecording:
    def test_it_plays_itself(self, tmp_path: Path) -> None:
        import pyte

        file = tmp_path / "walk.cast"
        assert run_cli("walk", PADDING, "--record", str(file)) == (0, b"", b"")
        header, *events = map(json.loads, file.read_text("utf-8").splitlines())
        assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
        assert header["title"] == "Convolution with padding 1"
        times = [time for time, _, _ in events]
        assert times == sorted(times)
        assert {kind for _, kind, _ in events} == {"o"}
        screen = pyte.Screen(80, 24)
        stream = pyte.Stream(screen)
        seen = set()
        for _, _, data in events:
            stream.feed(data)
            seen.add(screen.display[0].split("step")[1].strip() if "step" in screen.display[0] else "")
            assert len(screen.display[1].strip()) in (0, 80)
        assert {f"{n} of 16" for n in range(1, 17)} <= seen

    def test_the_same_every_time(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            assert run_cli("walk", PADDING, "--record", name, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}).code == 0
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

    def test_stopped_it_leaves_nothing(self, tmp_path: Path) -> None:
        row = list(range(200))
        (tmp_path / "big.json").write_text(json.dumps({"type": "conv", "input": [row] * 200, "kernel": [[1] * 3] * 3}))
        running = subprocess.Popen([sys.executable, "-m", "cnnsteps", "walk", "big.json", "--record", "big.cast"],
                                   cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
        while not any(path.suffix == ".part" for path in tmp_path.iterdir()):
            assert running.poll() is None
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=PATIENCE) == 143
        assert [path.name for path in tmp_path.iterdir()] == ["big.json"]


class TestPicture:
    @pytest.mark.parametrize("theme", ["dark", "light"])
    @pytest.mark.parametrize("name", WALKS)
    def test_well_formed_and_says_the_step(self, name: str, theme: str, tmp_path: Path) -> None:
        file = tmp_path / "step.svg"
        source = str(SAMPLES / f"{name}.json")
        assert run_cli("walk", source, "--svg", str(file), "--step", "2", "--theme", theme) == (0, b"", b"")
        root = ET.parse(file).getroot()
        assert root.tag == f"{SVG}svg"
        text = "".join(root.itertext()).replace("\xa0", " ")
        assert ("formula 2 of" if name == "size-alexnet" else "step 2 of") in text
        assert "http" not in file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")

    def test_the_readme_has_it(self, tmp_path: Path, accept: bool) -> None:
        """docs/walk.svg is what its command draws."""
        file = ROOT / "docs" / "walk.svg" if accept else tmp_path / "walk.svg"
        source = str(SAMPLES / "conv-rgb.json")
        assert run_cli("walk", source, "--svg", str(file), "--step", "4", "--size", "110x30").code == 0
        assert file.read_text("utf-8") == (ROOT / "docs" / "walk.svg").read_text("utf-8")

    def test_untrusted_titles_stay_text(self, tmp_path: Path) -> None:
        problem = {"type": "conv", "title": "</text><script>x</script>\x1b[31m", "input": [[1]], "kernel": [[1]]}
        (tmp_path / "p.json").write_text(json.dumps(problem))
        file = tmp_path / "p.svg"
        assert run_cli("walk", str(tmp_path / "p.json"), "--svg", str(file)).code == 0
        root = ET.parse(file).getroot()
        assert not list(root.iter(f"{SVG}script"))
        assert "</text><script>" in "".join(root.itertext())

    def test_steps_count_through_the_chapters(self, tmp_path: Path) -> None:
        file = tmp_path / "p.svg"
        assert run_cli("walk", str(SAMPLES / "network-small.json"), "--svg", str(file), "--step", "10").code == 0
        assert "step 1 of 9" in "".join(ET.parse(file).getroot().itertext()).replace("\xa0", " ")


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--svg", "x.svg", "--step", "17"], "--step is 17, but the steps are 1 to 16"),
            (["--svg", "x.svg", "--step", "0"], "--step is 0, but the steps are 1 to 16"),
            (["--step", "2"], "--step says which step --svg draws, and there is no --svg"),
            (["--size", "80"], "--size is '80', but it is columns and rows: 100x30"),
            (["--size", "20x10"], "--size is 20x10, but at least 60x18 is needed"),
            (["--cells", "9,9"], "--cells '9,9': 9 lies outside 1:4, the answer's indices there"),
        ],
    )
    def test_usage(self, options: list[str], message: str, tmp_path: Path) -> None:
        result = run_cli("walk", PADDING, *options, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)})
        assert (result.code, result.out) == (2, b"")
        assert result.err.decode() == f"cnnsteps: error: {message}\n"
        assert not list(tmp_path.iterdir())

    def test_bad_input(self, tmp_path: Path) -> None:
        (tmp_path / "bad.json").write_text('{"type": "conv", "input": [[1, true]], "kernel": [[1]]}')
        result = run_cli("walk", str(tmp_path / "bad.json"))
        assert (result.code, result.out) == (2, b"")
        assert b"bad.json:1:32: error: input: true is not a number" in result.err
        assert run_cli("walk", "missing.json").code == 2

    def test_output_that_cannot_be_written(self) -> None:
        for options in (["--svg", "/nowhere/x.svg"], ["--record", "/nowhere/x.cast"]):
            result = run_cli("walk", PADDING, *options)
            assert (result.code, result.out) == (3, b"")
            assert b"the output can't be written" in result.err


def test_help_has_the_table_of_keys() -> None:
    from cnnsteps.walk.actions import table

    text = run_cli("walk", "--help").out.decode()
    assert all(f"{keys} " in text and doc in text for keys, doc in table())
    assert max(map(len, text.splitlines())) <= 80
    for command in re.findall(r"^  cnnsteps (walk .*)$", text, re.MULTILINE):
        assert (ROOT / command.split()[1]).exists()
