"""The command line: what it offers, what it refuses, and how it says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import SAMPLES, run_cli

SAMPLE = str(SAMPLES / "conv-padding.json")


def solved(*options: str, file: str = SAMPLE) -> str:
    result = run_cli("solve", file, *options)
    assert (result.code, result.err) == (0, b"")
    return result.out.decode()


def refused(*args: str) -> str:
    """The first line of a refusal: exit code 2, nothing on standard output."""
    result = run_cli(*args)
    assert (result.code, result.out) == (2, b"")
    return result.err.decode().splitlines()[0]


def indices(*options: str) -> list[list[int]]:
    (problem,) = json.loads(solved("-f", "json", *options))["problems"]
    return [step["index"] for step in problem.get("steps", [])]


class TestOptions:
    @pytest.mark.parametrize(
        ("suffix", "begins"),
        [
            (".tex", "\\documentclass"),
            (".md", "# "),
            (".json", '{"problems"'),
            (".txt", "Conv"),
            ("", "Conv"),
            (".TEX", "\\doc"),
        ],
    )
    def test_the_suffix_tells_the_format(self, suffix: str, begins: str, tmp_path: Path) -> None:
        out = tmp_path / f"out{suffix}"
        assert run_cli("conv", SAMPLE, "-o", str(out)) == (0, b"", b"")
        assert out.read_text().startswith(begins)

    def test_the_format_goes_before_the_suffix(self, tmp_path: Path) -> None:
        run_cli("conv", SAMPLE, "-o", str(tmp_path / "out.tex"), "-f", "json")
        assert json.loads((tmp_path / "out.tex").read_text())

    def test_answer_only(self) -> None:
        assert indices("--answer-only") == []
        text = solved("--answer-only")
        assert "Val[" not in text
        assert "The answer is" in text

    @pytest.mark.parametrize(
        ("spec", "expected"),
        [
            ("1,1", [[1, 1]]),
            ("2,:", [[2, 1], [2, 2], [2, 3], [2, 4]]),
            ("1:3,2", [[1, 2], [2, 2], [3, 2]]),
            ("3:,4", [[3, 4], [4, 4]]),
            (":2 , 4", [[1, 4], [2, 4]]),
            ("4,4; 1,1;1,1", [[1, 1], [4, 4]]),
        ],
    )
    def test_cells(self, spec: str, expected: list[list[int]]) -> None:
        assert indices("--cells", spec) == expected

    @pytest.mark.parametrize(
        ("spec", "said"),
        [
            ("", "'' names no cell; write it as 1,1 or 2,: or 1:3,2"),
            (";", "';' names no cell; write it as 1,1 or 2,: or 1:3,2"),
            ("5,1", "'5,1': 5 lies outside 1:4, the answer's indices there"),
            ("0,1", "'0,1': 0 lies outside 1:4, the answer's indices there"),
            ("3:2,1", "'3:2,1': 3:2 lies outside 1:4, the answer's indices there"),
            ("a,1", "'a,1': 'a' is neither an index nor a range like 1:3"),
            ("-1,1", "'-1,1': '-1' is neither an index nor a range like 1:3"),
            ("1,,1", "'1,,1' has 3 entries, but the answer has rank 2"),
            ("9" * 30 + ",1", "…"),
        ],
    )
    def test_cells_that_are_none(self, spec: str, said: str) -> None:
        line = refused("conv", SAMPLE, "--cells", spec)
        assert line.startswith("cnnsteps: error: --cells ")
        assert line == f"cnnsteps: error: --cells {said}" or said == "…"

    def test_index_base(self) -> None:
        assert indices("--index-base", "0", "--cells", "0,0") == [[0, 0]]
        assert "Val[0,0] = " in solved("--index-base", "0")
        assert refused("conv", SAMPLE, "--index-base", "0", "--cells", "4,0").endswith(
            "outside 0:3, the answer's indices there"
        )

    @pytest.mark.parametrize("format_", ["latex", "markdown"])
    def test_fragment(self, format_: str) -> None:
        assert "\\documentclass" not in solved("-f", format_, "--fragment")

    def test_digits(self, tmp_path: Path) -> None:
        file = tmp_path / "third.json"
        file.write_text('{"type": "conv", "input": [["1/3", 0.125]], "kernel": [[1]]}')
        text = solved("--digits", "2", file=str(file))
        assert "≈ 0.33" in text
        assert "≈ 0.13" in text
        for wrong in ("-1", "x", "1001"):
            assert "--digits" in refused("conv", SAMPLE, "--digits", wrong)

    def test_max_cells(self) -> None:
        assert refused("conv", SAMPLE, "--max-cells", "3").endswith(
            ":1:1: error: 16 expansions are asked for, more than the 3 of --max-cells"
        )
        assert indices("--max-cells", "3", "--cells", "1,1") == [[1, 1]]
        assert indices("--max-cells", "3", "--answer-only") == []

    def test_flavors(self) -> None:
        assert "$$\n" in solved("-f", "markdown")
        assert "```math\n" in solved("-f", "markdown", "--flavor", "github")

    def test_standard_input(self) -> None:
        result = run_cli("conv", "-", stdin=Path(SAMPLE).read_bytes())
        assert result.out.decode() == solved()

    def test_standard_output(self, tmp_path: Path) -> None:
        result = run_cli("conv", SAMPLE, "-o", "-", cwd=tmp_path)
        assert result.out.decode() == solved()
        assert list(tmp_path.iterdir()) == []

    def test_schema(self) -> None:
        assert json.loads(run_cli("schema").out)["title"] == "cnnsteps problem file"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["cnov", SAMPLE], "cnnsteps: error: No such command 'cnov'. Did you mean 'conv'?"),
        (["products", SAMPLE], "cnnsteps: error: No such command 'products'."),
        (["conv", SAMPLE, "--formt", "json"], "--format"),
        (["conv", SAMPLE, "-f", "pdf"], "'pdf' is not one of 'terminal', 'latex', 'markdown', 'ipynb', 'json'"),
        (["conv", SAMPLE, "--cells"], "cnnsteps conv: error: Option '--cells' requires an argument."),
        (["conv", SAMPLE, "-o", ""], "'-o' / '--output': the file's name is empty."),
        (["conv", SAMPLE, "--digits", "1.5"], "--digits': '1.5' is not a whole number."),
        (["conv", SAMPLE, "--digits", "1001"], "--digits': 1001 is not at least 0 and at most 1000."),
        (["conv", SAMPLE, "--digits", "\u0661"], "is not a whole number."),
        (["conv", SAMPLE, "--max-cells", "-1"], "--max-cells': -1 is not at least 0."),
        (["conv", SAMPLE, "--max-cells", "9" * 5000], "is not a whole number."),
        (["conv"], "cnnsteps conv: error: Missing argument 'FILE'."),
        (["conv", SAMPLE, "more"], "extra argument (more)"),
        (["conv", SAMPLE, "--template", "/nowhere"], "/nowhere:1:1: error: there is no such folder of templates"),
        (["\x1b[31mhi"], r"\x1b[31mhi"),
    ],
)
def test_wrong_usage(args: list[str], said: str) -> None:
    line = refused(*args)
    assert said in line
    assert "\x1b" not in line


def test_no_command_shows_help() -> None:
    result = run_cli()
    assert result.code == 2
    assert result.out == b""
    assert result.err.startswith(b"Usage: cnnsteps")
