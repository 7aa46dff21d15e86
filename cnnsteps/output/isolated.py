"""Writing in a process of its own, for templates that are not ours: whatever they do, this one goes on.

The child makes the pieces and writes them to a file that its parent has opened and looks
after. Its errors come back as they are; where the kernel had to end it, Python's own
`faulthandler` has left the line at which it was. Without `fork` (Windows) all happens in
one process, and a template that keeps Python from ever taking another step is not stopped.
"""

from __future__ import annotations

import os
import pickle
import re
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cnnsteps.child import forked, limit
from cnnsteps.errors import CnnstepsError, Mistake, ResourceError, TemplateError
from cnnsteps.output.file import write_all
from cnnsteps.render.overdue import TOO_LONG
from cnnsteps.render.pieces import Pieces
from cnnsteps.text import escape_controls

FRAME = re.compile(r'File "(.+\.jinja)", line (\d+)')


class Isolated:
    """Writes pieces as `write_all` does, but in a child; `ended` is called there when nothing more comes."""

    def __init__(self, folder: Path, ended: Callable[[], None] = lambda: None) -> None:
        self.folder, self.ended = folder, ended

    def __call__(self, handle: int, pieces: Iterable[Pieces]) -> None:
        told = blaming(pieces, self.folder)
        if not hasattr(os, "fork"):
            write_all(handle, told)
            return
        self.settle(*forked(lambda report: self.work(handle, told, report)))

    def work(self, handle: int, pieces: Iterable[Pieces], report: int) -> None:
        """The child's whole life."""
        prepare(report)
        try:
            write_all(handle, pieces)
        finally:
            self.ended()

    def settle(self, report: bytes, code: int) -> None:
        """Raises what the child did not get over."""
        if code == 0:
            return
        if code > 0:
            raise pickle.loads(report)
        if -code in (signal.SIGKILL, signal.SIGTERM):
            raise ResourceError("cnnsteps: error: the process that ran your templates was ended from outside")
        message, hint = TOO_LONG if -code == signal.SIGXCPU else ("this makes Python itself fail", None)
        file, line = self.place(report.decode("utf-8", "replace"))
        raise TemplateError([Mistake(message, hint, line=line)], escape_controls(file))

    def place(self, dump: str) -> tuple[str, int]:
        """The innermost template line of faulthandler's report, which counts the lines that Jinja has made."""
        from cnnsteps.render.templates import Templates

        for file, line in FRAME.findall(dump.rpartition("Current thread")[2]):
            template = Templates(self.folder).from_folder(Path(file).stem, {})
            if str(template.filename) == file:
                return file, template.get_corresponding_lineno(int(line))
            return file, 1
        return str(self.folder), 1


def prepare(report: int) -> None:
    """Limits may end this process, which then tells where it was and leaves no core behind."""
    import faulthandler
    import resource

    from cnnsteps.render.limits import Watch

    Watch.deadly = True
    limit(resource.RLIMIT_CORE, 0)
    faulthandler.enable(report, all_threads=False)
    faulthandler.register(signal.SIGXCPU, report, all_threads=False, chain=True)


def blaming(pieces: Iterable[Pieces], folder: Path) -> Iterator[Pieces]:
    """Templates can say what nothing can be made of in more ways than are worth telling apart."""
    try:
        yield from pieces
    except (CnnstepsError, OSError, MemoryError):
        raise
    except Exception as error:
        if os.environ.get("CNNSTEPS_DEBUG"):
            raise
        message = f"nothing can be made of what these templates say: {type(error).__name__}: {error}"
        raise TemplateError([Mistake(escape_controls(message))], escape_controls(str(folder))) from None
