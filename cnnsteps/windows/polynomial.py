"""Sums of products of letters with whole numbers before them, as output sizes in letters are.

n − 3 + 2p  =  {(n): 1, (p): 2, (): −3}
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from cnnsteps.model.expr import Expr, Minus, Multiple, Num, Product, Sum, Sym

Monomial = tuple[str, ...]
"""Its letters in alphabetical order; of the number alone there are none."""
Terms = Mapping[Monomial, int]
ONE: Monomial = ()


def of(value: int | str) -> Terms:
    """A number, or a letter."""
    return cleaned({(value,): 1} if isinstance(value, str) else {ONE: value})


def cleaned(terms: Terms) -> Terms:
    return {monomial: count for monomial, count in terms.items() if count}


def plus(*several: Terms) -> Terms:
    found: dict[Monomial, int] = {}
    for terms in several:
        for monomial, count in terms.items():
            found[monomial] = found.get(monomial, 0) + count
    return cleaned(found)


def scaled(terms: Terms, by: int) -> Terms:
    return cleaned({monomial: by * count for monomial, count in terms.items()})


def times(a: Terms, b: Terms) -> Terms:
    products = ({tuple(sorted(m + n)): c * d} for m, c in a.items() for n, d in b.items())
    return plus(*products)


def split(terms: Terms, by: int | str) -> tuple[Terms, Terms]:
    """What `by` divides, divided by it, and the rest; of a number the constant stays in the rest."""
    if isinstance(by, str):
        quotient = {without(m, by): c for m, c in terms.items() if by in m}
        return quotient, {m: c for m, c in terms.items() if by not in m}
    quotient = {m: c // by for m, c in terms.items() if m and c % by == 0}
    return quotient, {m: c for m, c in terms.items() if m not in quotient}


def without(monomial: Monomial, letter: str) -> Monomial:
    at = monomial.index(letter)
    return monomial[:at] + monomial[at + 1 :]


def reduced(terms: Terms, by: int) -> tuple[Terms, int]:
    """⌊(g·X + c)/(g·s)⌋ = ⌊(X + ⌊c/g⌋)/s⌋: the common factor of the letters' numbers and `by` taken out."""
    common = math.gcd(by, *(c for m, c in terms.items() if m))
    return cleaned({m: c // common for m, c in terms.items()}), by // common


def ordered(terms: Terms) -> list[tuple[Monomial, int]]:
    """As they are written: letters first, and none that is taken away before all others; the number last."""
    letters = [(m, c) for m, c in terms.items() if m]
    first = next((i for i, (_, c) in enumerate(letters) if c > 0), 0)
    letters = letters[first : first + 1] + letters[:first] + letters[first + 1 :]
    number = terms.get(ONE, 0)
    if number > 0 and letters and letters[0][1] < 0:
        return [(ONE, number), *letters]
    return [*letters, *([(ONE, number)] if number or not letters else [])]


def expression(terms: Terms) -> Expr:
    """n − 3 + 2p, as it is written on paper."""
    parts: list[Expr] = []
    for monomial, count in ordered(terms):
        part = term(monomial, abs(count))
        parts.append(Minus(part) if count < 0 and (parts or monomial) else part if count >= 0 else Num(count))
    return parts[0] if len(parts) == 1 and not isinstance(parts[0], Minus) else Sum(tuple(parts))


def term(monomial: Monomial, count: int) -> Expr:
    if not monomial:
        return Num(count)
    letters = tuple(Sym(letter) for letter in monomial)
    part: Expr = letters[0] if len(letters) == 1 else Product(letters)
    return part if count == 1 else Multiple(count, part)


def text(terms: Terms) -> str:
    """n + 2*p - 3, as programs read it."""
    found = ""
    for monomial, count in ordered(terms):
        factors = [*([str(abs(count))] if abs(count) != 1 or not monomial else []), *monomial]
        sign = (" - " if count < 0 else " + ") if found else ("-" if count < 0 else "")
        found += sign + "*".join(factors)
    return found
