"""An average does not come to what stands behind it."""

from __future__ import annotations

SUMMARY = "An average does not come to what stands behind it."
WHY = """Add the numbers of the window, and divide by how many there are."""
WRONG = r"""
average(1, 4, 5, 8) = 4.6
"""
RIGHT = r"""
average(1, 4, 5, 8) = 4.5
"""
KIND = ("arithmetic", "average")
