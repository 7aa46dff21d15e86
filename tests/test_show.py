"""`"show"` in a problem file: how its solution looks, from every face; the command line goes before it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnnsteps
from cnnsteps.options import LOOKS
from cnnsteps.problems.schema import problem_schema
from tests.running import run_cli
from tests.tools import need

THIRDS: dict[str, Any] = {"type": "conv", "input": [[1, 2], [3, 4]], "kernel": [["1/3"]]}
CHOSEN: dict[str, Any] = {
    "answer_only": True, "cells": "2,1", "index_base": 0, "digits": 2, "language": "de", "whole": True,
    "numbers": "decimals",
}  # fmt: skip
"""A value of each option other than what is there unless told."""
UNTOLD = {
    "cells": None,
    "digits": None,
    "whole": None,
    "language": "en",
    "index_base": 1,
    "answer_only": False,
    "numbers": "as-written",
}


def shown(show: object) -> bytes:
    """A problem file with this."""
    return json.dumps({**THIRDS, "show": show}).encode()


def arguments(name: str, value: object) -> list[str]:
    flag = f"--{name.replace('_', '-')}"
    return [flag] if value is True else [flag, str(value)]


def test_every_option_that_says_how_it_looks_is_tried_here() -> None:
    assert set(LOOKS) <= set(CHOSEN)


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("format", ["terminal", "latex"])
def test_an_entry_is_as_the_option_on_the_command_line(name: str, format: str) -> None:
    value = CHOSEN[name]
    told = run_cli("solve", "-", "-f", format, *arguments(name, value), stdin=json.dumps(THIRDS).encode())
    kept = run_cli("solve", "-", "-f", format, stdin=shown({name: value}))
    assert (kept.code, kept.err) == (0, b"")
    assert kept.out == told.out


def test_the_command_line_goes_before_the_file() -> None:
    own = run_cli("solve", "-", "--digits", "1", "--language", "zh", stdin=shown({"digits": 4, "language": "de"}))
    told = run_cli("solve", "-", "--digits", "1", "--language", "zh", stdin=json.dumps(THIRDS).encode())
    assert own == told
    again = run_cli("solve", "-", "--index-base", "1", "-f", "json", stdin=shown({"index_base": 0}))
    assert json.loads(again.out)["problems"][0]["steps"][0]["index"] == [1, 1], "although 1 is the default"


def test_every_mistake_in_it_is_located_and_has_its_next_move(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(
        '{"type": "relu", "input": [1],\n "show": {"digitz": 1,\n  "format": "latex",\n  "language": 3,\n'
        '  "digits": 1001,\n  "index_base": 2,\n  "answer_only": "yes"}}'
    )
    done = run_cli("solve", str(path))
    entries = ", ".join(LOOKS)
    assert (done.code, done.out) == (2, b"")
    assert done.err.decode().replace(str(path), "p.json").splitlines() == [
        'p.json:2:11: error: show has no entry "digitz"',
        "hint: did you mean digits?",
        'p.json:3:3: error: show has no entry "format"',
        f"hint: --format is said on the command line alone; show has {entries}",
        "p.json:4:15: error: language is 3, but it is a text",
        "p.json:5:13: error: digits is 1001, but it is a whole number from 0 to 1000",
        "p.json:6:17: error: index_base is 2, but it is 0 or 1",
        'p.json:7:18: error: answer_only is "yes", but it is true or false',
    ]


@pytest.mark.parametrize("command", ["solve", "walk"])
def test_cells_that_there_are_not_are_the_files_mistake(command: str) -> None:
    done = run_cli(command, "-", stdin=shown({"cells": "1,3"}))
    column = shown({"cells": "1,3"}).index(b'"1,3"') + 1
    assert (
        done.err.decode() == f"<stdin>:1:{column}: error: cells '1,3': 3 lies outside 1:2, the answer's indices there\n"
    )
    assert done.code == 2
    own = run_cli(command, "-", "--cells", "3,1", stdin=shown({"cells": "1,3"}))
    assert own.err.startswith(b"cnnsteps: error: --cells '3,1': 3 lies outside"), own.err


def test_a_language_that_there_is_not_is_the_files_mistake() -> None:
    done = run_cli("solve", "-", stdin=shown({"language": "dee"}))
    assert done.err.startswith(b"<stdin>:1:"), done.err
    assert b"language is 'dee', and there is no such words file\nhint: did you mean de?" in done.err


@pytest.mark.parametrize("show", [3, "low", ["digits"], None])
def test_what_is_no_object_is_said_so(show: object) -> None:
    done = run_cli("solve", "-", stdin=shown(show))
    assert b"error: show is " in done.err
    assert b'hint: write it like "show": {"digits": 2}; it has ' in done.err


def test_a_layer_has_none_of_its_own() -> None:
    network = {"type": "network", "input": [[1]], "layers": [{"type": "relu", "show": {"digits": 2}}]}
    done = run_cli("solve", "-", stdin=json.dumps(network).encode())
    assert b'a relu problem has no key "show"' in done.err
    assert b"hint: it stands beside a whole problem's keys, and holds for all of its layers" in done.err


def test_a_networks_holds_for_its_layers() -> None:
    network = {"type": "network", "input": [["1/3"]], "layers": [{"type": "relu"}], "show": {"digits": 2}}
    done = run_cli("solve", "-", stdin=json.dumps(network).encode())
    assert "max(0, 0.33) ≈ 0.33" in done.out.decode()


def test_python_renders_a_file_as_it_asks_and_as_the_caller_does(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(shown({"digits": 2, "index_base": 0}))
    loaded, plain = cnnsteps.load(path), cnnsteps.solve(THIRDS)
    assert loaded.render("markdown") == plain.render("markdown", digits=2, index_base=0)
    assert loaded.render("markdown", digits=3) == plain.render("markdown", digits=3, index_base=0)
    assert loaded.render("json") == plain.render("json", index_base=0)
    assert str(loaded.steps[1, 1]) == "Val[1,1] ≈ 4×0.33 ≈ 1.33"
    assert "Val[1,1] ≈ 4×0.33 ≈ 1.33" in str(loaded)
    assert r"{Val}_ {[1,1]} &\approx" in loaded._repr_markdown_()
    solved = cnnsteps.solve({**THIRDS, "show": {"digits": 2, "cells": "2,2"}})
    assert "Val[2,2]" in str(solved)
    assert "Val[1,1]" not in str(solved)


def test_the_walk_takes_what_is_its_own() -> None:
    done = run_cli("walk", "-", stdin=shown({"digits": 3, "language": "de", "answer_only": True, "cells": "2,2"}))
    assert done.code == 0, done.err
    assert "Val[2,2] ≈ 4×0.333 ≈ 1.333" in done.out.decode()
    assert "step 1 of 1" in done.out.decode()


def test_the_schema_knows_every_entry() -> None:
    need("jsonschema")
    from jsonschema import Draft202012Validator

    valid = Draft202012Validator(problem_schema()).is_valid
    for name, value in CHOSEN.items():
        assert valid({**THIRDS, "show": {name: value}}), name
        assert valid({**THIRDS, "show": {name: UNTOLD[name]}}), name
        assert not valid({**THIRDS, "show": {name: [value]}}), name
    assert valid({**THIRDS, "show": CHOSEN})
    mistakes: list[Any] = [{"digts": 2}, {"digits": -1}, {"digits": "two"}, {"index_base": 2}, {"format": "latex"}, []]
    for wrong in mistakes:
        assert not valid({**THIRDS, "show": wrong}), wrong
