"""An output size does not come to what stands behind it."""

from __future__ import annotations

SUMMARY = "An output size does not come to what stands behind it."
WHY = """Out = ⌊(N − F + 2P)/S⌋ + 1."""
WRONG = r"""
(227 - 11)/4 + 1 = 57
"""
RIGHT = r"""
(227 - 11)/4 + 1 = 55
"""
KIND = ("arithmetic", "size")
