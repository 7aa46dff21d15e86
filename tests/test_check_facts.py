"""Worked examples as they were published, as facts, and texts that must stay quiet.

`tests/facts/worked.txt`: a head "=== source | lines read | findings", then the numbers in their own notation,
written anew; a finding is kind:found:expected. `quiet.txt`: heads "=== source", and nothing may be found.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from cnnsteps.checking.check import check

FACTS = Path(__file__).parent / "facts"


class Fact(NamedTuple):
    source: str
    lines: int
    findings: list[str]
    text: str


def blocks(name: str) -> list[tuple[str, str]]:
    parts = (FACTS / name).read_text("utf-8").split("=== ")[1:]
    return [(head, text) for head, _, text in (part.partition("\n") for part in parts)]


def worked() -> list[Fact]:
    found = []
    for head, text in blocks("worked.txt"):
        source, lines, findings = (part.strip() for part in head.split("|"))
        found.append(Fact(source, int(lines), [part.strip() for part in findings.split(";") if part], text))
    return found


WORKED, QUIET = worked(), blocks("quiet.txt")


@pytest.mark.parametrize("fact", WORKED, ids=[fact.source for fact in WORKED])
def test_a_published_example_is_read_and_judged(fact: Fact) -> None:
    verdict = check(fact.text)
    assert len(verdict.page.equations) == fact.lines
    assert [f"{f.kind}:{f.found}:{f.expected}" for f in verdict.findings] == fact.findings


@pytest.mark.parametrize(("source", "text"), QUIET, ids=[source for source, _ in QUIET])
def test_a_text_about_something_else_stays_quiet(source: str, text: str) -> None:
    assert [f.message for f in check(text).findings] == []


def test_there_are_enough_of_each() -> None:
    assert len(WORKED) >= 50
    assert len(QUIET) >= 40
