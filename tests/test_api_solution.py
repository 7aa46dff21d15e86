"""From Python: a solution's steps, what it writes, and how it shows itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest

import cnnsteps
from cnnsteps import formats
from tests.running import SAMPLES, exact, render
from tests.tex import complaints, host
from tests.tools import need

IMAGE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


def outcome(array: Any, at: Any) -> Any:
    """What an index chooses, or its mistake."""
    try:
        return array[at]
    except Exception as error:
        return error


class TestSteps:
    """An array of steps, each worked out when it is looked at."""

    steps = cnnsteps.conv(np.arange(2 * 40 * 40).reshape(2, 1, 40, 40), np.ones((3, 1, 2, 2), int)).steps

    def test_by_cell(self) -> None:
        assert (len(self.steps), self.steps.size, self.steps.ndim) == (2, 2 * 3 * 39 * 39, 4)
        assert self.steps.flat[-1].index == self.steps[1, 2, 38, 38].index == self.steps[-1, -1, -1, -1].index
        assert self.steps[1, 0, 0, 0].value == 4 * 1600 + 0 + 1 + 40 + 41
        assert str(self.steps[0, 2, 0, 1]) == "Val[1,3,1,2] = 1×1 + 2×1 + 41×1 + 42×1 = 86"

    def test_slices_and_iteration(self) -> None:
        part = self.steps.flat[1500:1540]
        assert [step.index for step in part] == [self.steps.flat[i].index for i in range(1500, 1540)]
        assert [step.cell for step in self.steps.flat[::-700]] == list(range(self.steps.size))[::-700]
        assert part[0].cell == 1500
        assert len(self.steps[:0]) == 0
        assert [[step.cell for step in row] for row in self.steps[1, 2, :2, :2]] == [[7605, 7606], [7644, 7645]]

    def test_more_steps_than_are_worked_out_at_once(self) -> None:
        assert [step.cell for step in self.steps.flat[:1000]] == list(range(1000))

    @pytest.mark.parametrize("at", [
        0, -1, 1, (0,), (0, slice(None)), (0, 1, 2, 3), (-1, -1, -1, -1), slice(None), slice(1, None),
        slice(None, None, -1),
        (slice(None), 2), (..., 0), ..., (0, ..., slice(3, 5)), None, (slice(0, 0),), [0, 1], ([0, 1], [2, 0]),
        np.int64(1), np.array([[True, False, True], [False, True, False]]), True,
        2, -3, (0, 3), (2, 0, 0, 0), (0, 0, 0, 39), (0, 0, 0, 0, 0), "a", 1.5, (0, "a"), [5], (..., ...), {},
    ], ids=str)  # fmt: skip
    def test_every_index_is_numpys(self, at: Any) -> None:
        """What it chooses, or its mistake word for word."""
        array = np.arange(self.steps.size).reshape(self.steps.shape)
        expected = outcome(array, at)
        if isinstance(expected, Exception):
            with pytest.raises(type(expected)) as caught:
                self.steps[at]
            assert str(caught.value) == str(expected)
            return
        chosen = self.steps[at]
        if np.ndim(expected) == 0:
            assert chosen.cell == expected
            assert chosen.index == np.unravel_index(expected, array.shape)
            return
        assert (chosen.shape, chosen.size) == (expected.shape, expected.size)
        assert [step.cell for step in chosen.flat[:300]] == expected.reshape(-1)[:300].tolist()

    def test_a_row_is_one_of_the_answers_rows(self) -> None:
        solution = cnnsteps.conv(IMAGE, [[1, 1]])
        assert [[step.value for step in row] for row in solution.steps] == solution.output.tolist()
        assert [step.value for step in solution.steps[1]] == solution.output[1].tolist()
        assert [step.value for step in solution.steps[:, -1]] == solution.output[:, -1].tolist()
        assert [step.value for step in reversed(solution.steps[0])] == solution.output[0, ::-1].tolist()
        assert repr(solution.steps) == "<Steps: 3 × 2>"

    def test_twice_the_same_cell(self) -> None:
        assert [step.cell for step in self.steps.flat[[3, 1, 3]]] == [3, 1, 3]

    def test_printed(self) -> None:
        steps = cnnsteps.relu([[1, -2], [-3, 4]]).steps
        assert str(steps[1]) == "Val[2,1] = max(0, -3) = 0\nVal[2,2] = max(0, 4) = 4"
        assert str(self.steps).splitlines()[-1] == "… and 9,062 more"
        assert len(str(self.steps).splitlines()) == 65

    def test_none(self) -> None:
        sizes = cnnsteps.size(5, 3)
        assert (list(sizes.steps), sizes.output_shape) == ([], (3, 3))
        with pytest.raises(cnnsteps.UsageError, match="output_shape and no output"):
            _ = sizes.output

    def test_a_gradient_names_itself(self) -> None:
        gradients = cnnsteps.conv(IMAGE, [[1, 2]], bias=0, grad_output=[[1, 0], [0, 1], [1, 1]]).gradients
        assert list(gradients) == ["input", "weight", "bias"]
        assert gradients["bias"].output.tolist() == [4]
        assert str(gradients["input"].steps[0, 0]).startswith("∂L/∂x[1,1] = ")


def test_options_are_the_command_lines() -> None:
    problem = {"type": "conv", "input": IMAGE, "kernel": [["1/3"]]}
    solution = cnnsteps.conv(IMAGE, [["1/3"]])
    options: list[Mapping[str, Any]] = [
        {"answer_only": True}, {"cells": "1,1; 2,:"}, {"index_base": 0}, {"fragment": True}, {"digits": 2},
        {"flavor": "github"},
    ]  # fmt: skip
    for chosen in options:
        for name in formats.names():
            assert solution.render(name, **chosen, no_source=True) == render(problem, name, **chosen)


def test_saved_by_its_suffix(tmp_path: Path) -> None:
    solution = cnnsteps.load(SAMPLES / "conv-padding.json")
    for name in formats.names():
        path = tmp_path / f"solution{formats.load(name).SUFFIX}"
        solution.save(path)
        assert path.read_text("utf-8") == solution.render(name)
    solution.save(tmp_path / "body", "latex", fragment=True)
    assert (tmp_path / "body").read_text("utf-8") == solution.render("latex", fragment=True)
    with pytest.raises(cnnsteps.UsageError, match="does not say its format"):
        solution.save(tmp_path / "solution.pdf")
    with pytest.raises(cnnsteps.OutputError):
        solution.save(tmp_path / "none" / "solution.md")


class TestLoad:
    def test_errors_have_their_place_in_the_file(self) -> None:
        with pytest.raises(cnnsteps.InputError, match=r"several.json:2:23: error: input: row 2 has 2 values"):
            cnnsteps.load(SAMPLES / "wrong" / "several.json")
        with pytest.raises(cnnsteps.InputError, match=r"nothing.json:1:1: error: there is no such file"):
            cnnsteps.load("nothing.json")

    def test_solving_fails_with_a_place(self, tmp_path: Path) -> None:
        path = tmp_path / "exp.json"
        path.write_text('{"type": "sigmoid",\n "input": [1, 1000000]}')
        with pytest.raises(cnnsteps.InputError, match=r"exp.json:2:15: error: input: the exponential of"):
            cnnsteps.load(path)

    @pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
    def test_every_sample(self, path: Path) -> None:
        solution = cnnsteps.load(path)
        assert solution.render("json") == render(path.read_text("utf-8"), "json")
        result = json.loads(solution.render("json"))["problems"][0]
        if "output" in result and "1/" not in str(result["output"]):
            assert np.allclose(np.asarray(solution), np.array(exact(result["output"]), float), rtol=1e-15)

    def test_a_model_of_open_sizes(self, tmp_path: Path) -> None:
        need("onnx")
        from onnx import TensorProto, helper, save

        given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, "h", "w"])
        made = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
        graph = helper.make_graph(
            [helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[2, 2])], "g", [given], [made]
        )
        path = tmp_path / "model.onnx"
        save(helper.make_model(graph), path)
        assert cnnsteps.load(path, input_shape=(1, 3, 8, 8)).layers[0].output_shape == (3, 7, 7)
        with pytest.raises(cnnsteps.UsageError, match=r"^input_shape is '3,0,8'"):
            cnnsteps.load(path, input_shape=(3, 0, 8))

    def test_a_network_with_costs(self) -> None:
        network = cnnsteps.load(SAMPLES / "network-lenet5.json")
        assert network.parameters == sum(layer.parameters or 0 for layer in network.layers)
        assert network.layers[0].receptive_field == (5, 5)
        assert network.multiply_adds == sum(layer.multiply_adds or 0 for layer in network.layers)


class TestShown:
    def test_small_is_whole(self) -> None:
        solution = cnnsteps.conv(IMAGE, [[1]], title="Small")
        assert str(solution) + "\n" == solution.render()
        assert solution._repr_markdown_() == solution.render("markdown", no_source=True)

    def test_large_is_cut_and_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        solution = cnnsteps.conv(np.arange(900).reshape(30, 30), np.ones((3, 3), int))
        shown = solution._repr_markdown_()
        assert shown.count("{Val}_ {") == 64 < solution.steps.size
        assert shown.endswith(
            "*These are the first 64 of 784 steps. All of them: `.render()`, or `.save()` to a file.*\n"
        )
        monkeypatch.setenv("COLUMNS", "70")
        assert str(solution).count("Val[") == 64 + 1
        assert max(map(len, str(solution).split("\n")[:-1])) <= 70
        assert str(solution).endswith(
            "These are the first 64 of 784 steps. All of them: .render(), or .save() to a file."
        )

    def test_a_network_with_many_steps(self) -> None:
        network = cnnsteps.network(np.arange(400).reshape(20, 20), [{"type": "relu"}, {"type": "flatten"}])
        shown = network._repr_markdown_()
        assert "Val" not in shown
        assert "`.layers[0].solution`" in shown
        assert network._repr_latex_() is None

    def test_latex_is_the_steps_and_the_answer(self) -> None:
        shown = cnnsteps.conv(IMAGE, [[1]])._repr_latex_()
        assert shown is not None
        assert shown.count("$$") == 4
        assert shown.count("{Val}_ {") == 9
        assert "\\begin{bmatrix}\n1 & 2 & 3" in shown
        assert "#" not in shown

    def test_a_few_steps_of_many_numbers(self) -> None:
        """Numbers that nobody asks for are not written: with them it took 15 times as long as the answer."""
        x = np.random.default_rng(4).integers(0, 10**9, (600, 600))
        solution = cnnsteps.conv(x, [[1, 1]])
        start = process_time()
        solution.render("json", answer_only=True)
        answer = process_time() - start
        start = process_time()
        assert solution.steps[599, 0].text.endswith(f" = {x[599, 0] + x[599, 1]}")
        assert solution.render("json", cells="600,1").count('"value"') == 1
        assert solution._repr_markdown_().count("{Val}_ {") == 64
        assert process_time() - start < 4 * answer

    def test_latex_compiles(self) -> None:
        """As nbconvert puts it into its documents."""
        need("pdflatex")
        shown = [cnnsteps.load(path)._repr_latex_() for path in sorted(SAMPLES.glob("*.json"))]
        bodies = [text for text in shown if text is not None]
        assert len(bodies) > 15
        head = r"\documentclass[11pt]{article}\usepackage[margin=1in]{geometry}"
        found = complaints({"notebook": host(head, bodies)}).get("notebook", [])
        # Blocks of 40 lines that break no page are a page high: that is the front ends' form of mathematics.
        assert [line for line in found if "vbox" not in line] == []

    def test_repr(self) -> None:
        assert repr(cnnsteps.conv([[5]], [[1]])) == "<cnnsteps.Solution of a conv problem: 1 × 1, 1 step>"
        assert repr(cnnsteps.size(9, 3)) == "<cnnsteps.Solution of a size problem: 7 × 7>"
        assert repr(TestSteps.steps) == "<Steps: 2 × 3 × 39 × 39>"
