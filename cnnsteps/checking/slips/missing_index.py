"""A cell of the output has no line."""

from __future__ import annotations

SUMMARY = "A cell of the output has no line."
WHY = """The lines span a grid; each of its cells has to be worked out."""
WRONG = r"""
Y[0,0] = 1*1 + 2*2 = 5
Y[0,1] = 2*1 + 3*2 = 8
Y[1,0] = 3*1 + 4*2 = 11
"""
RIGHT = r"""
Y[0,0] = 1*1 + 2*2 = 5
Y[0,1] = 2*1 + 3*2 = 8
Y[1,0] = 3*1 + 4*2 = 11
Y[1,1] = 4*1 + 5*2 = 14
"""
KIND = ("missing", "")
