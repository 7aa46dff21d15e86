"""Where a number stands in an expression, which says whether it needs brackets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from cnnsteps.model.expr import Chain, Minus, Over, Power, Product, Slot, Sum

Standing: TypeAlias = int
ALONE, FIRST, TERM, OPERAND, BASE = range(5)
"""Alone or first in a sum; first in a product that begins a sum; behind a plus or minus; behind the sign of a product;
under a power."""


def first_factor(at: Standing) -> Standing:
    return FIRST if at in (ALONE, FIRST) else OPERAND


def parts_of(node: object, at: Standing, fraction_bar: bool) -> Iterator[tuple[object, Standing]]:
    """The parts of an expression, and how they stand there; what has brackets or a bar around it begins anew."""
    match node:
        case Sum(parts):
            yield parts[0], ALONE
            yield from ((part, TERM) for part in parts[1:])
        case Product(parts):
            yield parts[0], first_factor(at)
            yield from ((part, OPERAND) for part in parts[1:])
        case Minus(part):
            yield part, TERM
        case Over(top, bottom) if not fraction_bar:
            yield top, first_factor(at)
            yield bottom, OPERAND
        case Power(base, exponent):
            yield base, BASE
            yield exponent, ALONE
        case tuple():
            yield from ((part, ALONE) for part in node)


def links_of(chain: Chain, fraction_bar: bool) -> list[dict[int, Standing]]:
    """The slots of each link, and how their numbers stand there."""
    links: list[dict[int, Standing]] = []

    def visit(node: object, at: Standing) -> None:
        if isinstance(node, Slot):
            links[-1][node.column] = at if node.operand or at == BASE else FIRST if at in (FIRST, OPERAND) else ALONE
        elif isinstance(node, tuple):
            for part, place in parts_of(node, at, fraction_bar):
                visit(part, place)

    for expr in chain:
        links.append({})
        visit(expr, ALONE)
    return links


def together(links: list[dict[int, Standing]]) -> dict[int, Standing]:
    """How each slot's number is written, which is the same in all links."""
    found: dict[int, Standing] = {}
    for link in links:
        for column, at in link.items():
            other = found.setdefault(column, at)
            found[column] = at if other in (at, ALONE) else other if at == ALONE else max(at, other, OPERAND)
    return found
