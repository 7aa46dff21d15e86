"""Templates of one's own: each mistake in its place, an end to what has none, and no way out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnnsteps.errors import TemplateError
from cnnsteps.output import isolated as apart
from cnnsteps.pipeline import solve_file
from cnnsteps.render import limits as watch
from tests.running import PATIENCE, ROOT, SAMPLES, Result, render, run_cli

PROBLEM = str(SAMPLES / "conv-padding.json")
LATEX = (ROOT / "templates" / "latex.jinja").read_text("utf-8")
VAL = '<< symbol("Val", "") >>'
NAME = VAL + '_{[<< index | join(",") >>]}'
LINE = next(i for i, line in enumerate(LATEX.splitlines(), 1) if "macro name(index)" in line)
OLD = "what was there before"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (tmp_path / "out.tex").write_text(OLD)
    return folder


def changed(folder: Path, old: str, new: str) -> None:
    """The LaTeX template with one change."""
    assert old in LATEX
    (folder / "latex.jinja").write_text(LATEX.replace(old, new, 1), "utf-8")


def refused(folder: Path, *more: str) -> list[str]:
    """What is said on standard error; nothing is printed, the file stays, and no other appears."""
    where = folder.parent
    command = ["conv", PROBLEM, "-f", "latex", "--template", "mine", *more]
    printed, written = run_cli(*command, cwd=where), run_cli(*command, "-o", "out.tex", cwd=where)
    assert printed == Result(2, b"", written.err)
    assert written[:2] == (2, b"")
    assert (where / "out.tex").read_text() == OLD
    assert {path.name for path in where.iterdir()} <= {"out.tex", "mine", "outside.jinja", "secret"}
    assert b"Traceback" not in written.err
    return written.err.decode().splitlines()


MISTAKES = {
    "syntax": (NAME, "<< index | >>", LINE, "xpected token 'name'"),
    "unknown statement": (NAME, "<% fi %>", LINE, "Encountered unknown tag 'fi'"),
    "never closed": ("<% endmacro %>\n<% macro entry", "\n<% macro entry", None, "Unexpected end of template"),
    "undefined name": (NAME, "Val<< indices >>", LINE, "'indices' is undefined"),
    "unknown filter": (NAME, "<< index | joined >>", LINE, "No filter named 'joined'"),
    "attribute": (NAME, "<< index.first >>", LINE, "'list object' has no attribute 'first'"),
    "wrong arguments": ("name(index)", "name()", LINE, "macro 'name' takes not more than 0 argument(s)"),
    "missing argument": (
        "name(index) %>",
        "name(index, other) %><< other >>",
        LINE,
        "parameter 'other' was not provided",
    ),
    "missing macro": ("name(index)", "nome(index)", LINE, "nothing asks for nome"),
    "missing sign": ("set cell", "set cel", None, "nothing asks for cel"),
    "division": (NAME, "<< 1 / 0 >>", LINE, "division by zero"),
    "types": (NAME, "<< index + 1 >>", LINE, 'can only concatenate list (not "int") to list'),
    "no number": ("set frame_lines = 100", "set frame_lines = 'x'", None, "frame_lines is 'x', not a whole number"),
    "surrogate": (NAME, r"<< '\ud800' >>", LINE, "surrogates not allowed"),
    "private": (NAME, "\ue100", LINE, "U+E100 is a private character, which cnnsteps uses itself"),
    "include": (NAME, "<% include 'nothing.jinja' %>", LINE, "there is no template nothing.jinja"),
    "recursion": (NAME, "<< name(index) >>", LINE, "a macro calls itself without end"),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_is_said_with_its_line(kind: str, mine: Path) -> None:
    old, new, line, said = MISTAKES[kind]
    changed(mine, old, new)
    first = refused(mine)[0]
    file, _, rest = first.partition(":")
    assert file == os.path.join("mine", "latex.jinja")
    assert said in first
    assert line is None or rest.startswith(f"{line}:1: error: ")


def test_a_mistake_in_what_is_said(mine: Path) -> None:
    (mine / "conv.jinja").write_text('<< heading("x") >>\n\n<< sektion("Given") >>\n')
    assert refused(mine)[0] == "mine/conv.jinja:3:1: error: 'sektion' is undefined"


def test_not_utf8(mine: Path) -> None:
    (mine / "latex.jinja").write_bytes(b"<# Text #>\n<# f\xfcr #>")
    assert "mine/latex.jinja:2:1: error: the byte 0xfc is not UTF-8" in refused(mine)[0]


def test_what_nothing_can_be_made_of(mine: Path) -> None:
    (mine / "conv.jinja").write_text(r"<< 'x\x007\x00y' >>")
    assert refused(mine)[0].startswith("mine:1:1: error: nothing can be made of what these templates say")


def test_what_is_left_out_is_as_it_is_shipped(mine: Path) -> None:
    """A template needs only what differs, and may wrap what is shipped."""
    (mine / "latex.jinja").write_text(
        '<% import "cnnsteps/latex.jinja" as shipped %>\n'
        "<% macro name(index) %>Y_{<< index | join >>}<% endmacro %>\n"
        "<% macro heading(text) %>% mine\n<< shipped.heading(text) >><% endmacro %>\n"
    )
    (mine / "conv.jinja").write_text('<% include "cnnsteps/conv.jinja" %>\n<< say("As it was to be shown.") >>\n')
    theirs = run_cli("conv", PROBLEM, "-f", "latex").out.decode()
    mine_ = run_cli("conv", PROBLEM, "-f", "latex", "--template", str(mine)).out.decode()
    assert "As it was to be shown." in mine_
    mine_ = mine_.replace("\n\\par{\\noindent\\raggedright As it was to be shown.\\par}\n", "").replace("% mine\n", "")
    for i in range(1, 5):
        for j in range(1, 5):
            mine_ = mine_.replace(f"Y_{{{i}{j}}}", rf"\mathrm{{Val}}_{{[{i},{j}]}}")
    assert "".join(mine_.split()) == "".join(theirs.split())


class TestMathematics:
    """math.jinja: what LaTeX and Markdown share."""

    MINE = "<% macro call(name, parts) %>\\mathsf{<< name >>}\\{<< parts >>\\}<% endmacro %>\n"

    def both(self, folder: Path) -> list[str]:
        problem = {"type": "pool", "input": [[1, 2], [3, 4]], "kernel_size": 2}
        texts = (render(problem, fmt, template=folder) for fmt in ("latex", "markdown"))
        return [text.replace("&&=", "=").replace("={}&", "=") for text in texts]

    def test_a_template_of_it_holds_for_both(self, mine: Path) -> None:
        (mine / "math.jinja").write_text(self.MINE)
        for text in self.both(mine):
            assert r"&= \mathsf{max}\{1, 2, 3, 4\} = 4" in " ".join(text.split())

    def test_the_formats_own_goes_before_it(self, mine: Path) -> None:
        (mine / "math.jinja").write_text(self.MINE)
        (mine / "latex.jinja").write_text("<% macro call(name, parts) %><< bracket(parts) >><% endmacro %>\n")
        latex, markdown = self.both(mine)
        assert "&= (1, 2, 3, 4) = 4" in " ".join(latex.split())
        assert r"\mathsf{max}" in markdown

    def test_a_name_that_nothing_asks_for(self, mine: Path) -> None:
        (mine / "math.jinja").write_text(self.MINE.replace("call", "cal"))
        line = refused(mine)
        assert line == ["mine/math.jinja:1:1: error: nothing asks for cal", "hint: did you mean call?"]

    def test_the_terminal_knows_nothing_of_it(self, mine: Path) -> None:
        (mine / "math.jinja").write_text(self.MINE)
        problem = {"type": "pool", "input": [[1, 2], [3, 4]], "kernel_size": 2}
        assert render(problem, "terminal", template=mine) == render(problem, "terminal")

    @pytest.mark.parametrize("fmt", ["latex", "markdown"])
    def test_a_copy_of_it_says_the_same(self, fmt: str, tmp_path: Path) -> None:
        folder = tmp_path / "copied"
        assert run_cli("templates", "copy", "math", str(folder)).code == 0
        problem = (SAMPLES / "conv-padding.json").read_text("utf-8")
        assert render(problem, fmt, template=folder) == render(problem, fmt)


class TestTheFolder:
    def test_missing(self, tmp_path: Path) -> None:
        for fmt in ("latex", "json"):
            result = run_cli("conv", PROBLEM, "-f", fmt, "--template", "mine", cwd=tmp_path)
            assert result[:2] == (2, b"")
            assert result.err.startswith(b"mine:1:1: error: there is no such folder of templates\nhint: ")

    def test_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "mine").write_text("")
        assert b"mine:1:1: error: this is a file" in run_cli("conv", PROBLEM, "--template", "mine", cwd=tmp_path).err

    def test_empty(self, mine: Path) -> None:
        assert refused(mine)[0] == "mine:1:1: error: there is no template in this folder"

    @pytest.mark.parametrize(
        "name", ["latx.jinja", "latex.jinja2", "Latex.jinja", "latex.tex.jinja", "latex.jinja.txt"]
    )
    def test_a_name_that_means_nothing(self, name: str, mine: Path) -> None:
        (mine / "conv.jinja").write_text("")
        (mine / name).write_text(LATEX)
        assert refused(mine) == [
            f"mine/{name}:1:1: error: no template is looked for under this name",
            "hint: did you mean latex.jinja?",
        ]

    def test_what_may_lie_there(self, mine: Path) -> None:
        """Notes, what an editor keeps, and what a template includes."""
        for name in ("README.md", "latex.jinja~", ".latex.jinja.swp", "latex.jinja.orig"):
            (mine / name).write_text("<% nonsense")
        (mine / "signs.jinja").write_text("Y")
        changed(mine, NAME, '<% include "signs.jinja" %>')
        assert b"\n  Y & = " in run_cli("conv", PROBLEM, "-f", "latex", "--template", str(mine)).out.replace(
            b"&=", b"& ="
        )

    def test_another_format_uses_the_shipped_one(self, mine: Path) -> None:
        changed(mine, NAME, "<< nope >>")
        result = run_cli("conv", PROBLEM, "--template", str(mine))
        assert result == run_cli("conv", PROBLEM)


ENDLESS = {
    "nested loops": "<% for i in range(99999) %><% for j in range(99999) %><% endfor %><% endfor %>",
    "macros": "<% macro f(n) %><< f(n - 1) ~ f(n - 1) if n else '' >><% endmacro %><< f(60) >>",
    "inside Python": "<< ([[1] * 640] * 99000) | sum(start=[]) | length >>",
    "output": "<% for i in range(99999) %><% for j in range(99999) %>x<% endfor %><% endfor %>",
}
GREEDY = {
    "repeated text": ("<< 'x' * 10 ** 10 >>", "1 times 10,000,000,000 is more than 10,000,000"),
    "power": ("<< 10 ** (10 ** 10) >>", "a power has more than 100,000 bits"),
    "filled text": ("<< 'x' | center(10 ** 11) >>", "too much memory"),
    "format": ("<< '%099999999999d' | format(1) >>", "too much memory"),
    "growing list": (
        "<% set k = namespace(x=[1]) %><% for i in range(99) %><% set k.x = k.x + k.x %><% endfor %>",
        "too much memory",
    ),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_never_ends_is_stopped(kind: str, mine: Path) -> None:
    """The real limit: three seconds of the processor's time, and two more for what Python does not come back from."""
    changed(mine, NAME, ENDLESS[kind])
    began = time.monotonic()
    result = run_cli("conv", PROBLEM, "-f", "latex", "--template", "mine", "-o", "out.tex", cwd=mine.parent)
    assert time.monotonic() - began < PATIENCE
    assert result[:2] == (2, b"")
    place, hint = result.err.decode().splitlines()
    assert place == f"mine/latex.jinja:{LINE}:1: error: this never seems to end and was stopped"
    assert hint.startswith("hint: ")
    assert (mine.parent / "out.tex").read_text() == OLD
    assert {path.name for path in mine.parent.iterdir()} == {"mine", "out.tex"}


