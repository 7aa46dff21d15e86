"""What a format adds to its template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cnnsteps.render.lines import Measure
from cnnsteps.render.matrices import MatrixLimits


class FormatStyle(NamedTuple):
    """How text is escaped and measured, and how much room there is."""

    name: str
    escape: Callable[[str], str]
    measure: Measure
    matrices: MatrixLimits
    opening: tuple[object, ...] = ()
    """The arguments of the template's `open`."""
    context: Mapping[str, object] = {}
    filters: Mapping[str, Callable[..., object]] = {}
