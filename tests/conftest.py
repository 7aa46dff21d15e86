"""`pytest --accept`: the goldens are written, not compared."""

from __future__ import annotations

import signal

import pytest


def pytest_configure() -> None:
    """Under nohup the programs that tests start and hang up would ignore it, as they should."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what the goldens say now; then read the diff")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether goldens are to be written."""
    return bool(request.config.getoption("--accept"))
