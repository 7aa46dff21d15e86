"""What holds for every problem: the answer is the oracle's, each step recomputes, nothing overflows."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnnsteps.arithmetic import convolution as gather
from tests import oracle
from tests.oracle import Index, cells_of
from tests.problems import EDGES, NUMBERS, PLAIN, SMALL, Problem, convs, pools, sizes, tensors
from tests.running import exact, solve_json

PROBLEMS = st.one_of(convs(), pools())
EDGE = [
    1,
    2**15,
    2**16,
    2**26,
    2**31 - 1,
    2**31,
    2**32,
    2**52,
    2**53,
    2**53 + 1,
    2**62,
    2**63 - 1,
    2**63,
    2**64,
    10**999,
]


def by_index(result: dict[str, Any], base: int = 1) -> dict[Index, dict[str, Any]]:
    """The steps by their index, counted from 0."""
    return {tuple(i - base for i in step["index"]): step for step in result["steps"]}


def recomputed(step: dict[str, Any], mode: str | None) -> Fraction:
    """The value that the step's own numbers give."""
    if "terms" in step:
        bias = Fraction(0) if step["bias"] is None else exact(step["bias"])
        return sum((exact(a) * exact(b) for a, b in step["terms"]), bias)
    window = exact(step["window"])
    return Fraction(sum(window), len(window)) if mode == "average" else max(window)


def check(problem: Problem) -> None:
    """The whole result against the oracle, and each step against itself."""
    result, answer = solve_json(problem), oracle.solve(problem)
    assert tuple(result["output_shape"]) == answer.shape
    assert oracle.shape_of(result["output"]) == answer.shape
    assert cells_of(result["output"]) == answer.values
    assert [tuple(i - 1 for i in step["index"]) for step in result["steps"]] == sorted(answer.values)
    for index, step in by_index(result).items():
        assert recomputed(step, problem.get("mode")) == exact(step["value"]) == answer.values[index]
        if problem["type"] == "conv":
            assert [tuple(exact(pair)) for pair in step["terms"]] == answer.terms[index]
            assert (None if step["bias"] is None else exact(step["bias"])) == answer.bias[index]
        else:
            assert exact(step["window"]) == answer.windows[index]


@settings(max_examples=400)
@given(PROBLEMS)
def test_answer_and_steps_are_the_oracles(problem: Problem) -> None:
    check(problem)


@settings(max_examples=150)
@given(st.one_of(convs(EDGES), pools(EDGES)))
def test_huge_integers(problem: Problem) -> None:
    check(problem)


@pytest.mark.parametrize("weight", EDGE)
@pytest.mark.parametrize("value", EDGE)
def test_no_product_or_sum_overflows(value: int, weight: int) -> None:
    """Every width of the machine's integers is crossed by the operands, the products or the sums."""
    x = [[[value, -value, value], [0, value - 1, 1], [value, value, value]], [[value] * 3] * 3]
    w = [[[weight, weight], [weight, weight]], [[-weight, 1], [0, weight]]]
    check({"type": "conv", "input": x, "kernel": w, "bias": weight, "padding": 1})


@pytest.mark.parametrize("value", EDGE)
@pytest.mark.parametrize("channels", [5, 8])
def test_many_channels(value: int, channels: int) -> None:
    """Where BLAS may add, it adds exactly, or Python does."""
    x = [[[value - c, c], [value, -value]] for c in range(channels)]
    w = [[[[3, value], [1, 1]]] * channels, [[[1, 0], [-value, 5]]] * channels]
    check({"type": "conv", "input": x, "kernel": w, "padding": 1})


def test_blas_is_used_up_to_its_bound_and_not_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    """8 channels of 2**50: the sum is 2**53 and needs more than a float's digits with one more."""
    used: list[str] = []
    for name in ("blas_dot", "plain_dot"):
        monkeypatch.setattr(gather, name, recorder(getattr(gather, name), used))
    for top in (2**50 - 1, 2**50, 2**50 + 1):
        check({"type": "conv", "input": [[[top]]] * 7 + [[[top - 1]]], "kernel": [[[1]]] * 8})
    assert used == ["blas_dot", "plain_dot", "plain_dot"]


