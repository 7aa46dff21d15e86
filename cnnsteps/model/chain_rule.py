"""The chain rule in letters: which products a gradient's cell is the sum of.

    ∂L/∂x[i] = Σ_k ∂L/∂Val[k] × w[(i − k·s + p)/d]

Indices are kept as counted from 0, and written as counted from any base.
"""

from __future__ import annotations

from cnnsteps.model.equation import Equation
from cnnsteps.model.expr import Entry, Expr, Minus, Multiple, Num, Over, Partial, Product, Sigma, Sum, Sym
from cnnsteps.records import NamedTuple

INPUT = {1: "i", 2: "ij", 3: "hij"}
OUTPUT = {1: "k", 2: "kl", 3: "qkl"}
KERNEL = {1: "u", 2: "uv", 3: "tuv"}
PADDED = {1: "r", 2: "rs", 3: "prs"}
ROWS = "nchg"
"""The letters of a matrix product's dimensions before the last."""
LEADING = {"batch item": "n", "channel": "c", "filter": "f"}
"""The letters of the dimensions before the spatial ones, and, by how many there are, of those."""


def leading(axes: tuple[str, ...]) -> str:
    """The letters of the dimensions before the spatial ones."""
    return "".join(LEADING[axis] for axis in axes)


def without(letters: str, bound: str) -> str:
    """The letters that are not bound, each once: those over which a sum goes."""
    return "".join(dict.fromkeys(letter for letter in letters if letter not in bound))


class Place(NamedTuple):
    """(Σ factor·letter + shift)/by, counted from 0."""

    letters: tuple[tuple[int, str], ...]
    shift: int = 0
    by: int = 1

    def written(self, base: int) -> Expr:
        """The same place where everything is counted from `base`."""
        shift = self.shift - base * sum(factor for factor, _ in self.letters)
        if self.by == 1:
            return self.sum(shift + base)
        quotient = Over(self.sum(shift), Num(self.by))
        return Sum((quotient, Num(base))) if base else quotient

    def sum(self, shift: int) -> Expr:
        """What is added first, so that no sum begins with a sign."""
        parts: list[Expr] = []
        for factor, letter in sorted(self.letters, key=lambda part: part[0] < 0):
            size = abs(factor)
            part: Expr = Sym(letter) if size == 1 else Multiple(size, Sym(letter))
            parts.append(Minus(part) if factor < 0 else part)
        if shift:
            parts.append(Minus(Num(-shift)) if shift < 0 else Num(shift))
        return parts[0] if len(parts) == 1 else Sum(tuple(parts)) if parts else Num(0)


def at(letters: str) -> tuple[Place, ...]:
    """A place a letter: i, j."""
    return tuple(Place(((1, letter),)) for letter in letters)


class Named(NamedTuple):
    """An entry of a tensor: w[f, i − k + 1]."""

    name: str
    places: tuple[Place, ...]

    def written(self, base: int) -> Entry:
        return Entry(self.name, tuple(place.written(base) for place in self.places))


class Rule(NamedTuple):
    """∂L/∂(by) = Σ_(over) ∂L/∂(grad) × other, or divided by the entry of `divisor`."""

    by: Named
    over: str
    grad: Named
    other: Named | None = None
    divisor: Named | None = None
    notes: tuple[str, ...] = ()
    """What the letters do not say, in sentences."""

    def row(self, base: int) -> Equation:
        """The rule as an equation, its indices counted from `base`."""
        part: Expr = Partial(self.grad.written(base))
        if self.other is not None:
            part = Product((part, self.other.written(base)))
        if self.divisor is not None:
            part = Over(part, self.divisor.written(base))
        return Equation((Partial(self.by.written(base)),), (Sigma(self.over, part) if self.over else part,))


class Derivative(NamedTuple):
    """∂L/∂(by) = part, whose indices are letters alone: the same from wherever they are counted."""

    by: Named
    part: Expr
    notes: tuple[str, ...] = ()

    def row(self, base: int) -> Equation:
        return Equation((Partial(self.by.written(base)),), (self.part,))


def sum_of_products(val: Named, over: str, x: Named, w: Named, bias: Named | None, base: int) -> Equation:
    """Val = Σ_(over) x × w + b; a bias without a place is one number."""
    part: Expr = Sigma(over, Product((x.written(base), w.written(base))))
    if bias is not None:
        part = Sum((part, bias.written(base) if bias.places else Sym(bias.name)))
    return Equation((val.written(base),), (part,))
