"""A progress bar on standard error, where that is a terminal and the work takes a second."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import click

PATIENCE = 1.0


class Progress:
    """Counts expansions; shows nothing before PATIENCE has passed, and nothing where `quiet`."""

    def __init__(self, total: int, quiet: bool = False) -> None:
        self.total = total
        self.quiet = quiet or not sys.stderr.isatty()
        self.began = time.monotonic()
        self.done = 0
        self.bar: click._termui_impl.ProgressBar[int] | None = None

    def __enter__(self) -> Progress:
        return self

    def advance(self, count: int) -> None:
        self.done += count
        if self.quiet:
            return
        if self.bar is not None:
            self.bar.update(count)
        elif time.monotonic() - self.began > PATIENCE:
            self.bar = click.progressbar(length=self.total, label="expansions", file=sys.stderr)
            self.bar.render_progress()
            self.bar.update(self.done)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()

    def finish(self) -> None:
        if self.bar is not None:
            self.bar.render_finish()
