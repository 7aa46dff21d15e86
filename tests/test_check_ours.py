"""What we write reads back without a finding, in every format; a changed number is found."""

from __future__ import annotations

import random
import re

import pytest

from cnnsteps.checking.check import check
from cnnsteps.checking.sheet import parts_of
from tests.cases import Case, cases

CASES = cases()
WRITTEN = ("terminal", "latex", "markdown")
CHANGED = ("conv-padding", "conv-stride", "pool-average", "conv-flip")
NUMBER = re.compile(r"(?<![\w.{\\])[0-9]+(?:\.[0-9]+)?(?![\w.])")
NO_CLAIM = re.compile(
    r"\+ <\d+>(?= =)|stepsbox|sbox|window of|filter <|channel <|turned by|counted from|"
    r"[Ss]tride <\d+>, pad|0 \\times <|(?:F −|F -) <|it would give|= <\d+>[×]\d+ = \d+$|j\s\\times"
)
"""Numbers in which nothing is claimed: of formulas in letters, captions, titles and the preamble."""


@pytest.mark.parametrize("case", CASES, ids=[case.path.stem for case in CASES])
def test_what_we_write_reads_back_without_a_finding(case: Case) -> None:
    for fmt in WRITTEN:
        verdict = check(case.outputs[fmt], fmt)
        assert [f.message for f in verdict.findings] == [], fmt


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
