"""What is typed is taken by its meaning: formats, suffixes, colours, `help`, a file alone, and what hints say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnsteps.cli.command_tree import every, tree
from cnnsteps.cli.hints import COMMANDS, OPTIONS, near
from cnnsteps.cli.program import program
from cnnsteps.options import ALSO_FORMATS, FORMATS, SUFFIXES, CommandOptions, declared
from cnnsteps.problems import types
from tests.running import SAMPLES, run_cli
from tests.screens import shoot
from tests.tools import need

SAMPLE = str(SAMPLES / "conv-padding.json")
WRONG = str(SAMPLES / "homework" / "one-wrong.md")
ESCAPE = b"\x1b["


def said(*args: str) -> list[str]:
    """A refusal's lines; nothing on standard output."""
    done = run_cli(*args)
    assert (done.code, done.out) == (2, b"")
    return done.err.decode().splitlines()


class TestFormats:
    @pytest.mark.parametrize("word", [*ALSO_FORMATS, *map(str.upper, ("latex", "md", "Json"))])
    def test_another_word_is_the_same_format(self, word: str) -> None:
        plain = ALSO_FORMATS.get(word.lower(), word.lower())
        assert run_cli("conv", SAMPLE, "-f", word) == run_cli("conv", SAMPLE, "-f", plain)

    def test_they_stand_for_formats_and_are_none(self) -> None:
        assert set(ALSO_FORMATS.values()) <= set(FORMATS)
        assert not set(ALSO_FORMATS) & set(FORMATS)

    @pytest.mark.parametrize("name", ["out.pdf", "out.docx", "out.html", "out.x", "a.tex.bak", "o\x1b.\x1b[31m"])
    @pytest.mark.parametrize("command", [("conv", SAMPLE), (SAMPLE,), ("network", "nothing.json")])
    def test_an_unknown_suffix_is_said_first(self, name: str, command: tuple[str, ...], tmp_path: Path) -> None:
        done = run_cli(*command, "-o", name, cwd=tmp_path)
        assert (done.code, done.out, list(tmp_path.iterdir())) == (2, b"", [])
        first, hint = done.err.decode().splitlines()
        assert first.endswith(f"; they have {SUFFIXES}")
        assert "no format has the suffix ." in first
        assert hint.startswith("hint: -f says the format")
        assert "\x1b" not in first

    def test_the_format_goes_before_an_unknown_suffix(self, tmp_path: Path) -> None:
        assert run_cli("conv", SAMPLE, "-o", "out.bak", "-f", "tex", cwd=tmp_path) == (0, b"", b"")
        assert (tmp_path / "out.bak").read_text().startswith("\\documentclass")

    @pytest.mark.parametrize("name", ["out", "out.", ".json", "a.b/out"])
    def test_without_a_suffix_it_is_text(self, name: str, tmp_path: Path) -> None:
        (tmp_path / "a.b").mkdir()
        assert run_cli("conv", SAMPLE, "-o", name, cwd=tmp_path).code == 0
        assert (tmp_path / name).read_bytes() == run_cli("conv", SAMPLE).out

    @pytest.mark.parametrize(("option", "name"), [("--svg", "step.png"), ("--record", "walk.mp4")])
    def test_the_walks_own_files(self, option: str, name: str, tmp_path: Path) -> None:
        done = run_cli("walk", SAMPLE, option, name, cwd=tmp_path)
        assert (done.code, list(tmp_path.iterdir())) == (2, [])
        assert f"{name[name.index('.') :]} is the suffix of another kind" in done.err.decode()

    @pytest.mark.parametrize(
        ("name", "form"),
        [("report.md", "markdown"), ("report.json", "json"), ("report.tex", "latex"), ("report.txt", "terminal")],
    )
    def test_a_report_has_the_format_of_its_suffix(self, name: str, form: str, tmp_path: Path) -> None:
        (tmp_path / "one.md").write_bytes(Path(WRONG).read_bytes())
        assert run_cli("check", "one.md", "-o", name, cwd=tmp_path).code == 1
        assert (tmp_path / name).read_bytes() == run_cli("check", "one.md", "-f", form, cwd=tmp_path).out

    def test_a_report_under_a_false_name(self, tmp_path: Path) -> None:
        done = run_cli("check", WRONG, "-o", "report.pdf", cwd=tmp_path)
        assert (done.code, list(tmp_path.iterdir())) == (2, [])
        assert b"no report has the suffix .pdf; they have .txt, .json, .md, .tex" in done.err

    def test_a_corrected_document_has_its_own_suffix(self, tmp_path: Path) -> None:
        assert run_cli("check", WRONG, "--fix", "-o", "right.rst", cwd=tmp_path).code == 0
        assert b"= 9" in (tmp_path / "right.rst").read_bytes()


