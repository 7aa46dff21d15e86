"""Documents in many hands: what was slipped in is found and explained, and nothing else is.

The seeds are fresh in each run of CI (the day's date counts), and stand in the name of a failing test.
"""

from __future__ import annotations

import datetime
import os
import random

import pytest

from cnnsteps.checking.check import Verdict, check
from cnnsteps.checking.findings import Finding
from cnnsteps.checking.fix import fixed
from cnnsteps.checking.sheet import Part, parts_of
from tests import hands
from tests.running import as_json

FRESH = int(os.environ.get("CNNSTEPS_SEED", datetime.date.today().toordinal())) * 1000 if os.environ.get("CI") else 0
SEEDS = range(FRESH, FRESH + 120)


def parts(page: hands.Page) -> list[Part]:
    return parts_of(as_json(page.problem), "problem")


def told(verdict: Verdict) -> str:
    return "\n".join(f"{f.kind} {f.cell} {f.slip} {f.message}" for f in verdict.findings)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_right_document_is_clean_with_and_without_its_problem(seed: int) -> None:
    page = hands.page(random.Random(seed), slipping=False)
    for given in ([], parts(page)):
        verdict = check(page.text, "page", given)
        assert verdict.findings == [], f"{page.text}\n{told(verdict)}"
        assert len(verdict.page.equations) == len(hands.steps_of(page.problem)), page.text


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slip_is_found_and_nothing_else(seed: int) -> None:
    page = hands.page(random.Random(seed), slipping=True)
    slip = page.slip
    assert slip is not None
    if slip.cell is None:
        verdict = check(page.text, "page", parts(page))
        assert {f.slip for f in verdict.findings} >= {slip.name}, f"{slip}\n{page.text}\n{told(verdict)}"
        return
    for given in [parts(page)] + ([[]] if "terms" not in slip.kinds else []):
        verdict = check(page.text, "page", given)
        hits = [f for f in verdict.findings if f.kind in slip.kinds and is_at(f, slip.cell)]
        others = [f for f in verdict.findings if not is_at(f, slip.cell)]
        assert hits, f"{slip}\n{page.text}\n{told(verdict)}"
        assert not others, f"{slip}\n{page.text}\n{told(verdict)}"
        assert slip.name in (None, hits[0].slip)


def is_at(finding: Finding, cell: hands.Cell) -> bool:
    """Where lines have no names, their cells are counted from 1, and sums are told by their terms."""
    return finding.cell in (None, cell, tuple(i + 1 for i in cell))


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_the_fixed_document_is_clean(seed: int) -> None:
    """A wrong number in a document with its problem is mended, and nothing else is touched."""
    page = hands.page(random.Random(seed), slipping=True)
    assert page.slip is not None
    if page.slip.cell is None or page.slip.kinds & {"missing"}:
        pytest.skip("no single number is wrong")
    text, verdict = fixed(page.text, "page", parts(page))
    assert verdict.findings == [], f"{page.slip}\n{page.text}\n{text}\n{told(verdict)}"
