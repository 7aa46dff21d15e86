"""Nested lists to a tensor: quick for integers, careful with places for all else."""

from __future__ import annotations

import math
from array import array
from collections import Counter

import numpy as np

from cnnsteps.errors import Path
from cnnsteps.numbers.exact import LITERAL, MAX_DIGITS, Ratio, TooLong, integer_text, parse_decimal, parse_fraction
from cnnsteps.numbers.tensor import NoCommonDenominator, Tensor, from_written
from cnnsteps.reading.describe import describe
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.report import Report
from cnnsteps.text import abbreviate, pluralize

TOO_LARGE = 10**MAX_DIGITS
MOST_NESTED = 8
RANKS = "the deepest, batch, channels and three dimensions, has 5"


def read_tensor(value: Value, path: Path, report: Report, has_booleans: bool) -> Tensor | None:
    """The tensor, or None with its mistakes reported."""
    quick = None if has_booleans or nested(value) > MOST_NESTED else read_integers(value)
    return quick or read_carefully(value, path, report)


def read_integers(value: Value) -> Tensor | None:
    """A regular nest of integers of 64 bits; None for anything else."""
    shape: list[int] = []
    rows: list[Value] = [value]
    while isinstance(rows[0], list) and rows[0] and isinstance(rows[0][0], list):
        shape.append(len(rows[0]))
        if not all(isinstance(row, list) and len(row) == shape[-1] for row in rows):
            return None
        rows = [part for row in rows if isinstance(row, list) for part in row]
    if not isinstance(rows[0], list) or not rows[0]:
        return None
    width = len(rows[0])
    num = np.empty((len(rows), width), np.int64)
    try:
        for i, row in enumerate(rows):
            if not isinstance(row, list) or len(row) != width:
                return None
            num[i] = array("q", row)
    except (TypeError, OverflowError):
        return None
    return Tensor(num.reshape(*shape, width))


def read_carefully(value: Value, path: Path, report: Report) -> Tensor | None:
    before = len(report.mistakes)
    shape = read_shape(value, path, report)
    if not shape:
        return None
    ratios: list[Ratio] = []
    gather(value, path, report, ratios)
    if len(report.mistakes) > before or len(ratios) < math.prod(shape):
        return None
    try:
        return from_written(ratios, shape)
    except NoCommonDenominator as error:
        report.add(path, f"{path[-1]}: its fractions have a common denominator of {error}", "round them first")
        return None


def nested(value: Value) -> int:
    """How many lists stand inside one another, along the first values."""
    depth = 0
    while isinstance(value, list) and depth <= MOST_NESTED:
        value, depth = value[0] if value else None, depth + 1
    return depth


def read_shape(value: Value, path: Path, report: Report) -> tuple[int, ...]:
    """The lengths level by level; reports what is empty or ragged, and is empty where it is hopeless."""
    shape: list[int] = []
    level: list[tuple[Path, Value]] = [(path, value)]
    while level:
        if len(shape) == MOST_NESTED:
            report.add(path, f"{path[-1]} has more than {MOST_NESTED} lists inside one another", RANKS)
            return ()
        lengths = Counter(len(v) for _, v in level if isinstance(v, list))
        inner = [(p, v) for p, v in level if isinstance(v, list)]
        for p, v in level:
            check_length(p, v, lengths, path, report)
        shape.append(lengths.most_common(1)[0][0])
        level = next_level(inner, path, report)
    return tuple(shape)


def next_level(lists: list[tuple[Path, list[Value]]], whole: Path, report: Report) -> list[tuple[Path, Value]]:
    """What stands in these lists, if most of it is lists; a few lists between numbers are mistakes."""
    deeper = sum(isinstance(part, list) for _, v in lists for part in v)
    if not deeper:
        return []
    found = [((*p, i), part) for p, v in lists for i, part in enumerate(v)]
    if 2 * deeper >= len(found):
        return found
    for path, part in found:
        if isinstance(part, list):
            report.add(path, f"{whole[-1]}: {describe(part)} stands here, where its neighbours are numbers")
    return []


