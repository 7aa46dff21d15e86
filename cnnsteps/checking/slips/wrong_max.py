"""A maximum is not the largest of its numbers."""

from __future__ import annotations

SUMMARY = "A maximum is not the largest of its numbers."
WHY = """The maximum of a window is one of its numbers, and none is larger."""
WRONG = r"""
max(1, 4, 5, 8) = 5
"""
RIGHT = r"""
max(1, 4, 5, 8) = 8
"""
KIND = ("arithmetic", "max")
