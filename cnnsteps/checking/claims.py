"""What a document claims: a name, an index, and links that are said to be equal, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cnnsteps.checking.chains import Chain, Link, chains_of
from cnnsteps.checking.numerals import Reading, places_of, read, readings, spans, value_of
from cnnsteps.checking.statements import Statement, statements
from cnnsteps.model import expr
from cnnsteps.model.evaluate import Unknown, evaluate
from cnnsteps.model.expr import Expr
from cnnsteps.model.identity import cached_by_identity
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple

MINUS = ("-", "−", "–", "‐", "－")


class Term(NamedTuple):
    """A summand: the numbers that are multiplied in it, by their slots, and whether it is taken away."""

    slots: tuple[int, ...]
    minus: bool = False


class Claim(NamedTuple):
    """A chain of one statement with its numbers."""

    statement: Statement
    reading: Reading
    chain: Chain
    numbers: tuple[Exact | None, ...]
    values: tuple[Exact | None, ...]
    """What each link comes to; None where nothing can be said of it."""
    text: str
    """The statement's."""
    cell: tuple[int, ...] | None = None
    """The index of a named cell; None where the name has none."""

    @property
    def name(self) -> str | None:
        return self.chain.name.label(self.reading.texts) if self.chain.name else None

    @property
    def worked(self) -> int | None:
        """The first link with something to work out."""
        return worked_link(self.chain)

    @property
    def stated(self) -> Exact | None:
        """The value that the chain ends with: a number alone."""
        lone = [i for i, link in enumerate(self.chain.links) if link.expr is not None and is_lone(link.expr)]
        ends = [i for i in lone if i == len(self.chain.links) - 1] or lone[-1:]
        return self.values[ends[0]] if ends and self.worked is not None else None

    @property
    def stated_link(self) -> int | None:
        lone = [i for i, link in enumerate(self.chain.links) if link.expr is not None and is_lone(link.expr)]
        return lone[-1] if lone else None

    def spans(self) -> list[tuple[int, int]]:
        """Where its numbers stand in the document."""
        return [
            (start + self.statement.start, end + self.statement.start) for start, end in spans(self.reading, self.text)
        ]

    def span_of(self, part: Expr) -> tuple[int, int]:
        """From the first number of an expression to its last."""
        places, slots = self.spans(), slots_of(part)
        return (places[slots[0]][0], places[slots[-1]][1]) if slots else (self.statement.start, self.statement.end)

    def signed_span(self, part: Expr) -> tuple[int, int]:
        """Of a number alone, its sign included."""
        start, end = self.span_of(part)
        if isinstance(part, expr.Minus):
            before = self.text[: start - self.statement.start].rstrip(" {(\\left")
            start = self.statement.start + len(before) - 1 if before.endswith(MINUS) else start
        return start, end

    def places(self, part: Expr) -> int:
        """How many digits behind the point the numbers of an expression have at most."""
        return max((places_of(self.reading.texts[slot]) for slot in slots_of(part)), default=0)

    def written(self, part: Expr) -> str:
        start, end = self.span_of(part)
        return self.text[start - self.statement.start : end - self.statement.start]


@cached_by_identity
def worked_link(chain: Chain) -> int | None:
    """Many claims have one chain."""
    found = (i for i, link in enumerate(chain.links) if link.expr is not None and not is_lone(link.expr))
    return next(found, None)


def part_of(link: Link) -> Expr:
    assert link.expr is not None
    return link.expr


def is_lone(part: Expr) -> bool:
    """A number by itself, its sign included."""
    while isinstance(part, expr.Minus | expr.Bracket):
        part = part.part
    if isinstance(part, expr.Over):
        return isinstance(part.top, expr.Slot) and isinstance(part.bottom, expr.Num)
    return isinstance(part, expr.Slot)


