"""The tokens of a statement → its chains: a name with its index, and links with = or ≈ between them.

Val[1,1] = 1×2 + 3×4 = 14       name, link, link
4 = max(1, 4)   2 = max(2, 1)   two chains: a value that ends begins the next one's left side
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cnnsteps.checking.grammar import ends_cleanly, parse
from cnnsteps.checking.names import Name, name_before
from cnnsteps.checking.tokens import Token, tokens
from cnnsteps.model.expr import Expr
from cnnsteps.records import NamedTuple

RELATIONS = ("=", "≈")
OPERATORS = ("+", "-", "*", "/")
OPENING, CLOSING = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "⌈": "⌉"}, {")", "]", "}", "⌋", "⌉"}
BARRIERS = (":", "：", "\n", "$", "|", "→", "；", "。", "？", "#", ">")
MARKS = ("*", ",", ".", ")", ";", "]", "-")
"""Signs that begin an item of a list or follow the value before, where a space stands behind them."""
ARITHMETIC = frozenset("0+-*/()[]{},Ff√⌊⌋⌈⌉%")
ROW = ("0", "*", "-", "(", ")")
ATTEMPTS = 8
"""At how many places behind words and gaps an expression is looked for."""


class Link(NamedTuple):
    """One side of a relation; the expression is None where nothing can be said of it."""

    relation: str
    """What stands before it; empty where it opens the chain."""
    expr: Expr | None
    first: int
    last: int
    """Where its first token begins and its last token begins, in the shape."""
    elided: bool = False
    broken: bool = False
    """Numbers and signs of arithmetic alone, with several products, that make no expression."""


class Chain(NamedTuple):
    """What is said to be equal; `at` is where it begins in the shape."""

    name: Name | None
    links: tuple[Link, ...]
    at: int
    before: tuple[Token, ...] = ()
    """What stands on its left in the same statement, where it has no name."""

    @property
    def evaluable(self) -> list[Link]:
        return [link for link in self.links if link.expr is not None]


@lru_cache(maxsize=20_000)
def chains_of(shape: str) -> tuple[Chain, ...]:
    """All chains of a shape, in order; those that say nothing are left out."""
    statement = Statement(without_walls(tokens(shape)))
    return tuple(chain for chain in statement.chains() if any(link.relation for link in chain.links))


def without_walls(given: Sequence[Token]) -> list[Token]:
    """Line ends and dollars go where an operator or a relation stands beside them."""
    kept: list[Token] = []
    gap = 0
    for i, token in enumerate(given):
        if token.kind in ("\n", "$"):
            after = next((t.kind for t in given[i + 1 : i + 6] if t.kind not in ("\n", "$")), "")
            before = kept[-1].kind if kept else ""
            joins = before in (*OPERATORS, *RELATIONS, *OPENING, ",") or after in RELATIONS
            if joins or (token.kind == "\n" and after in OPERATORS) or before in ("\n", ""):
                gap = max(gap, token.gap)
                continue
            token = token._replace(kind="\n")
        kept.append(token._replace(gap=gap) if gap > token.gap else token)
        gap = 0
    return kept


class Statement:
    """A statement's tokens, with each bracket's partner."""

    def __init__(self, given: list[Token]) -> None:
        self.tokens = given
        self.partner = partners(given)

    def relations(self) -> Iterator[int]:
        """The positions of relations that stand in no pair of brackets."""
        stop = -1
        for i, token in enumerate(self.tokens):
            if i > stop and i in self.partner and token.kind in OPENING:
                stop = self.partner[i]
            elif i > stop and token.kind in RELATIONS:
                yield i

    def chains(self) -> Iterator[Chain]:
        signs = list(self.relations())
        if not signs:
            return
        stops = [*signs[1:], len(self.tokens)]
        chain = self.opened(0, signs[0])
        for sign, stop in zip(signs, stops, strict=True):
            link, end = self.link(sign, stop)
            chain = chain._replace(links=(*chain.links, link))
            if end < stop:
                yield chain
                chain = self.opened(end, stop)
        yield chain

    def link(self, sign: int, stop: int) -> tuple[Link, int]:
        """What stands behind a relation, and where it ends: before `stop` where something else follows a value."""
        relation, start = self.tokens[sign].kind, sign + 1
        found = parse(self.tokens, start, stop)
        if found is not None and ends_cleanly(self.tokens, found[1], stop):
            expression, end = found
            if self.is_row(sign, end, stop):
                return self.linked(relation, None, start, stop), stop
            return self.linked(relation, expression, start, end), end
        barrier = next((i for i in range(start, stop) if self.is_end(i, start)), stop)
        inner = self.tokens[start:barrier]
        elided, broken = any(token.kind in ("…", "?") for token in inner), is_broken(inner)
        meant = self.without_stray_brackets(start, barrier) if broken else None
        return self.linked(relation, meant, start, barrier)._replace(elided=elided, broken=broken), barrier

    def without_stray_brackets(self, start: int, stop: int) -> Expr | None:
        """What stands here but for brackets that have no partner."""
        kept = [
            token for i, token in enumerate(self.tokens[start:stop], start)
            if i in self.partner or token.kind not in (*OPENING, *CLOSING)
        ]  # fmt: skip
        found = parse(kept, 0, len(kept))
        return found[0] if found is not None and found[1] == len(kept) else None

    def is_row(self, sign: int, end: int, stop: int) -> bool:
        """1×1   2×0   3×4  =  1   0   12: rows of a matrix on both sides, of which none is the other's value."""
        begin = sign - 1
        while begin > 0 and self.tokens[begin].gap < 2 and self.tokens[begin].kind in ROW:
            begin -= 1
        before = begin > 0 and self.tokens[begin].gap > 1 and self.tokens[begin - 1].kind in ("0", ")")
        after = end < stop and self.tokens[end].gap > 1 and self.tokens[end].kind in ("0", "-")
        return before and after

    def is_end(self, i: int, start: int) -> bool:
        """Where what can't be read ends at the latest: a word of a sentence, a comma, a new line."""
        token = self.tokens[i]
        after = self.tokens[i + 1] if i + 1 < len(self.tokens) else token
        if token.kind == ",":
            return after.gap > 0 and i - 1 not in self.partner
        sentence = token.kind == "w" and token.gap > 0 and len(token.text) > 1 and i > start and token.text[0] != "\\"
        return sentence or token.kind in ("\n", "|", "→", ";", "；")

    def linked(self, relation: str, expression: Expr | None, start: int, end: int) -> Link:
        first = self.tokens[start] if start < len(self.tokens) else self.tokens[-1]
        last = self.tokens[end - 1] if end > start else first
        return Link(relation, expression, first.at, last.at)

    def opened(self, start: int, stop: int) -> Chain:
        """The left side: a name, an expression, or what can't be read."""
        begin = start
        for i in range(start, stop):
            if self.tokens[i].kind in BARRIERS or (self.tokens[i].kind in OPENING and i not in self.partner):
                begin = i + 1
        at = self.tokens[begin].at if begin < len(self.tokens) else 0
        if start < begin < stop and self.tokens[begin - 1].kind == "|" and self.tokens[begin].kind in ("*", "/"):
            # |23 − 30| × 2: nothing is known of what stands between bars.
            return Chain(None, (self.linked("", None, begin, stop),), at)
        while begin + 1 < stop and self.tokens[begin].kind in MARKS and self.tokens[begin + 1].gap:
            begin += 1
        before = tuple(self.tokens[max(start, stop - 40) : stop])
        if begin >= stop:
            return Chain(None, (), at, before)
        found = self.whole(begin, stop)
        name = None if found else name_before(self.tokens, begin, stop, self.partner)
        if name is not None:
            return Chain(name, (), name.at, before)
        if found is None:
            found = next(filter(None, (self.whole(i, stop) for i in self.places(begin, stop))), None)
        if found is None:
            return Chain(None, (self.linked("", None, begin, stop),), at, before)
        before = tuple(token for token in before if token.at < found.first)
        return Chain(None, (found,), found.first, before)

    def whole(self, start: int, stop: int) -> Link | None:
        """An expression from here up to the relation; a number behind a word is no value but part of a name."""
        found = parse(self.tokens, start, stop)
        if found is None or found[1] != stop:
            return None
        lone = stop - start == 1
        if lone and start and self.tokens[start - 1].kind == "w" and self.tokens[start].gap < 2:
            return None
        return self.linked("", found[0], start, stop)

    def places(self, begin: int, stop: int) -> list[int]:
        """Where an expression may begin: behind words, wide gaps, closing brackets and commas."""
        found = [
            i for i in range(begin + 1, stop)
            if self.tokens[i - 1].kind in ("w", ")", "]", "\n")
            or (self.tokens[i - 1].kind in (",", ".") and self.tokens[i].gap)
            or self.tokens[i].gap > 1
        ]  # fmt: skip
        clean = [i for i in found if self.tokens[i].kind in ("0", "(", "[", "F", "f", "⌊", "⌈", "-", "√")]
        # A minus or a bracket right behind a letter belongs to it: a − 3, f(2).
        return [i for i in clean[-ATTEMPTS:] if not glued(self.tokens, i)]


