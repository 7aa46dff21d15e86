"""What the letters of the chain rule mean."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.i18n import Phrase, phrase
from cnnsteps.model.chain_rule import INPUT, KERNEL, OUTPUT, PADDED
from cnnsteps.model.equation import Equation
from cnnsteps.model.expr import Entry, Partial, Sigma, Sym

WORDS: dict[str, Phrase] = {
    "L": phrase("loss"),
    "Val": phrase("output"),
    "x": phrase("input"),
    "w": phrase("kernel"),
    "b": phrase("bias"),
    **dict.fromkeys(INPUT[3], phrase("place in the input")),
    **dict.fromkeys(OUTPUT[3], phrase("place in the output")),
    **dict.fromkeys(KERNEL[3], phrase("place in the kernel")),
    **dict.fromkeys(PADDED[3], phrase("place in the padded input")),
    "n": phrase("batch item"),
    "c": phrase("channel"),
    "f": phrase("filter"),
}
"""In the order in which they are explained."""
WEIGHT, ROW = phrase("weight"), phrase("row")


def letters_in(part: object) -> Iterator[str]:
    """All letters of an expression: names of tensors, their places, those that a sum runs over, the loss."""
    if isinstance(part, Sym | Entry):
        yield part.name
    if isinstance(part, Partial):
        yield "L"
    if isinstance(part, Sigma):
        yield from part.over
    if isinstance(part, tuple):
        for inner in part:
            yield from letters_in(inner)


def explained(row: Equation, weighs: bool) -> list[tuple[Sym, Phrase]]:
    """Each letter of a rule with its words; `weighs` where w is a weight, whose rows and columns have no names."""
    there = set(letters_in(row))
    words = {**WORDS, "w": WEIGHT, "n": ROW} if weighs else WORDS
    return [(Sym(letter), text) for letter, text in words.items() if letter in there]
