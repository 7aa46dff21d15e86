"""A value is not the problem's, though its own line adds up."""

from __future__ import annotations

SUMMARY = "A value is not the problem's, though its own line adds up."
WHY = """Compare the line with the problem: the window, the bias, the divisor."""
WRONG = r"""
Y[0,0] = 1*1 + 2*2 = 5
Y[0,1] = 2*1 + 3*2 = 8
"""
RIGHT = r"""
Y[0,0] = 1*1 + 2*2 = 5
Y[0,1] = 2*1 + 3*2 = 8
"""
KIND = ("value", "")
