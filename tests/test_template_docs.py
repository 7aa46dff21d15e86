"""docs/templates.md: its examples are what the macros give, its house style runs, and no macro is left out."""

from __future__ import annotations

import inspect
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from cnnsteps.formats import latex, markdown, terminal
from cnnsteps.i18n import label
from cnnsteps.numbers.exact import number
from cnnsteps.render.matrices import Shown
from cnnsteps.render.options import Screen
from cnnsteps.render.page import Drawn, Page
from cnnsteps.render.templates import Macros, Templates
from tests.running import ROOT, SAMPLES, render, run_cli
from tests.tex import compiled
from tests.tools import need

DOC = ROOT / "docs" / "templates.md"
TEXT = DOC.read_text("utf-8")
EXAMPLES = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"^(latex|markdown|terminal)> (.+)$", re.MULTILINE)
FORMATS = {"latex": latex, "markdown": markdown, "terminal": terminal}
MATRIX = Shown("[1  2]", (("filter", 1),), 6.0, False, False, (1, 3), (2, 2))
WINDOW = Drawn([[("1", True), ("2", False)], [("3", True), ("4", False)]], above=False, left=False)


@pytest.fixture(scope="module")
def macros() -> dict[str, dict[str, Any]]:
    """For each format what its template defines, by name."""
    found: dict[str, dict[str, Any]] = {}
    with pytest.MonkeyPatch.context() as patch:
        original = Templates.macros

        def kept(self: Templates, name: str, context: dict[str, Any]) -> Macros:
            made = original(self, name, context)
            found[name] = dict(made.names)
            found[name]["environment"] = self.environment
            return made

        patch.setattr(Templates, "macros", kept)
        for name in FORMATS:
            render((SAMPLES / "conv-padding.json").read_text("utf-8"), name, screen=Screen())
    return found


def given(macros: dict[str, Any], call: str) -> str:
    """What an example gives, without empty lines around it."""
    names = {k: v for k, v in macros.items() if k != "environment"}
    shown = {"n": lambda over, under=1: number(over, under), "m": MATRIX, "w": WINDOW}
    call = re.sub(r'display\(("\w+")', r"display(label(\1)", call)
    shown["label"] = lambda text: label(text, text)
    text = macros["environment"].from_string(f"<< {call} >>").render(**names, **shown)
    lines = str(text).rstrip().split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(line.rstrip() for line in lines)


def filled(block: str, macros: dict[str, dict[str, Any]]) -> str:
    return "".join(
        f"{fmt}> {call}\n{given(macros[fmt], call)}\n".replace("\n\n\n", "\n\n") for fmt, call in CALL.findall(block)
    )


def test_examples(macros: dict[str, dict[str, Any]], accept: bool) -> None:
    said = EXAMPLES.sub(lambda block: f"```text\n{filled(block[1], macros)}```", TEXT)
    if accept:
        DOC.write_text(said, "utf-8")
    else:
        assert said == TEXT


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_macro_is_explained(fmt: str, macros: dict[str, dict[str, Any]]) -> None:
    """Each stands in the text by its name, and what cnnsteps calls in an example too."""
    of_its_own = {"environment", "body", "over_", "d", "times", "block", "block_end"}
    names = set(macros[fmt]) - of_its_own
    missing = {name for name in names if f"`{name}`" not in TEXT}
    assert missing == set()
    calls = " ".join(call for _, call in CALL.findall(TEXT))
    helpers = {"box", "worded", "greek", "digits", "definitions"}
    assert {name for name in names - helpers if not re.search(rf"\b{name}\b", calls)} == set()


def test_every_word_of_problems_is_explained() -> None:
    source = inspect.getsource(Page.names)
    words = set(re.findall(r'"(\w+)"', source))
    words.add("_")
    assert {word for word in words if not re.search(rf"`[^`]*(?<!\w){re.escape(word)}(?!\w)[^`]*`", TEXT)} == set()


class TestHouseStyle:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        files = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
        assert {name for name, _ in files} == {"house/latex.jinja", "house/conv.jinja", "house/en.json"}
        for name, text in files:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        (tmp_path / "samples").symlink_to(SAMPLES)
        return tmp_path

    def test_it_runs_and_compiles(self, folder: Path) -> None:
        found = re.search(r"<!-- run -->\n```sh\n(.*?)\n```", TEXT)
        assert found
        program, *arguments = shlex.split(found[1])
        assert program == "cnnsteps"
        assert run_cli(*arguments, cwd=folder) == (0, b"", b"")
        text = (folder / "homework.tex").read_text("utf-8")
        assert r"y_{1,1} &= 0 \cdot 2 + 0 \cdot 0" in text
        assert "Val" not in text
        need("pdflatex")
        complaints, page = compiled(text)
        assert complaints == []
        for words in ("Vision 101", "Worked solution", "Hence the feature map is", "Compare with lecture 4."):
            assert words in page
        assert "The answer is" not in page
        assert "Output size" not in page

    def test_its_words_are_the_terminals_too(self, folder: Path) -> None:
        said = run_cli("conv", "samples/conv-padding.json", "--template", "house", cwd=folder).out.decode()
        assert "Hence the feature map is:" in said

    def test_other_problems_too(self, folder: Path) -> None:
        """Every sample can be written in this style."""
        for sample in sorted(SAMPLES.glob("*.json")):
            text = render(sample.read_text("utf-8"), "latex", template=folder / "house")
            assert "Vision 101" in text
