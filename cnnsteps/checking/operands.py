"""What a line multiplies, or takes the maximum or average of: its operands as numbers with their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from cnnsteps.checking.claims import Claim, distance, slots_of, terms_of, value
from cnnsteps.checking.solved import Step
from cnnsteps.model import expr
from cnnsteps.model.expr import Expr
from cnnsteps.model.identity import cached_by_identity
from cnnsteps.numbers.exact import decimal_places
from cnnsteps.numbers.interval import Exact
from cnnsteps.records import NamedTuple


class Pair(NamedTuple):
    """A product of the line, its sign in the first number, and the slots of its two numbers."""

    x: Exact
    w: Exact
    slots: tuple[int, ...]

    @property
    def product(self) -> Exact:
        return self.x * self.w


class Operands(NamedTuple):
    """`kind` is conv, max or average; of a conv the products and what is added to them, of a pool the window."""

    kind: str
    pairs: tuple[Pair, ...] = ()
    alone: tuple[Pair, ...] = ()
    """Summands that are no product: a bias, or the values of products."""
    window: tuple[Pair, ...] = ()
    divisor: Exact | None = None
    loose: bool = False
    """A ≈ stands in the line: its numbers may be rounded."""


def operands_of(claim: Claim) -> Operands | None:
    """What the first worked link of a claim reads; None where it is neither a convolution nor a pool."""
    first = claim.worked
    part = claim.chain.links[first].expr if first is not None else None
    while isinstance(part, expr.Bracket):
        part = part.part
    if isinstance(part, expr.Call) and part.name in ("relu", "sigmoid", "tanh") and len(part.parts) == 1:
        part = part.parts[0]
    found = None if part is None else pool_of(claim, part) or conv_of(claim, part)
    is_loose = any(link.relation == "≈" for link in claim.chain.links)
    return found._replace(loose=True) if found is not None and is_loose else found


def pool_of(claim: Claim, part: Expr) -> Operands | None:
    if isinstance(part, expr.Call) and part.name in ("max", "average"):
        return window_of(claim, part.name, part.parts, None)
    if isinstance(part, expr.Over) and isinstance(bottom := opened(part.bottom), expr.Slot):
        return averaged(claim, part.top, claim.numbers[bottom.column])
    if isinstance(part, expr.Product) and len(part.parts) == 2 and isinstance(part.parts[0], expr.Over):
        share = part.parts[0]
        if (
            isinstance(share.top, expr.Slot)
            and claim.numbers[share.top.column] == 1
            and isinstance(share.bottom, expr.Slot)
        ):
            return averaged(claim, part.parts[1], claim.numbers[share.bottom.column])
    return None


def opened(part: Expr) -> Expr:
    """What stands in brackets."""
    while isinstance(part, expr.Bracket):
        part = part.part
    return part


def averaged(claim: Claim, top: Expr, count: Exact | None) -> Operands | None:
    """(a + b + c + d)/4"""
    top = opened(top)
    if not isinstance(top, expr.Sum) or count is None or not count >= 2 or len(top.parts) < 2:
        return None
    return window_of(claim, "average", top.parts, count)


def window_of(claim: Claim, kind: str, parts: Sequence[Expr], divisor: Exact | None) -> Operands | None:
    found = []
    for part in parts:
        terms = terms_of(part)
        if terms is None or len(terms) != 1 or len(terms[0].slots) != 1:
            return None
        number = claim.numbers[terms[0].slots[0]]
        if number is None:
            return None
        found.append(Pair(-number if terms[0].minus else number, 1, terms[0].slots))
    return Operands(kind, window=tuple(found), divisor=divisor)


def conv_of(claim: Claim, part: Expr) -> Operands | None:
    """Products of two numbers each, and what else is added."""
    pairs, alone = [], []
    numbers = claim.numbers
    layout = factors_of(part)
    if len(layout) < 2:
        return None
    for factors, slots, sign in layout:
        known = [numbers[f.column] if type(f) is expr.Slot else value(f, numbers) for f in factors]
        if None in known or len(known) > 2:
            return None
        x, *rest = known
        assert x is not None
        if rest and rest[0] is not None:
            pairs.append(Pair(x, sign * rest[0], slots))
        else:
            alone.append(Pair(sign * x, 1, slots))
    return Operands("conv", tuple(pairs), tuple(alone)) if len(pairs) >= 2 or len(alone) >= 4 else None


@cached_by_identity
def factors_of(part: Expr) -> tuple[tuple[tuple[Expr, ...], tuple[int, ...], int], ...]:
    """Of each summand its factors, their slots, and its sign."""
    return tuple(
        (summand.parts if isinstance(summand, expr.Product) else (summand,), slots_of(summand), sign)
        for summand, sign in summands_of(part, 1)
    )


def summands_of(part: Expr, sign: int) -> Iterator[tuple[Expr, int]]:
    """The summands with their signs, brackets opened."""
    match part:
        case expr.Sum(parts=parts):
            for p in parts:
                yield from summands_of(p, sign)
        case expr.Minus(part=inner):
            yield from summands_of(inner, -sign)
        case expr.Bracket(part=inner):
            yield from summands_of(inner, sign)
        case _:
            yield part, sign


class Misfit(NamedTuple):
    """Operands that are not the problem's: what stands in the line and what should, by position."""

    wrong: tuple[tuple[Pair, tuple[Exact, Exact]], ...]
    """Pairs of the line with the products that belong there."""
    extra: tuple[Pair, ...] = ()
    absent: tuple[tuple[Exact, Exact], ...] = ()

    @property
    def size(self) -> int:
        return len(self.wrong) + len(self.extra) + len(self.absent)


