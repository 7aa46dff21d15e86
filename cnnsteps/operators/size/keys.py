"""The keys of a size problem: sizes, or letters in their places, or one "?" that is sought."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnsteps.errors import Path
from cnnsteps.i18n import phrase
from cnnsteps.model.settings import Setting, by_shape, by_sizes, each
from cnnsteps.operators._windows import CEIL_MODE, DILATION, GROUPS, PADDING, STRIDE
from cnnsteps.reading.describe import describe
from cnnsteps.reading.field_types import Flag, PerDimension, Whole
from cnnsteps.reading.fields import Given
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.reading.key import Context, Key, Kind, Schema, list_of, whole, whole_schema
from cnnsteps.records import NamedTuple
from cnnsteps.text import pluralize

UNKNOWN = "?"
"""What is sought."""


class Shape(NamedTuple):
    """A size for all dimensions, one a dimension, or channels and one a dimension."""

    def read(self, value: Value, path: Path, context: Context) -> tuple[int, ...] | None:
        if not isinstance(value, list):
            return PerDimension(1).read(value, path, context)
        d = context.dims
        if len(value) not in (d, d + 1):
            message = f"{path[-1]} has {pluralize(len(value), 'number')}, but there are {pluralize(d, 'dimension')}"
            hint = f"give one size, {d} sizes, or the channels and {d} sizes"
            if any(isinstance(v, list) for v in value):
                message, hint = f"{path[-1]} is a matrix, and a size problem takes sizes", "give 227 or [3, 227, 227]"
            context.report.add(path, message, hint)
            return None
        found = [self.one(v, (*path, i), str(path[-1]), context) for i, v in enumerate(value)]
        return tuple(f for f in found if f) if all(found) else None

    def one(self, value: Value, path: Path, name: str, context: Context) -> int | None:
        size = whole(value)
        if size is None and isinstance(value, list):
            hint = "a size problem has sizes, not matrices; for numbers use `cnnsteps conv` or `cnnsteps pool`"
            context.report.add(path, f"{name} holds {describe(value)} where a size should stand", hint)
        elif size is None and value is not BROKEN:
            context.report.add(path, f"{name} is {describe(value)}, not a whole number")
        elif size is not None and size < 1:
            context.report.add(path, f"{name} is {describe(size)}, but a size is at least 1")
            return None
        return size

    def schema(self) -> Schema:
        one = whole_schema(1)
        return {"anyOf": [one, list_of(one)]}


class Lettered(NamedTuple):
    """A kind of whole numbers in whose places may stand letters, or "?"."""

    kind: Kind[Any]

    def read(self, value: Value, path: Path, context: Context) -> Any:
        found = self.kind.read(plain(value), path, context)
        return None if found is None else lettered(value, found)

    def schema(self) -> Schema:
        letter: Schema = {"type": "string", "pattern": r"^([A-Za-z]|\?)$"}
        text: Schema = {"type": "string", "pattern": "^ *-?[0-9]+ *$"}
        one: Schema = {"anyOf": [{"type": "integer"}, text, letter]}
        return {"anyOf": [self.kind.schema(), letter, list_of({"anyOf": [one, list_of(one)]})]}


def is_letter(value: object) -> bool:
    """A letter that stands for a number, or "?"."""
    return isinstance(value, str) and (value == UNKNOWN or (len(value) == 1 and value.isascii() and value.isalpha()))


def plain(value: Value) -> Value:
    """A number in place of each letter."""
    if isinstance(value, list):
        return [plain(part) for part in value]
    return 1 if is_letter(value) else value


def lettered(value: Value, found: Any) -> Any:
    """What was read, with its letters in their places again."""
    if isinstance(value, list) and isinstance(found, tuple):
        return tuple(lettered(part, inner) for part, inner in zip(value, found, strict=True))
    return everywhere(str(value), found) if is_letter(value) else found


def everywhere(letter: str, found: Any) -> Any:
    return tuple(everywhere(letter, part) for part in found) if isinstance(found, tuple) else letter


def letters_in(value: object) -> Iterator[str]:
    """The letters of a value that was read; the words of padding are none."""
    if isinstance(value, tuple):
        for part in value:
            yield from letters_in(part)
    elif is_letter(value):
        yield str(value)


SIZE_DOC = "a size, one a dimension, or channels and one a dimension; a letter for any"
INPUT: Key[Any] = Key(
    "input", Lettered(Shape()), SIZE_DOC, required=True, near=("input_size", "input_shape", "inputs", "image", "x")
)
KERNEL: Key[Any] = Key(
    "kernel", Lettered(Shape()), SIZE_DOC, required=True,
    also=("kernel_size", "pool_size", "kernel_shape"), near=("w", "filter", "window"),
)  # fmt: skip
FILTERS = Key(
    "filters", Whole(1), "how many channels the output has",
    also=("out_channels",), near=("num_filters", "n_filters", "nb_filter", "num_filter", "num_output"),
)  # fmt: skip
BIAS = Key("bias", Flag(), "whether each filter has one, which counts as a parameter", default=True, also=("use_bias",))
OUTPUT = Key("output", Shape(), 'the size that is to come out, where one of the others is sought: "?"')
OF_WINDOWS: tuple[Key[Any], ...] = (STRIDE, PADDING, DILATION)
STRIDES, PADDINGS, DILATIONS = (key._replace(kind=Lettered(key.kind)) for key in OF_WINDOWS)

KEYS: tuple[Key[Any], ...] = (
    INPUT, KERNEL, FILTERS, STRIDES, PADDINGS, DILATIONS, CEIL_MODE, GROUPS, BIAS, OUTPUT,
)  # fmt: skip
SOUGHT: tuple[Key[Any], ...] = (INPUT, KERNEL, STRIDES, PADDINGS)
"""Those that may be sought."""


class Side(NamedTuple):
    """What was read of one dimension: numbers, letters, or "?"."""

    n: Any
    f: Any
    s: Any
    before: Any
    after: Any
    d: Any


def sides(given: Given) -> list[Side]:
    """The dimensions; where a word says what the padding is, it is none here."""
    d, padding = given.dims, given[PADDINGS]
    pairs = ((0, 0),) * d if isinstance(padding, str) else padding
    rows = zip(given[INPUT][-d:], given[KERNEL][-d:], given[STRIDES], pairs, given[DILATIONS], strict=True)
    return [Side(n, f, s, before, after, gap) for n, f, s, (before, after), gap in rows]


NAMES = {
    "input": phrase("input"), "kernel": phrase("window"), "filters": phrase("filters"), "stride": phrase("stride"),
    "padding": phrase("padding"), "dilation": phrase("dilation"), "ceil_mode": phrase("size rounded up"),
    "output": phrase("output"),
}  # fmt: skip
"""What a page calls the sizes."""
JOINTS = {"input": by_shape, "output": by_shape, "kernel": by_sizes}


def told(given: Given) -> tuple[Setting, ...]:
    """What the file says of the sizes."""
    keys = (INPUT, KERNEL, FILTERS, STRIDES, PADDINGS, DILATIONS, CEIL_MODE, OUTPUT)
    there = [(key.name, given[key]) for key in keys if key.name in given.raw and given[key] is not False]
    return tuple(Setting(name, spelled(value), NAMES[name], shown(name, value)) for name, value in there)


def shown(name: str, value: object) -> str:
    """n × n, 3×3, (1, 2)"""
    if isinstance(value, tuple):
        return JOINTS.get(name, each)([shown("", part) if isinstance(part, tuple) else part for part in value])
    return "" if value is True else str(value)


def spelled(value: object) -> str:
    """One of several equal values, else all."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple) and len(set(value)) == 1:
        return spelled(value[0])
    return f"[{', '.join(map(spelled, value))}]" if isinstance(value, tuple) else str(value)
