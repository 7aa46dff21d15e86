"""An index stands twice."""

from __future__ import annotations

SUMMARY = "An index stands twice."
WHY = """Each cell of an output has one line. Where an index comes twice, another one is often missing."""
WRONG = r"""
Y[0,0] = 1*1 + 2*2 = 5
Y[0,1] = 2*1 + 3*2 = 8
Y[0,2] = 3*1 + 4*2 = 11
Y[0,2] = 3*1 + 4*2 = 11
"""
RIGHT = r"""
Y[0,0] = 1*1 + 2*2 = 5
Y[0,1] = 2*1 + 3*2 = 8
Y[0,2] = 3*1 + 4*2 = 11
Y[0,3] = 4*1 + 5*2 = 14
"""
KIND = ("duplicate", "")
