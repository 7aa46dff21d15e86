"""Nested lists to a tensor: quick for integers, careful with places for all else."""

from __future__ import annotations

from array import array
from collections import Counter

import numpy as np

from cnnsteps.errors import Path
from cnnsteps.exact import MAX_DIGITS, Ratio, TooLong, parse_fraction
from cnnsteps.reading.json_text import BROKEN, Value
from cnnsteps.reading.report import Report
from cnnsteps.reading.words import describe, short
from cnnsteps.tensor import NoCommonDenominator, Tensor, from_ratios

TOO_LARGE = 10**MAX_DIGITS


def read_tensor(value: Value, path: Path, report: Report, has_booleans: bool) -> Tensor | None:
    """The tensor, or None with its mistakes reported."""
    quick = None if has_booleans else read_integers(value)
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
    name = str(path[-1])
    shape = read_shape(value, path, report)
    ratios: list[Ratio] = []
    gather(value, path, report, ratios, len(shape))
    if len(report.mistakes) > before or shape == () or BROKEN in flat(value):
        return None
    try:
        return from_ratios(ratios, shape)
    except NoCommonDenominator as error:
        report.add(path, f"{name}: its fractions have a common denominator of {error}", "round them first")
        return None


def flat(value: Value) -> list[Value]:
    """The innermost values, in order."""
    return [leaf for part in value for leaf in flat(part)] if isinstance(value, list) else [value]


def read_shape(value: Value, path: Path, report: Report) -> tuple[int, ...]:
    """The lengths level by level; reports what is empty or ragged."""
    shape: list[int] = []
    level: list[tuple[Path, Value]] = [(path, value)]
    while any(isinstance(v, list) for _, v in level):
        lists = [(p, v) for p, v in level if isinstance(v, list)]
        usual = Counter(len(v) for _, v in lists).most_common(1)[0][0]
        for p, v in level:
            check_length(p, v, usual, path, report)
        shape.append(usual)
        level = [((*p, i), part) for p, v in lists for i, part in enumerate(v)]
    return tuple(shape)


def check_length(path: Path, value: Value, usual: int, whole: Path, report: Report) -> None:
    where = place_name(path, whole)
    if not isinstance(value, list):
        if value is not BROKEN:
            report.add(path, f"{where} is {describe(value)}, not a list like its neighbours")
    elif not value:
        report.add(path, f"{where} is empty")
    elif len(value) != usual:
        values = "value" if len(value) == 1 else "values"
        report.add(path, f"{where} has {len(value)} {values}, the others have {usual}")


def place_name(path: Path, whole: Path) -> str:
    """`input: row 3`, `kernel: part 2, row 1`; the last step is called a row."""
    steps = [int(step) + 1 for step in path[len(whole) :]]
    if not steps:
        return f"{whole[-1]}: the list"
    outer = "".join(f"part {step}, " for step in steps[:-1])
    return f"{whole[-1]}: {outer}row {steps[-1]}"


def gather(value: Value, path: Path, report: Report, into: list[Ratio], depth: int) -> None:
    """Appends the numbers in order; reports what is no number."""
    if isinstance(value, list):
        for i, part in enumerate(value):
            gather(part, (*path, i), report, into, depth - 1)
    else:
        ratio = read_number(value, path, report)
        if ratio is not None:
            into.append(ratio)


def read_number(value: Value, path: Path, report: Report) -> Ratio | None:
    """A JSON number or a string with a fraction; None with the mistake reported."""
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) < TOO_LARGE:
            return value, 1
        digits = int(value.bit_length() * 0.30103) + 1
        report.add(path, f"a number with about {digits:,} digits; at most {MAX_DIGITS:,} are allowed")
    elif isinstance(value, tuple):
        return value
    elif isinstance(value, str):
        return read_fraction(value, path, report)
    elif value is not BROKEN:
        report.add(path, f"{path_name(path)}: {describe(value)} is not a number")
    return None


def read_fraction(text: str, path: Path, report: Report) -> Ratio | None:
    try:
        ratio = parse_fraction(text)
    except ZeroDivisionError:
        report.add(path, f"{path_name(path)}: {describe(text)} divides by zero")
        return None
    except TooLong as error:
        report.add(path, f"{path_name(path)}: a fraction with {error}; at most {MAX_DIGITS:,} are allowed")
        return None
    if ratio is None:
        bare = text.strip()
        plain = bare.lstrip("-").replace(".", "", 1).isdecimal() and bare.isascii()
        hint = f"write {short(bare)} without the quotes" if plain else 'a fraction is written "1/3"'
        report.add(path, f"{path_name(path)}: {describe(text)} is a string, not a number", hint)
    return ratio


def path_name(path: Path) -> str:
    """The key that a number belongs to."""
    keys = [step for step in path if isinstance(step, str)]
    return keys[-1] if keys else "the file"