def compare(operands: Operands, step: Step) -> Misfit:
    """How the operands of a line differ from what its cell reads; nothing where they agree in some order."""
    if operands.kind != "conv":
        return by_position(operands.window, [(x, 1) for x in step.window], operands.loose)
    if not operands.pairs:
        bias = [] if step.bias is None else [(step.bias, 1)]
        return by_position(operands.alone, [(x * w, 1) for x, w in step.terms] + bias, operands.loose)
    return by_position(operands.pairs, list(step.terms), operands.loose)


def agrees(operands: Operands, step: Step) -> bool:
    """Whether a line reads what its cell reads, in any order: as `compare`, but quick."""
    if operands.kind == "conv" and not operands.pairs:
        return compare(operands, step).size == 0
    given = operands.pairs or operands.window
    own, right = bag_of_pairs(given), bag_of(step.terms) if operands.pairs else bag_of_window(step.window)
    if len(given) == right.total() or own == right:
        return own == right
    return own <= right and all(x * w == 0 for x, w in right - own)


def by_position(given: Sequence[Pair], right: Sequence[tuple[Exact, Exact]], loose: bool) -> Misfit:
    if len(given) == len(right):
        fits = same_rounded if loose else same
        wrong = [(pair, term) for pair, term in zip(given, right, strict=True) if not fits(pair, term)]
        if not wrong or bag((p.x, p.w) for p in given) == bag(right):
            return Misfit(())
        moved = bag_misfit(given, right)
        return moved if moved.size < len(wrong) and moved.size <= 2 else Misfit(tuple(wrong))
    return bag_misfit(given, right)


def same(pair: Pair, term: tuple[Exact, Exact]) -> bool:
    return (
        (pair.x, pair.w) == term or (pair.w, pair.x) == term or (-pair.x, -pair.w) == term or (-pair.w, -pair.x) == term
    )


def same_rounded(pair: Pair, term: tuple[Exact, Exact]) -> bool:
    """The same, or in fewer digits: 0.11 for 1/9."""
    x, w = (v if v >= 0 else -v for v in (pair.x, pair.w))
    a, b = (v if v >= 0 else -v for v in term)
    signs = (pair.x < 0) == (pair.w < 0), (term[0] < 0) == (term[1] < 0)
    fits = (is_rounded(x, a) and is_rounded(w, b)) or (is_rounded(x, b) and is_rounded(w, a))
    return fits and (signs[0] == signs[1] or not x * w)


def is_rounded(shown: Exact, exact: Exact) -> bool:
    places = decimal_places(shown.denominator)
    return shown == exact or (bool(places) and distance(shown, exact) * 2 <= Fraction(1, 10 ** (places or 0)))


def plain(x: Exact, w: Exact) -> tuple[Exact, Exact]:
    """A product without its order: the larger factor last, a sign in front."""
    low, high = sorted((x if x > 0 else -x, w if w > 0 else -w))
    return (-low if (x < 0) != (w < 0) and low else low, high)


@cached_by_identity
def bag_of(terms: tuple[tuple[Exact, Exact], ...]) -> Counter[tuple[Exact, Exact]]:
    """The terms of a step, which many lines are compared with."""
    return bag(terms)


@cached_by_identity
def bag_of_window(window: tuple[Exact, ...]) -> Counter[tuple[Exact, Exact]]:
    return bag((x, 1) for x in window)


@cached_by_identity
def bag_of_pairs(pairs: tuple[Pair, ...]) -> Counter[tuple[Exact, Exact]]:
    return bag((pair.x, pair.w) for pair in pairs)


def bag(terms: Iterable[tuple[Exact, Exact]]) -> Counter[tuple[Exact, Exact]]:
    return Counter(plain(x, w) for x, w in terms)


def bag_misfit(given: Sequence[Pair], right: Sequence[tuple[Exact, Exact]]) -> Misfit:
    """As sets: what the line has too much and too little; products of 0 may be left out."""
    left = bag(right)
    extra = []
    for pair in given:
        key = plain(pair.x, pair.w)
        if left[key] > 0:
            left[key] -= 1
        else:
            extra.append(pair)
    absent = [term for term in left.elements() if term[0] * term[1] != 0]
    if len(extra) == len(absent):
        return Misfit(tuple(zip(extra, absent, strict=True)))
    return Misfit((), tuple(extra), tuple(absent))


def count(operands: Operands) -> int:
    """How many products or numbers a line has."""
    return len(operands.pairs) or len(operands.window) or len(operands.alone)


def numbers_of(claim: Claim) -> tuple[int, ...]:
    """All slots of the first worked link."""
    first = claim.worked
    part = claim.chain.links[first].expr if first is not None else None
    return slots_of(part) if part is not None else ()
