"""Two numbers of the window are exchanged."""

from __future__ import annotations

from cnnsteps.checking.operands import Misfit

SUMMARY = "Two numbers of the window are exchanged."
WHY = """The numbers of a window are read row by row, and multiplied with the kernel's in the same order."""
WRONG = r"""
Input:

1 2 3
4 5 6
7 8 9

Kernel:

1 0
2 1

Y[0,0] = 1*1 + 2*0 + 4*2 + 5*1 = 14
Y[0,1] = 2*1 + 3*0 + 5*2 + 6*1 = 18
Y[1,0] = 4*1 + 5*0 + 7*2 + 8*1 = 26
Y[1,1] = 6*1 + 5*0 + 8*2 + 9*1 = 31
"""
RIGHT = r"""
Input:

1 2 3
4 5 6
7 8 9

Kernel:

1 0
2 1

Y[0,0] = 1*1 + 2*0 + 4*2 + 5*1 = 14
Y[0,1] = 2*1 + 3*0 + 5*2 + 6*1 = 18
Y[1,0] = 4*1 + 5*0 + 7*2 + 8*1 = 26
Y[1,1] = 5*1 + 6*0 + 8*2 + 9*1 = 30
"""
RANK = 31


def moves(misfit: Misfit) -> bool:
    """Two products whose first or second numbers changed places."""
    if len(misfit.wrong) != 2 or misfit.extra or misfit.absent:
        return False
    (a, (x, w)), (b, (y, v)) = misfit.wrong
    return (a.x, b.x, a.w, b.w) == (y, x, w, v) or (a.x, b.x, a.w, b.w) == (x, y, v, w)