@pytest.mark.parametrize("kind", GREEDY)
def test_what_eats_memory_is_stopped(kind: str, mine: Path) -> None:
    text, said = GREEDY[kind]
    changed(mine, NAME, text)
    first = refused(mine)[0]
    assert first.startswith(f"mine/latex.jinja:{LINE}:1: error: ")
    assert said in first


def stopped(folder: Path, problem: str = PROBLEM) -> TemplateError:
    """The error of a run in this process."""
    with pytest.raises(TemplateError) as caught:
        solve_file(problem, None, {"output": str(folder.parent / "out.tex"), "template": folder})
    return caught.value


def test_output_without_end(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece is quick: it is all of them together that have a limit."""
    monkeypatch.setattr(watch, "SECONDS", 0.5)
    (mine / "conv.jinja").write_text(
        "<% for i in range(99999) %><% for j in range(99999) %>\n<< say('more') >>\n<% endfor %><% endfor %>"
    )
    error = stopped(mine)
    assert str(error.file).endswith(("conv.jinja", "latex.jinja"))
    assert "never seems to end" in error.mistakes[0].message


def test_the_same_expansions_without_end(mine: Path) -> None:
    (mine / "conv.jinja").write_text(
        "<% for i in range(99999) %><% for p in planes() %><< expansions(p) >><% endfor %><% endfor %>"
    )
    assert "again and again" in stopped(mine).mistakes[0].message


def test_memory_that_is_kept_from_call_to_call(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "MEGABYTES", 64)
    grow = "<% set kept.x = kept.x + ['x' * 9000000] %>"
    macro = "<% macro number(n, most=48) %>"
    changed(mine, macro, f"<% set kept = namespace(x=[]) %>{macro}{grow}")
    assert "too much memory" in stopped(mine).mistakes[0].message


def test_without_fork_the_same_is_stopped_between_pythons_steps(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    monkeypatch.setattr(watch, "SECONDS", 0.3)
    changed(mine, NAME, "Y")
    solve_file(PROBLEM, None, {"output": str(mine.parent / "out.tex"), "template": mine})
    assert "Y &= " in (mine.parent / "out.tex").read_text()
    for kind in ("nested loops", "macros", "output"):
        changed(mine, NAME, ENDLESS[kind])
        assert stopped(mine).mistakes[0].line == LINE


def test_writing_does_not_count(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is long because there is much to write is no endless template."""
    monkeypatch.setattr(watch, "SECONDS", 0.4)
    rows = [[(7 * i + j) % 256 for j in range(700)] for i in range(700)]
    (tmp_path / "big.json").write_text(f'{{"type": "conv", "input": {rows}, "kernel": {[[1] * 5] * 5}}}')
    changed(mine, VAL, "Y")
    began = time.process_time(), os.times()
    solve_file(str(tmp_path / "big.json"), None, {"output": str(tmp_path / "out.tex"), "template": mine})
    after = os.times()
    assert after.children_user + after.children_system - began[1].children_user - began[1].children_system > 0.4
    assert (tmp_path / "out.tex").stat().st_size > 80_000_000


def test_a_child_that_is_killed(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left of it but an error."""
    changed(mine, VAL, "Y")
    monkeypatch.setattr(apart, "prepare", lambda report: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(Exception, match="ended from outside"):
        solve_file(PROBLEM, None, {"output": str(mine.parent / "out.tex"), "template": mine})
    assert (mine.parent / "out.tex").read_text() == OLD
    assert {path.name for path in mine.parent.iterdir()} == {"mine", "out.tex"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both(number: signal.Signals, mine: Path) -> None:
    changed(mine, NAME, ENDLESS["nested loops"])
    command = [sys.executable, "-m", "cnnsteps", "conv", PROBLEM, "-f", "latex", "--template", "mine", "-o", "out.tex"]
    process = subprocess.Popen(command, cwd=mine.parent, stderr=subprocess.PIPE)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("no /proc to see children in")
    until = time.monotonic() + PATIENCE
    while not (found := children.read_text().split()) and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(number)
    assert process.communicate(timeout=PATIENCE)[1] == b""
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert found
    assert not Path(f"/proc/{found[0]}").exists()
    assert {path.name for path in mine.parent.iterdir()} == {"mine", "out.tex"}


ESCAPES = [
    "<< ''.__class__.__mro__[1].__subclasses__() >>",
    "<< ''['__class__'] >>",
    "<< '' | attr('__class__') >>",
    "<< index | map(attribute='__class__') | first >>",
    "<< '{0.__class__}'.format('') >>",
    "<< ('{0.__class__}' | attr('format'))('') >>",
    "<< '{0.__class__.__init__.__globals__}'.format(name) >>",
    "<< name.__globals__ >>",
    "<< cycler.__init__.__globals__.os.system('touch outside') >>",
    "<< lipsum.__globals__['os'].popen('touch outside').read() >>",
    "<< joiner.__init__.__globals__ >>",
    "<< self._TemplateReference__context >>",
    "<< index.append(1) >>",
    "<< index.clear() >>",
    "<< range(1000000000) | length >>",
    "<% include '/etc/passwd' %>",
    "<% include '../outside.jinja' %>",
    "<% include 'a/../../outside.jinja' %>",
    "<% import 'os' as os %>",
    "<% include 'secret.jinja' %>",
    "<% include 'pipe.jinja' %>",
    "<< open('/etc/passwd').read() >>",
    "<< import_module('os') >>",
    "<% do index.append(1) %>",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_no_way_out(text: str, mine: Path) -> None:
    (mine.parent / "secret").write_text("a secret")
    (mine.parent / "outside.jinja").write_text("from outside")
    (mine / "secret.jinja").symlink_to(mine.parent / "secret")
    os.mkfifo(mine / "pipe.jinja")
    changed(
        mine,
        NAME,
        text
        + "<# include 'secret.jinja' #>"
        + "<% if 0 %><% include 'secret.jinja' %><% include 'pipe.jinja' %><% endif %>",
    )
    said = refused(mine)
    assert said[0].startswith(f"mine/latex.jinja:{LINE}:1: error: ")
    assert "a secret" not in "".join(said)


@pytest.mark.parametrize(
    "text",
    [
        "<< s.output.tensor.num.tofile('written') >>",
        "<< s.output.tensor.num.dump('written') >>",
        "<< (s.output.tensor.num | attr('tofile'))('written') >>",
        "<< ([s.output.tensor] | map(attribute='num.tofile') | first)('written') >>",
        "<< s.output.tensor.num.ctypes >>",
        "<< heading.__self__.writer >>",
        "<< heading.__func__.__globals__ >>",
        "<< s._replace(problem=1) >>",
    ],
)
def test_no_way_out_through_our_own_objects(text: str, mine: Path) -> None:
    """An array of numpy can write itself to a file."""
    (mine / "conv.jinja").write_text(text)
    assert refused(mine)[0].startswith("mine/conv.jinja:1:1: error: ")
    assert not (mine.parent / "written").exists()


def test_ones_own_link_to_a_template_is_followed(mine: Path) -> None:
    (mine.parent / "outside.jinja").write_text(LATEX.replace(VAL, "Y"), "utf-8")
    (mine / "latex.jinja").symlink_to(mine.parent / "outside.jinja")
    result = run_cli("conv", PROBLEM, "-f", "latex", "--template", str(mine))
    assert result.code == 0
    assert b"Y_{[1,1]}" in result.out


def test_a_title_is_never_a_template(mine: Path, tmp_path: Path) -> None:
    changed(mine, VAL, "Y")
    title = "<< 7 * 7 >> <% include '/etc/passwd' %>"
    (tmp_path / "p.json").write_text(f'{{"type": "conv", "title": "{title}", "input": [[1]], "kernel": [[1]]}}')
    out = run_cli("conv", str(tmp_path / "p.json"), "-f", "latex", "--template", str(mine)).out.decode()
    assert "7 * 7" in out
    assert "root:" not in out
