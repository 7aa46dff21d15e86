"""From Python: every golden's problem as a call, arguments of every kind, steps, errors by the arguments' names."""

from __future__ import annotations

import inspect
import json
import math
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnsteps
from cnnsteps import formats
from cnnsteps.api import solution as api_solution
from cnnsteps.problems import types
from tests.cases import Case, cases, names
from tests.tools import need

CASES = [case for case in cases() if not case.options]
IMAGE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


def fractions(value: Any) -> Any:
    """A problem's decimals as Python has them."""
    return json.loads(value, parse_float=Decimal)


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_every_golden_from_python(case: Case) -> None:
    """The call says what the file says, in every format; output and steps are the JSON result's."""
    solution = cnnsteps.solve(fractions(case.problem))
    ours = {fmt: solution.render(fmt, no_source=True) for fmt in formats.names()}
    assert ours == {fmt: case.render(fmt) for fmt in formats.names()}
    (result,) = json.loads(case.outputs["json"], parse_float=Fraction)["problems"]
    if "steps" in result:
        check_steps(solution.steps, result["steps"], solution.output)
    for layer, line in zip(solution.layers, result.get("layers", []), strict=True):
        assert (layer.name, list(layer.output_shape or ())) == (line["name"], line["output_shape"])
        if layer.solution is not None and "steps" in line:
            check_steps(layer.solution.steps, line["steps"], layer.solution.output)
    for name, gradient in result.get("backward", {}).items():
        own = solution.gradients["weight" if name == "kernel" else name]
        check_steps(own.steps, gradient["steps"], own.output)


def check_steps(steps: cnnsteps.Steps, told: list[Any], output: Any) -> None:
    assert steps.size == len(told) == output.size
    assert steps.shape == output.shape
    for step, line in zip(steps.flat, told, strict=True):
        assert [i + 1 for i in step.index] == line.pop("index")
        assert output[step.index] == step.value or not step.exact
        ours = {key: plain(fact) for key, fact in step.facts.items()}
        ours |= {"argmax": [i + 1 for i in step.argmax]} if "argmax" in ours else {}
        close = {key: same(ours[key], value) for key, value in line.items()}
        assert ours.keys() == line.keys()
        assert all(close.values()), (ours, line)


def plain(fact: Any) -> Any:
    return [plain(part) for part in fact] if isinstance(fact, tuple) else fact


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, float):
        return math.isclose(ours, Fraction(theirs), rel_tol=3e-16)
    return bool(ours == (Fraction(theirs) if isinstance(theirs, str) else theirs))


