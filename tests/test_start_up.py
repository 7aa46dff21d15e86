"""What a small problem imports: what the person who types waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ROOT

SMALL = "samples/conv-padding.json"
NEVER = {
    "rich", "jinja2", "markupsafe", "pathlib", "urllib", "tempfile", "shutil", "random", "hashlib", "queue", "email",
    "importlib.metadata", "dataclasses", "logging", "numpy.char", "numpy.random", "string", "http", "socket", "asyncio",
    "copy", "fractions", "decimal", "locale", "difflib", "cnnsteps.networks.network", "cnnsteps.output.background",
    "cnnsteps.windows.receptive_field", "cnnsteps.windows.transposed", "cnnsteps.numbers.irrational",
}  # fmt: skip
"""Each of these was imported once, or would be by a line that looks harmless."""
GIVEN = {"fractions", "decimal"}
"""What a call from Python may be given, and so has to know."""
RUN = "import sys; sys.argv = {arguments!r}\nfrom cnnsteps.__main__ import run\ntry: run()\nfinally: {tell}"
TELL = "print(*sys.modules, sep='\\n', file=sys.stderr)"
CALL = "import cnnsteps, sys; cnnsteps.conv([[1, 2], [3, 4]], [[1, 0], [0, 1]]); "


def modules(code: str, cache: Path) -> set[str]:
    """What is imported by this code, which ends by telling it."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True,
                          env=os.environ | {"XDG_CACHE_HOME": str(cache)})  # fmt: skip
    return set(done.stderr.decode().split())


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What click and numpy import, whatever we do."""
    return modules(f"import click, numpy, sys; {TELL}", tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("options", [[], ["-f", "latex"], ["--format=markdown"], ["-f", "json"]])
def test_a_small_problem_imports_no_more_than_it_needs(options: list[str], needed: set[str], tmp_path: Path) -> None:
    code = RUN.format(arguments=["cnnsteps", "conv", SMALL, *options], tell=TELL)
    modules(code, tmp_path)
    again = modules(code, tmp_path)
    assert "cnnsteps.operators.conv" in again
    assert again & (NEVER - needed) == set()


def test_chinese_is_measured_without_rich(tmp_path: Path) -> None:
    code = RUN.format(arguments=["cnnsteps", "conv", SMALL, "--language", "zh"], tell=TELL)
    modules(code, tmp_path)
    assert modules(code, tmp_path) & {"rich", "jinja2"} == set()


def test_a_call_from_python_renders_nothing(needed: set[str], tmp_path: Path) -> None:
    imported = modules(CALL + TELL, tmp_path)
    assert "cnnsteps.operators.conv" in imported
    never = {*NEVER, "click", "cnnsteps.cli"} - {*needed, *GIVEN}
    assert imported & (never | {"click", "cnnsteps.cli", "cnnsteps.render.document"}) == set()


SHALLOW = 20
"""From under so many frames numpy's imports stay within the first chunk of CPython's stack, 16 kB (3.11: 25)."""
DEPTH = """
import sys
class Depth:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            frame, depth = sys._getframe(), 0
            while frame := frame.f_back:
                depth += 1
            print(depth, file=sys.stderr)
sys.meta_path.insert(0, Depth())
"""
STARTS = {
    "conv": RUN.format(arguments=["cnnsteps", "conv", SMALL], tell="pass"),
    "a file alone": RUN.format(arguments=["cnnsteps", SMALL], tell="pass"),
    "check": RUN.format(arguments=["cnnsteps", "check", SMALL], tell="pass"),
    "Python": CALL,
}


@pytest.mark.parametrize("start", STARTS)
def test_numpy_is_imported_from_a_shallow_stack(start: str, tmp_path: Path) -> None:
    """From deep within our imports it asks the system a thousand times for a chunk of stack and gives it back."""
    done = subprocess.run([sys.executable, "-c", DEPTH + STARTS[start]], capture_output=True, cwd=ROOT, check=False,
                          env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)})  # fmt: skip
    assert int(done.stderr.split()[0]) < SHALLOW


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["conv", "--help"]])
def test_help_needs_no_numpy(arguments: list[str], tmp_path: Path) -> None:
    imported = modules(RUN.format(arguments=["cnnsteps", *arguments], tell=TELL), tmp_path)
    assert "click" in imported
    assert imported & {"numpy", "jinja2", "rich", "json", "cnnsteps.pipeline"} == set()


def test_importing_cnnsteps_imports_nothing_else(tmp_path: Path) -> None:
    bare = modules(f"import sys, typing; {TELL}", tmp_path)
    assert modules(f"import sys, typing, cnnsteps; {TELL}", tmp_path) - bare == {"cnnsteps"}
