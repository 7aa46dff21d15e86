"""Gradients: the derivatives of Σ grad·Val by each number, which differences give exactly, Val being linear.

A maximum is linear too while nothing else comes near it: the step of the difference is small.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracle, printed
from tests.problems import SMALL, Problem, convs, pools
from tests.running import exact, render, run_cli, solve_json


def shape_of(value: Any) -> tuple[int, ...]:
    return oracle.shape_of(value)


def with_grad(problem: Problem, seed: int = 0, digits: int = 9) -> Problem:
    """The problem with random whole numbers as the gradient of its output."""
    shape = solve_json(problem, answer_only=True)["output_shape"]
    grad = np.random.default_rng(seed).integers(-digits, digits + 1, shape)
    return {**problem, "backward": {"grad_output": grad.tolist()}}


def changed(value: Any, index: tuple[int, ...], by: Fraction) -> Any:
    """Nested lists with one number changed."""
    if not index:
        return Fraction(value) + by
    return [changed(part, index[1:], by) if i == index[0] else part for i, part in enumerate(value)]


def loss(problem: Problem, grad: Any) -> Fraction:
    """Σ grad·Val, Val by the forward calculation, which has its own oracle."""
    out = exact(solve_json({k: v for k, v in problem.items() if k != "backward"}, answer_only=True)["output"])
    pairs = zip(oracle.cells_of(out).values(), oracle.cells_of(grad).values(), strict=True)
    return sum((a * b for a, b in pairs), Fraction(0))


def differences(problem: Problem, key: str, step: Fraction = Fraction(1)) -> dict[tuple[int, ...], Fraction]:
    """∂L/∂(each number of `key`)."""
    value = problem[key] if isinstance(problem[key], list) else [problem[key]]
    grad = problem["backward"]["grad_output"]
    before = loss(problem, grad)
    return {
        index: (loss({**problem, key: changed(value, index, step)}, grad) - before) / step
        for index in product(*map(range, shape_of(value)))
    }


def check(problem: Problem, step: Fraction = Fraction(1)) -> None:
    """Every gradient is what differences say, and every step recomputes to its value."""
    result = solve_json(problem)["backward"]
    keys = [key for key in ("input", "weight", "kernel", "bias") if key in problem]
    assert list(result) == ["kernel" if key == "weight" else key for key in keys]
    for (name, found), key in zip(result.items(), keys, strict=True):
        expected = differences(problem, key, step)
        assert oracle.cells_of(exact(found["output"])) == expected, (name, problem)
        assert [tuple(i - 1 for i in s["index"]) for s in found["steps"]] == list(expected)
        for said, value in zip(found["steps"], expected.values(), strict=True):
            assert said["bias"] is None
            assert sum((Fraction(a) * Fraction(b) for a, b in said["terms"]), Fraction(0)) == value
            assert Fraction(said["value"]) == value
        check_operands(problem, name, found)


def check_operands(problem: Problem, name: str, found: Any) -> None:
    """The first number of each term is one of the output's gradient (or a zero around it)."""
    grads = set(oracle.cells_of(problem["backward"]["grad_output"]).values()) | {Fraction(0)}
    others = {Fraction(1)} if name == "bias" else None
    for said in found["steps"]:
        for a, b in said["terms"]:
            assert Fraction(a) in grads
            assert others is None or Fraction(b) in others


@settings(max_examples=120)
@given(convs(SMALL), st.integers(0, 99))
def test_convolutions(problem: Problem, seed: int) -> None:
    check(with_grad(problem, seed))


@settings(max_examples=40)
@given(st.data())
@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_padding_that_repeats_the_input(mode: str, data: st.DataObject) -> None:
    """A value that stands at several places collects at all of them."""
    d = data.draw(st.integers(1, 3))
    n = [data.draw(st.integers(2, 4)) for _ in range(d)]
    pairs = [[data.draw(st.integers(0, size - (mode == "reflect"))) for _ in "ab"] for size in n]
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    problem = {
        "type": "conv", "dims": d, "input": random.integers(-9, 10, n).tolist(), "padding": pairs, "padding_mode": mode,
        "kernel": random.integers(-9, 10, [2] * d).tolist(), "stride": data.draw(st.integers(1, 3)),
        "flip": data.draw(st.booleans()),
    }  # fmt: skip
    check(with_grad(problem))


