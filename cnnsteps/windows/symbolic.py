"""Output sizes in letters: the formula in them, simplified, with ⌊ ⌋ where it has to stay.

    ⌊(n − 3 + 2p)/2⌋ + 1 = ⌊(n − 1)/2⌋ + p

What the stride divides is taken out of the quotient, and the 1 goes into it. With `ceil_mode` the last window is
dropped where it would start in the padding behind the input: then there are ⌈(N + P_before)/S⌉, as long as the
padding behind is no longer than the window.
"""

from __future__ import annotations

from cnnsteps.model.equation import substitute
from cnnsteps.model.expr import Call, Ceil, Chain, Expr, Floor, Minus, Multiple, Num, Over, Product, Sum, Sym
from cnnsteps.records import NamedTuple
from cnnsteps.windows import polynomial as poly
from cnnsteps.windows.letters import P_AFTER, P_BEFORE, D, F, N, P, S
from cnnsteps.windows.polynomial import ONE, Terms

Size = int | str
"""A number, or a letter."""


class Rounded(NamedTuple):
    """⌊inside/by⌋ + rest, or ⌈ ⌉; an inside that is nothing leaves the rest."""

    inside: Terms
    by: Size
    rest: Terms
    up: bool

    def expression(self) -> Expr:
        if not self.inside:
            return poly.expression(self.rest)
        quotient = Over(poly.expression(self.inside), symbol(self.by))
        part = Ceil(quotient) if self.up else Floor(quotient)
        if not self.rest:
            return part
        rest = poly.expression(self.rest)
        return Sum((part, *(rest.parts if isinstance(rest, Sum) else negative(rest))))

    def text(self) -> str:
        if not self.inside:
            return poly.text(self.rest)
        inside = poly.text(self.inside)
        inside = f"({inside})" if len(self.inside) > 1 else inside
        found = f"{'ceil' if self.up else 'floor'}({inside}/{self.by})"
        if not self.rest:
            return found
        rest = poly.text(self.rest)
        return f"{found} - {rest[1:]}" if rest.startswith("-") else f"{found} + {rest}"


class SymbolicAxis(NamedTuple):
    """One dimension, its sizes numbers or letters; `same` is that word of the padding."""

    n: Size
    f: Size
    s: Size
    before: Size
    after: Size
    d: Size
    ceil_mode: bool = False
    same: bool = False

    @property
    def span(self) -> Terms:
        """D(F − 1) + 1"""
        return poly.plus(poly.times(poly.of(self.d), poly.plus(poly.of(self.f), {ONE: -1})), {ONE: 1})

    @property
    def padded(self) -> Terms:
        """N + P_before, which windows start before the end of."""
        return poly.plus(poly.of(self.n), poly.of(self.before))

    @property
    def room(self) -> Terms:
        """How far the window can travel: it fits where this is at least 0."""
        return poly.plus(poly.of(self.n), poly.scaled(self.span, -1), poly.of(self.before), poly.of(self.after))

    @property
    def behind(self) -> Terms:
        """By how much the window is longer than the padding behind."""
        return poly.plus(self.span, poly.scaled(poly.of(self.after), -1))

    @property
    def may_drop(self) -> bool:
        """The last window can start behind the input, for all that is known; not where it is longer by a stride."""
        less = poly.plus(self.behind, poly.scaled(poly.of(self.s), -1))
        return self.ceil_mode and not (set(less) <= {ONE} and less.get(ONE, 0) >= 0)

    def sizes(self) -> tuple[Rounded, ...]:
        """The output's size: the smallest of these."""
        if self.same:
            return (simplified(poly.of(self.n), self.s, 0, True),)
        whole = simplified(self.room, self.s, 1, self.ceil_mode)
        if not self.may_drop:
            return (whole,)
        if set(self.behind) <= {ONE} and self.behind.get(ONE, 0) <= 0:
            return (simplified(self.room, self.s, 0, True),)
        return (whole, simplified(self.padded, self.s, 0, True))

    def result(self) -> Expr:
        parts = tuple(size.expression() for size in self.sizes())
        return parts[0] if len(parts) == 1 else Call("min", parts)

    def text(self) -> str:
        """As programs read it: floor((n - 1)/2) + p"""
        parts = [size.text() for size in self.sizes()]
        return parts[0] if len(parts) == 1 else f"min({', '.join(parts)})"

    def chain(self) -> Chain:
        """The formula, what is given put in, and the result."""
        formula = Ceil(Over(N, S)) if self.same else self.formula()
        links = [formula, substitute(formula, self.values), self.result()]
        return tuple(link for i, link in enumerate(links) if i == 0 or link != links[i - 1])

    def formula(self) -> Expr:
        """⌊(N − F + 2P)/S⌋ + 1, with D where there is dilation."""
        spread = (Minus(Product((D, Sum((F, Minus(Num(1))))))), Minus(Num(1)))
        pads: tuple[Expr, ...] = (Multiple(2, P),) if self.before == self.after else (P_BEFORE, P_AFTER)
        quotient: Expr = Over(Sum((N, *((Minus(F),) if self.d == 1 else spread), *pads)), S)
        if self.s != 1:
            quotient = Ceil(quotient) if self.ceil_mode else Floor(quotient)
        whole = Sum((quotient, Num(1)))
        return (
            Call("min", (whole, Ceil(Over(Sum((N, P if self.before == self.after else P_BEFORE)), S))))
            if (len(self.sizes()) > 1)
            else whole
        )

    @property
    def values(self) -> dict[Expr, Expr]:
        letters = {N: self.n, F: self.f, S: self.s, D: self.d, P: self.before}
        letters |= {P_BEFORE: self.before, P_AFTER: self.after}
        return {letter: symbol(value) for letter, value in letters.items()}


def symbol(value: Size) -> Expr:
    return Sym(value) if isinstance(value, str) else Num(value)


def negative(part: Expr) -> tuple[Expr, ...]:
    """A number below 0 is taken away."""
    return (Minus(Num(-part.over)),) if isinstance(part, Num) and part.over < 0 else (part,)


def simplified(room: Terms, by: Size, more: int, up: bool) -> Rounded:
    """⌊room/by⌋ + more, or ⌈ ⌉"""
    if by == 1:
        return Rounded({}, 1, poly.plus(room, {ONE: more}), up)
    outside, inside = poly.split(room, by)
    if isinstance(by, str):
        return Rounded(inside, by, poly.plus(outside, {ONE: more}), up)
    inside = poly.plus(inside, {ONE: more * by})
    if not any(inside):
        number = inside.get(ONE, 0)
        return Rounded({}, by, poly.plus(outside, {ONE: -(-number // by) if up else number // by}), up)
    if not up:
        inside, by = poly.reduced(inside, by)
    return Rounded({}, by, poly.plus(outside, inside), up) if by == 1 else Rounded(inside, by, outside, up)
