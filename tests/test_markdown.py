"""Markdown as its readers see it: KaTeX and math-core take every formula, CommonMark leaves the text alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.cases import cases
from tests.problems import convs, pools, sizes
from tests.running import ROOT, SAMPLES, render
from tests.test_latex import TITLES, sized
from tests.tools import need

SAMPLE_TEXTS = {path.stem: path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.json"))}
DOLLARS = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.MULTILINE | re.DOTALL)
FENCES = re.compile(r"^```math\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TRY_KATEX = """
const katex = require(process.argv[1]), formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const bad = [];
for (const formula of formulas) {
  try { katex.renderToString(formula, {displayMode: true, throwOnError: true, strict: "error"}); }
  catch (error) { bad.push([formula, String(error)]); }
}
console.log(JSON.stringify(bad));
"""


def katex_folder() -> Path | None:
    """Where KaTeX is: KATEX, the checkout's node_modules, or npm's own folder."""
    places = [Path(os.environ["KATEX"])] if "KATEX" in os.environ else []
    places.append(ROOT / "node_modules" / "katex")
    npm = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=False)
    places.append(Path(npm.stdout.strip() or "/nowhere") / "katex")
    return next((place for place in places if place.is_dir()), None)


def refused_by_katex(formulas: list[str]) -> list[list[str]]:
    """The formulas that KaTeX does not take, each with its reason; one process for all."""
    need("node")
    need("npm")
    folder = katex_folder()
    if folder is None:
        need("katex (npm install --no-save katex, or the variable KATEX)")
    done = subprocess.run(
        ["node", "-e", TRY_KATEX, str(folder)], input=json.dumps(formulas), capture_output=True, text=True, check=True
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found


def refused_by_math_core(formulas: list[str]) -> list[tuple[str, str]]:
    """The same for math-core, which goes by the letter of MathML."""
    need("math_core")
    import math_core

    converter = math_core.LatexToMathML()
    refused = []
    for formula in formulas:
        try:
            converter.convert_with_local_state(formula, displaystyle=True)
        except math_core.LatexError as error:
            refused.append((formula, str(error)))
    return refused


def formulas_of(text: str) -> list[str]:
    """What stands in `$$` blocks and in fences."""
    return DOLLARS.findall(text) + FENCES.findall(text)


def shipped_texts() -> list[str]:
    """Samples and goldens, the samples in both flavours."""
    samples = [
        render(text, "markdown", flavor=flavor) for text in SAMPLE_TEXTS.values() for flavor in ("dollar", "github")
    ]
    return samples + [case.render("markdown") for case in cases()]


def random_texts() -> list[str]:
    """Solutions of drawn problems."""
    texts: list[str] = []

    @hypothesis_settings(max_examples=150, phases=[Phase.generate])
    @given(st.one_of(convs(), pools(), sizes()), st.sampled_from([None, 2]))
    def collect(problem: dict[str, object], digits: int | None) -> None:
        texts.append(render(problem, "markdown", digits=digits))

    collect()
    return texts


@pytest.mark.parametrize("texts", [shipped_texts, random_texts], ids=["samples and goldens", "random"])
@pytest.mark.parametrize("refused", [refused_by_katex, refused_by_math_core], ids=["KaTeX", "math-core"])
def test_formulas(texts: Any, refused: Any) -> None:
    """Every formula is one that the oracle reads."""
    formulas = [formula for text in texts() for formula in formulas_of(text)]
    assert len(formulas) > 100
    assert refused(formulas) == []


def tokens(text: str) -> list[Any]:
    """What a CommonMark reader that knows no mathematics makes of it."""
    from markdown_it import MarkdownIt

    return MarkdownIt().parse(text)


@pytest.mark.parametrize("name", SAMPLE_TEXTS)
def test_fences_survive(name: str) -> None:
    """A fence's content reaches whoever sets mathematics as it was written, with nothing around it lost."""
    text = render(SAMPLE_TEXTS[name], "markdown", flavor="github")
    fences = [token for token in tokens(text) if token.type == "fence"]
    assert [fence.info for fence in fences] == ["math"] * text.count("```math")
    assert [fence.content for fence in fences] == FENCES.findall(text)
    assert "$$" not in text


@pytest.mark.parametrize("name", SAMPLE_TEXTS)
def test_dollars_survive(name: str) -> None:
    """A `$$` block is one paragraph, and all that a plain reader takes of it is a backslash of each `\\\\`."""
    text = render(SAMPLE_TEXTS[name], "markdown")
    parsed = tokens(text)
    assert {token.type for token in parsed} <= {
        "heading_open", "heading_close", "inline", "paragraph_open", "paragraph_close",
    }  # fmt: skip
    blocks = [token for token in parsed if token.type == "inline" and token.content.startswith("$$")]
    assert len(blocks) == len(DOLLARS.findall(text))
    for block, formula in zip(blocks, DOLLARS.findall(text), strict=True):
        assert {child.type for child in block.children} <= {"text", "softbreak", "text_special"}
        plain = "".join("\n" if child.type == "softbreak" else child.content for child in block.children)
        expected = "\n".join(line.strip() for line in f"$$\n{formula}\n$$".replace("\\\\", "\\").split("\n"))
        assert plain == expected


@pytest.mark.parametrize("flavor", ["dollar", "github"])
def test_block_lines(flavor: str) -> None:
    """No line in a block could begin something else, and each `\\\\` ends its line, as GitHub wants it."""
    for text in SAMPLE_TEXTS.values():
        for line in "\n".join(f.strip("\n") for f in formulas_of(render(text, "markdown", flavor=flavor))).split("\n"):
            assert line.strip()
            assert not re.match(r"\s*([-+*=>#|]\s|=+$|\d+[.)]\s|```)", line)
            assert "\\\\" not in line.removesuffix("\\\\")
            assert not re.search(r"\\[^a-zA-Z\\]", line)
            assert not line.endswith("  ")


@pytest.mark.parametrize("title", TITLES)
def test_titles(title: str) -> None:
    """A title is a heading with exactly this text, nothing in it is markup."""
    from cnnsteps.text import escape_controls

    heading = tokens(render(sized(title), "markdown"))[1]
    assert {child.type for child in heading.children} <= {"text", "text_special"}
    assert "".join(child.content for child in heading.children) == escape_controls(" ".join(title.split()))


@pytest.mark.parametrize("text", ["1. a", "12) b", "- c", "+ d", "= e", "# f", "a -- b... c == d :e: f@g"])
def test_no_markup_by_position(text: str) -> None:
    """What is markup only where it stands is escaped where it stands."""
    from cnnsteps.formats.markdown import escape

    opening, inline, *_ = tokens(escape(text) + "\n")
    assert opening.type == "paragraph_open"
    assert "".join(child.content for child in inline.children) == text


def test_ordinary_text_is_left_alone() -> None:
    """A source that a person may read on has no needless backslashes."""
    from cnnsteps.formats.markdown import escape

    for text in ("Along the width, 55 = 27 × 2 + 1: no window reads it.", "A 3×3 kernel (two filters), AlexNet's"):
        assert escape(text) == text


def test_fragment_leaves_the_title_to_the_document() -> None:
    """The document that takes the fragment in has a heading of its own; all else is the same."""
    whole = render(SAMPLE_TEXTS["conv-padding"], "markdown")
    fragment = render(SAMPLE_TEXTS["conv-padding"], "markdown", fragment=True)
    assert whole.startswith("# Convolution with padding 1\n")
    assert whole.partition("\n")[2].strip() == fragment.strip()
