"""`cnnsteps schema`: every sample fits it, and what the program refuses does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cnnsteps.problems.schema import problem_schema
from tests.mistakes import GIVEN, KERNEL, conv, pool
from tests.running import SAMPLES, run_cli
from tests.tools import need

ALL = sorted(SAMPLES.glob("*.json"))
BAD = {
    "no type": f"{{{GIVEN}, {KERNEL}}}",
    "another type": '{"type": "conv2d", "input": [[1]], "kernel": [[1]]}',
    "no kernel": f'{{"type": "conv", {GIVEN}}}',
    "an unknown key": conv(more='"subsample": 1'),
    "true in a matrix": conv('"input": [[1, true], [3, 4]]'),
    "a word in quotes": conv('"input": [["5,0"]]'),
    "divided by zero": conv('"input": [["1/0"]]'),
    "an empty matrix": conv('"input": []'),
    "stride 0": conv(more='"stride": 0'),
    "stride 1.5": conv(more='"stride": 1.5'),
    "padding -1": conv(more='"padding": [[0, -1], [0, 0]]'),
    "padding same-ish": conv(more='"padding": "SAMEISH"'),
    "dims 4": conv(more='"dims": 4'),
    "flip 2": conv(more='"flip": 2'),
    "title 5": conv(more='"title": 5'),
    "a pool's mode": pool('"kernel_size": 2, "mode": "avrg"'),
    "a pool without a window": pool('"mode": "max"'),
    "a pool that is not global": pool('"global": false'),
    "no object": "[]",
}
GOOD = {
    "a fraction": conv('"input": [["1/3", "-2/6"], [1e3, -0.5]]'),
    "all padding": conv(more='"padding": [[0, 1], [1, 0]]'),
    "a word": conv(more='"padding": "same_lower", "bias": "1/2", "flip": true'),
    "a list": conv(more='"stride": [1, 2], "bias": [1]'),
    "a global pool": pool('"global": true'),
    "an adaptive pool": pool('"output_size": 1'),
    "a pool that is not global": pool('"global": false, "kernel_size": 1'),
    "a pool": pool('"kernel_size": [2, 2], "count_include_pad": false, "mode": "average"'),
}


def validator() -> Any:
    need("jsonschema")
    from jsonschema import Draft202012Validator

    schema = json.loads(run_cli("schema").out)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_schema_is_printed_as_it_is() -> None:
    printed = run_cli("schema")
    assert (printed.code, printed.err) == (0, b"")
    assert json.loads(printed.out) == problem_schema()
    assert printed.out.decode().isprintable() or "\n" in printed.out.decode()


@pytest.mark.parametrize("file", ALL, ids=[file.stem for file in ALL])
def test_samples(file: Path) -> None:
    assert list(validator().iter_errors(json.loads(file.read_text()))) == []


@pytest.mark.parametrize("name", GOOD)
def test_good_ones(name: str) -> None:
    assert list(validator().iter_errors(json.loads(GOOD[name]))) == []
    assert run_cli("solve", "-", stdin=GOOD[name].encode()).code == 0


@pytest.mark.parametrize("name", BAD)
def test_bad_ones(name: str) -> None:
    assert list(validator().iter_errors(json.loads(BAD[name])))
    assert run_cli("solve", "-", stdin=BAD[name].encode()).code == 2
