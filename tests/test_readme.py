"""The README's screens are what its commands print; `pytest --accept` writes them anew."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.running import start_cli

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SCREEN = re.compile(r"(<!-- screen: cnnsteps (.+?) -->\n```\w+\n)(.*?)(```)", re.DOTALL)


def screen(command: str) -> str:
    """What the command shows, errors included."""
    result = start_cli(*shlex.split(command), cwd=ROOT)
    return (result.out + result.err).decode()


@pytest.mark.parametrize("command", [found[1] for found in SCREEN.findall(README.read_text())])
def test_screens(command: str, pytestconfig: pytest.Config) -> None:
    text = README.read_text()
    shown = screen(command)
    if pytestconfig.getoption("--accept"):
        README.write_text(SCREEN.sub(lambda m: m[1] + shown + m[4] if m[2] == command else m[0], text))
    else:
        assert [found[2] for found in SCREEN.findall(text) if found[1] == command] == [shown]


def test_every_file_that_the_readme_names_is_there() -> None:
    for name in set(re.findall(r"samples/[\w/.-]+\.json|docs/[\w.-]+|templates/[\w.-]+", README.read_text())):
        assert (ROOT / name).exists(), name
