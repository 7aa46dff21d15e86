"""Upsampling to the nearest: each place of the output is a copy of one of the input.

    Val[n,c,i] = x[n, c, ⌊i·t⌋]        ∂L/∂x[n,c,j] = Σ_i ∂L/∂Val[n,c,i] over all i with ⌊i·t⌋ = j

x input (N, C, *n); the output is (N, C, *size) with t = n/size, or (N, C, *⌊n·scale_factor⌋) with t = 1/scale_factor,
a number or one a dimension; i and j are counted from 0. It may be smaller than the input. As PyTorch's Upsample, and
ONNX's Resize (asymmetric, floor) and Upsample, with mode nearest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial

import numpy as np

from cnnsteps.arithmetic.elementwise import LayerProblem
from cnnsteps.errors import Path
from cnnsteps.i18n import phrase
from cnnsteps.model.chain_rule import INPUT as SPACE
from cnnsteps.model.chain_rule import OUTPUT, Named, Rule, at, leading
from cnnsteps.model.equation import Equation
from cnnsteps.model.expr import Entry, Expr, Floor, Minus, Num, Over, Placed, Product, Slot, Sum, Sym
from cnnsteps.model.settings import Setting, by_sizes, each
from cnnsteps.model.solution import Gradient, shaped
from cnnsteps.model.steps import Column, Indices, JsonFields, NamedTensor, Operand, Run, Window, answer
from cnnsteps.numbers.exact import Ratio, as_written
from cnnsteps.numbers.tensor import Positions, Tensor, unravel
from cnnsteps.operators._contract import Node
from cnnsteps.operators._windows import INPUT
from cnnsteps.reading.axes import input_of
from cnnsteps.reading.backward import BACKWARD, fitting
from cnnsteps.reading.field_types import NUMBER, TITLE, Choice, PerDimension, Real
from cnnsteps.reading.fields import Given
from cnnsteps.reading.json.values import Value
from cnnsteps.reading.key import Context, Key, Schema, list_of
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.axis import per_dimension
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import Shape, State, nearest_reads

NAME = phrase("Upsampling")
SUMMARY = "Works out an upsampling: copies of the nearest value."
EXAMPLES = (
    """echo '{"input": [[1, 2], [3, 4]], "scale_factor": 2}' | cnnsteps upsample -""",
    """echo '{"input": [1, 2, 3], "size": 5}' | cnnsteps upsample - -f markdown""",
)
ALIASES = (
    "interpolate", "upsampling", "upsampling1d", "upsampling2d", "upsampling3d", "upsamplingnearest2d", "resize",
)  # fmt: skip


class Factors(NamedTuple):
    """One number above 0 for all dimensions, or a list with one for each."""

    def read(self, value: Value, path: Path, context: Context) -> tuple[Ratio, ...] | None:
        if not isinstance(value, list):
            factor = self.one(value, path, context)
            return factor and (factor,) * context.dims
        if len(value) != context.dims:
            message = f"{path[-1]} has {pluralize(len(value), 'number')} for {pluralize(context.dims, 'dimension')}"
            context.report.add(path, message, f"give one number, or {context.dims}")
            return None
        factors = [self.one(part, (*path, i), context) for i, part in enumerate(value)]
        known = tuple(factor for factor in factors if factor)
        return known if len(known) == len(factors) else None

    def one(self, value: Value, path: Path, context: Context) -> Ratio | None:
        factor = Real(0).read(value, path, context)
        if factor is not None and factor[0] == 0:
            context.report.add(path, "scale_factor is 0, but it is above 0")
            return None
        return factor

    def schema(self) -> Schema:
        return {"anyOf": [NUMBER, list_of(NUMBER)]}


SIZE = Key("size", PerDimension(1), "the output's size; without it say scale_factor")
SCALE_FACTOR = Key("scale_factor", Factors(), "how many times larger the output is")
MODE = Key("mode", Choice(("nearest",)), "each place is a copy of the nearest before it", default="nearest",
           also=("interpolation",))  # fmt: skip
KEYS = (INPUT, SIZE, SCALE_FACTOR, MODE, BACKWARD)
SIZE_KEYS = KEYS[1:-1]
TAKES = "planes"
ONE_OF = (SIZE, SCALE_FACTOR)
ONNX: dict[str, tuple[int, ...]] = {"Upsample": (), "Resize": ()}


class Stretch(NamedTuple):
    """One dimension: N places become `out`; place i is a copy of ⌊i·step⌋."""

    n: int
    out: int
    step: Fraction

    @property
    def sources(self) -> Positions:
        """For each place of the output the one of the input."""
        i = np.arange(self.out, dtype=object if self.step.numerator * self.out >= 1 << 63 else np.int64)
        found: Positions = np.minimum(i * self.step.numerator // self.step.denominator, self.n - 1).astype(np.int64)
        return found

    def place(self, letter: str, base: int) -> Expr:
        """⌊i·p/q⌋ in letters, where places are counted from `base`."""
        i: Expr = Sum((Sym(letter), Minus(Num(base)))) if base else Sym(letter)
        over, under = self.step.as_integer_ratio()
        top = Product((Num(over), i)) if over > 1 else i
        copied = Floor(Over(top, Num(under))) if under > 1 else top
        return Sum((copied, Num(base))) if base else copied


class Copies(NamedTuple):
    """Val = x, at its place."""

    x: Operand
    out: Tensor
    stretches: tuple[Stretch, ...]

    @property
    def terms(self) -> int:
        return 1

    def places(self, cells: Positions) -> tuple[Positions, list[Positions]]:
        """The flat position that each cell copies, and its index in the plane."""
        plane, size = math.prod(s.out for s in self.stretches), math.prod(s.n for s in self.stretches)
        own = unravel(cells % plane, [s.out for s in self.stretches])
        index = [stretch.sources[i] for stretch, i in zip(self.stretches, own, strict=True)]
        return cells // plane * size + np.ravel_multi_index(index, [s.n for s in self.stretches]), index

    def runs(self, cells: Positions) -> Iterator[Run]:
        at_input, index = self.places(cells)
        d = len(index)
        places = (Indices(stretch.n, i) for stretch, i in zip(self.stretches, index, strict=True))
        columns: list[Column | Indices] = [Column(self.x, at_input), *places]
        columns.append(Column(answer(self.out), cells, reusable=False))
        chain = (Placed(Slot(0, operand=False), tuple(Slot(k, operand=False) for k in range(1, d + 1))),)
        facts: dict[str, JsonFields] = {"input": 0, "value": d + 1}
        yield Run(d, chain, facts, tuple(columns), cells)

    def window(self, cell: int) -> Window:
        return Window(self.x, self.places(np.array([cell]))[0])


class Upsample(LayerProblem):
    """An upsampling as a problem of its own."""

    def rule(self, base: int) -> Equation:
        steps = self.work(self.operands[0])
        assert isinstance(steps, Copies)
        d, lead = len(steps.stretches), leading(self.given.dims)
        places = [s.place(letter, base) for s, letter in zip(steps.stretches, SPACE[d], strict=True)]
        x = Entry("x", (*(place.written(base) for place in at(lead)), *places))
        return Equation((Named("Val", at(lead + SPACE[d])).written(base),), (x,))


def read(given: Given, report: Report) -> LayerProblem | None:
    """The problem, where the output's size is said in one way; else the mistakes."""
    check_size_keys(given, report)
    if not given.has(INPUT):
        return None
    x = given[INPUT]
    extra = len(x.shape) - given.dims
    stretches = fit(given, x.shape[extra:], report)
    if stretches is None or report:
        return None
    values = NamedTensor(x, ("batch item", "channel")[2 - extra :])
    shape = (*x.shape[:extra], *(stretch.out for stretch in stretches))
    backward = fitting(given, shape, values.dims, report, x)
    if report:
        return None
    operands = (input_of(values), *((backward.operand,) if backward else ()))
    return Upsample(
        "upsample", NAME, given.get(TITLE), operands, partial(copied, stretches), shape, values.dims, settings(given),
        backward=backward, back=partial(gradients, stretches), lines=partial(line, stretches),
    )  # fmt: skip


