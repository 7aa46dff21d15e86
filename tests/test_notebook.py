"""Notebooks: what `-f ipynb` writes is valid and says what Markdown says; a real one shows its solutions."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnsteps
from cnnsteps.formats import ipynb
from tests.cases import Case, cases, names
from tests.running import PATIENCE, ROOT, SAMPLES, render, run_cli
from tests.tools import need

CASES = cases()
HEADING = re.compile(r"^(?=#+ )", re.MULTILINE)
MARKDOWN_ALONE = {
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}


def valid(text: str) -> list[Any]:
    """The cells of a notebook that nbformat accepts as it is."""
    need("nbformat")
    nbformat: Any = importlib.import_module("nbformat")
    found = nbformat.reads(text, as_version=4)
    assert (found.nbformat, found.nbformat_minor) == (4, 5)
    # As it stands in the file: reading may repair.
    nbformat.validate(json.loads(text))
    return list(found.cells)


def squeezed(text: str) -> str:
    return re.sub(r"\n+", "\n", text).strip()


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_goldens_are_markdown_cut_before_its_headings(case: Case) -> None:
    """Nothing else is in a notebook: each of its cells is a section, in lines."""
    text = case.render("ipynb")
    assert valid(text)
    markdown = render(case.problem, "markdown", **{**case.options, "flavor": "dollar"})
    sections = [part.strip("\n").splitlines(keepends=True) for part in HEADING.split(markdown) if part]
    cells: list[object] = [
        {"cell_type": "markdown", "id": f"cell-{n}", "metadata": {}, "source": lines}
        for n, lines in enumerate(sections, 1)
    ]
    assert json.loads(text) == {"cells": cells, **MARKDOWN_ALONE}


def test_a_long_section_is_several_cells() -> None:
    """Each ends where a block of mathematics does, and none grows much larger than it should."""
    solution = cnnsteps.conv(np.arange(10_000).reshape(100, 100), np.ones((3, 3), int))
    cells = valid(solution.render("ipynb"))
    assert len(cells) > 10
    assert max(len(cell.source) for cell in cells) < ipynb.LARGE + 10
    assert all(cell.source.count("$$") % 2 == 0 for cell in cells)
    assert squeezed("\n".join(cell.source for cell in cells)) == squeezed(solution.render("markdown", no_source=True))


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_however_the_stream_is_cut(size: int) -> None:
    text = render((SAMPLES / "conv-rgb.json").read_text("utf-8"), "markdown").encode()
    found = ipynb.cells(text[i : i + size] for i in range(0, len(text), size))
    assert list(found) == list(ipynb.cells(iter([text])))


def test_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "rgb.ipynb"
    sample = str(SAMPLES / "conv-rgb.json")
    assert run_cli("conv", sample, "-o", str(path)).code == 0
    assert path.read_bytes() == run_cli("conv", sample, "-f", "ipynb", "--flavor", "github").out
    assert "```" not in path.read_text("utf-8")
    valid(path.read_text("utf-8"))


SOURCES = [
    "import cnnsteps, numpy as np\ncnnsteps.conv([[1, 2], [3, 4]], [[1, -0.5]])",
    "cnnsteps.conv(np.arange(900).reshape(30, 30), np.ones((3, 3), int))",
    "cnnsteps.load('samples/network-lenet5.json')",
    "cnnsteps.max_pool(np.arange(16).reshape(4, 4), 2).steps[1, 1]",
    "cnnsteps.conv([[1, 2], [3]], [[1]])",
    "print(cnnsteps.relu([1, -1]))",
]


@pytest.fixture(scope="module")
def ran() -> Any:
    """A notebook after a real kernel has run it."""
    for name in ("nbformat", "nbclient", "ipykernel"):
        need(name)
    nbformat: Any = importlib.import_module("nbformat")
    from nbclient import NotebookClient

    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in SOURCES])
    where = {"metadata": {"path": str(ROOT)}}
    patient: dict[str, Any] = {"timeout": PATIENCE, "startup_timeout": PATIENCE}
    NotebookClient(book, kernel_name="python3", allow_errors=True, resources=where, **patient).execute()
    nbformat.validate(book)
    return book


def test_a_solution_shows_itself(ran: Any) -> None:
    small, large, network, step, wrong, printed = (cell.outputs[0] for cell in ran.cells)
    assert small.data["text/markdown"] == cnnsteps.conv([[1, 2], [3, 4]], [[1, -0.5]]).render(
        "markdown", no_source=True
    )
    assert small.data["text/latex"].startswith("$$\n\\begin{aligned}\n\\mathrm{Val}_ {[1,1]}")
    assert small.data["text/plain"] == "<cnnsteps.Solution of a conv problem: 2 × 1, 2 steps>"
    assert large.data["text/markdown"].count("{Val}_ {") == 64
    assert "| C1 | conv | 5 |" in network.data["text/markdown"]
    assert set(network.data) == {"text/markdown", "text/plain"}
    assert "\\mathrm{Val}_ {[2,2]} &= \\max(10, 11, 14, 15) = 15" in step.data["text/markdown"]
    assert (wrong.ename, wrong.evalue) == ("InputError", "input: row 2 has 1 value, the others have 2 (input[1])")
    assert "Val[2] = max(0, -1) = 0" in printed.text


def test_it_is_shown_as_markdown_where_html_is_made(ran: Any) -> None:
    """nbconvert, like JupyterLab, prefers Markdown to LaTeX and to text: headings, tables, mathematics."""
    need("nbconvert")
    nbconvert: Any = importlib.import_module("nbconvert")
    page, _ = nbconvert.HTMLExporter().from_notebook_node(ran)
    assert page.count('<h2 id="Step-by-step">') == 3
    assert "<td>C1</td>" in page
    assert "Solution of a conv" not in page
    assert r"\begin{bmatrix}" in page
