"""Large output made by as many processes as there are cores, written by one of them in order.

Each worker is forked with the solution in memory, goes through the document as the writer does, and makes every
n-th block of rows; a pipe brings them to the writer, which takes them in turn. A full pipe keeps a worker from
running ahead, so memory stays flat. Workers end with the writer: by its hand, or because nobody reads their pipe.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import accumulate, cycle, pairwise

from cnnsteps.child import begun, portable
from cnnsteps.errors import ResourceError
from cnnsteps.output.file import write_several
from cnnsteps.records import NamedTuple
from cnnsteps.render.blocks import Block
from cnnsteps.render.pieces import Pieces
from cnnsteps.render.share import Make, Share, Whole

FEWEST = 4
"""Of fewer blocks for each worker the writer makes all by itself."""
PIPE_BYTES = 1 << 20
HEAD = struct.Struct("<Q")
IGNORED = ("SIGINT", "SIGHUP", "SIGTERM")


class Part(NamedTuple):
    """A worker's share: every n-th block, sent to the writer."""

    number: int
    among: int
    handle: int
    writes: bool = False

    def blocks(self, make: Make, starts: Sequence[int]) -> Iterator[list[Block]]:
        """None, for the writer gets them."""
        if len(starts) >= FEWEST * self.among:
            for start in starts[self.number :: self.among]:
                send(self.handle, make(start))
        yield from ()


class Gathered:
    """The writer's share: all blocks, as the workers send them."""

    writes = True

    def __init__(self, pipes: Sequence[Pipe]) -> None:
        self.pipes = pipes

    def blocks(self, make: Make, starts: Sequence[int]) -> Iterator[list[Block]]:
        if len(starts) < FEWEST * len(self.pipes):
            yield from map(make, starts)
            return
        for _, pipe in zip(starts, cycle(self.pipes), strict=False):
            yield pipe.receive()


class Pipe:
    """A worker's pipe, and room for two lists of blocks in turn."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.rooms = bytearray(), bytearray()

    def receive(self) -> list[Block]:
        """What the worker sends next; raises what it raised."""
        (length,) = HEAD.unpack(self.read(memoryview(bytearray(HEAD.size))))
        head, sizes = pickle.loads(self.read(memoryview(bytearray(length))))
        self.rooms = self.rooms[1], self.rooms[0]
        if len(self.rooms[0]) < sum(sizes):
            self.rooms = bytearray(sum(sizes)), self.rooms[1]
        room = self.read(memoryview(self.rooms[0])[: sum(sizes)])
        ends = accumulate(sizes, initial=0)
        value = pickle.loads(head, buffers=[room[start:stop] for start, stop in pairwise(ends)])
        if isinstance(value, BaseException):
            raise value
        blocks: list[Block] = value
        return blocks

    def read(self, into: memoryview) -> memoryview:
        """As many bytes as there is room for."""
        left = into
        while left:
            count = os.readv(self.handle, [left])
            if not count:
                raise ResourceError("cnnsteps: error: a process that made a part of the output was ended from outside")
            left = left[count:]
        return into


def send(handle: int, value: list[Block] | BaseException) -> None:
    """Writes it for `receive`; the rows' bytes go as they lie in their buffers."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, 5, buffer_callback=buffers.append)
    raws = [buffer.raw() for buffer in buffers]
    index = pickle.dumps((head, [len(raw) for raw in raws]))
    write_several(handle, [HEAD.pack(len(index)), index, *raws])


def widen(handle: int) -> None:
    """Room for a block in the pipe, where the system gives it."""
    from fcntl import fcntl

    with suppress(ImportError, OSError):
        from fcntl import F_SETPIPE_SZ

        fcntl(handle, F_SETPIPE_SZ, PIPE_BYTES)


def cores() -> int:
    """How many processes may run at a time: CNNSTEPS_PROCESSES, else the cores that this one may use."""
    told = os.environ.get("CNNSTEPS_PROCESSES", "")
    if told.isdecimal():
        return int(told)
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable and hasattr(os, "fork") else 1


class Workers:
    """Forks `count` workers, in each of which `write` goes through a document with the worker's share of it."""

    def __init__(self, count: int, write: Callable[[Share], Iterable[Pieces]]) -> None:
        self.count, self.write = count, write
        self.children: list[int] = []
        self.handles: list[int] = []

    def __enter__(self) -> Share:
        if self.count < 2:
            return Whole()
        try:
            for number in range(self.count):
                child, handle = begun(partial(self.work, number))
                self.children.append(child)
                self.handles.append(handle)
        except OSError:
            # No more processes are to be had.
            self.end()
            return Whole()
        except BaseException:
            self.end()
            raise
        return Gathered([Pipe(handle) for handle in self.handles])

    def work(self, number: int, handle: int) -> None:
        """A worker's whole life. The writer is who is told to end, and ends it."""
        for name in IGNORED:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        for other in self.handles:
            os.close(other)
        widen(handle)
        try:
            for _ in self.write(Part(number, self.count, handle)):
                pass
        except BrokenPipeError:
            pass
        except BaseException as error:
            send(handle, pickle.loads(portable(error)))

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        for child in self.children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        for child, handle in zip(self.children, self.handles, strict=True):
            os.close(handle)
            os.waitpid(child, 0)
        self.children, self.handles = [], []
