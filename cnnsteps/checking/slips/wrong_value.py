"""A value is not the problem's, though its own line adds up."""

from __future__ import annotations

SUMMARY = "A value is not the problem's, though its own line adds up."
WHY = """Compare the line with the problem: the window, the bias, the divisor."""
PROBLEM = {"type": "conv", "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "kernel": [[1, 0], [2, 1]]}
"""What the examples are checked against."""
WRONG = r"""
Y[0,0] = 1*1 + 2*0 + 4*2 + 5*1 = 14
Y[0,1] = 17
"""
RIGHT = r"""
Y[0,0] = 1*1 + 2*0 + 4*2 + 5*1 = 14
Y[0,1] = 18
"""
KIND = ("value", "")
