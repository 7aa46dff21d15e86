"""The same surroundings on every machine, whatever its shell, terminal and load; and `pytest --accept`."""

from __future__ import annotations

import os
import signal
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings

# No deadline: a machine may be busy. Each run draws the same examples, so that a tree that passed passes;
# HYPOTHESIS_PROFILE=explore draws many new ones. A failure prints how to see it again.
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("same", deadline=None, print_blob=True, derandomize=True, suppress_health_check=SLOW)
settings.register_profile("explore", settings.get_profile("same"), derandomize=False, max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

SCREEN = ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "LINES", "COLORTERM", "COLORFGBG")
OURS = ("SOURCE_DATE_EPOCH", "CNNSTEPS_DEBUG", "LANGUAGE", "TEXINPUTS")
KEPT = ("PYTHONPATH", "PYTHONHOME", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED")
"""Of Python's own; the others change its output's encoding, its warnings or how long it takes to start."""


def pytest_configure(config: pytest.Config) -> None:
    """Programs that tests start inherit nothing that changes what they say, nor signals that are ignored or blocked.

    Compiled templates are kept in a folder of these tests alone, which all their processes share.
    """
    for name in [*SCREEN, *OURS, *(name for name in os.environ if name.startswith("PYTHON") and name not in KEPT)]:
        os.environ.pop(name, None)
    os.environ |= {"LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
    if not hasattr(config, "workerinput"):
        folder = TemporaryDirectory(prefix="cnnsteps-cache-")
        config.add_cleanup(folder.cleanup)
        os.environ["XDG_CACHE_HOME"] = folder.name
    restore_signals()


def restore_signals() -> None:
    """What a shell starts with `&` ignores SIGINT and SIGQUIT, what nohup starts SIGHUP; children inherit it."""
    if not hasattr(signal, "pthread_sigmask"):
        return
    for name in ("SIGHUP", "SIGQUIT", "SIGTERM", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGCHLD", "SIGALRM", "SIGPROF"):
        if signal.getsignal(getattr(signal, name)) is signal.SIG_IGN:
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what the goldens say now; then read the diff")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether goldens are to be written."""
    return bool(request.config.getoption("--accept"))
