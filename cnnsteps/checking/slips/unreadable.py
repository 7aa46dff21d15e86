"""A line looks like an expansion and can't be read."""

from __future__ import annotations

SUMMARY = "A line looks like an expansion and can't be read."
WHY = """A bracket or an operand is missing; nothing can be said of such a line until it is mended."""
WRONG = r"""
Y[0,0] = 1*1 + 2*(2 + 3*1 = 8
"""
RIGHT = r"""
Y[0,0] = 1*1 + 2*2 + 3*1 = 8
"""
KIND = ("syntax", "")