def sizes(given: Given, state: State, report: Report) -> Layer | None:
    """The line of a layer of which only sizes are known."""
    check_size_keys(given, report)
    stretches = fit(given, state.spatial, report)
    return None if stretches is None or report else line(stretches, state)


def line(stretches: tuple[Stretch, ...], state: State) -> Layer:
    """No costs; a place sees what its source sees."""
    reads = [nearest_reads(stretch.step) for stretch in stretches]
    return Layer(state.through(reads, (state.shape[0], *(stretch.out for stretch in stretches))))


def onnx(node: Node, state: State, report: Report) -> Layer | None:
    """The nearest before each place; None of what takes another, or is between places."""
    how = node.word("coordinate_transformation_mode", "half_pixel"), node.word("nearest_mode", "round_prefer_floor")
    is_ours = node.op == "Upsample" or how == ("asymmetric", "floor")
    x, out, n = node.shape(0), node.inferred, state.spatial
    if node.word("mode", "nearest") != "nearest" or not is_ours:
        return None
    if not n or out is None or len(out) != len(x) or out[:2] != x[:2]:
        return None
    return line(tuple(Stretch(a, b, Fraction(a, b)) for a, b in zip(n, out[2:], strict=True)), state)


def check_size_keys(given: Given, report: Report) -> None:
    """The output's size is said by size or by scale_factor."""
    if SIZE.name in given.raw and SCALE_FACTOR.name in given.raw:
        report.add((SIZE.name,), f"{SIZE.name} can't be given together with {SCALE_FACTOR.name}", of_key=True)
    elif SIZE.name not in given.values and SCALE_FACTOR.name not in given.values:
        report.add((), f"{SIZE.name} is missing: {SIZE.doc}")


