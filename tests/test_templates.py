"""`cnnsteps templates`, and what holds of the shipped templates when they are used as one's own."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnnsteps import formats
from cnnsteps.problems import types
from tests.running import FORMATS, ROOT, SAMPLES, render, run_cli

SHIPPED = ROOT / "templates"


def test_list_names_every_template() -> None:
    listed = run_cli("templates", "list").out.decode()
    names = re.findall(r"^  (\S+) +\S", listed, re.MULTILINE)
    assert sorted(names) == sorted(path.stem for path in SHIPPED.iterdir())
    assert {"latex", "markdown", "terminal"} <= set(formats.names()) & set(names)
    assert set(types.names()) <= set(names)
    assert run_cli("templates").out.decode() == listed


@pytest.mark.parametrize("name", ["latex", "conv", "conv-transpose", "latex.jinja"])
def test_show_prints_the_file(name: str) -> None:
    stem = name.removesuffix(".jinja").replace("-", "_")
    assert run_cli("templates", "show", name) == (0, (SHIPPED / f"{stem}.jinja").read_bytes(), b"")


def test_show_of_what_there_is_not() -> None:
    assert run_cli("templates", "show", "latx") == (
        2, b"", b"cnnsteps: error: there is no template 'latx'\nhint: did you mean latex?\n"
    )  # fmt: skip


class TestCopy:
    def test_into_a_folder_that_is_made(self, tmp_path: Path) -> None:
        result = run_cli("templates", "copy", "latex", "my/own files", cwd=tmp_path)
        assert result.code == 0
        assert (tmp_path / "my/own files/latex.jinja").read_bytes() == (SHIPPED / "latex.jinja").read_bytes()
        wrote, following = result.out.decode().splitlines()
        assert wrote == "wrote my/own files/latex.jinja"
        assert following.endswith("`cnnsteps solve FILE -f latex --template 'my/own files'`")

    def test_the_next_move_works(self, tmp_path: Path) -> None:
        for name in ("latex", "terminal", "conv"):
            following = run_cli("templates", "copy", name, "mine", cwd=tmp_path).out.decode().splitlines()[1]
            command = following.split("`")[1].replace("FILE", str(SAMPLES / "conv-padding.json"))
            script = command.replace("cnnsteps", f"{shlex.quote(sys.executable)} -m cnnsteps", 1)
            done = subprocess.run(script, shell=True, cwd=tmp_path, capture_output=True, check=False)
            assert done.returncode == 0, done.stderr
            assert b"15" in done.stdout

    def test_never_over_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "latex.jinja").write_text("mine")
        result = run_cli("templates", "copy", "latex", ".", cwd=tmp_path)
        assert (result.code, result.out) == (3, b"")
        assert result.err.startswith(b"latex.jinja:1:1: error: this file is there already\nhint: ")
        assert (tmp_path / "latex.jinja").read_text() == "mine"
        assert run_cli("templates", "copy", "latex", ".", "--force", cwd=tmp_path).code == 0
        assert (tmp_path / "latex.jinja").read_bytes() == (SHIPPED / "latex.jinja").read_bytes()

    def test_where_a_file_stands(self, tmp_path: Path) -> None:
        (tmp_path / "mine").write_text("")
        result = run_cli("templates", "copy", "latex", "mine", cwd=tmp_path)
        assert (result.code, result.out) == (3, b"")
        assert b"mine:1:1: error: the folder can't be made" in result.err


@pytest.mark.parametrize("fmt", FORMATS)
def test_all_of_them_as_ones_own_say_the_same(fmt: str, tmp_path: Path) -> None:
    """Nothing in a shipped template is beyond what the sandbox allows."""
    mine = tmp_path / "mine"
    shutil.copytree(SHIPPED, mine)
    for sample in sorted(SAMPLES.glob("*.json")):
        text = sample.read_text("utf-8")
        assert render(text, fmt, template=mine) == render(text, fmt), sample.name