class TestFileAlone:
    @pytest.mark.parametrize("options", [(), ("--answer-only",), ("-f", "json", "--index-base", "0")])
    def test_it_is_solved(self, options: tuple[str, ...]) -> None:
        assert run_cli(SAMPLE, *options) == run_cli("solve", SAMPLE, *options)

    def test_from_standard_input(self) -> None:
        assert run_cli("-", stdin=Path(SAMPLE).read_bytes()) == run_cli("solve", SAMPLE)

    def test_whatever_it_is_called(self, tmp_path: Path) -> None:
        (tmp_path / "homework").write_bytes(Path(SAMPLE).read_bytes())
        assert run_cli("homework", cwd=tmp_path).out == run_cli("solve", SAMPLE).out

    def test_a_command_goes_before_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "schema").write_bytes(Path(SAMPLE).read_bytes())
        assert run_cli("schema", cwd=tmp_path) == run_cli("schema")

    def test_one_that_is_not_there(self, tmp_path: Path) -> None:
        (tmp_path / "homework.json").write_text("{}")
        done = run_cli("homwork.json", cwd=tmp_path)
        assert done.err.decode().splitlines() == [
            "homwork.json:1:1: error: there is no such file", "hint: did you mean homework.json?",
        ]  # fmt: skip

    def test_options_before_it(self) -> None:
        assert said("-f", "json", SAMPLE)[0].endswith("before the command: write `cnnsteps solve FILE -f …`.")
        assert said("--no-color", "conv", SAMPLE)[0].endswith("write `cnnsteps solve FILE --no-color …`.")


class TestHelp:
    @pytest.mark.parametrize("command", list(every(tree(program))), ids=lambda command: command.name or "cnnsteps")
    def test_it_is_what_the_option_says(self, command: object) -> None:
        path = list(getattr(command, "path"))[1:]  # noqa: B009
        assert run_cli("help", *path) == run_cli(*path, "--help")

    def test_of_no_command(self) -> None:
        assert said("help", "convolution")[0] == "cnnsteps: error: No such command 'convolution'. Did you mean 'conv'?"


NEVER = [("--color", "never"), ("--no-color",), ("--color=NEVER",), ("--color", "always", "--no-color")]


