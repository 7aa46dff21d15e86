"""The kinds of values that a key may have: how each is read, and its JSON Schema.

An operator declares its keys with these, once; reading, the errors and `cnnsteps schema`
follow from the declaration.
"""

from __future__ import annotations

from cnnsteps.errors import Path
from cnnsteps.numbers.exact import Ratio
from cnnsteps.numbers.tensor import Tensor, from_written
from cnnsteps.reading.aliases import meant
from cnnsteps.reading.describe import describe
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.reading.key import Context, Key, Schema, list_of, whole, whole_schema, words_schema
from cnnsteps.reading.matrix import read_number, read_tensor
from cnnsteps.records import NamedTuple
from cnnsteps.text import join_or, pluralize
from cnnsteps.windows.axis import Pairs

FLAGS = {"true": True, "false": False}
NUMBER: Schema = {"$ref": "#/$defs/number"}


class Whole(NamedTuple):
    """One whole number within bounds."""

    minimum: int
    maximum: int | None = None

    def read(self, value: Value, path: Path, context: Context) -> int | None:
        found = whole(value)
        if found is None:
            if value is not BROKEN:
                context.report.add(path, f"{path[-1]} is {describe(value)}, not a whole number")
        elif found < self.minimum:
            context.report.add(path, f"{path[-1]} is {describe(found)}, but it is at least {self.minimum}")
            return None
        elif self.maximum is not None and found > self.maximum:
            context.report.add(path, f"{path[-1]} is {describe(found)}, but it is at most {self.maximum}")
            return None
        return found

    def schema(self) -> Schema:
        return whole_schema(self.minimum, self.maximum)


class PerDimension(NamedTuple):
    """One whole number for all dimensions, or a list with one for each."""

    minimum: int

    def read(self, value: Value, path: Path, context: Context) -> tuple[int, ...] | None:
        d, name = context.dims, path[-1]
        values = value if isinstance(value, list) else [value] * d
        if len(values) != d:
            message = f"{name} has {pluralize(len(values), 'number')} for {pluralize(d, 'dimension')}"
            context.report.add(path, message, f"give one number, or {d}" if d > 1 else "give one number")
            return None
        found = [
            self.one(v, (*path, i) if isinstance(value, list) else path, str(name), context)
            for i, v in enumerate(values[:1] if not isinstance(value, list) else values)
        ]
        sizes = [f for f in found if f is not None]
        return None if len(sizes) < len(found) else tuple(sizes) * (d // len(sizes))

    def one(self, value: Value, path: Path, name: str, context: Context) -> int | None:
        found = whole(value)
        if found is None:
            if value is not BROKEN:
                hint = f"give a whole number, or a list of {context.dims}"
                context.report.add(path, f"{name} is {describe(value)}, not a whole number", hint)
        elif found < self.minimum:
            context.report.add(path, f"{name} is {describe(found)}, but it is at least {self.minimum}")
            return None
        return found

    def schema(self) -> Schema:
        one = whole_schema(self.minimum)
        return {"anyOf": [one, list_of(one)]}


PaddingValue = Pairs | str
AUTOMATIC = ("valid", "same", "same_upper", "same_lower")


class Padding(NamedTuple):
    """A number, one a dimension, a pair [before, after] a dimension, or one of AUTOMATIC."""

    def read(self, value: Value, path: Path, context: Context) -> Pairs | str | None:
        if isinstance(value, str) and whole(value) is None:
            return self.word(value, path, context)
        if isinstance(value, list) and any(isinstance(v, list) for v in value):
            return self.pairs(value, path, context)
        if isinstance(value, list) and len(value) == 2 * context.dims:
            pairs = "pairs [before, after], one a dimension" if context.dims > 1 else "pair: [[before, after]]"
            message = f"padding has {len(value)} numbers for {pluralize(context.dims, 'dimension')}"
            context.report.add(path, message, f"give {context.dims} {pairs}")
            return None
        sizes = PerDimension(0).read(value, path, context)
        return None if sizes is None else tuple((n, n) for n in sizes)

    def word(self, value: str, path: Path, context: Context) -> str | None:
        if value.lower() in AUTOMATIC:
            return value.lower()
        near = meant(value, AUTOMATIC)
        hint = f'did you mean "{near}"?' if near else f"give numbers, or one of {join_or(AUTOMATIC)}"
        context.report.add(path, f"padding is {describe(value)}, which is not a padding", hint)
        return None

    def pairs(self, value: list[Value], path: Path, context: Context) -> Pairs | None:
        d = context.dims
        if len(value) != d:
            message = f"padding has {pluralize(len(value), 'pair')} for {pluralize(d, 'dimension')}"
            context.report.add(path, message)
            return None
        found: list[tuple[int, int]] = []
        for i, pair in enumerate(value):
            if not isinstance(pair, list) or len(pair) != 2:
                if pair is not BROKEN:
                    context.report.add((*path, i), f"padding: {describe(pair)} is not a pair [before, after]")
                continue
            sizes = [PerDimension(0).one(v, (*path, i, j), "padding", context) for j, v in enumerate(pair)]
            if sizes[0] is not None and sizes[1] is not None:
                found.append((sizes[0], sizes[1]))
        return tuple(found) if len(found) == d else None

    def schema(self) -> Schema:
        one = whole_schema(0)
        pair: Schema = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
        return {"anyOf": [one, list_of(one), list_of(pair), words_schema(AUTOMATIC)]}


class Numbers(NamedTuple):
    """A tensor; `ranks` are the ranks it may have beyond the spatial dimensions."""

    ranks: tuple[int, ...] = (0, 1, 2)
    any_dims: tuple[int, ...] = ()
    """Where told, the ranks it may have whatever the dimensions."""

    def read(self, value: Value, path: Path, context: Context) -> Tensor | None:
        name = path[-1]
        if not isinstance(value, list):
            if value is not BROKEN:
                context.report.add(path, f"{name} is {describe(value)}, not a list of numbers")
            return None
        tensor = read_tensor(value, path, context.report, context.has_booleans)
        if tensor is None:
            return None
        rank = len(tensor.shape)
        if self.any_dims:
            return self.of_rank(tensor, path, context)
        if rank - context.dims not in self.ranks:
            fits = join_or([str(context.dims + extra) for extra in self.ranks])
            message = f"{name} has rank {rank}, but with {pluralize(context.dims, 'dimension')} it has rank {fits}"
            context.report.add(path, message, "the key dims says how many dimensions there are, 1, 2 or 3")
            return None
        return tensor

    def of_rank(self, tensor: Tensor, path: Path, context: Context) -> Tensor | None:
        rank = len(tensor.shape)
        if rank in self.any_dims:
            return tensor
        fits = join_or([str(fit) for fit in self.any_dims])
        context.report.add(path, f"{path[-1]} has rank {rank}, but it has rank {fits}")
        return None

    def schema(self) -> Schema:
        return {"$ref": "#/$defs/tensor"}


class Real(NamedTuple):
    """One number within bounds, whole or not."""

    minimum: int | None = None
    maximum: int | None = None

    def read(self, value: Value, path: Path, context: Context) -> Ratio | None:
        found = read_number(value, path, context.report)
        if found is None:
            return None
        bound = next((text for text in (self.below(found), self.above(found)) if text), None)
        if bound:
            context.report.add(path, f"{path[-1]} is {describe(value)}, but it is {bound}")
            return None
        return found

    def below(self, found: Ratio) -> str | None:
        short = self.minimum is not None and found[0] < self.minimum * found[1]
        return f"at least {self.minimum}" if short else None

    def above(self, found: Ratio) -> str | None:
        long = self.maximum is not None and found[0] > self.maximum * found[1]
        return f"at most {self.maximum}" if long else None

    def schema(self) -> Schema:
        return NUMBER


class Vector(NamedTuple):
    """A number, or a list of them; with `or_false` false says that there are none."""

    or_false: bool = False

    def read(self, value: Value, path: Path, context: Context) -> Tensor | None:
        if isinstance(value, list):
            return Numbers((1 - context.dims,)).read(value, path, context)
        ratio = read_number(value, path, context.report)
        return ratio and from_written([ratio], (1,))

    def schema(self) -> Schema:
        return {"anyOf": [NUMBER, list_of(NUMBER), *([{"const": False}] if self.or_false else [])]}


class Flag(NamedTuple):
    """true or false, as a word too, and as ONNX's 1 and 0."""

    def read(self, value: Value, path: Path, context: Context) -> bool | None:
        known = FLAGS.get(value.lower()) if isinstance(value, str) else value
        if isinstance(known, bool):
            return known
        if not isinstance(value, str) and whole(value) in (0, 1):
            return whole(value) == 1
        if value is not BROKEN:
            context.report.add(path, f"{path[-1]} is {describe(value)}, not true or false")
        return None

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "boolean"}, {"enum": [0, 1]}, words_schema(FLAGS)]}


