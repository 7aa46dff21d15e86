"""What a test needs from outside: skipped where it is missing, but never on CI."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess

import pytest


def need(name: str) -> None:
    """Skips the test where neither a module nor a program of this name is there; with CI=true that is a failure."""
    if importlib.util.find_spec(name) is not None or shutil.which(name) is not None:
        return
    lacking(name)


def lacking(name: str) -> None:
    """Says that this is not installed: skips, or on CI fails."""
    message = f"{name} is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def has_chinese() -> bool:
    """LaTeX can set Chinese: Debian's latex-cjk-chinese and latex-cjk-chinese-arphic-gbsn00lp."""
    found = [subprocess.run(["kpsewhich", name], capture_output=True, check=False) for name in CHINESE]
    return all(done.returncode == 0 for done in found)


CHINESE = ("CJKutf8.sty", "c70gbsn.fd", "gbsnu4e.tfm")


def need_chinese() -> None:
    if not has_chinese():
        lacking("CJKutf8 with the font gbsn")
