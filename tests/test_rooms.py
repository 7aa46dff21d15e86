"""An operator is one room: outside of it nothing knows its name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnsteps import operators
from tests.running import ROOT

PYTHON = ("cnnsteps/__init__.py", "cnnsteps/api/")
"""Functions for those who call from Python are written out, with their signatures."""
CHECKING = ("cnnsteps/checking/", "cnnsteps/cli/check_command.py")
"""What people write and get wrong of a convolution or a pool is the checker's subject."""
EXCEPTIONS: dict[str, set[str]] = {
    # What a problem looks like, and the type that is meant where none is named.
    "conv": {
        "cnnsteps/cli/help.py", "cnnsteps/operators/size/__init__.py", "cnnsteps/operators/size/keys.py",
        "cnnsteps/problems/problem.py",
        "cnnsteps/reading/source.py",
    },
    # The commands that take a model; else it is a word: of a mistake, a key of upsample.
    "size": {
        "cnnsteps/cli/help.py", "cnnsteps/cli/program.py", "cnnsteps/problems/file.py",
        "cnnsteps/networks/layer_list.py", "cnnsteps/networks/onnx/shape_ops.py", "cnnsteps/operators/pool/__init__.py",
        "cnnsteps/walk/session.py", "cnnsteps/operators/flatten.py",
        "cnnsteps/operators/upsample.py",
    },
    # What to put before a layer that takes a row.
    "flatten": {"cnnsteps/networks/layer_list.py"},
    # How a Resize of ONNX finds what lies between places.
    "linear": {"cnnsteps/networks/onnx/window_ops.py"},
    # Functions as a formula has them.
    "relu": {"cnnsteps/model/evaluate.py"},
    "sigmoid": {"cnnsteps/model/evaluate.py"},
    "tanh": {"cnnsteps/model/evaluate.py"},
    # An example of the command line, what is meant by matrices, and ONNX's Reduce… over a whole plane.
    "pool": {"cnnsteps/cli/help.py", "cnnsteps/operators/size/keys.py", "cnnsteps/networks/onnx/window_ops.py"},
}  # fmt: skip
"""Files that name an operator all the same: this may only shrink."""


def code_of(path: Path) -> str:
    """A file without its docstrings and comments, which may speak of anything."""
    text = path.read_text("utf-8")
    if path.suffix == ".jinja":
        return re.sub(r"<#.*?#>", "", text, flags=re.DOTALL)
    text = re.sub(r'"""(?!echo).*?"""', "", text, flags=re.DOTALL)
    return re.sub(r"^\s*#.*$|  # .*$", "", text, flags=re.MULTILINE)


SOURCES = [*sorted((ROOT / "cnnsteps").rglob("*.py")), *sorted((ROOT / "templates").glob("*.jinja"))]
CODE = {path.relative_to(ROOT).as_posix(): code_of(path) for path in SOURCES}


def own(name: str) -> tuple[str, ...]:
    return f"cnnsteps/operators/{name}.py", f"cnnsteps/operators/{name}/", f"templates/{name}.jinja"


def mentions(name: str) -> set[str]:
    """The files outside of its room in which the operator's name stands, as a word or a string of its own."""
    # A variable may be called `linear`, and `size` is a word of every tensor: as a name it stands in quotes.
    pattern = re.compile(rf"""operators\.{name}\b|["']{name}["']|["'`]cnnsteps {name.replace("_", "-")}\b""")
    free = (*own(name), *PYTHON, *CHECKING)
    return {path for path, code in CODE.items() if pattern.search(code) and not path.startswith(free)}


@pytest.mark.parametrize("name", operators.names())
def test_nothing_else_knows_an_operators_name(name: str) -> None:
    assert mentions(name) - EXCEPTIONS.get(name, set()) == set()


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_no_exception_is_left_over(name: str) -> None:
    assert EXCEPTIONS[name] - mentions(name) == set()


@pytest.mark.parametrize("name", ["elu", "upsample", "layer_norm"])
def test_the_three_that_came_last_are_named_nowhere_else(name: str) -> None:
    """Not from Python either: their functions are made of their keys."""
    word = re.compile(rf"\b{name}\b")
    assert [path for path, code in CODE.items() if word.search(code) and not path.startswith(own(name))] == []


def test_no_operator_knows_another() -> None:
    """But for what a size is: that of a convolution."""
    known = {("size", "conv")}
    found = {
        (name, other)
        for name in operators.names() for other in operators.names() if name != other
        for path, code in CODE.items()
        if path.startswith(own(name)[:2]) and re.search(rf"operators\.{other}\b", code)
    }  # fmt: skip
    assert found == known