class Choice(NamedTuple):
    """One of a few words; `also` are others, by what they stand for."""

    words: tuple[str, ...]
    also: tuple[tuple[str, str], ...] = ()

    def read(self, value: Value, path: Path, context: Context) -> str | None:
        folded = value.lower() if isinstance(value, str) else ""
        word = dict(self.also).get(folded, folded)
        if word in self.words:
            return word
        if value is not BROKEN:
            near = meant(value, self.words) if isinstance(value, str) else None
            hint = f'did you mean "{near}"?' if near else None
            message = f"{path[-1]} is {describe(value)}, not {join_or(self.words)}"
            context.report.add(path, message, hint)
        return None

    def schema(self) -> Schema:
        return words_schema((*self.words, *(other for other, _ in self.also)))


class Text(NamedTuple):
    """A line of text; it stays text in every format."""

    def read(self, value: Value, path: Path, context: Context) -> str | None:
        if isinstance(value, str):
            return value
        if value is not BROKEN:
            context.report.add(path, f"{path[-1]} is {describe(value)}, not a string")
        return None

    def schema(self) -> Schema:
        return {"type": "string"}


TYPE = Key(
    "type", Text(), "what is to be worked out",
    near=("op", "op_type", "kind", "layer", "operator", "operation", "class_name"),
)  # fmt: skip
TITLE = Key("title", Text(), "the heading of the solution", near=("name", "caption", "heading"))
DIMS = Key(
    "dims", Whole(1, 3), "the number of spatial dimensions; 1 where input is a flat list, else 2",
    near=("ndim", "dim", "rank", "spatial_dims", "dimensions"),
)  # fmt: skip
COMMON: tuple[Key[str] | Key[int], ...] = (TYPE, TITLE, DIMS)
"""The keys that every problem has."""
