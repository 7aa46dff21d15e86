"""Output on its way: bytes, or several that go out together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Piece: TypeAlias = bytes | memoryview
Pieces: TypeAlias = Piece | list[Piece]
"""Valid until the one after the next is asked for."""


def joined(pieces: Iterable[Pieces]) -> bytes:
    """All of it as bytes that stay."""
    return b"".join(b"".join(piece) if isinstance(piece, list) else bytes(piece) for piece in pieces)
