"""Wrong problem files: every mistake in one run, each in its place and in the user's words."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from cnnsteps.cli.program import main
from tests.misspelled import BYTES, SYNTAX
from tests.mistakes import GIVEN, KEYS, LONG, MATRICES, SETTINGS, Wrong, conv
from tests.running import FORMATS, run_cli

ALL = [*MATRICES, *LONG, *SETTINGS, *KEYS, *SYNTAX, *BYTES]
OLD = b"what was there before"


class Attempt:
    """Solves a file over an older answer, in this process; the folder holds nothing else before and after."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.folder, self.capture = folder, capture

    def __call__(self, content: str | bytes) -> list[str]:
        """What was said, its place without the file's name; nothing but errors and hints."""
        (self.folder / "hw.json").write_bytes(content if isinstance(content, bytes) else content.encode())
        (self.folder / "old.tex").write_bytes(OLD)
        code = main(["solve", "hw.json", "-o", "old.tex"])
        out, err = self.capture.readouterr()
        assert (code, out) == (2, b"")
        assert sorted(p.name for p in self.folder.iterdir()) == ["hw.json", "old.tex"]
        assert (self.folder / "old.tex").read_bytes() == OLD
        said = err.decode().splitlines()
        assert all(re.match(r"hw\.json:[0-9]+:[0-9]+: error: |hint: ", line) for line in said), said
        return [line.removeprefix("hw.json:").replace(" error:", "", 1) for line in said]


@pytest.fixture
def attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Attempt:
    monkeypatch.chdir(tmp_path)
    return Attempt(tmp_path, capfdbinary)


def fits(line: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace("…", ".*"), line) is not None or line == pattern


@pytest.mark.parametrize("wrong", ALL, ids=[wrong.name for wrong in ALL])
def test_all_mistakes_are_told(wrong: Wrong, attempt: Attempt) -> None:
    said = attempt(wrong.text)
    assert len(said) == len(wrong.said), said
    for line, pattern in zip(said, wrong.said, strict=True):
        assert fits(line, pattern), f"{line!r} is not {pattern!r}"


@pytest.mark.parametrize("wrong", [*MATRICES, *SETTINGS, *KEYS, *SYNTAX], ids=lambda wrong: wrong.name)
def test_windows_files_say_the_same(wrong: Wrong, attempt: Attempt) -> None:
    text = wrong.text if isinstance(wrong.text, str) else wrong.text.decode()
    marked = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert attempt(marked) == attempt(text)


def test_byte_order_mark_and_crlf_are_fine(tmp_path: Path) -> None:
    (tmp_path / "hw.json").write_bytes(b"\xef\xbb\xbf" + conv().replace("\n", "\r\n").encode())
    assert run_cli("conv", "hw.json", "-f", "json", cwd=tmp_path).code == 0


FLOODS = {
    "NaN": conv('"input": [[' + ", ".join(["NaN"] * 200_000) + "]]"),
    "strings": conv('"input": [[' + ", ".join(['"x"'] * 200_000) + "]]"),
    "ragged": conv('"input": [' + ", ".join(["[1, 2], [1]"] * 100_000) + "]"),
    "keys": '{"type": "conv", ' + ", ".join(f'"k{i}": 1' for i in range(200_000)) + "}",
    "duplicates": '{"type": "conv", ' + ", ".join(['"k": 1'] * 200_000) + "}",
    "commas": '{"type": [' + "," * 200_000,
}


@pytest.mark.parametrize("text", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_of_mistakes_is_cut(text: str, attempt: Attempt) -> None:
    said = [line for line in attempt(text) if not line.startswith("hint: ")]
    assert len(said) == 101
    assert said[-1].endswith(": these are the first 100 mistakes; there are more")
    assert len(set(said)) == 101


ENDS = {
    ",\n]": "1001:5001: a comma before the closing ']'",
    ',\n["x"' + ", 1" * 999 + "]]": '1002:2: input: "x" is a string, not a number',
    ",\n[1]]": "1002:1: input: row 1001 has 1 value, the others have 1000",
}


@pytest.mark.parametrize("end", ENDS, ids=["comma", "string", "ragged"])
def test_a_large_file_with_one_mistake_at_its_end(end: str, attempt: Attempt) -> None:
    row = "[" + ", ".join(["123"] * 1000) + "]"
    began = time.process_time()
    said = attempt('{"type": "conv", "kernel": [[1]], "input": [\n' + ",\n".join([row] * 1000) + end + "}")
    assert said[0] == ENDS[end]
    assert time.process_time() - began < 10


PROBLEMS = {
    "conv": conv(more='"KEY": NUMBER'),
    "conv 1×1": conv(kernel='"kernel": [[1]]', more='"KEY": NUMBER'),
    "pool": '{"type": "pool", "kernel_size": 1, "KEY": NUMBER, ' + GIVEN + "}",
    "size": '{"type": "size", "input": NUMBER, "kernel": 3, "KEY": NUMBER}',
}


@pytest.mark.parametrize("key", ["stride", "padding", "dilation"])
@pytest.mark.parametrize("places", [18, 19, 30, 999])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_numbers_beyond_any_machine(
    problem: str, key: str, places: int, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "hw.json").write_text(PROBLEMS[problem].replace("KEY", key).replace("NUMBER", str(10**places)))
    code = main(["solve", str(tmp_path / "hw.json")])
    err = capfdbinary.readouterr().err
    assert code in (0, 2), err
    assert b"Python int" not in err


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

    def test_what_never_ends(self, tmp_path: Path) -> None:
        found = run_cli("conv", "/dev/zero", cwd=tmp_path)
        assert (found.code, found.out) == (2, b"")
        assert found.err.startswith(b"/dev/zero:1:1: error: there is no end after 1,000,000,000 bytes\n")

    def test_more_than_the_machine_has(self, tmp_path: Path) -> None:
        (tmp_path / "hw.json").write_text('{"type": "conv", "input": [[1]], "kernel": [[1]], "padding": 1000000}')
        found = run_cli("conv", "hw.json", "--max-cells", str(10**14), cwd=tmp_path)
        assert found == (3, b"", b"cnnsteps: error: not enough memory for this problem\n")

    def test_names_are_shown_and_not_sent(self, tmp_path: Path) -> None:
        said = self.refusal("conv", "a\x1b[31m\nb\u202e.json", cwd=tmp_path)
        assert said == [r"a\x1b[31m\nb\u202e.json:1:1: error: there is no such file"]

    def test_another_kind(self, tmp_path: Path) -> None:
        (tmp_path / "hw.json").write_text(conv())
        assert self.refusal("pool", "hw.json", cwd=tmp_path) == [
            "hw.json:1:10: error: this is a conv problem, and the command is pool",
            "hint: use `cnnsteps conv` or `cnnsteps solve`",
        ]


@pytest.mark.parametrize("format_", FORMATS)
def test_titles_are_shown_and_not_sent(format_: str, tmp_path: Path) -> None:
    title = r"a\u001b[31m \ud800 \ue000\ue100 \udb80\udc00 \udbff\udffd \u202e \u0000 {{7*7}} <<x>> [b]"
    (tmp_path / "hw.json").write_text(conv(more=f'"title": "{title}"'))
    result = run_cli("solve", "hw.json", "-f", format_, cwd=tmp_path)
    assert (result.code, result.err) == (0, b"")
    text = result.out.decode()
    assert not set("\x1b\0\u202e\ue000\ue100\U000f0000\U0010fffd") & set(text)
    assert "49" not in text.splitlines()[0]
