"""A line multiplies other numbers than its window holds."""

from __future__ import annotations

SUMMARY = "A line multiplies other numbers than its window holds."
WHY = """The window of a cell starts at (row × stride − padding, column × stride − padding);
read its numbers off again."""
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
Y[1,1] = 5*1 + 6*0 + 8*2 + 3*1 = 24
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
KIND = ("terms", "")