def is_broken(inner: Sequence[Token]) -> bool:
    """Surely meant as an expression: products of numbers, and nothing but arithmetic."""
    kinds = [token.kind for token in inner]
    products = sum(a == "*" and b in ("0", "(", "-") for a, b in itertools.pairwise(kinds))
    calls = sum(kind == "f" for kind in kinds) and kinds.count(",") > 1
    return all(kind in ARITHMETIC for kind in kinds) and (products > 1 or bool(calls))


def glued(given: Sequence[Token], i: int) -> bool:
    before, token = given[i - 1], given[i]
    if token.kind == "-":
        return token.gap < 2 and not (
            before.kind == "w" and len(before.text) > 1 and i + 1 < len(given) and given[i + 1].gap == 0
        )
    if before.kind == "w" and before.text[-1] > "\u2e80" and token.kind != "-":
        return False
    single = before.kind == "w" and len(before.text) == 1 and before.text.isascii()
    return (before.kind in ("w", ")", "]") and token.gap == 0) or (single and token.gap < 2)


def partners(given: Sequence[Token]) -> dict[int, int]:
    """Each opening bracket's closing one, and the other way; those that hold a relation are a sentence's."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    sentences: set[int] = set()
    for i, token in enumerate(given):
        if token.kind in RELATIONS:
            for opening in reversed(waiting):
                if opening in sentences:
                    break
                sentences.add(opening)
        elif token.kind in OPENING:
            waiting.append(i)
        elif token.kind in CLOSING and any(OPENING[given[i].kind] == token.kind for i in waiting[-2:]):
            # [(4 + 2] is a bracket with a stray one in it.
            while OPENING[given[waiting[-1]].kind] != token.kind:
                waiting.pop()
            opening = waiting.pop()
            if opening not in sentences:
                found[opening], found[i] = i, opening
    return found
