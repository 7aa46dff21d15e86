"""What stands left of the first relation: a name and the index of a cell.

Val_{[1,1]}   Y[1,1]   y_{11}   out(1, 1)   Output[0][0]   C₁₁   (X * K)(2, 2)   Y_1   H_{out}
"""

from __future__ import annotations

from collections.abc import Sequence

from cnnsteps.checking.tokens import Token
from cnnsteps.records import NamedTuple

SUBSCRIPT = dict(zip("₀₁₂₃₄₅₆₇₈₉", range(10), strict=True))
EXAMPLES = {
    r"Val_{[1,1]} = 1*2": ("Val", (1, 1)),
    r"\mathrm{Val}[1,1] = 1*2": ("Val", (1, 1)),
    r"\mathrm{Val}_{[1,1]} = 1*2": ("Val", (1, 1)),
    r"\mathrm{Val}_ {[1,1]} = 1*2": ("Val", (1, 1)),
    "Y[1,2] = 1*2": ("Y", (1, 2)),
    r"y_{1,1} = 1*2": ("y", (1, 1)),
    r"y_{12} = 1*2": ("y", (1, 2)),
    r"O_{1,1} = 1*2": ("O", (1, 1)),
    "out(1, 1) = 1*2": ("out", (1, 1)),
    "Output[0][0] = 1*2": ("Output", (0, 0)),
    "C₁₁ = 1*2": ("C", (1, 1)),
    r"\text{Output}_{(1,2)} = 1*2": ("Output", (1, 2)),
    "(X * K)(2, 2) = 1*2": ("(X*K)", (2, 2)),
    "Y_1 = 1*2": ("Y", (1,)),
    "H_out = 1*2": ("H_out", ()),
    "∂L/∂x[1,1] = 1*2": ("∂L/∂x", (1, 1)),
    "Val[1,2,3] = 1*2": ("Val", (1, 2, 3)),
    "Region 3 = max(1, 2)": ("Region", (3,)),
    "O[0, 0] = 1*2": ("O", (0, 0)),
    r"Y^{(1)}_{2,3} = 1*2": ("Y^{(1)}", (2, 3)),
    "feature_map1(1,1) = 1*2": ("feature_map1", (1, 1)),
    "w₁ = 1*2": ("w", (1,)),
}


class Name(NamedTuple):
    """A name in plain signs; its numbers are those of the statement (−1 − digit where they are written small)."""

    parts: tuple[str | int, ...]
    slots: tuple[int, ...]
    at: int
    packed: bool = False
    """The index is one number, whose digits may be indices."""

    def label(self, texts: Sequence[str]) -> str:
        """The name as it is written: feature_map1, H_out."""
        text = "".join(part if isinstance(part, str) else texts[part] for part in self.parts)
        return text.replace("_{", "_").rstrip("}") if "_{" in text and "^" not in text else text

    def numbers(self, texts: Sequence[str]) -> tuple[int, ...] | None:
        """The index; None where it is no whole number."""
        written = [texts[slot] if slot >= 0 else str(-1 - slot) for slot in self.slots]
        written = [part for text in written for part in text.split(",")]
        if not all(text.isdigit() and len(text) < 7 for text in written):
            return None
        if self.packed and len(written[0]) in (2, 3):
            return tuple(map(int, written[0]))
        return tuple(map(int, written))


def name_before(given: Sequence[Token], start: int, stop: int, partner: dict[int, int]) -> Name | None:
    """The name that ends at `stop`; None where an expression with letters stands there."""
    index, end, packed = index_before(given, start, stop, partner)
    begin = word_before(given, start, end, partner, bool(index))
    if begin is None:
        return None
    before = given[begin - 1].kind if begin > start else ""
    if before in ("+", "-", "*", "/", "^") and given[begin].gap < 2:
        return None
    parts = tuple(token.number if token.kind == "0" else token.text for token in given[begin:end])
    return Name(parts, index, given[begin].at if begin < len(given) else 0, packed)


def index_before(
    given: Sequence[Token], start: int, stop: int, partner: dict[int, int]
) -> tuple[tuple[int, ...], int, bool]:
    """The slots of an index that ends at `stop`, where it begins, and whether its digits stand together."""
    index: tuple[int, ...] = ()
    end, packed = stop, False
    while end > start:
        last = given[end - 1]
        if last.kind in SUBSCRIPT:
            index, end = (-1 - SUBSCRIPT[last.kind], *index), end - 1
            continue
        opening = partner.get(end - 1, -1)
        if last.kind not in (")", "]", "}") or opening < start:
            break
        inner = listed(given, opening + 1, end - 1)
        if inner is None or (index and last.kind != "]"):
            break
        packed = len(inner) == 1 and last.kind == "}"
        index, end = (*inner, *index), opening
        if end > start and given[end - 1].kind == "_":
            return index, end - 1, packed
    if not index and end - start >= 2 and given[end - 1].kind == "0" and given[end - 2].kind in ("_", "w"):
        index, packed = (given[end - 1].number,), given[end - 2].kind == "_" or not given[end - 1].gap
        end -= 2 if given[end - 2].kind == "_" else 1
    return index, end, packed and len(index) == 1


def listed(given: Sequence[Token], start: int, stop: int) -> tuple[int, ...] | None:
    """Whole numbers with commas between them, in brackets of their own or not."""
    while stop - start >= 2 and given[start].kind in ("(", "[", "{") and given[stop - 1].kind in (")", "]", "}"):
        start, stop = start + 1, stop - 1
    numbers = given[start:stop:2]
    commas = given[start + 1 : stop : 2]
    if not numbers or len(numbers) != len(commas) + 1:
        return None
    if any(token.kind != "0" for token in numbers) or any(token.kind != "," for token in commas):
        return None
    return tuple(token.number for token in numbers)


def word_before(given: Sequence[Token], start: int, end: int, partner: dict[int, int], indexed: bool) -> int | None:
    """Where the name that ends here begins: back over what stands without a space."""
    begin = end
    while begin > start and (begin == end or given[begin].gap == 0):
        token = given[begin - 1]
        if token.kind in (")", "}", "]") and partner.get(begin - 1, -1) >= start:
            begin = partner[begin - 1]
        elif (
            token.kind in ("w", "f", "_", "^", "∂", "/", "∇")
            or (token.kind == "0" and given[begin - 1].gap == 0 and begin < end)
            or (token.kind == "0" and begin - 2 >= start and given[begin - 2].kind == "w" and token.gap == 0)
        ):
            begin -= 1
        else:
            break
    if begin == end:
        return end if indexed and end == start else None
    is_call = given[begin].kind == "f" and indexed and given[end].kind in ("(", "[")
    has_word = any(token.kind in ("w", "f") for token in given[begin:end])
    return begin if has_word and not is_call else None
