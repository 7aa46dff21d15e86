"""Whatever is done to a problem file, it is solved or its mistakes are told: never a traceback, never exit 70."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cnnsteps.cli.program import main
from cnnsteps.reading.json.scanner import scan
from cnnsteps.reading.json.text import refuse, without_duplicates
from cnnsteps.reading.json.values import cached_decimal
from tests.mistakes import conv, pool

VALID = [
    conv(more='"bias": "1/3", "padding": [[1, 0], [0, 1]], "title": "a\\u00e9"'),
    '{"type": "conv", "input": [[[1, 2], [3, 4]], [[0.5, 1e1], [-1, 0]]], "kernel": [[[[1]], [[2]]]], "groups": 1}',
    '{"dims": 1, "type": "conv", "input": [1, 2, 3], "kernel": [1, 1], "flip": true, "stride": 2, "dilation": 2}',
    pool('"kernel_size": [2, 3], "padding": 1, "mode": "average", "count_include_pad": false, "ceil_mode": true'),
    '{"type": "size", "input": [3, 227, 227], "kernel": 11, "filters": 96, "stride": 4, "padding": "same_lower"}',
]
PIECES = [
    *'[]{}(),:;"\\/#0123456789.-+eE \n\t\0\x7f',
    "true",
    "null",
    "NaN",
    "1e999",
    "9" * 20,
    "9" * 400,
    "x" * 300,
    '"' + "k" * 300 + '": ',
    "é",
    "\u202e",
    "\ufeff",
    "😀",
]


class Edit(NamedTuple):
    """Some characters at a place replaced by others."""

    place: float
    length: int
    text: str


EDITS = st.lists(
    st.builds(
        Edit,
        st.floats(0, 1),
        st.integers(0, 6),
        st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8"), max_size=4).map("".join),
    ),
    min_size=1,
    max_size=5,
)


def edited(text: str, edits: list[Edit]) -> str:
    for place, length, new in edits:
        at = int(place * len(text))
        text = text[:at] + new + text[at + length :]
    return text


MOST_SAID = 400
"""Characters of an error line behind the file's name."""


def check(content: bytes, folder: Path, capture: pytest.CaptureFixture[bytes]) -> None:
    file = folder / "hw.json"
    file.write_bytes(content)
    code = main(["solve", str(file), "-f", "json", "--max-cells", "1000"])
    out, err = capture.readouterr()
    assert code in (0, 2), (content, err)
    if code == 0:
        assert json.loads(out)
        assert not err
        return
    assert not out
    said = err.decode().splitlines()
    assert said[0].startswith(f"{file}:"), said
    assert all(line.startswith((f"{file}:", "hint: ")) for line in said), said
    assert max(len(line.removeprefix(f"{file}:")) for line in said) <= MOST_SAID
    assert len(set(said) - {line for line in said if line.startswith("hint")}) == sum(
        not line.startswith("hint") for line in said
    ), "a mistake told twice"


TOLERANT = settings(
    max_examples=int(os.environ.get("FUZZ", "200")),
    suppress_health_check=[*settings().suppress_health_check, HealthCheck.function_scoped_fixture],
)


@TOLERANT
@given(st.sampled_from(VALID), EDITS)
@example(VALID[0], [Edit(0.5, 0, "[" * 300)])
def test_edited_files(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], text: str, edits: list[Edit]) -> None:
    check(edited(text, edits).encode(), tmp_path, capfdbinary)


@TOLERANT
@given(st.binary(max_size=60))
def test_any_bytes(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], data: bytes) -> None:
    check(data, tmp_path, capfdbinary)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 40)
    | st.sampled_from([10**30, 10**400, -(10**300), "y" * 300, 0.5, "1/3", "same", "max", "conv", "x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "a"]), inner, max_size=2),
    max_leaves=12,
)
KEYS = [
    "input", "kernel", "bias", "stride", "padding", "dilation", "groups", "flip", "mode", "kernel_size", "ceil_mode",
    "count_include_pad", "filters", "dims", "title", "padding_mode", "strides", "problems",
]  # fmt: skip


@TOLERANT
@given(st.sampled_from(VALID), st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=3))
def test_any_values(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], text: str, values: dict[str, object]
) -> None:
    check(json.dumps(json.loads(text) | values).encode(), tmp_path, capfdbinary)


def refused_by_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=refuse, object_pairs_hook=without_duplicates)
    except (ValueError, RecursionError):
        return True
    return False


MANY = int(os.environ.get("FUZZ", "3000"))
SOURCES = [
    *VALID,
    '{"type": "linear", "input": [1, -2, 3], "weight": [[2, 0, 1]], "bias": [1]}',
    '{"a": {"b": [true, null, []]}}',
]


def test_what_json_refuses_is_a_mistake_of_the_scanner() -> None:
    """One verdict: the scanner finds a mistake where json does, none where it does not, and then the same value."""
    refused = 0
    for seed in range(MANY):
        rng = random.Random(seed)
        text = rng.choice(SOURCES)
        for _ in range(rng.choice([1, 1, 1, 2, 4])):
            at, piece = rng.randrange(len(text) + 1), rng.choice([*PIECES, "[]", "{}", '""', "[1, 2]", "", "", "", ""])
            text = text[:at] + piece + text[at + rng.choice([0, 1, 1, 3]) :]
        scanned = scan(text)
        if refused_by_json(text):
            refused += 1
            assert scanned.mistakes, text
        elif not scanned.mistakes:
            assert scanned.value == json.loads(text, parse_float=cached_decimal), text
        else:
            assert all("digits" in mistake.message or "open" in mistake.message for mistake in scanned.mistakes), text
    assert MANY / 2 < refused < MANY


@pytest.mark.parametrize(("text", "message"), [
    ('{"weight" [[2, 0, 1]], "bias": 1}', "a colon is missing after the key weight"),
    ('{"layer" {"a": 1}, "bias": 1}', "a colon is missing after the key layer"),
    ('{"a": 4 [1, 2]}', "'[' does not belong here, after the value of a"),
    ('{"a": null {"b": 1}}', "'{' does not belong here, after the value of a"),
    (',{"a": 1}', "a comma stands before the problem"),
    ('{"a": {"b": 1} 5}', "5 does not belong here, after the value of a"),
])  # fmt: skip
def test_a_list_where_a_comma_or_colon_should_stand(text: str, message: str) -> None:
    assert [mistake.message for mistake in scan(text).mistakes] == [message]
