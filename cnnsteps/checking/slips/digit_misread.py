"""A digit is misread, such as 5 for 6."""

from __future__ import annotations

from cnnsteps.checking.operands import Misfit

SUMMARY = "A digit is misread, such as 5 for 6."
WHY = """One number of the window is copied with another digit; 5 and 6, 1 and 7, 3 and 8 look alike in handwriting."""
WRONG = r"""
Input:

1 2 3
4 5 6
7 8 6

Kernel:

1 0
2 1

Y[0,0] = 1*1 + 2*0 + 4*2 + 5*1 = 14
Y[0,1] = 2*1 + 3*0 + 5*2 + 6*1 = 18
Y[1,0] = 4*1 + 5*0 + 7*2 + 8*1 = 26
Y[1,1] = 5*1 + 6*0 + 8*2 + 5*1 = 26
"""
RIGHT = r"""
Input:

1 2 3
4 5 6
7 8 6

Kernel:

1 0
2 1

Y[0,0] = 1*1 + 2*0 + 4*2 + 5*1 = 14
Y[0,1] = 2*1 + 3*0 + 5*2 + 6*1 = 18
Y[1,0] = 4*1 + 5*0 + 7*2 + 8*1 = 26
Y[1,1] = 5*1 + 6*0 + 8*2 + 6*1 = 27
"""
RANK = 32
ALIKE = (
    {"5", "6"},
    {"1", "7"},
    {"3", "8"},
    {"0", "6"},
    {"4", "9"},
    {"2", "7"},
    {"0", "8"},
    {"6", "8"},
    {"3", "5"},
    {"0", "9"},
    {"1", "4"},
)


def moves(misfit: Misfit) -> bool:
    """One number of one product with one other digit."""
    if len(misfit.wrong) != 1 or misfit.extra or misfit.absent:
        return False
    pair, (x, w) = misfit.wrong[0]
    changed = [(a, b) for a, b in ((pair.x, x), (pair.w, w)) if a != b]
    return len(changed) == 1 and are_alike(*map(str, changed[0]))


def are_alike(shown: str, right: str) -> bool:
    differing = [{a, b} for a, b in zip(shown, right, strict=False) if a != b]
    return len(shown) == len(right) and len(differing) == 1 and differing[0] in ALIKE
