"""Which folder may import from which: each only from those above it, and no circle among modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "cnnsteps"
FLOORS = (
    {"records"},
    {"text", "errors", "report", "i18n", "options", "child"}, {"numbers"}, {"model"}, {"windows"}, {"reading"},
    {"arithmetic"},
    {"operators"}, {"networks"}, {"problems"}, {"render"}, {"formats"}, {"output"}, {"pipeline"},
    {"checking"}, {"api", "walk"}, {"cli"}, {"__main__"},
)  # fmt: skip
FLOOR = {name: i for i, names in enumerate(FLOORS) for name in names}


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports_of(name: str) -> Iterator[str]:
    """The modules that one imports, anywhere in it, for its types too."""
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "cnnsteps":
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (full if full in MODULES else node.module for full in inner)


EDGES = {name: sorted(set(imports_of(name)) - {name, "cnnsteps"}) for name in MODULES}


def folder_of(name: str) -> str:
    return name.split(".")[1]


def test_no_import_runs_up() -> None:
    up = {
        (folder_of(name), folder_of(other))
        for name, others in EDGES.items() if name != "cnnsteps"
        for other in others if FLOOR[folder_of(other)] > FLOOR[folder_of(name)]
    }  # fmt: skip
    assert up == set()


def test_no_circle_among_modules() -> None:
    """CycleError names one, where there is one."""
    TopologicalSorter(EDGES).prepare()