def fit(given: Given, n: Shape, report: Report) -> tuple[Stretch, ...] | None:
    """Each dimension's; a factor leaves at least one place."""
    out, factors = given.get(SIZE), given.get(SCALE_FACTOR)
    if out is not None:
        return tuple(Stretch(size, wanted, Fraction(size, wanted)) for size, wanted in zip(n, out, strict=True))
    if factors is None:
        return None
    pairs = [(size, Fraction(*factor)) for size, factor in zip(n, factors, strict=True)]
    stretches = tuple(Stretch(size, math.floor(size * factor), 1 / factor) for size, factor in pairs)
    for stretch, factor in zip(stretches, factors, strict=True):
        if stretch.out < 1:
            text = as_written(factor)
            report.add((SCALE_FACTOR.name,), f"scale_factor {text} leaves nothing: ⌊{stretch.n}×{text}⌋ = 0")
            return None
    return stretches


def settings(given: Given) -> tuple[Setting, ...]:
    """What says the output's size."""
    size, factors = given.get(SIZE), given.get(SCALE_FACTOR)
    if size is not None:
        return (Setting(SIZE.name, per_dimension(size), phrase("output"), by_sizes(size)),)
    texts = [as_written(factor) for factor in factors or ()]
    value = texts[0] if len(set(texts)) == 1 else f"[{', '.join(texts)}]"
    return (Setting(SCALE_FACTOR.name, value, phrase("scale factor"), each(texts)),)


def copied(stretches: tuple[Stretch, ...], x: Operand) -> Copies:
    num, mask = x.tensor.num, x.tensor.irrational_mask
    for axis, stretch in enumerate(stretches, num.ndim - len(stretches)):
        num = np.take(num, stretch.sources, axis)
        mask = None if mask is None else np.take(mask, stretch.sources, axis)
    return Copies(x, Tensor(num, x.tensor.den, mask), stretches)


def gradients(stretches: tuple[Stretch, ...], x: Operand, grad: Operand) -> Mapping[str, Gradient]:
    """Of the input: the sum over its copies."""
    from cnnsteps.arithmetic.gradients.sums import added

    values, d = x.values, len(stretches)
    targets, _ = Copies(x, grad.tensor, stretches).places(np.arange(grad.tensor.num.size))
    steps = added(grad, targets, values.shape, max(stretch.out // stretch.n for stretch in stretches[-1:]))
    lead = leading(values.dims)
    by, val = Named("x", at(lead + SPACE[d])), Named("Val", at(lead + OUTPUT[d]))
    note = phrase("Only copies of x[{place}] count.", place=",".join(lead + SPACE[d]))
    return {"input": shaped(steps.out, values, steps, Rule(by, OUTPUT[d], val, notes=(note,)))}