class TestColors:
    """auto as ever, always on a pipe and in a file, never on a terminal."""

    @pytest.mark.parametrize("command", [("conv", SAMPLE), ("check", WRONG)], ids=["conv", "check"])
    def test_on_a_pipe_and_on_a_terminal(self, command: tuple[str, ...]) -> None:
        need("pyte")
        assert ESCAPE not in run_cli(*command).out
        assert ESCAPE not in run_cli(*command, "--color", "auto").out
        colored = run_cli(*command, "--color", "always").out
        assert ESCAPE in colored
        assert re.sub(rb"\x1b\[[0-9;]*m", b"", colored) == run_cli(*command).out
        assert "\x1b[" in shoot(*command).raw
        for never in NEVER:
            assert "\x1b" not in shoot(*command, *never).raw

    @pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}])
    def test_what_is_asked_for_goes_before_the_environment(self, env: dict[str, str]) -> None:
        for command in (("conv", SAMPLE), ("check", WRONG)):
            assert ESCAPE in run_cli(*command, "--color", "always", env=env).out
            assert "\x1b[" not in shoot(*command, env={**env, "NO_COLOR": "1"}).raw

    def test_in_a_file(self, tmp_path: Path) -> None:
        for option, colored in (("auto", False), ("always", True)):
            run_cli("conv", SAMPLE, "-o", "out.txt", "--color", option, cwd=tmp_path)
            assert (ESCAPE in (tmp_path / "out.txt").read_bytes()) is colored

    @pytest.mark.parametrize("form", ["latex", "markdown", "json", "ipynb"])
    def test_other_formats_have_none(self, form: str) -> None:
        assert run_cli("conv", SAMPLE, "-f", form, "--color", "always") == run_cli("conv", SAMPLE, "-f", form)

    def test_the_walk_as_text(self) -> None:
        plain, colored = run_cli("walk", SAMPLE).out, run_cli("walk", SAMPLE, "--color", "always").out
        assert ESCAPE not in plain
        assert b"\x1b[38;" in colored or b"\x1b[36m" in colored
        assert run_cli("walk", SAMPLE, "--no-color").out == plain

    def test_the_walks_picture(self, tmp_path: Path) -> None:
        for options, greys in (((), False), (("--no-color",), True)):
            run_cli("walk", SAMPLE, "--svg", "step.svg", *options, cwd=tmp_path)
            fills = re.findall(r"fill: #(......)", (tmp_path / "step.svg").read_text("utf-8"))
            # The background itself is not quite grey.
            assert all(max(part) - min(part) <= 6 for part in map(bytes.fromhex, fills)) is greys

    @pytest.mark.parametrize("command", [
        ("schema",), ("completion", "bash"), ("explain", "--all"), ("templates",), ("templates", "list"),
        ("templates", "show", "relu"), ("help", "conv"),
    ], ids=" ".join)  # fmt: skip
    def test_what_prints_no_colours_takes_them_all_the_same(self, command: tuple[str, ...]) -> None:
        plain = run_cli(*command)
        for options in (("--color", "always"), ("--no-color",), ("--color=auto",)):
            assert run_cli(*command, *options) == plain
        assert said(*command, "--color", "sometimes")[0].endswith("is not one of 'auto', 'always', 'never'.")


class TestHints:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("convolution", "conv"), ("Conv2d", "conv"), ("maxpool", "pool"), ("deconvolution", "conv-transpose"),
            ("dense", "linear"), ("BatchNorm2d", "batch-norm"), ("verify", "check"), ("steps", "walk"),
            ("cnov", "conv"), ("batchnorm", "batch-norm"), ("completions", "completion"), ("manual", "help"),
            ("conv_transpose", "conv-transpose"),
        ],
    )  # fmt: skip
    def test_commands(self, typed: str, meant: str) -> None:
        assert said(typed, "x")[0] == f"cnnsteps: error: No such command '{typed}'. Did you mean '{meant}'?"

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("--steps", "--cells"), ("--lang", "--language"), ("--decimals", "--digits"), ("--out", "--output"),
            ("--no-steps", "--answer-only"), ("--latex", "--format"), ("--formt", "--format"), ("--colour", "--color"),
            ("--hlep", "--help"), ("--index_base", "--index-base"), ("--base", "--index-base"),
        ],
    )  # fmt: skip
    def test_options(self, typed: str, meant: str) -> None:
        assert (
            said("conv", SAMPLE, typed)[0] == f"cnnsteps conv: error: No such option '{typed}'. Did you mean '{meant}'?"
        )

    @pytest.mark.parametrize("args", [("conv", SAMPLE, "--zzz"), ("zzz", "x"), ("products", SAMPLE)])
    def test_nothing_is_better_than_nonsense(self, args: tuple[str, ...]) -> None:
        assert "Did you mean" not in said(*args)[0]

    def test_no_meaning_is_told_twice(self) -> None:
        """An option's own name is no other's meaning, nor is one of a command."""
        names = {name.replace("_", "-") for name in declared(CommandOptions)}
        words = [word for words in OPTIONS.values() for word in words]
        assert len(words) == len(set(words))
        assert not names & set(words)
        assert OPTIONS.keys() <= names
        general = [word for words in COMMANDS.values() for word in words]
        assert len(general) == len(set(general))
        of_types = {word for words in types.aliases().values() for word in words}
        assert not (of_types | set(COMMANDS)) & set(general)

    def test_each_is_found_by_its_meaning(self) -> None:
        for name, words in OPTIONS.items():
            assert [near(f"--{word}", OPTIONS) for word in (name, *words)] == [name] * (1 + len(words))
