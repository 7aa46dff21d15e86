"""What we write reads back without a finding, in every format; a changed number is found."""

from __future__ import annotations

import json
import random
import re
from fractions import Fraction
from pathlib import Path

import pytest

import cnnsteps
from cnnsteps.checking.check import check
from cnnsteps.checking.sheet import parts_of
from tests.cases import Case, cases
from tests.running import SAMPLES

CASES = cases()
WRITTEN = ("terminal", "latex", "markdown")
CARRYING = ("latex", "markdown", "ipynb")
TURNED = ("conv-padding", "conv-stride", "conv-flip", "conv-no-padding", "pool-average", "pool-max")
CHANGED = ("conv-padding", "conv-stride", "pool-average", "conv-flip")
NUMBER = re.compile(r"(?<![\w.{\\])[0-9]+(?:\.[0-9]+)?(?![\w.])")
NO_CLAIM = re.compile(
    r"\+ <\d+>(?= =)|stepsbox|sbox|window of|filter <|channel <|turned by|counted from|"
    r"[Ss]tride <\d+>, pad|0 \\times <|(?:F −|F -) <|it would give|= <\d+>[×]\d+ = \d+$|j\s\\times|"
    r"<\d+>\s*(?:\\+times|×)\s*0|would give <|cell-<|with padding <|Window[~ ]|[Ss]tride[~ ]|[Pp]adding[~ ]"
)
"""Numbers in which nothing is claimed: of formulas in letters, captions, titles and the preamble."""


@pytest.mark.parametrize("case", CASES, ids=[case.path.stem for case in CASES])
def test_what_we_write_reads_back_without_a_finding(case: Case) -> None:
    for fmt in WRITTEN:
        verdict = check(case.outputs[fmt], fmt)
        assert [f.message for f in verdict.findings] == [], fmt


@pytest.mark.parametrize("format", CARRYING)
@pytest.mark.parametrize("case", CASES, ids=[case.path.stem for case in CASES])
def test_what_we_write_is_right_by_what_it_carries(case: Case, format: str) -> None:
    text = cnnsteps.solve(json.loads(case.problem, parse_float=Fraction)).render(format, **case.options)
    assert [f.message for f in check(text).findings] == []


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_our_samples_read_back_in_every_format(path: Path) -> None:
    solution = cnnsteps.load(path)
    for format in (*CARRYING, "terminal"):
        assert [f.message for f in check(solution.render(format)).findings] == [], format


def unfound(stem: str, format: str, most: int | None) -> list[str]:
    """Changed numbers of a document, one after the other, that its own problem does not tell."""
    case = next(case for case in CASES if case.path.stem == stem)
    text = cnnsteps.solve(json.loads(case.problem, parse_float=Fraction)).render(format)
    begin = max(text.find("\\begin{document}"), 0)
    end = max(text.find("cnnsteps problem:"), text.find('"cnnsteps"'))
    places = [match for match in NUMBER.finditer(text) if begin < match.start() < end]
    chosen = places if most is None else random.Random(stem + format).sample(places, min(most, len(places)))
    found = []
    for match in chosen:
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        shown = f"{line}<{match[0]}>{text[match.end() :][:40]}".partition("\n")[0]
        changed = f"{text[: match.start()]}{float(match[0]) + 1:g}{text[match.end() :]}"
        if not NO_CLAIM.search(shown) and "N - " not in shown and not check(changed).findings:
            found.append(shown)
    return found


@pytest.mark.parametrize("format", CARRYING)
@pytest.mark.parametrize("stem", TURNED)
def test_a_changed_number_is_found_by_what_the_document_carries(stem: str, format: str) -> None:
    assert unfound(stem, format, 12) == []


@pytest.mark.bench
@pytest.mark.parametrize("format", CARRYING)
@pytest.mark.parametrize("stem", TURNED)
def test_every_changed_number_is_found(stem: str, format: str) -> None:
    """Each number in turn."""
    assert unfound(stem, format, None) == []


@pytest.mark.parametrize("stem", CHANGED)
def test_a_changed_number_is_found(stem: str) -> None:
    """Forty numbers of each document, one after the other; with its problem."""
    case = next(case for case in CASES if case.path.stem == stem)
    text, parts = case.outputs["markdown"], parts_of(case.problem, stem)
    places = list(NUMBER.finditer(text))
    for match in random.Random(stem).sample(places, min(40, len(places))):
        changed = f"{text[: match.start()]}{float(match[0]) + 1:g}{text[match.end() :]}"
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        shown = f"{line}<{match[0]}>{text[match.end() :][:40]}"
        if not NO_CLAIM.search(shown.split("\n")[0]) and "N - " not in shown.split("\n")[0]:
            assert check(changed, stem, parts).findings, shown
