"""TAB in real shells, in a pseudo-terminal: what the line becomes, and what is listed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnsteps.cli import shells
from cnnsteps.cli.command_tree import Command, Flag, Values, every, tree
from cnnsteps.cli.program import program
from tests.running import run_cli
from tests.tabs import Shell
from tests.tools import lacking

BASH_COMPLETION = Path("/usr/share/bash-completion/bash_completion")
LOAD = {
    "bash": 'eval "$(cnnsteps completion bash)"',
    "bash-completion": f'. {BASH_COMPLETION}; eval "$(cnnsteps completion bash)"',
    "fish": "cnnsteps completion fish | source",
    "zsh": 'eval "$(cnnsteps completion zsh)"',
}
FILES = ["hw1.json", "it$.json", "my hw.json", "net.onnx", "notes.txt", "sheets/a.json"]
ROOT = tree(program)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "sheets").mkdir()
    for name in FILES:
        (folder / name).touch()
    return folder


@pytest.fixture(scope="module", params=LOAD)
def shell(request: pytest.FixtureRequest, folder: Path) -> Iterator[Shell]:
    if request.param == "bash-completion" and not BASH_COMPLETION.exists():
        lacking("bash-completion")
    found = Shell(request.param.split("-")[0], folder, LOAD[request.param])
    yield found
    found.close()


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("conv-", "conv-transpose"),
        ("--v", "--version"),
        ("completion z", "completion zsh"),
        ("conv my", r"conv my\ hw.json"),
        ("conv it", r"conv it\$.json"),
        ("conv sheets/", "conv sheets/a.json"),
        ("conv ~/h", "conv ~/hw1.json"),
        ("size n", "size net.onnx"),
        ("conv -f la", "conv -f latex"),
        ("conv --format=j", "conv --format=json"),
        ("conv -f json hw1.json --flavor g", "conv -f json hw1.json --flavor github"),
        ("conv hw1.json -o not", "conv hw1.json -o notes.txt"),
        ("walk --record not", "walk --record notes.txt"),
        ("conv --template ", "conv --template sheets/"),
        ("solve --answer-only hw", "solve --answer-only hw1.json"),
    ],
)
def test_what_is_clear_is_completed(typed: str, line: str, shell: Shell) -> None:
    found, _ = shell.tab(f"cnnsteps {typed}")
    assert found == f"cnnsteps {line}"


@pytest.mark.parametrize(
    ("typed", "listed", "not_listed"),
    [
        ("", [child.path[-1] for child in ROOT.commands], ["hw1.json"]),
        ("conv ", ["hw1.json", "hw.json", "sheets/"], ["notes.txt", "net.onnx"]),
        ("network ", ["hw1.json", "hw.json", "net.onnx", "sheets/"], ["notes.txt"]),
        ("conv -f ", ["terminal", "latex", "markdown", "json"], ["hw1.json"]),
        ("conv -f json ", ["hw1.json", "sheets/"], ["latex", "notes.txt"]),
        ("conv -o n", ["net.onnx", "notes.txt"], ["hw1.json"]),
        ("conv hw1.json --index-base ", ["0", "1"], ["hw1.json"]),
        ("completion ", ["bash", "fish", "zsh"], ["hw1.json"]),
        ("conv -", ["--format", "--cells", "--help"], ["--input-shape", "hw1.json"]),
        ("size --", ["--format", "--input-shape"], ["--version", "hw1.json"]),
    ],
)
def test_what_is_open_is_listed(typed: str, listed: list[str], not_listed: list[str], shell: Shell) -> None:
    _, lines = shell.tab(f"cnnsteps {typed}")
    words = [word.replace("\\", "") for line in lines for word in line.split()]
    assert [word for word in listed if word not in words] == []
    assert [word for word in not_listed if word in words] == []


def made_up() -> Command:
    """Commands under commands, two arguments, and an option that takes another thing elsewhere."""
    name, copy_of = Values("NAME"), Values("FORMAT", ("latex", "markdown"))
    into, show = Flag(("--as",), "What: [so] it's $HOME.", Values("DIR", takes="folder")), ("cnnsteps", "t", "show")
    other = Flag(("--as",), "Else.", Values("WORD", ("left", "right")))
    leaves = (
        Command(("cnnsteps", "t", "copy"), "Copies.", "", "", (into,), (copy_of, Values("DIR", takes="folder")), ()),
        Command(show, "Shows: all.", "", "", (other,), (name,), ()),
    )
    group = Command(("cnnsteps", "t"), "Templates.", "", "", (), (), leaves)
    return Command(("cnnsteps",), "All.", "", "", (), (), (group,))


@pytest.mark.parametrize("name", ["bash", "fish", "zsh"])
def test_commands_under_commands(name: str, folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(shells.load(name).script(made_up()))
    shell = Shell(name, folder, f"source {shlex.quote(str(script))}")
    try:
        assert shell.tab("cnnsteps t c")[0] == "cnnsteps t copy"
        assert shell.tab("cnnsteps t copy m")[0] == "cnnsteps t copy markdown"
        assert shell.tab("cnnsteps t copy latex s")[0] == "cnnsteps t copy latex sheets/"
        assert shell.tab("cnnsteps t copy --as s")[0] == "cnnsteps t copy --as sheets/"
        assert shell.tab("cnnsteps t show --as l")[0] == "cnnsteps t show --as left"
    finally:
        shell.close()


def test_every_shell_has_its_choice() -> None:
    (completion,) = [command for command in ROOT.commands if command.name == "completion"]
    assert list(completion.arguments[0].words) == shells.names()


@pytest.mark.parametrize("name", shells.names())
def test_every_command_and_option_is_there(name: str) -> None:
    result = run_cli("completion", name)
    assert (result.code, result.err) == (0, b"")
    text = result.out.decode()
    for command in every(ROOT):
        assert command.path[-1] in text
        for flag in command.flags:
            assert flag.names[-1].lstrip("-") in text


def test_another_shell() -> None:
    result = run_cli("completion", "tcsh")
    assert (result.code, result.out) == (2, b"")
    assert b"'tcsh' is not one of 'bash', 'fish', 'zsh'" in result.err
