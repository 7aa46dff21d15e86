"""What a step reads is in the model: operands are the file's, columns stand in them, letters come to the value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnsteps.model.chain_rule import Derivative, Named, Place, Rule
from cnnsteps.model.equation import NotANumber, evaluate, substitute
from cnnsteps.model.expr import (
    Call,
    Entry,
    Expr,
    Minus,
    Num,
    Over,
    Partial,
    Power,
    Product,
    Root,
    Sigma,
    Slot,
    Sum,
    Sym,
)
from cnnsteps.model.solution import Limits, Solution
from cnnsteps.model.steps import Column, Indices, NamedTensor, Operand, Run, Steps
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.problems.problem import read_problem
from cnnsteps.reading.source import Source
from cnnsteps.walk.operands import indices
from tests import oracle
from tests.problems import PLAIN, convs, pools
from tests.running import as_json
from tests.test_backward import with_grad

KEYS = {"x": ("input",), "w": ("kernel", "weight"), "b": ("bias",), "μ": ("mean",), "σ²": ("variance",),
        "γ": ("gamma",), "β": ("beta",)}  # fmt: skip

LAYERS = ["relu", "leaky_relu", "sigmoid", "tanh", "softmax", "flatten", "dropout", "batch_norm"]


def solution_of(problem: Mapping[str, Any]) -> Solution:
    return read_problem(Source("problem.json", as_json(problem))).solve(Limits())


@st.composite
def transposed(draw: st.DrawFn) -> dict[str, Any]:
    """Transposed convolutions of one or two dimensions, with and without channels, cut and dilated."""
    d, random = draw(st.integers(1, 2)), np.random.default_rng(draw(st.integers(0, 999)))
    n, f, s, gap = ([draw(st.integers(1, 3)) for _ in range(d)] for _ in "nfsd")
    full = [(a - 1) * b + c * (e - 1) + 1 for a, b, c, e in zip(n, s, gap, f, strict=True)]
    padding = [[draw(st.integers(0, (size - 1) // 2)) for _ in "ab"] for size in full]
    lead, own = draw(st.sampled_from([([], []), ([2, 2], [2, 1]), ([1, 1], [1, 2])]))
    shape, kernel = [*lead, *n], [*own, *f]
    bias = {"bias": random.integers(-9, 10, own[1] if own else 1).tolist()} if draw(st.booleans()) else {}
    return {
        "type": "conv_transpose", "dims": d, "stride": s, "dilation": gap, "padding": padding, **bias,
        "input": random.integers(-9, 10, shape).tolist(), "kernel": random.integers(-9, 10, kernel).tolist(),
    }  # fmt: skip


@st.composite
def repeating(draw: st.DrawFn) -> dict[str, Any]:
    """Convolutions whose padding repeats the input."""
    random = np.random.default_rng(draw(st.integers(0, 999)))
    return {
        "type": "conv", "input": random.integers(-9, 10, (3, 4)).tolist(), "flip": draw(st.booleans()),
        "kernel": random.integers(-9, 10, (2, 2)).tolist(), "stride": draw(st.integers(1, 2)),
        "padding": [[draw(st.integers(0, 2)) for _ in "ab"] for _ in "ij"],
        "padding_mode": draw(st.sampled_from(["reflect", "replicate", "circular"])),
    }  # fmt: skip


@st.composite
def linears(draw: st.DrawFn) -> dict[str, Any]:
    random = np.random.default_rng(draw(st.integers(0, 999)))
    outs, ins = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    lead = draw(st.sampled_from([[], [2], [2, 2]]))
    bias = {"bias": random.integers(-9, 10, outs).tolist()} if draw(st.booleans()) else {}
    x, w = random.integers(-9, 10, [*lead, ins]).tolist(), random.integers(-9, 10, [outs, ins]).tolist()
    return {"type": "linear", "input": x, "weight": w, **bias}


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    """The layers that work number by number, and softmax."""
    random = np.random.default_rng(draw(st.integers(0, 999)))
    kind = draw(st.sampled_from(LAYERS))
    problem = {"type": kind, "input": random.integers(-5, 6, (2, 2, 3)).tolist()}
    if kind == "batch_norm":
        optional = {"gamma": [2, -1], "beta": [0, 3]}
        problem |= {"mean": [1, 0], "variance": [4, 2], **{k: v for k, v in optional.items() if draw(st.booleans())}}
    return problem


@st.composite
def lp_pools(draw: st.DrawFn) -> dict[str, Any]:
    problem = {**draw(pools(PLAIN)), "mode": "lp", "p": draw(st.integers(1, 3))}
    problem.pop("count_include_pad", None)
    return problem


def graded(problems: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """The same with a gradient of the output."""
    return st.builds(with_grad, problems, st.integers(0, 99))


LINEAR_MAPS = convs(PLAIN) | transposed() | repeating() | linears()
ANY = graded(LINEAR_MAPS | pools(PLAIN)) | LINEAR_MAPS | pools(PLAIN) | lp_pools() | layers()


def number_at(tensor: Tensor, at: int) -> Fraction:
    return Fraction(int(tensor.num.reshape(-1)[at]), tensor.den)


def stages(solution: Solution) -> Iterator[tuple[Steps, NamedTensor, Rule | Derivative | None]]:
    """The answer's steps, then each gradient's."""
    if solution.steps is not None and solution.output is not None:
        yield solution.steps, solution.output, None
    for gradient in solution.gradients.values():
        if gradient.steps is not None:
            yield gradient.steps, gradient.output, gradient.rule


def runs(steps: Steps, output: NamedTensor) -> Iterator[Run]:
    """Those of all cells, plane by plane."""
    plane = math.prod(output.spatial)
    for start in range(0, math.prod(output.shape), plane):
        yield from steps.runs(np.arange(start, start + plane))


def at_of(column: Column | Indices, n: int) -> int:
    return column.at if isinstance(column.at, int) else int(column.at[n])


def columns_of(run: Run) -> Iterator[tuple[Column, int]]:
    """Each column with the place of each step."""
    for column in run.columns:
        if isinstance(column, Column):
            yield from ((column, at_of(column, n)) for n in range(len(run.cells)))


@settings(max_examples=120)
@given(ANY)
def test_operands_are_what_the_file_says(problem: dict[str, Any]) -> None:
    operands = solution_of(problem).problem.operands
    letters = [operand.letter for operand in operands]
    assert letters[0] == "x"
    assert len(set(letters)) == len(letters)
    said = {key for key in ("input", "kernel", "weight", "bias", "mean", "variance", "gamma", "beta") if key in problem}
    assert len(operands) == len(said) + ("backward" in problem)
    for operand in operands:
        grad = problem.get("backward", {}).get("grad_output")
        value = grad if operand.role == "gradient" else next(problem[k] for k in KEYS[operand.letter] if k in problem)
        cells = oracle.cells_of(value if isinstance(value, list) else [value])
        assert operand.values.shape == tuple(np.shape(np.array(value, object))) or not isinstance(value, list)
        assert [number_at(operand.tensor, at) for at in range(len(cells))] == list(map(Fraction, cells.values()))
        assert operand.name


@settings(max_examples=120)
@given(ANY)
def test_a_column_names_an_operand_of_the_problem_or_says_that_it_is_none(problem: dict[str, Any]) -> None:
    """What is spread out for a gradient is the gradient itself, at the place that its index says, or 0 outside."""
    solution = solution_of(problem)
    own = solution.operands
    by_letter = {operand.letter: operand for operand in solution.problem.operands}
    for steps, output, rule in stages(solution):
        for run in runs(steps, output):
            value = run.facts["value"]
            for column, at in columns_of(run):
                operand = column.operand
                assert operand.is_given == (operand.role not in ("setting", "between", "output"))
                if not operand.is_given or any(operand is one for one in own):
                    continue
                assert rule is not None
                index = tuple(map(int, indices(operand, at, 0)))
                assert number_at(operand.tensor, at) == entry(by_letter[operand.letter], index), operand
            assert isinstance(value, int)
            last = run.columns[value]
            assert isinstance(last, Column)
            assert last.operand.role == "output" or run.facts["value"] == run.facts.get("input")
            assert [at_of(last, n) for n in range(len(run.cells))] == run.cells.tolist()
            for n, cell in enumerate(run.cells.tolist()):
                assert number_at(last.source, at_of(last, n)) == number_at(output.tensor, cell)


def entry(operand: Operand, index: tuple[int, ...], outside: int | None = 0) -> Fraction:
    """The number at an index counted from 0 as formulas count it; `outside` elsewhere, an IndexError where that is
    None."""
    values = operand.values
    shifts = (*(0,) * len(values.dims), *(operand.offset or (0,) * len(values.spatial)))
    place = tuple(i + shift for i, shift in zip(index, shifts, strict=True))
    inside = all(0 <= i < n for i, n in zip(place, values.shape, strict=True))
    if not inside or (values.absent is not None and bool(values.absent[place])):
        if outside is None:
            raise IndexError(index)
        return Fraction(outside)
    return number_at(operand.tensor, int(np.ravel_multi_index(place, values.shape)))


@settings(max_examples=120)
@given(ANY)
def test_every_link_of_a_chain_comes_to_the_value(problem: dict[str, Any]) -> None:
    """Its slots are filled from the operands; what is irrational has no exact value."""
    for steps, output, _ in stages(solution_of(problem)):
        for run in runs(steps, output):
            for n, cell in enumerate(run.cells.tolist()):
                numbers: dict[Expr, Expr] = {}
                for c, column in enumerate(run.columns):
                    value = number_at(column.source, at_of(column, n)) if isinstance(column, Column) else Fraction(0)
                    mask = column.source.irrational_mask if isinstance(column, Column) else None
                    loose = mask is not None and bool(mask.reshape(-1)[at_of(column, n)])
                    number = Num(value.numerator, value.denominator, loose)
                    numbers |= {Slot(c, True): number, Slot(c, False): number}
                for link in run.chain:
                    try:
                        found = evaluate(substitute(link, numbers))
                    except NotANumber:
                        continue
                    assert found == number_at(output.tensor, cell), (link, problem)


@settings(max_examples=60)
@given(graded(LINEAR_MAPS), st.integers(0, 1))
def test_the_rule_in_letters_comes_to_every_value(problem: dict[str, Any], base: int) -> None:
    """x is the padded input where the rule says so, w the kernel as it was given, unless it is turned before it is
    used; what stands outside of an operand counts 0."""
    solution = solution_of(problem)
    if problem.get("groups", 1) > 1:
        return
    given = {operand.letter: operand for operand in solution.problem.operands}
    used = {**given, **{operand.letter: operand for operand in solution.made.values()}}
    forward = solution.problem.rule(base)
    assert forward is not None
    assert solution.output is not None
    equations = [(solution.output, forward.names[0], forward.chain[0], used)]
    for gradient in solution.gradients.values():
        operands = {**given, **({"x": used["x"]} if "x is the padded input here." in gradient.rule.notes else {})}
        repeats = any("each place of the padded input" in note for note in gradient.rule.notes)
        if not repeats:
            row = gradient.rule.row(base)
            equations.append((gradient.output, row.names[0], row.chain[0], operands))
    for output, name, letters, operands in equations:
        places = (name.part if isinstance(name, Partial) else name).places  # type: ignore[union-attr]
        for cell, index in enumerate(np.ndindex(*output.shape)):
            fixed = {place.name: i + base for place, i in zip(places, index, strict=True) if isinstance(place, Sym)}
            assert worked(letters, fixed, operands, base) == number_at(output.tensor, cell), (letters, index)


def worked(expr: Expr, letters: dict[str, int], operands: Mapping[str, Operand], base: int) -> Fraction:
    """An expression in letters, at one place."""
    match expr:
        case Sigma(over, part):
            sizes = {letter: size for one in entries(part) for letter, size in ranges(one, operands).items()}
            places = product(*(range(base, base + sizes[letter]) for letter in over))
            each = ({**letters, **dict(zip(over, place, strict=True))} for place in places)
            return sum((worked(part, own, operands, base) for own in each), Fraction(0))
        case Sum(parts):
            return sum((worked(part, letters, operands, base) for part in parts), Fraction(0))
        case Product(parts):
            return math.prod((worked(part, letters, operands, base) for part in parts), start=Fraction(1))
        case Partial(Entry(name, places)):
            return worked(Entry(f"∂L/∂{name}", places), letters, operands, base)
        case Entry(name, places):
            numbers: dict[Expr, Expr] = {Sym(letter): Num(i) for letter, i in letters.items()}
            index = [evaluate(substitute(place, numbers)) - base for place in places]
            whole = all(i.denominator == 1 for i in index)
            return entry(operands[name], tuple(map(int, index))) if whole else Fraction(0)
        case Sym("b"):
            return number_at(operands["b"].tensor, 0)
    raise AssertionError(expr)


def entries(expr: Expr) -> Iterator[Entry]:
    if isinstance(expr, Entry):
        yield expr
    elif isinstance(expr, Partial):
        yield from (part._replace(name=f"∂L/∂{part.name}") for part in entries(expr.part))
    elif isinstance(expr, Product):
        for part in expr.parts:
            yield from entries(part)


def ranges(one: Entry, operands: Mapping[str, Operand]) -> dict[str, int]:
    """How far the letters go that are places of their own."""
    shape = operands[one.name].values.shape
    return {place.name: size for place, size in zip(one.places, shape, strict=True) if isinstance(place, Sym)}


@settings(max_examples=60)
@given(pools(PLAIN), st.integers(0, 1))
def test_a_pools_rule_in_letters_comes_to_every_value(problem: dict[str, Any], base: int) -> None:
    """x over the window; what does not count is left out."""
    solution = solution_of(problem)
    rule, output = solution.problem.rule(base), solution.output
    assert rule is not None
    assert output is not None
    x = solution.made.get("padded", solution.problem.operands[0])
    size = problem["kernel_size"]
    d = len(output.spatial)
    window = size if isinstance(size, list) else [size] * d
    name, part = rule.names[0], rule.chain[0]
    assert isinstance(name, Entry)
    inner = part.parts[0] if isinstance(part, Call) else part.top.part if isinstance(part, Over) else None  # type: ignore[union-attr]
    assert isinstance(inner, Entry)
    letters = {1: "u", 2: "uv", 3: "tuv"}[d]
    for cell, index in enumerate(np.ndindex(*output.shape)):
        own = {place.name: i + base for place, i in zip(name.places, index, strict=True) if isinstance(place, Sym)}
        seen = []
        for offsets in product(*(range(base, base + n) for n in window)):
            all_letters = {**own, **dict(zip(letters, offsets, strict=True))}
            numbers: dict[Expr, Expr] = {Sym(letter): Num(i) for letter, i in all_letters.items()}
            place = tuple(int(evaluate(substitute(p, numbers)) - base) for p in inner.places)
            try:
                seen.append(entry(x, place, None))
            except IndexError:
                continue
        value = max(seen) if isinstance(part, Call) else sum(seen, Fraction(0)) / len(seen)
        assert value == number_at(output.tensor, cell), problem


def test_padding_and_turning_are_operands_of_the_solution() -> None:
    problem = {"type": "conv", "input": [[1, 2], [3, 4]], "kernel": [[1, 2]], "padding": [[0, 1], [2, 0]], "flip": True}
    made = solution_of(problem).made
    assert made["padded"].tensor.num.tolist() == [[0, 0, 1, 2], [0, 0, 3, 4], [0, 0, 0, 0]]
    assert made["turned"].tensor.num.tolist() == [[2, 1]]
    assert [(operand.letter, operand.offset) for operand in made.values()] == [("w", ()), ("x", ())]


def test_a_padding_that_does_not_count_is_numbered_before_the_first_place() -> None:
    made = solution_of({"type": "pool", "input": [[1, 2], [3, 4]], "kernel_size": 2, "padding": 1}).made["padded"]
    assert indices(made, 0, 1) == ["0", "0"]
    assert made.values.blank == "infinity"
    assert made.values.absent is not None
    assert made.values.absent.tolist()[1] == [True, False, False, True]


@pytest.mark.parametrize(("expr", "value"), [
    (Sum((Num(1), Minus(Num(1, 3)))), Fraction(2, 3)),
    (Power(Num(-2), Num(3)), Fraction(-8)),
    (Root(Num(8, 27), 3), Fraction(2, 3)),
    (Call("average", (Num(1), Num(2))), Fraction(3, 2)),
    (Power(Num(16), Num(1, 4)), Fraction(2)),
])  # fmt: skip
def test_evaluate(expr: Expr, value: Fraction) -> None:
    assert evaluate(expr) == value


@pytest.mark.parametrize(
    "expr", [Sym("x"), Root(Num(2)), Num(1, 3, True), Power(Num(2), Num(1, 2)), Call("sinh", (Num(1),))]
)
def test_what_has_no_exact_value_says_so(expr: Expr) -> None:
    with pytest.raises(NotANumber):
        evaluate(expr)


def test_a_place_is_substituted_from_its_letters() -> None:
    place = Named("x", (Place(((2, "i"), (3, "u")), -1),)).written(1)
    expected = Sum((Product((Num(2), Num(2))), Product((Num(3), Num(1))), Minus(Num(5))))
    assert substitute(place, {Sym("i"): Num(2), Sym("u"): Num(1)}).places[0] == expected  # type: ignore[union-attr]