def recorder(function: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
    """The same function, which notes its name."""

    def recording(*arguments: Any) -> Any:
        names.append(function.__name__)
        return function(*arguments)

    return recording


@pytest.mark.parametrize("zero", [0, Decimal("0.0")])
@pytest.mark.parametrize("other", [2**40, 10**30, Fraction(1, 10**40), Decimal("1e-999")])
def test_zeros_bound_nothing(zero: Any, other: Any) -> None:
    """A product is 0 whatever the other operand; its operands still have to fit."""
    zeros, others = [[[zero, zero]], [[zero, zero]]], [[[other, 1]], [[1, other]]]
    check({"type": "conv", "input": zeros, "kernel": others})
    check({"type": "conv", "input": others, "kernel": zeros})
    check({"type": "conv", "input": zeros, "kernel": zeros, "bias": other})
    check({"type": "pool", "mode": "average", "input": zeros[0] + others[0], "kernel_size": 2})


@pytest.mark.parametrize("value", EDGE)
@pytest.mark.parametrize("include", [True, False])
def test_pool_of_edges(value: int, include: bool) -> None:
    x = [[value, -value, value - 1], [1, -1, 0], [-value, Fraction(value, 3), value]]
    shared = {"type": "pool", "input": x, "kernel_size": 2, "stride": 1, "padding": 1}
    check({**shared, "mode": "average", "count_include_pad": include})
    check(shared)


def test_average_over_many_window_sizes() -> None:
    """Counts from 25 to 50 have a common multiple beyond 2**63."""
    x = list(range(60))
    shared = {"type": "pool", "input": x, "kernel_size": 50, "stride": 1, "padding": 25, "mode": "average"}
    check({**shared, "count_include_pad": False})


@pytest.mark.parametrize(
    ("a", "b", "total"),
    [(Decimal("0.1"), 3, "0.3"), (Decimal("0.1"), Decimal("0.2"), "0.02"), (Fraction(1, 3), 3, "1")],
)
def test_decimals_and_fractions_are_exact(a: Any, b: Any, total: str) -> None:
    assert exact(solve_json({"type": "conv", "input": [a], "kernel": [b]})["output"]) == [Fraction(total)]


@settings(max_examples=100)
@given(convs())
def test_flip_is_the_turned_kernel(problem: Problem) -> None:
    """The textbook's convolution is the correlation with the kernel turned along every dimension."""
    d = oracle.dims_of(problem)

    def turned(kernel: Any, rank: int) -> Any:
        if rank == 0:
            return kernel
        parts = [turned(part, rank - 1) for part in kernel]
        return parts[::-1] if rank <= d else parts

    flipped = solve_json({**problem, "flip": True})
    plain = solve_json({**problem, "flip": False, "kernel": turned(problem["kernel"], rank_of(problem["kernel"]))})
    assert flipped == plain


def rank_of(value: Any) -> int:
    return len(oracle.shape_of(value))


@settings(max_examples=60)
@given(tensors((4, 5), NUMBERS), tensors((2, 3), NUMBERS))
def test_flip_is_the_sum_over_i_minus_a(x: Any, w: Any) -> None:
    """(x * w)[i, j] = Σ x[i − a, j − b] · w[a, b], all of it with padding k − 1."""
    found = cells_of(solve_json({"type": "conv", "input": x, "kernel": w, "padding": [1, 2], "flip": True})["output"])
    cells, weights = cells_of(x), cells_of(w)
    for (i, j), value in found.items():
        parts = [cells.get((i - a, j - b), Fraction(0)) * weight for (a, b), weight in weights.items()]
        assert value == sum(parts)


@settings(max_examples=60)
@given(PROBLEMS)
def test_index_base_moves_indices_alone(problem: Problem) -> None:
    one, zero = solve_json(problem), solve_json(problem, index_base=0)
    for step in zero["steps"]:
        for key in {"index", "argmax"} & step.keys():
            step[key] = [i + 1 for i in step[key]]
    assert one == zero


@settings(max_examples=150)
@given(PROBLEMS, st.data(), st.sampled_from([0, 1]))
def test_cells_chooses_steps_and_leaves_the_answer(problem: Problem, data: st.DataObject, base: int) -> None:
    whole = solve_json(problem, index_base=base)
    chosen: set[Index] = set()
    parts: list[str] = []
    for _ in range(data.draw(st.integers(1, 3))):
        entries = [data.draw(entries_of(size)) for size in whole["output_shape"]]
        parts.append(",".join(text_of(first, last, size, base) for (first, last), size in
                              zip(entries, whole["output_shape"], strict=True)))  # fmt: skip
        chosen |= {
            tuple(step["index"]) for step in whole["steps"]
            if all(first <= i - base <= last for i, (first, last) in zip(step["index"], entries, strict=True))
        }  # fmt: skip
    some = solve_json(problem, cells=" ; ".join(parts), index_base=base)
    assert some["steps"] == [step for step in whole["steps"] if tuple(step["index"]) in chosen]
    assert some["output"] == whole["output"]


def entries_of(size: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).map(lambda pair: (min(pair), max(pair)))


def text_of(first: int, last: int, size: int, base: int) -> str:
    """An entry of --cells, in the shortest form that says it."""
    if first == last:
        return str(first + base)
    return f"{first + base if first else ''}:{last + base if last < size - 1 else ''}"


@settings(max_examples=60)
@given(PROBLEMS)
def test_answer_only_leaves_out_the_steps(problem: Problem) -> None:
    whole, answer = solve_json(problem), solve_json(problem, answer_only=True)
    assert answer == {key: value for key, value in whole.items() if key != "steps"}


@settings(max_examples=100)
@given(convs(SMALL), st.sampled_from(["same", "same_upper", "same_lower", "valid"]))
def test_same_and_valid(problem: Problem, word: str) -> None:
    """`same` is ⌈N/S⌉ whatever the window; `valid` is no padding."""
    d = oracle.dims_of(problem)
    n = oracle.shape_of(problem["input"])[-d:]
    if word == "valid":
        problem = {**problem, "input": problem["input"], "padding": 0}
        if all(oracle.axes_of(problem, n, oracle.shape_of(problem["kernel"])[-d:], problem.get("stride", 1))[0]):
            assert solve_json({**problem, "padding": "valid"}) == solve_json(problem)
        return
    stride = oracle.per_dimension(problem.get("stride", 1), d)
    shape = solve_json({**problem, "padding": word})["output_shape"]
    assert shape[-d:] == [-(-size // s) for size, s in zip(n, stride, strict=True)]
    if word == "same":
        assert solve_json({**problem, "padding": "same"}) == solve_json({**problem, "padding": "same_upper"})


@settings(max_examples=300)
@given(sizes())
@example({"type": "size", "input": [1, 1], "kernel": [1, 1], "padding": 1, "ceil_mode": True})
def test_sizes_are_the_oracles(problem: Problem) -> None:
    assert tuple(solve_json(problem)["output_shape"]) == oracle.size(problem)


@settings(max_examples=60)
@given(st.one_of(convs(PLAIN), pools(PLAIN)))
def test_size_agrees_with_the_shape_of_the_answer(problem: Problem) -> None:
    d = oracle.dims_of(problem)
    window = problem.get("kernel_size") or list(oracle.shape_of(problem["kernel"])[-d:])
    shared = {key: problem[key] for key in ("padding", "dilation", "stride", "ceil_mode") if key in problem}
    if problem["type"] == "pool":
        shared.setdefault("stride", window)
    n = list(oracle.shape_of(problem["input"])[-d:])
    sizes_only: Problem = {"type": "size", "dims": d, "input": n, "kernel": window}
    size = solve_json(sizes_only | shared)
    assert size["output_shape"] == solve_json(problem, answer_only=True)["output_shape"][-d:]


@pytest.mark.parametrize("digits", range(1, 12))
@pytest.mark.parametrize("input_", [lambda n: [n, 1], lambda n: [[[n, 1]], [[1, 1]]], lambda n: [[[1, 1]], [[n, 1]]]])
def test_json_rows_of_unequal_lengths(digits: int, input_: Callable[[int], Any]) -> None:
    """Each row of a step is one line, however long its numbers are next to the others'."""
    check({"type": "pool", "input": input_(10 ** (digits - 1)), "kernel_size": 1})
    check({"type": "pool", "input": input_(1 - 10 ** (digits - 1)), "kernel_size": 1})
