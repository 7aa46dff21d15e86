"""Every row of the notations, every name and every form of a matrix is read as its example says."""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module

import pytest

from cnnsteps.checking.chains import chains_of
from cnnsteps.checking.check import check
from cnnsteps.checking.matrices import FORMS, matrices
from cnnsteps.checking.names import EXAMPLES as NAMES
from cnnsteps.checking.notations import Row
from cnnsteps.checking.notations.signs import ASIDES, SIGNS, WRAPPERS
from cnnsteps.checking.notations.words import FUNCTIONS, PLACES
from cnnsteps.checking.numerals import read

ELIDED = "…"
ROWS = [row for row in (*SIGNS, *WRAPPERS, *ASIDES, *FUNCTIONS) if row.means != ELIDED]


@pytest.mark.parametrize("row", ROWS, ids=[row.written for row in ROWS])
def test_a_right_line_in_each_notation_is_read_and_right(row: Row) -> None:
    verdict = check(row.example)
    assert len(verdict.page.equations) == 1
    assert verdict.findings == []


@pytest.mark.parametrize("row", ROWS, ids=[row.written for row in ROWS])
def test_the_same_line_with_another_value_is_wrong(row: Row) -> None:
    """The last value of each example, and with it what is read, counts."""
    claim = check(row.example).page.equations[0]
    link = claim.chain.links[-1] if claim.chain.links[-1].expr is not None else claim.chain.links[-2]
    assert link.expr is not None
    start, end = claim.span_of(link.expr)
    wrong = row.example[:start] + "777" + row.example[end:]
    assert [f.kind for f in check(wrong).findings] == ["arithmetic"], wrong


@pytest.mark.parametrize("row", [row for row in SIGNS if row.means == ELIDED], ids=lambda row: row.written)
def test_what_is_left_out_is_not_judged(row: Row) -> None:
    assert check(row.example).findings == []


@pytest.mark.parametrize("row", PLACES, ids=lambda row: row.written)
def test_a_corner_in_words_is_a_place(row: Row) -> None:
    (target,) = check(row.example).page.targets
    assert target.lines[0].cell == tuple(map(int, row.means.split()))


@pytest.mark.parametrize("text", NAMES)
def test_a_name_and_its_index(text: str) -> None:
    name, index = NAMES[text]
    reading = read(text)
    (chain,) = chains_of(reading.shape)
    assert chain.name is not None
    assert (chain.name.label(reading.texts), chain.name.numbers(reading.texts)) == (name, index)


MATRICES = [(form, text) for form in FORMS for text in import_module(f"cnnsteps.checking.matrices.{form}").EXAMPLES]


@pytest.mark.parametrize(("form", "text"), MATRICES)
def test_a_matrix_in_each_form(form: str, text: str) -> None:
    rows = import_module(f"cnnsteps.checking.matrices.{form}").EXAMPLES[text]
    assert [m.values for m in matrices(text)] == [[[Fraction(value) for value in row] for row in rows]]
    (matrix,) = matrices(text)
    for row in matrix.rows:
        for cell in row:
            assert text[cell.start : cell.end].strip() == text[cell.start : cell.end] != ""
