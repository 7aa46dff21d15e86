"""A file of either kind: a problem in JSON, or a model in ONNX's format."""

from __future__ import annotations

import os

from cnnsteps.errors import InputError, Mistake, UsageError
from cnnsteps.model.solution import Problem
from cnnsteps.problems.problem import Exercise, read_exercise
from cnnsteps.reading.source import Source, read_bytes, shown_name, source_of
from cnnsteps.text import abbreviate, escape_controls, excerpt

OF_MODELS = (None, "network", "size")
"""The commands that take a model; None is `solve`."""
MOST_SAID = 400
"""Characters of an error about a model, whose names and shapes may have any length."""


def read_file(name: str, expected: str | None, input_shape: str | None) -> tuple[Source, Exercise]:
    """What is to be solved; InputError with every mistake in it."""
    data = read_bytes(name)
    if is_model(name, data):
        return Source(shown_name(name), ""), Exercise(read_onnx(name, data, expected, input_shape), {})
    if input_shape is not None:
        raise UsageError("--input-shape is for ONNX models; a problem file says the shape itself, in input")
    try:
        source = source_of(name, data)
        return source, read_exercise(source, expected)
    except InputError as error:
        from cnnsteps.reading.file_kinds import refusal

        raise refusal(name, data) or error from None


def is_model(name: str, data: bytes) -> bool:
    """Told by the suffix, or by the bytes: a model begins with the number of its format's version, a text never so."""
    return os.path.splitext(name)[1].lower() == ".onnx" or (data[:1] == b"\x08" and len(data) > 2 and data[1] < 0x20)


def read_onnx(name: str, data: bytes, expected: str | None, input_shape: str | None) -> Problem:
    """A model as a network of sizes."""
    from cnnsteps.networks.onnx.isolated import read_network
    from cnnsteps.networks.onnx.schema import NoModel

    if expected not in OF_MODELS:
        mistake = Mistake(f"this is an ONNX model, and the command is {str(expected).replace('_', '-')}",
                          "use `cnnsteps network` or `cnnsteps solve`")  # fmt: skip
        raise InputError([mistake], shown_name(name))
    try:
        return read_network(data, name, shapes_of(input_shape))
    except NoModel as error:
        raise InputError(
            [Mistake(abbreviate(escape_controls(str(error)), MOST_SAID), error.hint)], shown_name(name)
        ) from None


def shapes_of(told: str | None) -> dict[str, tuple[int, ...]]:
    """What --input-shape says, a line each: NAME=1,3,224,224, or of the input that is meant without a name."""
    found: dict[str, tuple[int, ...]] = {}
    for line in [] if told is None else told.split("\n"):
        name, _, text = line.rpartition("=")
        if name in found:
            of = f"the input {excerpt(name)}" if name else "an input without its name"
            raise UsageError(f"--input-shape gives {of} twice; several inputs are told as NAME=1,3,224,224 each")
        found[name] = sizes_of(text)
    return found


def sizes_of(text: str) -> tuple[int, ...]:
    """1,3,224,224 or 1x3x224x224, as --input-shape has it."""
    parts = text.lower().replace("×", ",").replace("x", ",").strip("[]() ").split(",")
    sizes = [int(part) for part in map(str.strip, parts) if part.isascii() and part.isdecimal() and len(part) < 10]
    if len(sizes) < len(parts) or min(sizes) < 1:
        raise UsageError(f"--input-shape is '{excerpt(text)}', but it is sizes of at least 1: 1,3,224,224 or 3,224,224")
    return tuple(sizes)
