"""Names of files and options with bytes that are no UTF-8: they work, or are one clear line; never a bug."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cnnsteps.cli.program import main
from tests.running import SAMPLES, run_cli

SAMPLE = str(SAMPLES / "conv-rgb.json")
LATIN = os.fsdecode(b"caf\xe9")
"""What a shell hands on from a disk with names in Latin-1."""
IMPOSSIBLE = ["a\ud800b", "a\0b"]
"""Half a character that stands for no byte, and the byte that ends every name."""


@pytest.mark.parametrize("format_", ["terminal", "latex", "markdown", "ipynb", "json"])
def test_the_file_is_read_and_written_under_its_name(format_: str, tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / f"{LATIN}.json")
    done = run_cli("solve", f"{LATIN}.json", "-f", format_, "-o", f"{LATIN}.out", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, b"", b"")
    assert b"caf\xe9.out" in os.listdir(os.fsencode(tmp_path))
    plain = run_cli("solve", SAMPLE, "-f", format_)
    assert (tmp_path / f"{LATIN}.out").read_bytes() == plain.out


def test_templates_are_copied_there_and_used(tmp_path: Path) -> None:
    copied = run_cli("templates", "copy", "markdown", LATIN, cwd=tmp_path)
    assert (copied.code, copied.err) == (0, b"")
    assert b"wrote caf\\udce9" in copied.out
    assert run_cli("templates", "copy", "markdown", LATIN, cwd=tmp_path).code == 3
    used = run_cli("conv", SAMPLE, "-f", "markdown", "--template", LATIN, cwd=tmp_path)
    assert (used.code, used.err) == (0, b"")
    assert used.out == run_cli("conv", SAMPLE, "-f", "markdown").out
    (tmp_path / LATIN / "markdown.jinja").write_text("<% macro ( %>", "utf-8")
    wrong = run_cli("conv", SAMPLE, "-f", "markdown", "--template", LATIN, cwd=tmp_path)
    assert wrong.code == 2
    assert wrong.err.startswith(b"caf\\udce9/markdown.jinja:1:1: error: ")


@pytest.mark.parametrize("name", [LATIN, *IMPOSSIBLE])
@pytest.mark.parametrize("arguments", [
    ("solve", "NAME"), ("NAME",), ("solve", SAMPLE, "-o", "NAME/x.tex"), ("solve", SAMPLE, "--template", "NAME"),
    ("solve", SAMPLE, "--cells", "NAME"), ("solve", SAMPLE, "--language", "NAME"), ("solve", SAMPLE, "-f", "NAME"),
    ("solve", SAMPLE, "--digits", "NAME"), ("solve", SAMPLE, "--input-shape", "NAME"), ("walk", "NAME"),
    ("walk", SAMPLE, "--svg", "NAME/x.svg"), ("walk", SAMPLE, "--template", "NAME"), ("templates", "copy", "NAME", "x"),
    ("solve", SAMPLE, "--NAME"),
])  # fmt: skip
def test_an_error_shows_the_name_escaped(
    name: str, arguments: tuple[str, ...], capfd: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    code = main([argument.replace("NAME", name) for argument in arguments])
    out, err = capfd.readouterr()
    assert (out, code in (2, 3)) == ("", True), err
    assert "bug" not in err
    assert err.isascii()
    assert err.count("error: ") == 1
    if "--input-shape" not in arguments:
        assert ascii(name)[1:-1] in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", IMPOSSIBLE)
@pytest.mark.parametrize("arguments", [("solve", SAMPLE, "-o"), ("templates", "copy", "latex")])
def test_what_cannot_be_written_there_is_said(
    name: str, arguments: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, name, *(["-f", "latex"] if "-o" in arguments else [])]) == 3
    assert capfd.readouterr().err.endswith("no file can have this name\n")
