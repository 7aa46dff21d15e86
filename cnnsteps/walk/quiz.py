"""The quiz: a value is hidden until it is typed."""

from __future__ import annotations

import re
from fractions import Fraction

from cnnsteps.numbers.exact import number, round_number
from cnnsteps.records import NamedTuple
from cnnsteps.text import pluralize
from cnnsteps.walk.state import State
from cnnsteps.walk.step import Value

TYPED = re.compile(r"([+-]?\d{0,1000})(?:[.,](\d{0,1000})|/(\d{1,1000}))?")
CHARACTERS = frozenset("0123456789.,/-−")
HOW = "Quiz: type each value, then Enter; Enter alone tells it."
TELL = "Type the value, or press Enter again to be told."
LEAST_PLACES = 2
"""A number that no decimal can write is right when so many of its places are."""


class Verdict(NamedTuple):
    """What an answer is worth; `places` is how many are right of one that was rounded."""

    right: bool
    places: int | None = None


def judged(typed: str, value: Value, digits: int | None) -> Verdict | None:
    """Whether that is the value; None where it is no number. What is shown rounded may be typed rounded."""
    text = typed.strip().replace("−", "-")
    found = TYPED.fullmatch(text)
    if found is None or not any(c.isdigit() for c in text):
        return None
    whole, places, under = found[1], found[2], found[3]
    if under is not None:
        if not int(under) or not whole.strip("+-"):
            return None
        said = Fraction(int(whole), int(under))
    else:
        said = Fraction(int((whole if whole.strip("+-") else whole + "0") + (places or "")), 10 ** len(places or ""))
    if said == Fraction(value.over, value.under) and not value.irrational:
        return Verdict(True)
    if places is not None and rounds_to(typed.replace(",", "."), places, value, digits):
        return Verdict(True, len(places))
    return Verdict(False)


def rounds_to(typed: str, places: str, value: Value, digits: int | None) -> bool:
    """It is the value rounded to as many places as were typed, where the value has to be rounded at all."""
    least = LEAST_PLACES if digits is None else min(digits, LEAST_PLACES)
    rest = value.under
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    endless = value.irrational or rest > 1 or digits is not None
    if not endless or len(places) < least:
        return False
    shown = Fraction(round_number(value.over, value.under, len(places)).text)
    return shown == Fraction(typed.replace("−", "-"))


def submitted(state: State, value: Value, shown: str, digits: int | None, stages: int) -> State:
    """The state after Enter; with nothing typed, twice, the value is told, and counts as missed."""
    quiz = state.quiz
    assert quiz is not None
    if not state.typed and state.message != TELL:
        return state.said(TELL)
    if not state.typed:
        told = quiz.answered(state.place, False)
        return state._replace(quiz=told, stage=stages).said(f"It is {shown}.", "wrong")
    verdict = judged(state.typed, value, digits)
    if verdict is None:
        return state.said(f"{state.typed} is not a number; type one like 4, -2.5 or 1/3", "wrong")
    if not verdict.right:
        again = f"Not {state.typed}. Try again."
        return state._replace(quiz=quiz._replace(wrong=quiz.wrong + 1), typed="").said(again, "wrong")
    done = quiz.answered(state.place, quiz.wrong == 0)
    return state._replace(quiz=done, stage=stages, typed="").said(praise(verdict, value, shown), "right")


def praise(verdict: Verdict, value: Value, shown: str) -> str:
    """Right: 4.25; of what was rounded, how far it is right, and what the number is."""
    if verdict.places is None:
        return f"Right: {shown}"
    known = f"it is irrational, about {shown}" if value.irrational else f"exactly it is {exact_text(value)}"
    return f"Right to {pluralize(verdict.places, 'place')}: {known}."


def exact_text(value: Value) -> str:
    return number(value.over, value.under).text


def score(state: State) -> str:
    """Quiz: 12 of 16 right at the first try"""
    assert state.quiz is not None
    answered = len(state.quiz.answers)
    return f"Quiz: {state.quiz.right} of {answered} right at the first try"
