"""What is said in other languages: every text is there, none is left over, and each looks right."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from cnnsteps.i18n import PLACE, Words, phrase
from cnnsteps.problems import types
from tests.cases import cases
from tests.catalogue import texts
from tests.running import FORMATS, ROOT, SAMPLES, render, run_cli
from tests.screens import shoot
from tests.tex import HOSTS, compiled, host, together
from tests.tools import need, need_chinese

LANGUAGES = sorted(path.stem for path in (ROOT / "templates").glob("*.json"))
CONV = str(SAMPLES / "conv-padding.json")


def words(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((ROOT / "templates" / f"{language}.json").read_text("utf-8"))
    return found


def test_german_and_chinese_are_there() -> None:
    assert {"de", "zh"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_left_over(language: str) -> None:
    known = set(words(language))
    assert sorted(texts() - known) == []
    assert sorted(known - texts()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_places_are_those_of_the_english_text(language: str) -> None:
    for english, text in words(language).items():
        assert set(PLACE.findall(text)) == set(PLACE.findall(english)), english
        assert text.strip() or not english.strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_json_is_not_translated(language: str) -> None:
    for sample in sorted(SAMPLES.glob("*.json")):
        text = sample.read_text("utf-8")
        assert render(text, "json", language=language) == render(text, "json")


KEPT = {"Val", "exp", "max", "out", "true", "false", "axis", "reflect", "replicate", "circular", "same", "valid",
        "same_upper", "same_lower", "first_", "first_i", "last_", "last_i", *types.names(),
        *(key.name for kind in types.names() for key in types.load(kind).KEYS)}  # fmt: skip
"""What stands as it is in the problem's file, and in formulas."""


def test_no_word_is_said_past_the_words_file(tmp_path: Path) -> None:
    """In a language that has only signs, nothing is left that could be read."""
    signs = {text: "".join(f"{{{name}}}" for name in PLACE.findall(text)) + "◇" for text in texts()}
    (tmp_path / "qq.json").write_text(json.dumps(signs), "utf-8")
    problems = {case.name: (case.problem, case.options) for case in cases()}
    problems |= {path.stem: (path.read_text("utf-8"), {}) for path in SAMPLES.glob("*.json")}
    for name, (problem, options) in problems.items():
        title = json.loads(problem).get("title") or ""
        names = [str(layer.get("name", "")) for layer in json.loads(problem).get("layers", [])]
        said = render(problem, "terminal", **{**options, "template": tmp_path, "language": "qq"})
        for own in sorted([title, *names], key=len, reverse=True):
            said = said.replace(own, "") if own else said
        left = set(re.findall(r"[A-Za-z_]{3,}", said)) - KEPT
        left = {
            word
            for word in left
            if word.rstrip("0123456789") not in KEPT and not word.startswith(("H_", "W_", "L_", "D_", "F_", "Σ"))
        }
        assert not left, (name, left)


@pytest.mark.parametrize("language", ["de", "zh"])
def test_every_sample_compiles(language: str) -> None:
    need("pdflatex")
    if language == "zh":
        need_chinese()
    documents = [render(path.read_text("utf-8"), "latex", language=language) for path in sorted(SAMPLES.glob("*.json"))]
    bodies = [document.replace("\\clearpage\\end{CJK}", "\\end{CJK}") for document in documents]
    complaints, pages = compiled(together(bodies))
    assert complaints == []
    assert ("结果为" if language == "zh" else "Das Ergebnis ist") in pages


def test_a_chinese_document_and_fragment() -> None:
    need("pdflatex")
    need_chinese()
    problem = '{"type": "conv", "title": "卷积 ü 語한", "input": [[1, 2]], "kernel": [[1, 2]]}'
    complaints, page = compiled(render(problem, "latex", language="zh"))
    assert complaints == []
    assert "卷积ü[U+8A9E][U+D55C]" in page.replace(" ", "")
    fragment = render(problem, "latex", language="zh", fragment=True)
    assert "\\usepackage{amsmath,graphicx,CJKutf8}" in fragment.splitlines()[0]
    complaints, page = compiled(host(HOSTS["article 12pt"] + "\n\\usepackage{CJKutf8}", [fragment]))
    assert complaints == []
    assert "结果为" in page


def test_only_chinese_needs_the_package() -> None:
    problem = (SAMPLES / "conv-padding.json").read_text("utf-8")
    assert "CJK" not in render(problem, "latex") + render(problem, "latex", language="de")


def test_wide_characters_count_twice() -> None:
    """Brackets, captions and the table's columns stand below one another."""
    matrices = render((SAMPLES / "conv-rgb.json").read_text("utf-8"), "terminal", language="zh").split("输入:\n")[1]
    top, caption = matrices.splitlines()[0], matrices.splitlines()[4]
    starts = [cell_len(top[: at.start()]) for at in re.finditer("⎡", top)]
    assert [cell_len(caption[: at.start()]) for at in re.finditer("通道", caption)] == starts
    table = render((SAMPLES / "network-lenet5.json").read_text("utf-8"), "terminal", language="zh")
    rows = table.split("\n\n")[2].splitlines()
    assert rows[0].startswith("层")
    assert {cell_len(row) for row in rows[:-1]} == {cell_len(rows[1])}
    need("pexpect")
    shot = shoot("network", str(SAMPLES / "network-lenet5.json"), "--language", "zh", columns=60)
    assert max(map(cell_len, shot.lines)) <= 60


