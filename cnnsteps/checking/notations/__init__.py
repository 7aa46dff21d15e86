"""How people write worked calculations: tables of rows, each with an example that is its test.

A new notation is a row here, or a small file in `checking/matrices/`.
"""

from __future__ import annotations

from cnnsteps.records import NamedTuple


class Row(NamedTuple):
    """One way to write something: what stands there, what it means, and a right line with it."""

    written: str
    means: str
    example: str
