"""Reading a model in a child process: anybody's file may make onnx's C++ abort, run on, or fill the memory.

Limits of memory and time hold for the child alone, and what ends it is one error about the model. The child
imports onnx, so that this process need not. Without `fork` (Windows) all happens in one process, unlimited;
macOS has no limit of memory.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Mapping
from pathlib import Path

from cnnsteps.child import forked, limit
from cnnsteps.errors import ResourceError
from cnnsteps.networks.onnx.graph import network_of
from cnnsteps.networks.onnx.model import Shape, read_model
from cnnsteps.networks.onnx.schema import NoModel
from cnnsteps.networks.solved import SizesNetwork
from cnnsteps.text import pluralize

MEGABYTES = 1024
"""What reading a model may take besides a few times the file's size: large weights are never unpacked."""
SECONDS = 20
"""The processor's time, and a second more for each megabyte. ResNet-50 takes 0.3."""
CHECK = "is the file damaged? onnx.checker.check_model says what onnx itself thinks of it"


def read_network(data: bytes, name: str, input_shape: Mapping[str, Shape]) -> SizesNetwork:
    """The network of sizes in these bytes; NoModel where there is none, or reading it ends the child."""
    if not hasattr(os, "fork"):
        return network_of(read_model(data, name, input_shape))
    seconds, most = SECONDS + len(data) // 1_000_000, (MEGABYTES << 20) + 4 * len(data)

    def work(report: int) -> None:
        prepare(seconds, most)
        network = network_of(read_model(data, name, input_shape))
        with open(report, "wb") as pipe:
            pickle.dump(network, pipe)

    report, code = forked(work)
    if code < 0:
        raise failure(-code, seconds)
    result = pickle.loads(report)
    if isinstance(result, MemoryError):
        raise NoModel(f"reading it takes more than {most >> 20:,} MB of memory", CHECK)
    if isinstance(result, BaseException):
        raise result
    return result  # type: ignore[no-any-return]


def prepare(seconds: int, most: int) -> None:
    """Sets the child's limits; what C++ prints when it aborts goes nowhere."""
    import faulthandler
    import resource

    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_CPU, seconds)
    size = address_space()
    if size is not None:
        limit(resource.RLIMIT_AS, size + most)


def address_space() -> int | None:
    """The bytes of memory that this process has mapped, where /proc says it."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def failure(number: int, seconds: int) -> Exception:
    """What the signal that ended the child says of the model."""
    if number in (signal.SIGKILL, signal.SIGTERM):
        return ResourceError("cnnsteps: error: the process that read the model was ended from outside")
    if number == signal.SIGXCPU:
        return NoModel(f"reading it takes more than {pluralize(seconds, 'second')}", CHECK)
    return NoModel(f"onnx itself fails on this model: {signal.strsignal(number)}", CHECK)
