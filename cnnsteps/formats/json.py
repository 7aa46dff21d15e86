"""JSON, as the contract has it: the answer and each step's numbers, exact and streamed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import chain, product

from cnnsteps.model.document import Document, Worked
from cnnsteps.model.selection import Selection
from cnnsteps.model.steps import JsonFields, NamedTensor, Run, Steps
from cnnsteps.numbers.exact import Number, nearest_17, number
from cnnsteps.numbers.tensor import Integers, Tensor
from cnnsteps.render.layout import Rounded
from cnnsteps.render.long_sums import LONG, LongObjects, LongSums
from cnnsteps.render.notation import slot_mark
from cnnsteps.render.options import RenderOptions
from cnnsteps.render.pieces import Pieces
from cnnsteps.render.rows import Buffer
from cnnsteps.render.standing import ALONE, Standing
from cnnsteps.render.steps import Frame, Names, Rows
from cnnsteps.render.tokens import NumberStyle, TokenCache, Tokens

SUFFIX = ".json"
AT_ONCE = 1 << 16
"""Numbers of the answer that are written together."""


def pieces(document: Document, options: RenderOptions) -> Iterator[Pieces]:
    """The result object, on one line a step."""
    yield b'{"problems": [\n'
    for i, block in enumerate(document.blocks):
        if i:
            yield b",\n"
        yield from problem(block, options)
    yield b"\n]}\n"


def problem(block: Worked, options: RenderOptions) -> Iterator[Pieces]:
    """One problem's result."""
    solution = block.solution
    head = {"type": solution.kind, "title": solution.title, "output_shape": list(solution.output_shape)} | dict(
        solution.extras
    )
    yield json.dumps(head, ensure_ascii=True)[:-1].encode()
    yield from rest(block, options)


def rest(block: Worked, options: RenderOptions) -> Iterator[Pieces]:
    """What follows an object's head: the answer, the steps, and of a network its layers."""
    solution = block.solution
    if solution.output is not None:
        yield b', "output": '
        yield from nested(solution.output.tensor) if options["share"].writes else ()
    if solution.output is not None and solution.steps is not None and not options["answer_only"]:
        yield b', "steps": ['
        yield from step_objects(solution.output, solution.steps, block.selection, options)
        yield b"]"
    yield from gradients(block, options)
    for i, layer in enumerate(solution.layers):
        yield b', "layers": [\n' if i == 0 else b",\n"
        yield json.dumps(dict(layer.extras))[:-1].encode()
        yield from rest(Worked(layer, Selection(layer.output_shape)), options)
    yield b"]}" if solution.layers else b"}"


def gradients(block: Worked, options: RenderOptions) -> Iterator[Pieces]:
    """`backward`: the gradients by what they are of. `--cells` chooses steps of the answer, and none of these."""
    chosen = block.selection.boxes is not None
    for i, (name, gradient) in enumerate(block.solution.gradients.items()):
        yield b", " if i else b', "backward": {'
        yield f'"{name}": {{"output": '.encode()
        yield from nested(gradient.output.tensor) if options["share"].writes else ()
        if gradient.steps is not None and not options["answer_only"] and not chosen:
            yield b', "steps": ['
            yield from step_objects(gradient.output, gradient.steps, Selection(gradient.output.shape), options)
            yield b"]"
        yield b"}"
    yield b"}" if block.solution.gradients else b""


def literal(shown: Number) -> str:
    return f'"{shown.text}"' if shown.fraction else shown.text


def shown(over: int, under: int, irrational: bool, written: bool | None = None) -> Number:
    """Exact, or the nearest 17 digits of an irrational number."""
    return Number(nearest_17(over, under)) if irrational else number(over, under)


def literals(shown: list[Number], at: Standing) -> list[str]:
    return [literal(n) for n in shown]


def nested(tensor: Tensor) -> Iterator[bytes]:
    """A tensor as nested lists, some rows of a plane at once."""
    if not tensor.shape:
        yield literal(shown(int(tensor.num), tensor.den, bool(tensor.irrational))).encode()
        return
    irrational = tensor.irrational
    lead, width = tensor.shape[:-2], tensor.shape[-1]
    depth = len(tensor.shape) - 1
    for index in product(*(range(n) for n in lead)):
        turned = next((i for i, step in enumerate(reversed(index), 1) if step), depth)
        yield f"{']' * turned}, {'[' * turned}".encode() if any(index) else b"[" * depth
        plane = tensor.num[index].reshape(-1, width)
        for start in range(0, len(plane), many := AT_ONCE // width + 1):
            yield (b", " if start else b"") + rows_of(plane[start : start + many], tensor.den, irrational).encode()
    yield b"]" * depth


def rows_of(num: Integers, den: int, irrational: frozenset[int]) -> str:
    """Rows as lists, each distinct number written once."""
    rows = num.tolist()
    if den == 1 and num.dtype != object and not irrational:
        return str(rows)[1:-1]
    written = {v: literal(shown(v, den, v in irrational)) for v in set(chain.from_iterable(rows))}
    return ", ".join(f"[{', '.join([written[v] for v in row])}]" for row in rows)


class Objects(Rows):
    """Each step an object on a line of its own."""

    def parts(self, run: Run) -> list[Run]:
        return run.by_exactness()

    def operands(self, run: Run) -> dict[int, Standing]:
        return dict.fromkeys(columns_in(tuple(run.facts.values())), ALONE)

    def signs(self, run: Run, rounded: dict[int, Rounded]) -> dict[str, Tokens | str]:
        return {}

    def text(self, run: Run, widths: dict[int, float]) -> tuple[str, int]:
        rest = ", ".join(f'"{name}": {fact_text(fact)}' for name, fact in run.facts.items())
        return f"{self.names.text}{rest}}}", 1


def step_objects(output: NamedTensor, steps: Steps, selection: Selection, options: RenderOptions) -> Iterator[Pieces]:
    """The steps of the chosen cells, plane by plane."""
    shape = output.shape
    names = Names(shape, options["index_base"], lambda marks: f'{{"index": [{", ".join(marks)}], ', align=False)
    writer = TokenCache(NumberStyle(literals, len, shown, digits_alike=True), fill_up=False, asked=selection.asked)
    rows: Objects | LongObjects = Objects(steps, names, writer, Frame(b"", b"", b",\n", 0), options)
    if isinstance(steps, LongSums) and steps.terms >= LONG and steps.out.irrational_mask is None:
        if not options["share"].writes:
            return
        rows = LongObjects(steps, names, writer, {}, Buffer(), options["advance"])
    size = math.prod(output.spatial)
    separator = b"\n"
    for start in range(0, math.prod(shape), size):
        cells = selection.within(start, start + size)
        if len(cells):
            yield separator
            yield from rows.write(cells)
            separator = b",\n"


def columns_in(fact: JsonFields) -> Iterator[int]:
    if isinstance(fact, int):
        yield fact
    elif isinstance(fact, tuple):
        for part in fact:
            yield from columns_in(part)


def fact_text(fact: JsonFields) -> str:
    if fact is None:
        return "null"
    if isinstance(fact, str):
        return fact
    if isinstance(fact, int):
        return slot_mark(fact)
    return f"[{', '.join(fact_text(part) for part in fact)}]"