@cached_by_identity
def slots_of(part: Expr) -> tuple[int, ...]:
    """The numbers of an expression, in order."""
    match part:
        case expr.Slot(column=column):
            return (column,)
        case expr.Sum(parts=parts) | expr.Product(parts=parts) | expr.Call(parts=parts):
            return tuple(slot for p in parts for slot in slots_of(p))
        case expr.Minus(part=inner) | expr.Bracket(part=inner) | expr.Floor(part=inner) | expr.Ceil(part=inner):
            return slots_of(inner)
        case expr.Root(part=inner):
            return slots_of(inner)
        case expr.Over(top=first, bottom=second) | expr.Power(base=first, exponent=second):
            return slots_of(first) + slots_of(second)
        case _:
            return ()


@cached_by_identity
def terms_of(part: Expr) -> tuple[Term, ...] | None:
    """The summands of a sum of products, brackets opened; None where it is something else."""
    match part:
        case expr.Sum(parts=parts):
            found = [terms_of(p) for p in parts]
            return None if any(f is None for f in found) else tuple(term for f in found for term in f or ())
        case expr.Minus(part=inner):
            found_inner = terms_of(inner)
            return None if found_inner is None else tuple(term._replace(minus=not term.minus) for term in found_inner)
        case expr.Bracket(part=inner):
            return terms_of(inner)
        case expr.Slot(column=column):
            return (Term((column,)),)
        case expr.Product(parts=parts):
            factors = [terms_of(p) for p in parts]
            if any(f is None or len(f) != 1 for f in factors):
                return None
            single = [f[0] for f in factors if f]
            return (Term(tuple(s for f in single for s in f.slots), sum(f.minus for f in single) % 2 == 1),)
        case expr.Over(top=expr.Slot(column=top), bottom=expr.Slot(column=bottom)):
            return (Term((top, -1 - bottom)),)
        case _:
            return None


def value(part: Expr, numbers: Sequence[Exact | None]) -> Exact | None:
    """What an expression comes to; None where it has no value or holds what can't be read."""
    if any(numbers[slot] is None for slot in slots_of(part)):
        return None
    try:
        return evaluate(part, numbers)  # type: ignore[arg-type]  # none of those that count is None
    except Unknown:
        return None


def claims(text: str, holes: Iterable[tuple[int, int]] = ()) -> Iterator[Claim]:
    """All claims of a text; `holes` are the places of its matrices."""
    for statement in statements(text, holes):
        part = text[statement.start : statement.end]
        first, *others = lazily(statement, part)
        yield from min([first, *others], key=lambda found: (-known(found), differing(found)))


def lazily(statement: Statement, part: str) -> list[list[Claim]]:
    """The claims by each reading of the numbers; by the first alone where it leaves nothing open."""
    found = [claims_of(statement, part, read(part))]
    if known(found[0]) < sum(len(claim.chain.links) for claim in found[0]) or differing(found[0]) or not found[0]:
        found += [claims_of(statement, part, reading) for reading in readings(part)[1:]]
    return found


def claims_of(statement: Statement, part: str, reading: Reading) -> list[Claim]:
    """The claims of a statement, with its numbers read in one way."""
    numbers = tuple(map(value_of, reading.texts))
    found = []
    for chain in chains_of(reading.shape):
        values = tuple(None if link.expr is None else value(link.expr, numbers) for link in chain.links)
        cell = (chain.name.numbers(reading.texts) or None) if chain.name else None
        found.append(Claim(statement, reading, chain, numbers, values, part, cell))
    return found


def known(found: list[Claim]) -> int:
    """How many links can be worked out."""
    return sum(v is not None for claim in found for v in claim.values)


def differing(found: list[Claim]) -> int:
    """How many links differ from the one before them."""
    pairs = ((a, b) for claim in found for a, b in zip(claim.values, claim.values[1:], strict=False))
    return sum(a is not None and b is not None and distance(a, b) * 1000 > distance(b, 0) for a, b in pairs)


def distance(a: Exact, b: Exact) -> Exact:
    """|a − b|"""
    return a - b if a > b else b - a


def links_of(claim: Claim) -> Iterator[tuple[int, Link, Exact]]:
    """The links that can be worked out, each with its position and value."""
    for i, (link, found) in enumerate(zip(claim.chain.links, claim.values, strict=True)):
        if found is not None:
            yield i, link, found
