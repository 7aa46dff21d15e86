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
    return {path.name for path in (ROOT / "templates").glob("*.jinja")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_code_and_templates_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.rpartition("/")[2] for name in names if name.startswith("cnnsteps/templates/")} == templates()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"cnnsteps"}
    assert not [name for name in names if "__pycache__" in name]
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_source_archive(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"templates/{name}" for name in templates()} <= names
    assert {"pyproject.toml", "README.md", "LICENSE", "cnnsteps/cli.py", "tests/test_packaging.py"} <= names
    assert {f"samples/{path.name}" for path in SAMPLES.glob("*.json")} <= names


def test_installed_and_run_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    alone = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel)]
    done = subprocess.run(install, capture_output=True, text=True, cwd=tmp_path, env=alone, check=False)
    if done.returncode and os.environ.get("CI") != "true":
        pytest.skip(f"pip could not install the wheel: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    sample = SAMPLES / "conv-padding.json"
    (tmp_path / "hw.json").write_bytes(sample.read_bytes())

    def run(*args: str) -> bytes:
        program = str(home / "bin" / "cnnsteps")
        found = subprocess.run([program, *args], capture_output=True, cwd=tmp_path, env=alone, check=False)
        assert (found.returncode, found.stderr) == (0, b"")
        return found.stdout

    run("conv", "hw.json", "-o", "hw.tex")
    assert (tmp_path / "hw.tex").read_bytes() == run_cli("conv", str(sample), "-f", "latex").out
    assert json.loads(run("schema"))["title"] == "cnnsteps problem file"
    assert b"conv" in run("--help")
