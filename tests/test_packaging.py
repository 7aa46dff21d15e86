"""The wheel and the source archive hold all that is needed: built, installed, and run from another folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from cnnsteps.cli import shells
from cnnsteps.cli.command_tree import every, tree
from cnnsteps.cli.manual import page_name
from cnnsteps.cli.program import program
from tests.running import ROOT, SAMPLES, run_cli
from tests.tools import need


def built(kind: str, into: Path) -> Path:
    need("build")
    need("hatchling")
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(into), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (archive,) = into.iterdir()
    return archive


def templates() -> set[str]:
    return {path.name for path in (ROOT / "templates").iterdir()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_code_and_templates_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.rpartition("/")[2] for name in names if name.startswith("cnnsteps/templates/")} == templates()
    code = [name for name in names if ".dist-info/" not in name and ".data/data/share/" not in name]
    assert {name.split("/")[0] for name in code} == {"cnnsteps"}
    assert not [name for name in names if "__pycache__" in name]
    assert "cnnsteps/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_carries_manual_and_completions(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    share = {name.partition("/data/share/")[2]: name for name in archive.namelist() if "/data/share/" in name}
    pages = {f"man/man1/{page_name(command)}.1" for command in every(tree(program))}
    assert set(share) == pages | {shells.load(name).PLACE for name in shells.names()}
    assert archive.read(share["bash-completion/completions/cnnsteps"]) == run_cli("completion", "bash").out


def test_the_source_archive(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"templates/{name}" for name in templates()} <= names
    assert {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "cnnsteps/cli/program.py",
        "tests/test_packaging.py",
        "hatch_build.py",
    } <= names
    assert {f"samples/{path.name}" for path in SAMPLES.glob("*.json")} <= names


ALONE = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "MYPY"))}


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but the wheel and what it needs."""
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=True)
    install = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel)]
    own_cache = {name: value for name, value in ALONE.items() if name != "XDG_CACHE_HOME"}
    done = subprocess.run(install, capture_output=True, text=True, cwd=home, env=own_cache, check=False)
    if done.returncode and os.environ.get("CI") != "true":
        pytest.skip(f"pip could not install the wheel: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    return home


def test_installed_and_run_from_another_folder(home: Path, tmp_path: Path) -> None:
    sample = SAMPLES / "conv-padding.json"
    (tmp_path / "hw.json").write_bytes(sample.read_bytes())

    def run(*args: str) -> bytes:
        program = str(home / "bin" / "cnnsteps")
        found = subprocess.run([program, *args], capture_output=True, cwd=tmp_path, env=ALONE, check=False)
        assert (found.returncode, found.stderr) == (0, b"")
        return found.stdout

    run("conv", "hw.json", "-o", "hw.tex")
    assert (tmp_path / "hw.tex").read_bytes() == run_cli("conv", str(sample), "-f", "latex").out
    assert json.loads(run("schema"))["title"] == "cnnsteps problem file"
    assert b"conv" in run("--help")


SCRIPT = """
import numpy as np

import cnnsteps

solution = cnnsteps.conv(np.eye(3), [[1, 0.5], [2, "1/3"]], stride=(1, 2), padding="same", title="Mine")
reveal_type(solution)
reveal_type(solution.output)
reveal_type(solution.steps[0, 1])
reveal_type(solution.steps[1:])
reveal_type([step.value for step in solution.steps.flat])
reveal_type(solution.render("latex", digits=2))
reveal_type(solution.gradients["weight"].steps[0, 0].text)
reveal_type([layer.parameters for layer in cnnsteps.load("network.json").layers])
try:
    cnnsteps.max_pool([[1, 2]], 2, mode="max")
except cnnsteps.InputError as error:
    reveal_type(error.mistakes[0].message)
cnnsteps.relu({1: 2})
cnnsteps.nothing
"""
REVEALED = [
    "cnnsteps.api.solution.Solution", "numpy.ndarray[", "cnnsteps.api.step.Step", "cnnsteps.api.steps.Steps",
    "list[Any]", "str", "str", "list[int | None]", "str",
]  # fmt: skip
REFUSED = [
    'Unexpected keyword argument "mode" for "max_pool"',
    'Argument 1 to "relu" has incompatible type "dict[int, int]"',
    'Module has no attribute "nothing"',
]


def test_a_type_checker_sees_the_types(home: Path, tmp_path: Path) -> None:
    """mypy strict, of a user's script, with the package as it is installed."""
    need("mypy")
    (tmp_path / "mine.py").write_text(SCRIPT)
    python = str(home / "bin" / "python")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--python-executable", python, "mine.py"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=ALONE, check=False)
    lines = [line for line in done.stdout.split("\n") if line]
    notes = [line.partition("Revealed type is ")[2] for line in lines if "Revealed" in line]
    assert len(notes) == len(REVEALED), done.stdout + done.stderr
    for note, expected in zip(notes, REVEALED, strict=True):
        assert note.strip('"').replace("builtins.", "").startswith(expected)
    errors = [line for line in lines if " error: " in line]
    assert len(errors) == len(REFUSED), errors
    assert all(expected in error for error, expected in zip(errors, REFUSED, strict=True)), errors
