"""Wrong problem files: every mistake in one run, each in its place and in the user's words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mistakes import GIVEN, KEYS, LONG, MATRICES, SETTINGS, Wrong, conv
from tests.misspelled import BYTES, SYNTAX
from tests.running import Result, run_cli

ALL = [*MATRICES, *LONG, *SETTINGS, *KEYS, *SYNTAX, *BYTES]
OLD = b"what was there before"


def attempt(folder: Path, content: str | bytes, *options: str) -> Result:
    """Solves a file over an older answer; the folder holds nothing else before and after."""
    (folder / "hw.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "old.tex").write_bytes(OLD)
    result = run_cli("solve", "hw.json", "-o", "old.tex", *options, cwd=folder)
    assert sorted(p.name for p in folder.iterdir()) == ["hw.json", "old.tex"]
    assert (folder / "old.tex").read_bytes() == OLD
    return result


def lines(result: Result) -> list[str]:
    """What was said, its place without the file's name; nothing but errors and hints."""
    assert (result.code, result.out) == (2, b"")
    said = result.err.decode().splitlines()
    assert all(re.match(r"hw\.json:[0-9]+:[0-9]+: error: |hint: ", line) for line in said), said
    return [line.removeprefix("hw.json:").replace(" error:", "", 1) for line in said]


def fits(line: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace("…", ".*"), line) is not None or line == pattern


@pytest.mark.parametrize("wrong", ALL, ids=[wrong.name for wrong in ALL])
def test_all_mistakes_are_told(wrong: Wrong, tmp_path: Path) -> None:
    said = lines(attempt(tmp_path, wrong.text))
    assert len(said) == len(wrong.said), said
    for line, pattern in zip(said, wrong.said, strict=True):
        assert fits(line, pattern), f"{line!r} is not {pattern!r}"


@pytest.mark.parametrize("wrong", [*MATRICES, *SETTINGS, *KEYS, *SYNTAX], ids=lambda wrong: wrong.name)
def test_windows_files_say_the_same(wrong: Wrong, tmp_path: Path) -> None:
    text = wrong.text if isinstance(wrong.text, str) else wrong.text.decode()
    marked = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert lines(attempt(tmp_path, marked)) == lines(attempt(tmp_path, text))


def test_byte_order_mark_and_crlf_are_fine(tmp_path: Path) -> None:
    (tmp_path / "hw.json").write_bytes(b"\xef\xbb\xbf" + conv().replace("\n", "\r\n").encode())
    assert run_cli("conv", "hw.json", "-f", "json", cwd=tmp_path).code == 0


FLOODS = {
    "NaN": conv('"input": [[' + ", ".join(["NaN"] * 200_000) + "]]"),
    "strings": conv('"input": [[' + ", ".join(['"5"'] * 200_000) + "]]"),
    "ragged": conv('"input": [' + ", ".join(["[1, 2], [1]"] * 100_000) + "]"),
    "keys": '{"type": "conv", ' + ", ".join(f'"k{i}": 1' for i in range(200_000)) + "}",
    "duplicates": '{"type": "conv", ' + ", ".join(['"k": 1'] * 200_000) + "}",
    "commas": '{"type": [' + "," * 200_000,
}


