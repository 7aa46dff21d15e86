"""LaTeX as TeX sees it: everything compiles, and the log has nothing to say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cnnsteps.formats.latex import typesettable
from tests.cases import cases
from tests.problems import convs, pools, sizes
from tests.running import ROOT, SAMPLES, render
from tests.tex import HOSTS, compiled, complaints, host, together
from tests.tools import has_chinese, need, need_chinese

PROBLEMS = {path.stem: path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.json"))}
TITLES = [
    r"""\ { } $ & # % ^ _ ~ < > | " ' -- ` [ ] ( ) ; : ? ! @ * + = , .""",
    r"\input{/etc/passwd} \end{document} $x_1^2$ 100% #1 a~b {unbalanced",
    "卷积和池化 свёртка تلافيف קונבולוציה 合成積 😀 α ≤ β² → ∞",
    "control \x00\x07\x1b\x7f marks \u202e\u200f\u2066 and\nlines\tand tabs",
    "a" * 200 + " " + "\\" * 60 + " " + "卷" * 80,
    "<<evil>> <%raise%> ?` !` ,, '' `` fi --- e\u0301 \ue000 \U000f0000",
]


def sized(title: str) -> str:
    """A small problem with this title."""
    return json.dumps({"type": "size", "title": title, "input": 5, "kernel": 3})


def test_samples() -> None:
    """Each sample's document compiles as it is."""
    need("pdflatex")
    assert complaints({name: render(problem, "latex") for name, problem in PROBLEMS.items()}) == {}


def test_goldens() -> None:
    """So does each golden's, whatever its options; fragments in a document of one's own."""
    need("pdflatex")
    texts = {case.name: (case.render("latex"), case.options) for case in cases() if case.name not in PROBLEMS}
    documents = {
        name: host(HOSTS["article 10pt"], [text]) if options.get("fragment") else text
        for name, (text, options) in texts.items()
        if options.get("language") != "zh" or has_chinese()
    }
    assert complaints(joined_by_preamble(documents)) == {}
    if len(documents) < len(texts):
        need_chinese()


def joined_by_preamble(documents: dict[str, str]) -> dict[str, str]:
    """Those that begin alike as one, under all their names."""
    groups: dict[str, list[str]] = {}
    for name, text in documents.items():
        groups.setdefault(text.partition(r"\begin{document}")[0], []).append(name)
    return {", ".join(names): together([documents[name] for name in names]) for names in groups.values()}


@pytest.mark.parametrize("name", HOSTS)
def test_fragments(name: str) -> None:
    """A fragment is \\input at top level and in a list, and leaves nothing behind that another would meet."""
    need("pdflatex")
    files = {f"{stem}.tex": render(problem, "latex", fragment=True) for stem, problem in PROBLEMS.items()}
    items = "\n".join(rf"\item \input{{{name}}}" for name in ("conv-padding.tex", "conv-rgb.tex", "pool-max.tex"))
    bodies = [rf"\input{{{file}}}" for file in files] + [rf"\begin{{enumerate}}{items}\end{{enumerate}}"]
    assert compiled(host(HOSTS[name], bodies), files)[0] == []


def test_fragment_names_what_it_needs() -> None:
    """Its first line is a comment with the packages; nothing of a preamble is in it."""
    text = render(PROBLEMS["conv-padding"], "latex", fragment=True)
    assert text.startswith("%")
    assert r"\usepackage{amsmath,graphicx}" in text.split("\n")[0]
    assert not any(command in text for command in (r"\documentclass", r"\begin{document}", r"\end{document}"))


@pytest.mark.parametrize("fragment", [False, True], ids=["document", "fragment"])
def test_titles(fragment: bool) -> None:
    """A title is text: what TeX could take for a command is printed, what pdflatex cannot print is named."""
    need("pdflatex")
    texts = [render(sized(title), "latex", fragment=fragment) for title in TITLES]
    if fragment:
        assert compiled(host(HOSTS["article 10pt"], texts))[0] == []
        return
    found, pages = compiled(together([render(sized("".join(TITLES)), "latex"), *texts]))
    assert found == []
    shown = "".join(pages.split())
    for part in ("\\{}$&#%", "_", "<>|", "[]();:?!@*+=,.", r"\input{/etc/passwd}\end{document}$x_1", "[U+5377]"):
        assert part in shown


@pytest.mark.parametrize("head", ["", r"\usepackage[T1]{fontenc}\usepackage{lmodern}"], ids=["OT1", "T1"])
def test_every_typesettable_character(head: str) -> None:
    """What is called typesettable is: TeX has a glyph for each, or the fragment names it."""
    need("pdflatex")
    characters = [c for c in map(chr, range(0x21, 0x2300)) if typesettable(c) and c.isprintable()]
    titles = [sized(" ".join(characters[i : i + 60])) for i in range(0, len(characters), 60)]
    fragments = [render(title, "latex", fragment=True) for title in titles]
    assert compiled(host(HOSTS["report"] + head, fragments))[0] == []
    assert compiled(together([render(title, "latex") for title in titles]))[0] == []


