"""The manual pages: what --help says, and nothing that roff's checkers complain of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnsteps.cli.command_tree import Command, every, tree
from cnnsteps.cli.manual import page_name
from cnnsteps.cli.program import program
from tests.tools import need

COMMANDS = list(every(tree(program)))
NAMES = [page_name(command) for command in COMMANDS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("man") / "man1"
    subprocess.run([sys.executable, "-m", "cnnsteps.cli.manual", str(folder)], check=True)
    return folder


def read(page: Path) -> str:
    """As a terminal 80 columns wide shows it, its spaces and hyphenation taken back."""
    command = ["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=78n", "-rHY=0", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "\x08" not in done.stdout
    return " ".join(done.stdout.split()).replace("‐ ", "")


def test_a_page_for_each_command(folder: Path) -> None:
    assert sorted(page.stem for page in folder.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_it_says_what_help_says(command: Command, folder: Path) -> None:
    need("groff")
    text = read(folder / f"{page_name(command)}.1")
    assert f"NAME {page_name(command)} - " in text
    for said in (command.text, *(flag.text for flag in command.flags), command.end):
        for line in said.replace("\b", "").split("\n"):
            if not line.endswith(":"):
                assert " ".join(line.split()) in text
    for flag in command.flags:
        assert ", ".join(flag.names) in text


@pytest.mark.parametrize("name", NAMES)
def test_the_checkers_are_silent(name: str, folder: Path) -> None:
    need("mandoc")
    page = str(folder / f"{name}.1")
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_man_finds_it(folder: Path) -> None:
    need("man")
    env = {**os.environ, "MANPATH": str(folder.parent), "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"}
    done = subprocess.run(["man", "cnnsteps-conv"], env=env, capture_output=True, text=True, check=True)
    if "has been minimized" in done.stdout:
        pytest.skip("this system's man shows no pages")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "       cnnsteps conv samples/conv-padding.json -o solution.tex" in lines
    assert "hind ≈; 0 to 1000." in done.stdout


def test_its_date_can_be_told(tmp_path: Path) -> None:
    env = {**os.environ, "SOURCE_DATE_EPOCH": "86400"}
    subprocess.run([sys.executable, "-m", "cnnsteps.cli.manual", str(tmp_path)], env=env, check=True)
    assert ".TH CNNSTEPS 1 1970-01-02" in (tmp_path / "cnnsteps.1").read_text()
