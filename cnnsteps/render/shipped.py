"""Where the shipped templates lie, how they are marked up, and where compiled ones are kept.

Delimiters are `<% %>`, `<< >>` and `<# #>`, because Jinja's own collide with LaTeX.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".jinja"
SHIPPED = "cnnsteps/"
"""Before its name: a template as it is shipped, whatever the user has of that name."""
SYNTAX: dict[str, Any] = {
    "block_start_string": "<%", "block_end_string": "%>",
    "variable_start_string": "<<", "variable_end_string": ">>",
    "comment_start_string": "<#", "comment_end_string": "#>",
    "trim_blocks": True, "lstrip_blocks": True, "autoescape": False,
}  # fmt: skip
"""What both kinds of environments tell Jinja."""


@cache
def folder() -> str:
    """The folder of our own templates: in the package, or beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "templates")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "templates")


def shipped() -> Path:
    """The same, as a path."""
    # pathlib costs as much as numpy's linalg, and a small problem does without it.
    from pathlib import Path

    return Path(folder())


def installation() -> str:
    """A name for the folder of our own templates: another version elsewhere keeps its own beside them."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in folder())[-150:].strip("-")


def kept(*kind: str) -> str | None:
    """A folder in the user's cache, made if need be; None where there is none that nobody else can write to."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    path = os.path.join(base, "cnnsteps", "-".join((*kind, str(sys.implementation.cache_tag))))
    if not os.path.isabs(path):
        return None
    try:
        os.makedirs(path, 0o700, exist_ok=True)
        of_another = hasattr(os, "getuid") and os.stat(path).st_uid != os.getuid()
    except OSError:
        return None
    return None if of_another or not os.access(path, os.W_OK) else path