def check_length(path: Path, value: Value, lengths: Counter[int], whole: Path, report: Report) -> None:
    usual = lengths.most_common(1)[0][0] if len(lengths) > 1 else None
    if isinstance(value, list) and (not value or (usual is not None and len(value) != usual)):
        where = place_name(path, whole)
        if not value:
            report.add(path, f"{where} is empty")
        elif len(lengths) == 2 and lengths[len(value)] == 1:
            report.add(path, f"{where} has {pluralize(len(value), 'value')}, the others have {usual}")
        else:
            report.add(path, f"{where} has {pluralize(len(value), 'value')}, most others have {usual}")
    elif not isinstance(value, list) and value is not BROKEN:
        report.add(path, f"{place_name(path, whole)} is {describe(value)}, not a list like its neighbours")


def place_name(path: Path, whole: Path) -> str:
    """`input: row 3`, `kernel: part 2, row 1`; the last step is called a row."""
    steps = [int(step) + 1 for step in path[len(whole) :]]
    if not steps:
        return f"{whole[-1]}: the list"
    outer = "".join(f"part {step}, " for step in steps[:-1])
    return f"{whole[-1]}: {outer}row {steps[-1]}"


def gather(value: Value, path: Path, report: Report, into: list[Ratio]) -> None:
    """Appends the numbers in order; reports what is no number."""
    assert isinstance(value, list)
    for i, part in enumerate(value):
        if isinstance(part, list):
            gather(part, (*path, i), report, into)
        elif type(part) is int and part.bit_length() < 64:
            into.append((part, 1))
        else:
            ratio = read_number(part, (*path, i), report)
            if ratio is not None:
                into.append(ratio)


def read_number(value: Value, path: Path, report: Report) -> Ratio | None:
    """A JSON number or a string with a fraction; None with the mistake reported."""
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) < TOO_LARGE:
            return value, 1
        report_too_long(value, path, report)
    elif isinstance(value, tuple):
        return value
    elif isinstance(value, str):
        return read_fraction(value, path, report)
    elif value is not BROKEN:
        report.add(path, f"{path_name(path)}: {describe(value)} is not a number")
    return None


def report_too_long(value: int, path: Path, report: Report) -> None:
    digits = integer_text(abs(value))
    message = f"{abbreviate(digits)} is a number with {len(digits):,} digits; at most {MAX_DIGITS:,} are allowed"
    report.add(path, message)


def settings_fit(value: Value, path: Path, report: Report) -> bool:
    """False where a whole number of a setting has more digits than allowed; that is reported."""
    if isinstance(value, list):
        fitting = [settings_fit(part, (*path, i), report) for i, part in enumerate(value)]
        return all(fitting)
    if isinstance(value, int) and abs(value) >= TOO_LARGE:
        report_too_long(value, path, report)
        return False
    return True


def read_fraction(text: str, path: Path, report: Report) -> Ratio | None:
    try:
        ratio = parse_fraction(text) or decimal_of(text)
    except ZeroDivisionError:
        report.add(path, f"{path_name(path)}: {describe(text)} divides by zero")
        return None
    except TooLong as error:
        report.add(path, f"{path_name(path)}: {describe(text)} has {error}; at most {MAX_DIGITS:,} are allowed")
        return None
    if ratio is None:
        message = f"{path_name(path)}: {describe(text)} is a string, not a number"
        report.add(path, message, 'a fraction is written "1/3"')
    return ratio


def decimal_of(text: str) -> Ratio | None:
    """A number in quotes; None where the text is none."""
    bare = text.strip(" ")
    return parse_decimal(bare) if bare.isascii() and LITERAL.fullmatch(bare) else None


def path_name(path: Path) -> str:
    """The key that a number belongs to."""
    keys = [step for step in path if isinstance(step, str)]
    return keys[-1] if keys else "the file"
