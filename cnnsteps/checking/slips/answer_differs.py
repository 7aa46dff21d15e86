"""The final matrix is not what the lines say."""

from __future__ import annotations

SUMMARY = "The final matrix is not what the lines say."
WHY = """Each cell of the final matrix is the value of its line."""
WRONG = r"""
Y[0,0] = 1*1 + 2*2 = 5
Y[0,1] = 2*1 + 3*2 = 8
Y = [[5, 9]]
"""
RIGHT = r"""
Y[0,0] = 1*1 + 2*2 = 5
Y[0,1] = 2*1 + 3*2 = 8
Y = [[5, 8]]
"""
KIND = ("answer", "")
