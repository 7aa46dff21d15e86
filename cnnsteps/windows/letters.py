"""The letters of the formulas of sizes and costs, each with the words that explain it."""

from __future__ import annotations

from cnnsteps.i18n import Phrase, phrase
from cnnsteps.model.expr import Sym

N, F, S, D, P = (Sym(letter) for letter in "NFSDP")
P_BEFORE, P_AFTER = Sym("P", phrase("before")), Sym("P", phrase("after"))
P_TOTAL, P_OUTPUT = Sym("P", phrase("total")), Sym("P", phrase("output"))
K, C, G, M = (Sym(letter) for letter in "KCGM")
R, J, FIELD_PADDING, FIELD_START = (Sym(letter) for letter in "rjpu")
SIZES = {1: "L", 2: "HW", 3: "DHW"}
"""The letters of the dimensions' sizes."""
OUT, IN = "out", "in"


def side_symbols(dims: int, sub: str) -> tuple[Sym, ...]:
    """H_out, W_out"""
    return tuple(Sym(letter, sub) for letter in SIZES.get(dims, "N" * dims))


WORDS: dict[Sym, Phrase] = {
    Sym("L", OUT): phrase("output length"),
    Sym("D", OUT): phrase("output depth"),
    Sym("H", OUT): phrase("output height"),
    Sym("W", OUT): phrase("output width"),
    Sym("L", IN): phrase("input length"),
    Sym("D", IN): phrase("input depth"),
    Sym("H", IN): phrase("input height"),
    Sym("W", IN): phrase("input width"),
    N: phrase("input"),
    F: phrase("window"),
    P: phrase("padding"),
    S: phrase("stride"),
    D: phrase("dilation"),
    K: phrase("filters"),
    C: phrase("channels"),
    G: phrase("groups"),
    M: phrase("output"),
    R: phrase("receptive field"),
    J: phrase("jump"),
    FIELD_PADDING: phrase("padding of the field"),
    FIELD_START: phrase("start of the field"),
}
"""In the order in which they are explained."""
OF_FIELDS = (R, J, FIELD_PADDING, FIELD_START)
ABOUT_FIELDS = phrase(
    "These are taken before the layer; of the input itself r = j = 1 and p = u = 0. The jump is how far apart in the "
    "input neighbours look; the field of the first place starts at u, where the input starts at 0."
)


def explained(letter: Sym) -> Sym:
    """Under which letter its words stand: P_before under P, F_H under F."""
    return letter if letter in WORDS else Sym(letter.name)