def test_ten_thousand_expansions() -> None:
    """One align* costs the square of its rows: they are put into many."""
    need("pdflatex")
    image = [[(7 * i * j + i) % 10 for j in range(102)] for i in range(102)]
    text = render({"type": "conv", "input": image, "kernel": [[1, 0, -1], [2, 0, -2], [1, 0, -1]]}, "latex")
    assert text.count("Val}_{") == 10_000
    assert compiled(text)[0] == []


def wide(height: int, width: int, digits: int) -> dict[str, object]:
    return {
        "type": "pool",
        "input": [[(7 * i * j + i + j) % 10**digits for j in range(width)] for i in range(height)],
        "kernel_size": [height, width],
    }


LARGE: dict[tuple[int, int, int], list[str]] = {
    (2, 10, 1): [],
    (2, 12, 1): [r"\begin{array}{*{12}{r}}"],
    (2, 30, 2): ["shrunk to the width of the page"],
    (2, 200, 2): [r"\cdots", "of 200 columns shown"],
    (60, 2, 1): [r"\vdots", "27 of 60 rows shown"],
    (60, 90, 3): [r"\cdots", r"\vdots", r"\ddots", "27 of 60 rows and"],
}
"""By height, width and digits what is said."""


def test_large_matrices() -> None:
    """What the page has no room for is shrunk or left out, and that is said."""
    need("pdflatex")
    whole, fragments = ([render(wide(*sizes), "latex", fragment=fragment, answer_only=True) for sizes in LARGE]
                        for fragment in (False, True))  # fmt: skip
    for text, said in zip(whole, LARGE.values(), strict=True):
        assert [part for part in said if part not in text] == []
    documents = {"whole": together(whole), "fragments": host(HOSTS["article 12pt"], fragments)}
    assert complaints(documents) == {}


def long_number(digits: int) -> dict[str, object]:
    x = int("9876543210" * 100) // 10 ** (1000 - digits)
    return {"type": "conv", "input": [[x, -x], [3, x]], "kernel": [[-x, f"{x}/7"], [1, x]], "bias": -x}


def test_long_numbers() -> None:
    """Of numbers that no line has room for both ends are shown, and how many digits they have."""
    need("pdflatex")
    problems = {digits: long_number(digits) for digits in (12, 18, 19, 30, 48, 49, 1000)}
    texts = {digits: render(problem, "latex") for digits, problem in problems.items()}
    fragments = [render(problem, "latex", fragment=True) for problem in problems.values()]
    documents = {"document": together(list(texts.values()))}
    documents |= {name: host(head, fragments) for name, head in HOSTS.items()}
    assert complaints(documents) == {}
    for digits, text in texts.items():
        assert (rf"_{{{digits}\text{{ digits}}}}" in text) == (digits > 18)


@pytest.mark.parametrize("fragment", [False, True], ids=["document", "fragment"])
def test_random_problems(fragment: bool) -> None:
    """Whatever the numbers and settings, no line is too long."""
    need("pdflatex")
    texts: list[str] = []

    @hypothesis_settings(max_examples=80, phases=[Phase.generate])
    @given(st.one_of(convs(), pools(), sizes()), st.sampled_from([None, 0, 3]))
    def collect(problem: dict[str, object], digits: int | None) -> None:
        texts.append(render(problem, "latex", fragment=fragment, digits=digits))

    collect()
    whole = host(HOSTS["article 12pt"], texts) if fragment else together(texts)
    assert compiled(whole)[0] == []


@pytest.mark.parametrize("fmt", ["latex", "markdown"])
def test_own_template(fmt: str, tmp_path: Path) -> None:
    """A copy of the template in which the notation is changed says the same in that notation."""
    copied = (ROOT / "templates" / f"{fmt}.jinja").read_text("utf-8")
    (tmp_path / f"{fmt}.jinja").write_text(copied.replace("Val", "Y").replace(r"\times", r"\cdot"), "utf-8")
    problem = {"type": "conv", "input": [[1, -2, 3], [4, 5, 6]], "kernel": [[1, 2], [3, -1]], "bias": 1}
    theirs = render(problem, fmt, template=tmp_path).replace("_ {", "_{")
    ours = render(problem, fmt).replace("_ {", "_{")
    assert theirs == ours.replace(r"\mathrm{Val}", "Y").replace(r"\times", r"\cdot")
    assert r"Y_{[1,1]} &= 1 \cdot 1 + (-2) \cdot 2" in " ".join(theirs.split())