class TestOnesOwn:
    def said(self, folder: Path, *more: str) -> str:
        result = run_cli("conv", CONV, "--template", str(folder), *more)
        assert (result.code, result.err) == (0, b"")
        return result.out.decode()

    def test_another_language(self, tmp_path: Path) -> None:
        """What it leaves out is English."""
        (tmp_path / "fr.json").write_text('{"The answer is": "La réponse est", "Input": "Entrée"}', "utf-8")
        text = self.said(tmp_path, "--language", "fr")
        assert "La réponse est:" in text
        assert "Entrée:" in text
        assert "Step by step" in text

    def test_other_words_in_a_shipped_language(self, tmp_path: Path) -> None:
        (tmp_path / "de.json").write_text('{"The answer is": "Also gilt"}', "utf-8")
        text = self.said(tmp_path, "--language", "de")
        assert "Also gilt:" in text
        assert "Gegeben" in text

    def test_english_words_of_ones_own_need_no_option(self, tmp_path: Path) -> None:
        (tmp_path / "en.json").write_text('{"The answer is": "Hence we obtain"}', "utf-8")
        assert "Hence we obtain:" in self.said(tmp_path)
        latex = self.said(tmp_path, "-f", "latex")
        assert "\n\\noindent Hence we obtain\\par" in latex

    def test_a_template_of_ones_own_adds_texts(self, tmp_path: Path) -> None:
        (tmp_path / "conv.jinja").write_text('<< say(_("See lecture {n}.", n=4)) >>')
        (tmp_path / "de.json").write_text('{"See lecture {n}.": "Siehe Vorlesung {n}."}', "utf-8")
        assert self.said(tmp_path, "--language", "de") == "Siehe Vorlesung 4.\n"
        assert self.said(tmp_path) == "See lecture 4.\n"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('{"The answer": "x"}', ':1:2: error: no template says "The answer"\nhint: did you mean "The answer is"?'),
            ('{"Given":\n 3}', ":2:2: error: this is not a text"),
            ('{"Row {n}": "Z {m}"}', ":1:13: error: the English text has no place {m}; its places: {n}"),
            ('{"Given": "x" "Input": "y"}', ":1:15: error: "),
            ('["Given"]', ":1:1: error: a words file is an object of texts"),
            ("", ":1:1: error: the file is empty"),
        ],
    )
    def test_mistakes_in_it(self, text: str, said: str, tmp_path: Path) -> None:
        (tmp_path / "fr.json").write_text(text)
        result = run_cli("conv", CONV, "--template", ".", "--language", "fr", cwd=tmp_path)
        assert result[:2] == (2, b"")
        assert f"fr.json{said}" in result.err.decode()

    def test_its_places_look_into_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "fr.json").write_text('{"Given": "{0.__class__} {} %s { {x } <% x %> << s >>"}')
        assert "\n{0.__class__} {} %s { {x } <% x %> << s >>\n" in self.said(tmp_path, "--language", "fr")

    def test_latex_of_ones_own_words_is_text(self, tmp_path: Path) -> None:
        (tmp_path / "fr.json").write_text(r'{"Given": "\\input{ x} & 50 %_#"}')
        latex = self.said(tmp_path, "--language", "fr", "-f", "latex")
        assert r"\subsection*{\textbackslash{}input\{ x\} \& 50 \%\_\#}" in latex


def test_an_unknown_language() -> None:
    for name, hint in (("dee", "did you mean de?"), ("xx", "there are de, en, zh; ")):
        result = run_cli("conv", CONV, "-f", "json", "--language", name)
        assert result[:2] == (2, b"")
        assert result.err.decode().startswith(
            f"cnnsteps: error: --language is '{name}', and there is no such words file\nhint: {hint}"
        )


def test_errors_stay_english() -> None:
    wrong = str(SAMPLES / "wrong" / "several.json")
    assert run_cli("conv", wrong, "--language", "zh") == run_cli("conv", wrong)


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_title_is_the_users_own(fmt: str) -> None:
    problem = '{"type": "conv", "title": "Convolution", "input": [[1]], "kernel": [[1]]}'
    assert "Convolution" in render(problem, fmt, language="de")


def test_a_phrase_in_a_phrase() -> None:
    words = Words({"Row {n} of {what}": "{what}: Zeile {n}", "kernel": "Kern"})
    text = phrase("Row {n} of {what}", n=2, what=phrase("kernel"))
    assert (text, words.of(text)) == ("Row 2 of kernel", "Kern: Zeile 2")
    assert words.of("kernel") == "kernel"


def test_templates_knows_the_languages(tmp_path: Path) -> None:
    assert "  de              German\n  zh              Chinese\n" in run_cli("templates").out.decode()
    assert run_cli("templates", "show", "de").out == (ROOT / "templates" / "de.json").read_bytes()
    said = run_cli("templates", "copy", "de", "mine", cwd=tmp_path).out.decode()
    assert "`cnnsteps solve FILE --language de --template mine`" in said
    assert json.loads((tmp_path / "mine" / "de.json").read_text("utf-8")) == words("de")
