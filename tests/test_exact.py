"""Exact numbers: capped before anything is converted, printed as they are, rounded half away from zero."""

from __future__ import annotations

import time
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnnsteps.numbers.exact import (
    MAX_DIGITS,
    TooLong,
    count_digits,
    decimal_places,
    integer_text,
    number,
    parse_decimal,
    parse_fraction,
    point_text,
)

DECIMAL = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


@settings(max_examples=300)
@given(DECIMAL)
def test_a_decimal_is_read_as_it_is_written(text: str) -> None:
    assert Fraction(*parse_decimal(text)) == Fraction(text)
    over, under = parse_decimal(text)
    assert (over, under) == Fraction(text).as_integer_ratio()


@settings(max_examples=300)
@given(DECIMAL)
def test_digits_are_counted_as_if_written_out(text: str) -> None:
    """At least as many as the number has without its exponent, zeros that were written included."""
    plain = format(Decimal(text), "f").lstrip("-")
    assert count_digits(text) >= len(plain.replace(".", "").lstrip("0"))
    if "e" not in text.lower():
        assert count_digits(text) == len(plain.replace(".", ""))


@pytest.mark.parametrize(
    ("text", "digits"),
    [("0", 1), ("-12.50", 4), ("1e3", 4), ("1e-3", 4), ("1.5e1", 2), ("12e-1", 2), ("0e5", 6), ("1e999", 1000)],
)
def test_counted(text: str, digits: int) -> None:
    assert count_digits(text) == digits


@pytest.mark.parametrize("text", ["1e999", "1e-999", "9" * 1000, "0." + "1" * 999, "-1.5e998"])
def test_a_thousand_digits_are_taken(text: str) -> None:
    assert Fraction(*parse_decimal(text)) == Fraction(text)


@pytest.mark.parametrize("text", ["1e1000", "1e-1000", "9" * 1001, "0." + "1" * 1000, "1" * 5000, "1e10000000"])
def test_more_are_refused(text: str) -> None:
    with pytest.raises(TooLong) as caught:
        parse_decimal(text)
    assert caught.value.digits == count_digits(text) > MAX_DIGITS


@pytest.mark.parametrize("text", ["1e10000000000", "1e-99999999999999999999", "1E+10000000000", "1e" + "9" * 100_000])
def test_endless_exponents_are_not_even_counted(text: str) -> None:
    with pytest.raises(TooLong, match="far too many digits") as caught:
        parse_decimal(text)
    assert caught.value.digits is None


def test_leading_zeros_of_an_exponent_count_nothing() -> None:
    assert parse_decimal("1e" + "0" * 50 + "2") == (100, 1)


def test_refusing_costs_nothing() -> None:
    """`1e10000000` as a Fraction takes seconds; counted, it takes none."""
    begin = time.process_time()
    for text in ("1e10000000", "1e-999999999", "1e999999999", "9" * 1_000_000):
        with pytest.raises(TooLong):
            parse_decimal(text)
    assert time.process_time() - begin < 0.5


@pytest.mark.parametrize("text", ["", ".5", "5.", "1e", "+1", "0x1", "1_000", "1/3", "NaN"])
def test_what_is_no_json_number(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_decimal(text)


@settings(max_examples=200)
@given(st.integers(-(10**40), 10**40), st.integers(1, 10**40))
def test_a_fraction_is_read_in_lowest_terms(over: int, under: int) -> None:
    assert parse_fraction(f"{over}/{under}") == Fraction(over, under).as_integer_ratio()


@pytest.mark.parametrize(
    "text", ["", "1", "1/", "/3", "1/-3", "1//3", "1.5/2", "1 / 3", "١/٣", "+1/3", "1/3/4", "1e2/3"]
)
def test_what_is_no_fraction(text: str) -> None:
    assert parse_fraction(text) is None


def test_fractions_are_capped_and_not_by_zero() -> None:
    assert parse_fraction(" -2/4 ") == (-1, 2)
    assert parse_fraction(f"{'9' * 1000}/{'9' * 1000}") == (1, 1)
    with pytest.raises(ZeroDivisionError):
        parse_fraction("1/0")
    for text in (f"{'9' * 1001}/1", f"1/{'9' * 1001}", f"-{'0' * 5000}/1"):
        with pytest.raises(TooLong):
            parse_fraction(text)


@pytest.mark.parametrize(("under", "places"), [(1, 0), (2, 1), (5, 1), (8, 3), (10, 1), (40, 3), (3, None), (6, None)])
def test_decimal_places(under: int, places: int | None) -> None:
    assert decimal_places(under) == places


@settings(max_examples=200)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 10**6))
def test_decimal_places_are_the_fewest(twos: int, fives: int, rest: int) -> None:
    under = 2**twos * 5**fives * rest
    places = decimal_places(under)
    if places is None:
        assert 10**200 % under
    else:
        assert 10**places % under == 0
        assert places == 0 or 10 ** (places - 1) % under


