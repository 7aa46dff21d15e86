"""Numbers as they are written: the same digits may be read in more than one way.

18,496   0{,}5   1.5e-3   105 415 200
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from cnnsteps.numbers.exact import TooLong, parse_decimal
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple

ALONE = r"(?<=frac)[0-9]"
"""\\frac12 is one half."""
POINT = r"(?:[0-9]+(?:\.[0-9]+)?|(?<![0-9.])\.[0-9]+)(?:[eE][-+]?[0-9]{1,4}(?![0-9.]))?"
SPACED = r"[0-9]{1,3}(?:(?:[\u00a0\u202f\u2009]|\\,|\{,\})[0-9]{3})+(?![0-9])(?:\.[0-9]+)?"
COMMAS = r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?"
DECIMAL_COMMA = r"[0-9]+(?:(?:,|\{,\})[0-9]+)?"
PLAIN = re.compile(f"{ALONE}|{SPACED}|{POINT}")
GROUPED = re.compile(f"{ALONE}|{SPACED}|{COMMAS}|{POINT}")
GERMAN = re.compile(f"{ALONE}|{DECIMAL_COMMA}")
SPACE_GROUPED = re.compile(f"{ALONE}|[0-9]{{1,3}}(?: [0-9]{{3}})+(?![0-9])|{SPACED}|{POINT}")
SPLITTING = {pattern: re.compile(f"({pattern.pattern})") for pattern in (PLAIN, GROUPED, GERMAN, SPACE_GROUPED)}
"""Each cuts a text into what stands between its numbers, and these."""
HAS_SPACE = re.compile(r"[0-9] [0-9]{3}(?![0-9])")
HAS_COMMA = re.compile(r"[0-9](?:,|\{,\})[0-9]")
SEPARATORS = str.maketrans("", "", ", \u00a0\u202f\u2009\\{}")


class Reading(NamedTuple):
    """A statement with its numbers taken out: the shape, and the numbers' texts."""

    pattern: re.Pattern[str]
    shape: str
    texts: list[str]


def read(text: str, pattern: re.Pattern[str] = PLAIN) -> Reading:
    parts = SPLITTING[pattern].split(text)
    return Reading(pattern, "0".join(parts[::2]), parts[1::2])


def readings(text: str) -> list[Reading]:
    """The ways in which the numbers of a statement may be meant, the likeliest first."""
    patterns = [PLAIN]
    patterns += [GROUPED, GERMAN] if HAS_COMMA.search(text) else []
    patterns += [SPACE_GROUPED] if HAS_SPACE.search(text) else []
    return [read(text, pattern) for pattern in patterns]


@lru_cache(maxsize=100_000)
def value_of(text: str) -> Exact | None:
    """The number that is written; None where it has more digits than anyone reads."""
    if text.isdecimal():
        # A zero in front stands in dates and codes, not in sums.
        return int(text) if len(text) <= 1000 and (text[0] != "0" or len(text) == 1) else None
    if "," in text and "." not in text and not GROUPED.fullmatch(text) and not PLAIN.fullmatch(text):
        text = text.replace("{", "").replace("}", "").replace(",", ".")
    text = text.translate(SEPARATORS)
    try:
        over, under = parse_decimal("0" + text if text[0] == "." else text)
    except (TooLong, ValueError):
        return None
    return over if under == 1 else Fraction(over, under)


def unit_of(text: str) -> Fraction:
    """What the last digit counts: 0.01 in 2.69, 10⁴¹ in 2.69e43."""
    exponent = text.lower().partition("e")[2]
    return Fraction(10) ** ((int(exponent) if exponent else 0) - places_of(text))


def places_of(text: str) -> int:
    """How many digits stand behind the point."""
    plain = (
        text.lower().partition("e")[0].translate(SEPARATORS) if "." in text else text.replace("{", "").replace("}", "")
    )
    sign = "." if "." in plain else ","
    return len(plain.rpartition(sign)[2]) if sign in plain and (sign == "." or not GROUPED.fullmatch(text)) else 0


def spans(reading: Reading, text: str) -> list[tuple[int, int]]:
    """Where each number stands in the statement's text."""
    return [match.span() for match in reading.pattern.finditer(text)]