@pytest.mark.parametrize("text", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_of_mistakes_is_cut(text: str, tmp_path: Path) -> None:
    said = [line for line in lines(attempt(tmp_path, text)) if not line.startswith("hint: ")]
    assert len(said) == 101
    assert said[-1].endswith(": these are the first 100 mistakes; there are more")
    assert len(set(said)) == 101


def test_a_large_file_with_one_mistake_at_its_end(tmp_path: Path) -> None:
    row = "[" + ", ".join(["123"] * 1000) + "]"
    for end, expected in {
        ",\n]": "1001:1: a comma before the closing ']'",
        ',\n["5"' + ", 1" * 999 + "]]": '1002:2: input: "5" is a string, not a number',
        ",\n[1]]": "1002:1: input: row 1001 has 1 value, the others have 1000",
    }.items():
        text = '{"type": "conv", "kernel": [[1]], "input": [\n' + ",\n".join([row] * 1000) + end + "}"
        assert len(text) > 5_000_000
        said = lines(attempt(tmp_path, text))
        assert said[0] == expected.replace("1001:1: a comma", "1001:5000: a comma") or said[0] == expected


@pytest.mark.parametrize("key", ["stride", "padding", "dilation"])
@pytest.mark.parametrize("number", [10**18, 10**19, 10**30, 10**999])
def test_numbers_beyond_any_machine(key: str, number: int, tmp_path: Path) -> None:
    for problem in (
        conv(more=f'"{key}": {number}'),
        conv(kernel='"kernel": [[1]]', more=f'"{key}": {number}'),
        '{"type": "pool", '
        + GIVEN
        + f', "kernel_size": 1, "stride": 1, "{key}": {number}}}'.replace(', "stride": 1, "stride"', ', "stride"'),
        f'{{"type": "size", "input": {number}, "kernel": 3, "{key}": {number}}}',
    ):
        (tmp_path / "hw.json").write_text(problem)
        result = run_cli("solve", "hw.json", cwd=tmp_path)
        assert result.code in (0, 2), result.err
        assert b"Python int" not in result.err


class TestNames:
    """Files that can't be read at all."""

    def refusal(self, *args: str, stdin: bytes = b"", cwd: Path) -> list[str]:
        result = run_cli(*args, stdin=stdin, cwd=cwd)
        assert (result.code, result.out) == (2, b"")
        return result.err.decode().splitlines()

    def test_missing(self, tmp_path: Path) -> None:
        (tmp_path / "homework.json").write_text(conv())
        said = self.refusal("conv", "homwork.json", cwd=tmp_path)
        assert said == ["homwork.json:1:1: error: there is no such file", "hint: did you mean homework.json?"]

    def test_folder(self, tmp_path: Path) -> None:
        assert self.refusal("conv", ".", cwd=tmp_path)[0] == ".:1:1: error: this is a folder, not a problem file"

    def test_no_name(self, tmp_path: Path) -> None:
        assert self.refusal("conv", "", cwd=tmp_path) == ["'':1:1: error: the file's name is empty"]

    def test_unreadable(self, tmp_path: Path) -> None:
        (tmp_path / "hw.json").write_text(conv())
        assert self.refusal("conv", "hw.json/x", cwd=tmp_path)[0].startswith(
            "hw.json/x:1:1: error: the file can't be read"
        )

    def test_standard_input(self, tmp_path: Path) -> None:
        assert self.refusal("conv", "-", stdin=b"[", cwd=tmp_path) == [
            "<stdin>:1:2: error: the file ends inside the list that begins at line 1, column 1"
        ]

    def test_names_are_shown_and_not_sent(self, tmp_path: Path) -> None:
        said = self.refusal("conv", "a\x1b[31m\nb\u202e.json", cwd=tmp_path)
        assert said == [r"a\x1b[31m\nb\u202e.json:1:1: error: there is no such file"]

    def test_another_kind(self, tmp_path: Path) -> None:
        (tmp_path / "hw.json").write_text(conv())
        assert self.refusal("pool", "hw.json", cwd=tmp_path) == [
            "hw.json:1:10: error: this is a conv problem, and the command is pool",
            "hint: use `cnnsteps conv` or `cnnsteps solve`",
        ]


@pytest.mark.parametrize("format_", ["terminal", "latex", "markdown", "json"])
def test_titles_are_shown_and_not_sent(format_: str, tmp_path: Path) -> None:
    title = r"a\u001b[31m \ud800 \ue000\ue100 \udb80\udc00 \udbff\udffd \u202e \u0000 {{7*7}} <<x>> [b]"
    (tmp_path / "hw.json").write_text(conv(more=f'"title": "{title}"'))
    result = run_cli("solve", "hw.json", "-f", format_, cwd=tmp_path)
    assert (result.code, result.err) == (0, b"")
    text = result.out.decode()
    assert not set("\x1b\0\u202e\ue000\ue100\U000f0000\U0010fffd") & set(text)
    assert "49" not in text.splitlines()[0]