@settings(max_examples=30)
@given(st.data())
def test_transposed_convolutions(data: st.DataObject) -> None:
    d = data.draw(st.integers(1, 3))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    n, f = ([data.draw(st.integers(1, 3)) for _ in range(d)] for _ in "nf")
    s, dilation = ([data.draw(st.integers(1, 3)) for _ in range(d)] for _ in "sd")
    groups, per_group, own = (data.draw(st.integers(1, 2)) for _ in range(3))
    extra = [data.draw(st.integers(0, max(step, gap) - 1)) for step, gap in zip(s, dilation, strict=True)]
    full = [(a - 1) * b + c * (e - 1) + 1 + x for a, b, c, e, x in zip(n, s, dilation, f, extra, strict=True)]
    padding = [[data.draw(st.integers(0, (size - 1) // 2)) for _ in "ab"] for size in full]
    plain = data.draw(st.booleans())
    problem: Problem = {
        "type": "conv_transpose", "dims": d, "stride": s, "dilation": dilation, "output_padding": extra,
        "padding": padding,
        "input": random.integers(-9, 10, n if plain else [2, groups * per_group, *n]).tolist(),
        "kernel": random.integers(-9, 10, f if plain else [groups * per_group, own, *f]).tolist(),
    }  # fmt: skip
    if not plain:
        problem |= {"groups": groups, "bias": random.integers(-9, 10, groups * own).tolist()}
    check(with_grad(problem))


def test_a_gradient_in_fractions() -> None:
    problem: Problem = {"type": "conv", "input": [[Fraction(1, 3), 2], [3, 4]], "kernel": [[Fraction(1, 7)]]}
    check({**problem, "backward": {"grad_output": [[Fraction(1, 2), 0], [-1, Fraction(5, 9)]]}})


def test_a_stride_that_no_window_makes() -> None:
    check(with_grad({"type": "conv", "input": [1, 2, 3], "kernel": [1, 2], "stride": 10**30, "bias": 3}))
    check(with_grad({"type": "conv_transpose", "input": [2], "kernel": [1, 2], "stride": 10**30}))


def test_long_numbers() -> None:
    check(with_grad({"type": "conv", "input": [2**70, -(2**80), 1], "kernel": [2**65, 3]}, digits=2**60))


def test_cells_of_many_shapes_keep_their_own_steps() -> None:
    """As many products land on cells of several shapes: 1 × 4, 2 × 2, 4 × 1."""
    x, w = np.arange(6 * 6 * 2).reshape(6, 6, 2), np.arange(4 * 4 * 1).reshape(4, 4, 1)
    check(with_grad({"type": "conv", "dims": 3, "input": x.tolist(), "kernel": w.tolist()}))


def routed(problem: Problem) -> dict[tuple[int, ...], Fraction]:
    """∂L/∂x of a max pooling by plain loops: each gradient goes to the first maximum of its window."""
    d = oracle.dims_of(problem)
    shape, x = shape_of(problem["input"]), oracle.cells_of(problem["input"])
    n, k = shape[-d:], tuple(oracle.per_dimension(problem["kernel_size"], d))
    axes, _ = oracle.axes_of(problem, n, k, problem.get("stride", list(k)))
    found = dict.fromkeys(x, Fraction(0))
    grads = oracle.cells_of(problem["backward"]["grad_output"])
    for lead in product(*map(range, shape[:-d])):
        for index, places in oracle.outputs(axes):
            inside = [(*lead, *place) for place in places if (*lead, *place) in x]
            found[max(inside, key=lambda place: x[place])] += grads[(*lead, *index)]
    return found


@settings(max_examples=120)
@given(pools(SMALL), st.integers(0, 99))
def test_pools(problem: Problem, seed: int) -> None:
    problem = with_grad(problem, seed)
    if problem.get("mode") == "average":
        check(problem)
        return
    found = solve_json(problem)["backward"]["input"]
    expected = routed(problem)
    assert oracle.cells_of(exact(found["output"])) == expected
    for said, value in zip(found["steps"], expected.values(), strict=True):
        assert sum((Fraction(a) * b for a, b in said["terms"]), Fraction(0)) == Fraction(said["value"]) == value


FEW = [[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8]]


@pytest.mark.parametrize("keys", [{"output_size": [2, 3]}, {"output_size": [4, 5]}, {"global": True}])
def test_pools_that_choose_their_windows(keys: dict[str, Any]) -> None:
    """No two numbers of a window are equal here, so that differences tell of a maximum too."""
    distinct = [[100 * i + v * 10 + j for j, v in enumerate(row)] for i, row in enumerate(FEW)]
    for mode in ("max", "average"):
        problem = with_grad({"type": "pool", "mode": mode, "input": [distinct, distinct[::-1]], **keys})
        check(problem, Fraction(1, 10))


def test_of_equal_maxima_the_first_gets_all() -> None:
    problem: Problem = {"type": "pool", "input": [[5, 5], [5, 5]], "kernel_size": 2, "backward": {"grad_output": [[7]]}}
    assert solve_json(problem)["backward"]["input"]["output"] == [[7, 0], [0, 0]]


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 3), (2, 2, 1, 3)])
@pytest.mark.parametrize("bias", [None, 4, [1, -2]])
def test_linear(shape: tuple[int, ...], bias: Any) -> None:
    random = np.random.default_rng(3)
    rows = 1 if isinstance(bias, int) else 2
    problem: Problem = {
        "type": "linear", "input": random.integers(-9, 10, shape).tolist(),
        "weight": random.integers(-9, 10, (rows, 3)).tolist(), **({} if bias is None else {"bias": bias}),
    }  # fmt: skip
    check(with_grad(problem))


def test_a_layer_of_a_network_may_have_one() -> None:
    layers = [{"type": "relu"}, {"type": "pool", "kernel_size": 2, "backward": {"grad_output": [[2]]}}]
    result = solve_json({"type": "network", "input": [[-1, 2], [3, -4]], "layers": layers})
    assert result["layers"][1]["backward"]["input"]["output"] == [[0, 0], [2, 0]]


TEXT = {
    "terminal": (r"∂L/∂[xwb]\[", "Val["), "latex": (r"\\partial L/\\partial [xwb]_\{\[", r"\mathrm{Val}_{["),
    "markdown": (r"\\partial L/\\partial [xwb]_\{\[", r"\mathrm{Val}_ {["),
}  # fmt: skip
CASES: list[Problem] = [
    {"type": "conv", "input": [[[1, 2], [3, 4]], [[-5, 6], [7, 8]]], "kernel": [[[1, -1]], [[2, 3]]], "bias": 1,
     "backward": {"grad_output": [[1], ["-1/3"]]}},
    {"type": "conv_transpose", "input": [[1, 2], [3, -4]], "kernel": [[1, 2], [3, -4]], "stride": 2, "padding": 1},
    {"type": "pool", "mode": "average", "input": FEW, "kernel_size": 2, "stride": 1},
    {"type": "pool", "mode": "average", "input": FEW, "kernel_size": 3, "padding": 1, "count_include_pad": False},
    {"type": "pool", "input": FEW, "kernel_size": 2, "stride": 1},
    {"type": "linear", "input": [1, 2], "weight": [[3, -4]], "bias": 1},
]  # fmt: skip


@pytest.mark.parametrize("fmt", TEXT)
@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("problem", CASES, ids=lambda problem: str(problem["type"]))
def test_what_is_printed_is_what_json_says(problem: Problem, base: int, fmt: str) -> None:
    """Each row of a gradient holds and comes to its value."""
    problem = problem if "backward" in problem else with_grad(problem)
    text = render(problem, fmt, index_base=base).split("The gradient of the output")[1]
    pattern, name = TEXT[fmt]
    rows = "\n".join(line for line in text.split("\n") if "Val" not in line)
    found = printed.steps(re.sub(pattern + r"(?=\d)", lambda _: name, rows))
    said = [step for part in solve_json(problem, index_base=base)["backward"].values() for step in part["steps"]]
    assert [list(step.place) for step in found] == [step["index"] for step in said]
    for step, numbers in zip(found, said, strict=True):
        assert set(step.relations) == {"="}
        assert {link.value for link in step.links} == {Fraction(numbers["value"])}


@pytest.mark.parametrize("base", [0, 1])
def test_the_rule_says_which_weight(base: int) -> None:
    """stride 2, padding 1: the index put into the rule is the weight that the expansions multiply with."""
    problem = with_grad({"type": "conv", "input": [4, 5, 6, 7], "kernel": [10, 20, 30], "stride": 2, "padding": 1})
    text = render(problem, "terminal", index_base=base)
    shift = 1 + base * 2
    assert f"∂L/∂x[i] = Σ_k ∂L/∂Val[k] × w[i − 2k + {shift}]" in text
    assert f"∂L/∂w[u] = Σ_k ∂L/∂Val[k] × x[2k + u − {shift}]" in text
    for step in solve_json(problem, index_base=base)["backward"]["input"]["steps"]:
        (i,) = step["index"]
        at = [(k, i - 2 * k + shift - base) for k in range(base, base + 2) if 0 <= i - 2 * k + shift - base < 3]
        grads = problem["backward"]["grad_output"]
        assert step["terms"] == [[grads[k - base], [10, 20, 30][place]] for k, place in at]


def test_cells_chooses_steps_of_the_answer_alone() -> None:
    problem = with_grad(CASES[0] | {"title": "T"})
    result = solve_json(problem, cells="1,1")
    assert len(result["steps"]) == 1
    assert all("steps" not in part for part in result["backward"].values())
    assert "∂L/∂x[1,1,1]" not in render(problem, "terminal", cells="1,1")
    assert all("steps" not in part for part in solve_json(problem, answer_only=True)["backward"].values())


def test_sums_too_long_to_be_written() -> None:
    problem = with_grad({"type": "conv", "input": [[1] * 200] * 200, "kernel": [[1, 2], [3, 4]], "bias": 2})
    found = solve_json(problem)["backward"]
    assert ["steps" in part for part in found.values()] == [True, False, False]
    assert "A sum has too many numbers to be written down." in render(problem, "markdown", digits=2)


CONV = '{"type": "conv", "input": [[1, 2], [3, 4]], "kernel": [[1]],\n"backward": '
WRONG = {
    "1": ["2:13: error: backward is 1, not an object", "hint: …"],
    "{}": ["2:13: error: grad_output is missing: …"],
    '{"grad_output": [[1]]}': ["2:29: error: grad_output has the shape 1 × 1, but the output has the shape 2 × 2"],
    '{"grad_outptu": [[1]]}': ['2:14: error: backward has no key "grad_outptu"', "hint: did you mean grad_output?"],
    '{"dy": [[1]]}': ['2:14: error: backward has no key "dy"', "hint: did you mean grad_output?"],
    '{"grad_output": 3}': ["2:29: error: grad_output is 3, not a list of numbers"],
    '{"grad_output": [[1, 2], [3, true]]}': ["2:42: error: grad_output: true is not a number"],
    '{"grad_output": [[1, 2], [3]]}': ["2:38: error: grad_output: row 2 has 1 value, …"],
}


@pytest.mark.parametrize("backward", WRONG)
def test_mistakes(backward: str) -> None:
    done = run_cli("solve", "-", stdin=f"{CONV}{backward}}}".encode())
    lines = done.err.decode().splitlines()
    assert (done.code, done.out) == (2, b"")
    assert len(lines) == len(WRONG[backward])
    for line, said in zip(lines, WRONG[backward], strict=True):
        start = said.removesuffix("…")
        assert re.match(f"(.*:)?{re.escape(start)}" + ("" if said.endswith("…") else "$"), line), line


def test_lp_pooling_has_none() -> None:
    text = '{"type": "pool", "mode": "lp", "input": [[1]], "kernel_size": 1,\n"backward": {"grad_output": [[1]]}}'
    done = run_cli("solve", "-", stdin=text.encode())
    assert done.code == 2
    assert "2:1: error: backward is for max and average pooling, and mode is lp" in done.err.decode()


def test_the_schema_has_it() -> None:
    schema = json.loads(run_cli("schema").out)["$defs"]
    kinds = [kind for kind, part in schema.items() if "backward" in part.get("properties", {})]
    assert kinds == ["conv", "conv_transpose", "elu", "layer_norm", "linear", "pool", "upsample"]


def test_expansions_are_counted_before() -> None:
    problem = json.dumps({"type": "conv", "input": [[1] * 9] * 9, "kernel": [[1] * 9] * 9,
                          "backward": {"grad_output": [[1]]}})  # fmt: skip
    done = run_cli("solve", "-", "--max-cells", "100", stdin=problem.encode())
    assert done.code == 2
    assert "163 expansions are asked for" in done.err.decode()


@pytest.mark.parametrize("kind", ["conv", "conv_transpose"])
@pytest.mark.parametrize("base", [0, 1])
def test_long_sums_in_json_are_the_short_ones(kind: str, base: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of many terms are written term by term, which no one must notice."""
    random = np.random.default_rng(5)
    x, w = (random.integers(-120, 121, shape) for shape in ((2, 4, 5, 12), (4, 2, 2, 3)))
    problem: Problem = {"type": kind, "input": (x / 10).tolist(), "kernel": w.tolist(), "groups": 2, "stride": 2}
    texts = []
    for least in (1, 10**9):
        monkeypatch.setattr("cnnsteps.formats.json.LONG", least)
        texts.append(render(with_grad(problem), "json", index_base=base))
    assert texts[0] == texts[1]