OWN: dict[str, Callable[..., cnnsteps.Solution]] = {
    "conv": cnnsteps.conv, "conv_transpose": cnnsteps.conv_transpose, "pool": cnnsteps.pool, "linear": cnnsteps.linear,
    "relu": cnnsteps.relu, "leaky_relu": cnnsteps.leaky_relu, "sigmoid": cnnsteps.sigmoid, "tanh": cnnsteps.tanh,
    "softmax": cnnsteps.softmax, "batch_norm": cnnsteps.batch_norm, "flatten": cnnsteps.flatten,
    "dropout": cnnsteps.dropout, "size": cnnsteps.size, "network": cnnsteps.network,
}  # fmt: skip
RENAMED: dict[str, dict[str, str]] = {
    "conv": {"kernel": "weight"},
    "conv_transpose": {"kernel": "weight"},
    "pool": {"global": "global_"},
    "batch_norm": {
        "mean": "running_mean", "variance": "running_var", "gamma": "weight", "beta": "bias", "epsilon": "eps",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", types.names())
def test_a_function_takes_what_its_operator_takes(kind: str) -> None:
    """Every key is a parameter, with the key's default, and every parameter a key."""
    parameters = dict(inspect.signature(getattr(cnnsteps, kind)).parameters)
    if kind not in OWN:
        return
    assert getattr(cnnsteps, kind) is OWN[kind]
    names = RENAMED.get(kind, {})
    keys = {names.get(key.name, key.name): key for key in types.load(kind).KEYS}
    if keys.pop("backward", None):
        assert parameters.pop("grad_output").default is None
    assert {"title", "dims"} >= parameters.keys() - keys.keys() - {"training"}
    assert keys.keys() <= parameters.keys()
    for name, key in keys.items():
        default = parameters[name].default
        if key.required:
            assert default is inspect.Parameter.empty
        elif key.default is not None:
            assert default == key.default or Fraction(str(default)) == Fraction(str(key.default)), name
        else:
            assert default is None, name


@pytest.mark.parametrize("case", [c for c in CASES if c.kind in OWN], ids=lambda case: case.name)
def test_the_functions_say_the_same(case: Case) -> None:
    problem = fractions(case.problem)
    kind, names = problem.pop("type"), RENAMED.get(case.kind, {})
    problem |= problem.pop("backward", {})
    arguments = {names.get(key, key): value for key, value in problem.items()}
    assert OWN[kind](**arguments).render("json") == case.outputs["json"]


SIGNATURES = {
    "conv": "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1",
    "conv_transpose": "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1",
    "max_pool": "input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False",
    "avg_pool": "input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True",
    "lp_pool": "input, norm_type, kernel_size, stride=None, ceil_mode=False",
    "adaptive_max_pool": "input, output_size",
    "adaptive_avg_pool": "input, output_size",
    "linear": "input, weight, bias=None",
    "relu": "input",
    "leaky_relu": "input, negative_slope=0.01",
    "sigmoid": "input",
    "tanh": "input",
    "softmax": "input, dim=None",
    "batch_norm": "input, running_mean, running_var, weight=None, bias=None, training=False, eps=1e-05",
    "dropout": "input, p=0.5, training=False",
}
"""Of torch.nn.functional, without what has no meaning here: inplace, momentum, dtype, return_indices."""


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_are_pytorchs(name: str) -> None:
    parameters = inspect.signature(getattr(cnnsteps, name)).parameters.values()
    shown = [str(p.replace(annotation=p.empty)) for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert ", ".join(shown) == SIGNATURES[name]


class Holder:
    """Knows how to become an array, and nothing else."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __array__(self, dtype: object = None, copy: bool | None = None) -> Any:
        return np.array(self.value)


EIGHTH: list[tuple[str, Any]] = [
    ("lists", [[0.125, 2], [3, 4]]),
    ("tuples", ((0.125, 2), (3, 4))),
    ("mixed", [np.array([0.125, 2]), (Fraction(3), Decimal(4))]),
    ("fractions", [[Fraction(1, 8), 2], ["3/1", 4]]),
    ("float16", np.array([[0.125, 2], [3, 4]], np.float16)),
    ("float32", np.array([[0.125, 2], [3, 4]], np.float32)),
    ("float64", np.array([[0.125, 2], [3, 4]])),
    ("longdouble", np.array([[0.125, 2], [3, 4]], np.longdouble)),
    ("objects", np.array([[Fraction(1, 8), 2], [Decimal(3), 4.0]], object)),
    ("scalars", [[np.float64(0.125), np.int8(2)], [np.float32(3), np.uint64(4)]]),
    ("has __array__", Holder([[0.125, 2], [3, 4]])),
    ("strided", np.array([[0.125, 9, 2, 9], [3, 9, 4, 9]])[:, ::2]),
    ("ranges", [[0.125, 2], range(3, 5)]),
]


@pytest.mark.parametrize("x", [value for _, value in EIGHTH], ids=[name for name, _ in EIGHTH])
def test_arguments_of_every_kind(x: Any) -> None:
    output = cnnsteps.conv(x, np.array([[1]])).output
    assert output.tolist() == [[Fraction(1, 8), 2], [3, 4]]
    assert {type(number) for number in output.reshape(-1).tolist()} == {int, Fraction}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_what_is_printed(x: float) -> None:
    assert cnnsteps.relu([abs(x)]).output[0] == Fraction(repr(abs(x)))
    assert cnnsteps.flatten([x]).numpy()[0] == x


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_float32_is_its_shortest_text(x: float) -> None:
    assert cnnsteps.flatten(np.array([x], np.float32)).output[0] == Fraction(str(np.float32(x)))


def test_long_integers_stay_whole() -> None:
    solution = cnnsteps.conv([[2**62, 2**62]], [[2**5, 1]])
    assert (solution.output.dtype, solution.output.tolist()) == (np.dtype(object), [[33 * 2**62]])
    assert np.asarray(solution).tolist() == [[float(33 * 2**62)]]
    assert cnnsteps.relu([10**400]).numpy().tolist() == [float("inf")]


def test_whole_numbers_over_a_denominator() -> None:
    """2/4 + 2/4 is 1, however it came about; what is beyond 64 bits only on the way counts for nothing."""
    assert cnnsteps.conv([[0.5, 0.5]], [[1, 1]]).output.dtype == np.dtype(np.int64)
    huge = Fraction(1, 3**50)
    solution = cnnsteps.conv([[huge, 2 * huge]], [[3**49, 3**49]])
    assert (solution.output.dtype, solution.output.tolist()) == (np.dtype(np.int64), [[1]])
    below, above = cnnsteps.relu([2**63 - 1]), cnnsteps.relu([2**63])
    assert (below.output.dtype, above.output.dtype) == (np.dtype(np.int64), np.dtype(object))


@pytest.mark.parametrize(
    ("numbers", "shown", "printed"),
    [
        ([[Fraction(1, 25), Fraction(1, 2)]], "array([[0.04,  0.5]])", "[[0.04  0.5]]"),
        ([["1/3", "1/2"], [1, -2]], "array([[1/3, 1/2],\n       [  1,  -2]])", "[[1/3 1/2]\n [  1  -2]]"),
        ([1, 2, 3], "array([1, 2, 3])", "[1 2 3]"),
        ([Fraction(-1, 3)], "array([-1/3])", "[-1/3]"),
        ([2**70, 1], f"array([{2**70},{'1':>23}])", None),
        ([10**30 + Fraction(1, 2)], "array([1e+30])", None),
        ([Fraction(1, 10**30)], "array([1e-30])", None),
    ],
)  # fmt: skip
def test_output_is_shown_as_numbers(numbers: Any, shown: str, printed: str | None) -> None:
    output = (
        cnnsteps.flatten([numbers]).output if not isinstance(numbers[0], list) else cnnsteps.conv(numbers, [[1]]).output
    )
    assert repr(output) == shown
    assert printed is None or str(output) == printed


def test_what_is_irrational_has_some_digits() -> None:
    assert repr(cnnsteps.lp_pool([[1, 1, 3, 4]], 2, (1, 2)).output) == "array([[1.4142136,         5]])"


def test_exact_arrays_are_arrays() -> None:
    """What NumPy makes of one is what it makes of Fractions, and shows itself likewise."""
    output = cnnsteps.conv([[1, 2], [3, 5]], [["1/4"]]).output
    assert isinstance(output, np.ndarray)
    assert output[0, 1] == Fraction(1, 2)
    assert type(output.sum()) is type(output.max()) is Fraction
    assert output.sum() == Fraction(11, 4)
    assert repr(output * 2) == "array([[0.5,   1],\n       [1.5, 2.5]])"
    assert repr(output[1]) == "array([0.75, 1.25])"
    assert (output @ output).tolist() == (np.asarray(output) @ np.asarray(output)).tolist()
    assert repr(output.astype(float)) == repr(np.array([[0.25, 0.5], [0.75, 1.25]]))
    assert repr(output > 1) == repr(np.array([[False, False], [False, True]]))
    assert type(np.asarray(output)) is np.ndarray
    assert output.tolist() == np.asarray(output).tolist()
    assert pickle.loads(pickle.dumps(output)).tolist() == output.tolist()


def test_a_large_one_is_shown_in_part() -> None:
    thirds = cnnsteps.conv(np.arange(3, 30_003, 3).reshape(100, 100), [["1/9"]]).output
    began = time.process_time()
    assert repr(thirds).split("\n")[0] == "array([[    1/3,     2/3,       1, ...,    98/3,      33,   100/3],"
    assert len(repr(thirds)) < 600
    assert time.process_time() - began < 1


def test_as_an_array() -> None:
    whole, third = cnnsteps.conv(IMAGE, [[1]]), cnnsteps.conv(IMAGE, [["1/3"]])
    assert whole.output.dtype == np.asarray(whole).dtype == np.dtype(np.int64)
    assert np.array_equal(np.asarray(third), np.array(IMAGE) / 3)
    assert np.asarray(third, dtype=np.float32).dtype == np.float32
    root = cnnsteps.lp_pool([[1, 1, 3, 4]], 2, (1, 2))
    assert root.output.tolist() == [[2**0.5, 5]]
    assert root.numpy().tolist() == [[2**0.5, 5.0]]


def test_tensors() -> None:
    need("torch")
    import torch

    x = torch.arange(9.0).reshape(3, 3).requires_grad_()
    w = torch.nn.Conv2d(1, 2, 2).weight
    solution = cnnsteps.conv(x[None], w, bias=torch.zeros(2))
    theirs = torch.nn.functional.conv2d(x[None], w).detach().numpy()
    assert np.allclose(np.asarray(solution), theirs, atol=1e-5)
    assert cnnsteps.relu(torch.tensor([0.1, -1], dtype=torch.float64)).output.tolist() == [Fraction(1, 10), 0]
    assert cnnsteps.relu(torch.tensor([0.5], dtype=torch.bfloat16)).output.tolist() == [Fraction(1, 2)]
    assert cnnsteps.conv(torch.tensor(IMAGE), torch.tensor([[1]]), stride=torch.tensor(2)).output_shape == (2, 2)  # type: ignore[arg-type]


def test_importing_costs_nothing() -> None:
    """Neither NumPy at the import nor PyTorch with an argument that is no tensor; what is missing says so."""
    code = (
        "import sys, cnnsteps; assert not {'numpy', 'jinja2', 'rich', 'json'} & set(sys.modules), sys.modules.keys();"
        "assert dir(cnnsteps) == sorted({*cnnsteps.__all__, 'elu', 'layer_norm', 'upsample'});"
        "cnnsteps.conv([[1]], [[1]]).render('markdown');"
        "assert 'torch' not in sys.modules; assert not hasattr(cnnsteps, 'nothing');"
        "from cnnsteps import *; print(relu([1]).output)"
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[1]\n", "")


def test_an_operator_without_a_function_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new operator is three files, and can be called all the same."""
    homes = {home: tuple(name for name in names if name != "relu") for home, names in cnnsteps.HOMES.items()}
    monkeypatch.setattr(cnnsteps, "HOMES", homes)
    monkeypatch.delitem(vars(cnnsteps), "relu", raising=False)
    relu = cnnsteps.relu
    assert relu.__module__ == "cnnsteps.api.calls"
    assert relu([1, -1], title="New").output.tolist() == [1, 0]
    with pytest.raises(cnnsteps.InputError, match='a relu problem has no key "slope"'):
        relu([1], slope=2)  # type: ignore[call-arg]


def test_public_names_are_where_they_are_said_to_be() -> None:
    """What type checkers see, what is imported, and `__all__` are one list."""
    import ast

    tree = ast.parse(Path(cnnsteps.__file__).read_text("utf-8"))
    seen = {
        (node.module, alias.asname)
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        for alias in node.names if alias.asname == alias.name
    }  # fmt: skip
    told = {(f"cnnsteps.{home}", name) for home, names in cnnsteps.HOMES.items() for name in names}
    assert seen == told
    assert set(cnnsteps.__all__) == {name for _, name in told} | {"__version__"}
    assert getattr(cnnsteps, "Solution") is api_solution.Solution  # noqa: B009
