"""A sum does not come to what stands behind it."""

from __future__ import annotations

SUMMARY = "A sum does not come to what stands behind it."
WHY = """Work the products out one by one and add them again."""
WRONG = r"""
1*2 + 3*4 = 15
"""
RIGHT = r"""
1*2 + 3*4 = 14
"""
KIND = ("arithmetic", "sum")