@pytest.mark.parametrize("digits", [4299, 4300, 4301, 20_000])
@pytest.mark.parametrize("sign", [1, -1])
def test_integers_beyond_pythons_own_limit(digits: int, sign: int) -> None:
    """`str` refuses more than 4,300 digits."""
    text = integer_text(sign * (10 ** (digits - 1) + 7))
    assert text == "-" * (sign < 0) + "1" + "0" * (digits - 2) + "7"


def test_long_numbers_are_printed_in_full() -> None:
    huge = 10**6000
    assert number(huge + 1).text == "1" + "0" * 5999 + "1"
    assert number(huge + 1, 2).text == "5" + "0" * 5999 + ".5"
    third = number(-huge, 3)
    assert (third.fraction, third.numerator, third.denominator) == (True, "-1" + "0" * 6000, "3")
    assert number(huge, 3, 1).text == "3" * 6000 + ".3"


@pytest.mark.parametrize(
    ("scaled", "places", "text"), [(425, 2, "4.25"), (-5, 3, "-0.005"), (0, 2, "0.00"), (7, 0, "7"), (-10, 1, "-1.0")]
)
def test_point_text(scaled: int, places: int, text: str) -> None:
    assert point_text(scaled, places) == text


@settings(max_examples=300)
@given(st.fractions(max_denominator=10**6))
@example(Fraction(1, 3))
def test_a_number_is_printed_exactly(value: Fraction) -> None:
    """As a decimal where one can write it, without a zero too many; else as a fraction in lowest terms."""
    shown = number(value.numerator, value.denominator)
    assert Fraction(shown.text) == value
    assert shown.negative == (value < 0)
    assert shown.fraction == (decimal_places(value.denominator) is None)
    assert not shown.rounded
    assert "." not in shown.text or not shown.text.endswith("0")
    assert number(6 * value.numerator, 6 * value.denominator) == shown


@settings(max_examples=300)
@given(st.fractions(max_denominator=10**4), st.integers(0, 6))
@example(Fraction(1, 2), 0)
@example(Fraction(-1, 2), 0)
@example(Fraction(-1, 300), 2)
def test_rounding_is_half_away_from_zero(value: Fraction, digits: int) -> None:
    shown = number(value.numerator, value.denominator, digits)
    if not shown.rounded:
        assert Fraction(shown.text) == value
        return
    assert Fraction(shown.text) != value
    assert abs(Fraction(shown.text) - value) <= Fraction(1, 2 * 10**digits)
    assert len(shown.text.partition(".")[2]) == digits
    with localcontext() as context:
        context.prec = 60
        exactly = Decimal(value.numerator) / value.denominator
        expected = exactly.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    assert Decimal(shown.text) == expected


@pytest.mark.parametrize(
    ("value", "digits", "text", "rounded"),
    [
        ("1/2", 0, "1", True), ("-1/2", 0, "-1", True), ("3/2", 0, "2", True), ("5/2", 0, "3", True),
        ("-5/2", 0, "-3", True), ("1/8", 2, "0.13", True), ("-1/8", 2, "-0.13", True), ("1/8", 3, "0.125", False),
        ("1/4", 3, "0.25", False), ("2/3", 0, "1", True), ("2/3", 3, "0.667", True), ("-1/300", 2, "0.00", True),
        ("999/1000", 2, "1.00", True), ("7", 0, "7", False),
    ],
)  # fmt: skip
def test_rounded(value: str, digits: int, text: str, rounded: bool) -> None:
    """Marked where it changed the number, and only there; a zero has no sign."""
    shown = number(*Fraction(value).as_integer_ratio(), digits)
    assert (shown.text, shown.rounded) == (text, rounded)
    assert shown.negative == text.startswith("-")
