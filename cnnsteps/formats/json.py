"""JSON, as the contract has it: the answer and each step's numbers, exact and streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

import numpy as np

from cnnsteps.exact import Number, number
from cnnsteps.formats import Options, Pieces
from cnnsteps.render.notation import FIRST_INDEX, slot_mark
from cnnsteps.render.rows import Pattern
from cnnsteps.render.steps import BLOCK_BYTES, MOST_ROWS, index_tokens
from cnnsteps.render.tokens import Scribe, Tokens, Writer
from cnnsteps.selection import Selection
from cnnsteps.solution import Facts, Run, Solution
from cnnsteps.tensor import Tensor

SUFFIX = ".json"


def pieces(solution: Solution, options: Options) -> Iterator[Pieces]:
    """The result object, on one line a step."""
    yield b'{"problems": [\n'
    yield from problem(solution, options)
    yield b"\n]}\n"


def problem(solution: Solution, options: Options) -> Iterator[Pieces]:
    """One problem's result."""
    head = {"type": solution.kind, "title": solution.title, "output_shape": list(solution.output_shape)}
    yield json.dumps(head, ensure_ascii=True)[:-1].encode()
    if solution.output is not None:
        yield b', "output": '
        yield from nested(solution.output.tensor)
    if solution.steps is not None and not options.answer_only:
        yield b', "steps": ['
        yield from Steps(solution, options).write()
        yield b"]"
    yield b"}"


def literal(shown: Number) -> str:
    return f'"{shown.text}"' if shown.fraction else shown.text


def literals(shown: list[Number], operand: bool) -> list[str]:
    return [literal(n) for n in shown]


def nested(tensor: Tensor) -> Iterator[bytes]:
    """A tensor as nested lists, row by row."""
    if not tensor.shape:
        yield literal(number(int(tensor.num), tensor.den)).encode()
        return
    rank = len(tensor.shape) - 1
    for index in product(*(range(n) for n in tensor.shape[:-1])):
        turned = next((i for i, step in enumerate(reversed(index)) if step), rank)
        before = "]" * turned + ", " + "[" * turned if any(index) else "[" * rank
        row = ", ".join(literal(number(v, tensor.den)) for v in tensor.num[index].tolist())
        yield f"{before}[{row}]".encode()
    yield b"]" * rank


class Steps:
    """The steps of a solution, each an object."""

    def __init__(self, solution: Solution, options: Options) -> None:
        assert solution.steps is not None
        self.steps, self.shape, self.base = solution.steps, solution.output_shape, options.index_base
        self.lead = solution.output.shape[: len(solution.output.axes)] if solution.output else ()
        self.selection = options.selection or Selection(self.shape)
        self.advance = options.advance
        self.writer = Writer(Scribe(literals, len, None))
        self.patterns: dict[object, Pattern] = {}
        self.any = False

    def write(self) -> Iterator[Pieces]:
        size = int(np.prod(self.shape[len(self.lead) :], dtype=np.int64))
        rows = min(MOST_ROWS, max(1, BLOCK_BYTES // (24 * self.steps.terms)))
        for plane in range(int(np.prod(self.lead, dtype=np.int64))):
            cells = self.selection.within(plane * size, (plane + 1) * size)
            for start in range(0, len(cells), rows):
                for run in self.steps.runs(cells[start : start + rows]):
                    yield b",\n" if self.any else b"\n"
                    yield self.run(run)
                    self.any = True
                    self.advance(len(run.cells))

    def run(self, run: Run) -> bytes:
        """The steps of one shape, with the widths of their tokens squeezed out."""
        tokens: dict[str, Tokens] = {}
        constants: dict[int, str] = {}
        for c, column in enumerate(run.columns):
            table, at = self.writer.table(column, False)
            if isinstance(at, np.ndarray):
                tokens[slot_mark(c)] = table.bare[table.which(at)]
            else:
                constants[ord(slot_mark(c))] = table.text(at)
        for i, index in enumerate(np.unravel_index(run.cells, self.shape) if self.shape else ()):
            tokens[chr(FIRST_INDEX + i)] = index_tokens(self.shape[i], self.base)[index]
        key = (run.key, tuple(constants.values()), tuple(t.dtype for t in tokens.values()))
        if key not in self.patterns:
            self.patterns.clear()
            sizes = {mark: found.dtype.itemsize for mark, found in tokens.items()}
            text = step_text(run.facts, len(self.shape)).translate(constants) + ",\n"
            self.patterns[key] = Pattern(text, sizes, squeeze=True)
        pattern = self.patterns[key]
        rows = pattern.fill(len(run.cells), lambda mark, _: tokens[mark])
        return bytes(pattern.squeezed(rows[: -len(b",\n")]))


def step_text(facts: dict[str, Facts], rank: int) -> str:
    """A step's object with placeholders."""
    index = ", ".join(chr(FIRST_INDEX + i) for i in range(rank))
    rest = ", ".join(f'"{name}": {fact_text(fact)}' for name, fact in facts.items())
    return f'{{"index": [{index}], {rest}}}'


def fact_text(fact: Facts) -> str:
    if fact is None:
        return "null"
    if isinstance(fact, int):
        return slot_mark(fact)
    return f"[{', '.join(fact_text(part) for part in fact)}]"
