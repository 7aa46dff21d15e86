"""A `Solution` as text, of its own data alone: no format, no template and no number's looks.

    conv, output 2×2
    given 3×3: 1 2 0; 3 4 1; 0 2 5
    padding = 1
    output 2×2: 7 1; 8 13
      [0,0] = 1×1 + 2×0 + 3×-1 + 4×2 + 1 = 7

Indices count from 0, as in the model. A number behind ~ is irrational, to 17 digits; `_` stands where
there is none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from cnnsteps.model.expr import Bracket, Call, Chain, Entry, Multiple, Num, Over, Product, Root, Slot, Sum, Sym, Word
from cnnsteps.model.expr import Minus as Negative
from cnnsteps.model.solution import Solution
from cnnsteps.model.steps import Column, Indices, NamedTensor, Run, Steps
from cnnsteps.numbers.exact import integer_text
from cnnsteps.numbers.tensor import Tensor

LONGEST = 40


def text_of(solution: Solution) -> str:
    """The solution in lines; a network's layers below it, further in."""
    return "\n".join(lines(solution)) + "\n"


def lines(solution: Solution) -> Iterator[str]:
    yield f"{solution.kind}, output {by_sizes(solution.output_shape)}"
    for operand in solution.problem.operands:
        yield from tensor(" ".join(dict.fromkeys((operand.letter, operand.name))), operand.values)
    yield from (f"{setting.key} = {setting.value}" for setting in solution.problem.settings)
    for operand in solution.made.values():
        before = f", {at(operand.offset)} before its first place" if operand.offset else ""
        yield from tensor(f"{operand.letter} {operand.name}{before}", operand.values)
    if solution.output is not None:
        yield from tensor("output", solution.output)
        yield from indented(steps(solution.output, solution.steps))
    for name, gradient in solution.gradients.items():
        yield from tensor(f"gradient of {name}", gradient.output)
        (by,), chain = gradient.rule.row(0)
        yield from indented([f"{written(by)} = {joined(chain)}", *steps(gradient.output, gradient.steps)])
    sizes: Any = solution.extras.get("layers", ())
    yield from (listed(line) for line in (*sizes, solution.extras) if line)
    for layer in solution.layers:
        yield from indented(lines(layer))


def listed(extras: Mapping[str, object]) -> str:
    """What the JSON says besides, a network's lines of sizes apart."""
    return ", ".join(f"{name} {value}" for name, value in extras.items() if name != "layers")


def indented(text: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in text)


def by_sizes(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a number"


def tensor(name: str, named: NamedTensor) -> Iterator[str]:
    """Its rows in one line; a plane a line where there are several."""
    shape, dims = named.shape, named.dims
    head = f"{name} {by_sizes(shape)}" + (f" ({', '.join(dims)})" if dims else "")
    numbers = np.array(numbers_of(named.tensor), object).reshape(shape)
    if named.absent is not None:
        numbers[named.absent] = "_"
    if len(shape) <= 2:
        yield f"{head}: {plane(numbers)}"
        return
    yield f"{head}:"
    for index in np.ndindex(shape[:-2]):
        yield f"  {at(index)} {plane(numbers[index])}"


def plane(numbers: Any) -> str:
    return "; ".join(" ".join(row) for row in np.atleast_2d(numbers))


def numbers_of(tensor: Tensor) -> list[str]:
    """Its numbers in row-major order."""
    inexact = np.zeros(tensor.shape, bool) if tensor.irrational_mask is None else tensor.irrational_mask
    pairs = zip(tensor.num.reshape(-1).tolist(), inexact.reshape(-1).tolist(), strict=True)
    return [number(Fraction(num, tensor.den), irrational) for num, irrational in pairs]


def number(value: Fraction, irrational: bool = False) -> str:
    """Exact; of long ones both ends and how many digits there are."""
    if irrational:
        return f"~{float(value)!r}"
    over, under = shortened(value.numerator), shortened(value.denominator)
    return over if value.denominator == 1 else f"{over}/{under}"


def shortened(whole: int) -> str:
    text = integer_text(whole)
    return text if len(text) <= LONGEST else f"{text[:12]}…{text[-12:]} ({len(text)} digits)"


def at(index: Iterable[object]) -> str:
    return f"[{','.join(map(str, index))}]"


def steps(output: NamedTensor, some: Steps | None) -> Iterator[str]:
    """Each step's chain with its numbers, in the order of the cells."""
    if some is None:
        return
    size = max(math.prod(output.spatial), 1)
    for start in range(0, math.prod(output.shape), size):
        told = [step for run in some.runs(np.arange(start, start + size)) for step in filled(run)]
        for cell, chain in sorted(told):
            yield f"{at(np.unravel_index(cell, output.shape))} = {chain}"


def filled(run: Run) -> Iterator[tuple[int, str]]:
    """The steps of a run: each cell, and the chain with its numbers in the slots."""
    columns = [column_numbers(column, len(run.cells)) for column in run.columns]
    for i, cell in enumerate(run.cells.tolist()):
        yield cell, joined(run.chain, [column[i] for column in columns])


def column_numbers(column: Column | Indices, count: int) -> list[str]:
    where = np.broadcast_to(column.at, count)
    return [str(i) for i in where.tolist()] if isinstance(column, Indices) else numbers_of(column.source.take(where))


def joined(chain: Chain, slots: list[str] | None = None) -> str:
    return " = ".join(written(link, slots) for link in chain)


def written(part: object, slots: list[str] | None = None) -> str:
    """An expression in one line; what has no sign of its own is a call: floor(…), partial(…)."""

    def all_of(parts: Iterable[object], between: str = ", ") -> str:
        return between.join(written(part, slots) for part in parts)

    def factor(part: object) -> str:
        return f"({written(part, slots)})" if isinstance(part, Sum) else written(part, slots)

    match part:
        case Slot():
            return slots[part.column] if slots else f"#{part.column}"
        case Num():
            return number(Fraction(part.over, part.under), part.irrational)
        case Sym():
            return f"{part.name}_{part.sub}" if part.sub else part.name
        case Word():
            return part.text
        case Sum():
            return all_of(part.parts, " + ").replace("+ −", "− ")
        case Negative():
            return f"−{factor(part.part)}"
        case Product():
            return "×".join(map(factor, part.parts))
        case Multiple():
            return f"{part.factor}{factor(part.part)}"
        case Over():
            return f"{factor(part.top)}/{factor(part.bottom)}"
        case Entry():
            return part.name + at(map(written, part.places))
        case Bracket():
            return f"({written(part.part, slots)})"
        case Call():
            return f"{part.name}({all_of(part.parts)})"
        case Root(_, _, 0):
            return f"root({all_of(part[:2])})"
        case tuple() if hasattr(part, "_fields"):
            return f"{type(part).__name__.lower()}({all_of(part)})"
        case tuple():
            return f"[{all_of(part)}]"
        case _:
            return str(part)
