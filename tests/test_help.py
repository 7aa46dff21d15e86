"""What --help says of each command: it reads well at 80 columns, and its examples run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnnsteps import __version__
from cnnsteps.cli.command_tree import Command, every, tree
from cnnsteps.cli.program import program
from cnnsteps.problems import types
from tests.running import PATIENCE, ROOT, SAMPLES, run_cli

COMMANDS = list(every(tree(program)))
LEAVES = [command for command in COMMANDS if not command.commands]
TYPES = [name.replace("_", "-") for name in types.names()]
PROBLEM = b'{"type": "conv", "input": [[1, 2], [3, 4]], "kernel": [[1, 0], [0, 1]]}'


def shown(command: Command, columns: str = "80") -> str:
    result = run_cli(*command.path[1:], "--help", env={"COLUMNS": columns})
    assert (result.code, result.err) == (0, b"")
    return result.out.decode()


def examples(command: Command) -> list[str]:
    """The commands under `Examples:`."""
    block = re.search(r"^  Examples:\n((?:    .+\n)+)", shown(command), re.MULTILINE)
    return [line.strip() for line in block[1].splitlines()] if block else []


def by_name(command: Command) -> str:
    return command.name or "cnnsteps"


def test_version() -> None:
    assert run_cli("--version").out.decode() == f"cnnsteps {__version__}\n"


def test_the_program_lists_its_commands() -> None:
    text = shown(COMMANDS[0])
    general, of_types = text.split("Commands:\n")[1].split("Commands for one type of problem:\n")
    assert re.findall(r"^  ([a-z]\S*)  ", of_types.split("Examples:")[0], re.MULTILINE) == TYPES
    listed = re.findall(r"^  ([a-z]\S*)  ", general, re.MULTILINE)
    assert sorted([*listed, *TYPES]) == sorted(child.name for child in COMMANDS[0].commands)


@pytest.mark.parametrize("command", COMMANDS, ids=by_name)
def test_it_fits_80_columns(command: Command) -> None:
    for columns in ("80", "200"):
        assert max(map(len, shown(command, columns).splitlines())) <= 80
    assert f"Usage: {' '.join(command.path)} " in shown(command)


@pytest.mark.parametrize("command", COMMANDS[1:], ids=by_name)
def test_its_line_in_the_list_is_one_line(command: Command) -> None:
    room = 78 - max(len(child.path[-1]) for child in COMMANDS[0].commands) - 4
    assert 10 < len(command.summary) <= room
    assert command.summary.endswith(".")


def test_numpy_is_not_imported_for_it() -> None:
    code = "import sys; from cnnsteps.cli.program import main; main(['--help']); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


@pytest.mark.parametrize("name", types.names())
def test_what_an_operator_says_of_itself_is_read_without_importing_it(name: str) -> None:
    module = types.load(name)
    assert types.about(name) == (module.SUMMARY, module.EXAMPLES)


@pytest.mark.parametrize("command", LEAVES, ids=by_name)
def test_its_examples_run(command: Command, tmp_path: Path) -> None:
    """In bash, in a folder with the samples and a problem file; what they write is not empty."""
    lines = examples(command)
    assert len(lines) >= 2
    (tmp_path / "samples").symlink_to(SAMPLES)
    (tmp_path / "problem.json").write_bytes(PROBLEM)
    (tmp_path / ".config/fish/completions").mkdir(parents=True)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {**os.environ, "HOME": str(tmp_path), "PATH": path, "PYTHONPATH": str(ROOT)}
    for line in lines:
        assert f"cnnsteps {command.name}" in line
        run = ["bash", "-e", "-o", "pipefail", "-c", line]
        done = subprocess.run(run, cwd=tmp_path, env=env, capture_output=True, timeout=PATIENCE, check=False)
        assert (done.returncode, done.stderr) == (0, b""), line
        written = re.search(r"(?:-o|--svg|>) (\S+)", line)
        assert done.stdout or "eval" in line or (written and Path(written[1].replace("~", str(tmp_path))).name)
        if written:
            assert (tmp_path / written[1].replace("~", ".")).read_bytes()


def test_the_script() -> None:
    sample = str(SAMPLES / "conv-padding.json")
    script = Path(sys.executable).with_name("cnnsteps")
    found = subprocess.run([script, "conv", sample], capture_output=True, check=True)
    assert found.stdout == run_cli("conv", sample).out
