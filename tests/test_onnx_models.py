"""ONNX models as networks of sizes: those that onnx ships, and small ones made here."""

from __future__ import annotations

import importlib.util
import json
import math
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cnnsteps.errors import InputError, Mistake
from cnnsteps.model.solution import Limits, Problem
from cnnsteps.networks.onnx.graph import network_of
from cnnsteps.networks.onnx.model import read_model
from cnnsteps.networks.onnx.schema import NoModel
from cnnsteps.problems.file import read_onnx
from tests.running import run_cli
from tests.tools import need

if importlib.util.find_spec("onnx") is None:
    need("onnx")

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference
from onnx.backend.test.case.node import collect_testcases
from onnx.reference import ReferenceEvaluator

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
PUBLISHED = {
    # Krizhevsky's AlexNet with its groups; BVLC's has an input of 224, so that its planes are a place smaller.
    "light_bvlc_alexnet": (60_965_224, 654_560_384),
    # 7,978,856 (PyTorch), and 83,648 because Caffe scales in layers of its own, after the normalization's.
    "light_densenet121": (7_978_856 + 83_648, 2_834_161_664),
    # bvlc_googlenet without its two helpers in training.
    "light_inception_v1": (6_998_552, 1_431_556_352),
    "light_inception_v2": (11_214_888, 2_018_851_840),
    "light_resnet50": (25_557_032, 4_089_184_256),
    "light_shufflenet": (1_393_320, 124_664_528),
    # SqueezeNet 1.1.
    "light_squeezenet": (1_235_496, 349_151_936),
    "light_vgg19": (143_667_240, 19_632_062_464),
    "light_zfnet512": (87_250_536, 1_481_727_008),
}
FIELDS = {"light_vgg19": 268, "light_bvlc_alexnet": 195}
"""Of the last layer before the fully connected ones: Araujo, Norris and Sim have 195 for AlexNet."""


def result(path: Path | str, *options: str, command: str = "size") -> dict[str, Any]:
    done = run_cli(command, str(path), "-f", "json", *options)
    assert done.code == 0, done.err.decode()
    (only,) = json.loads(done.out)["problems"]
    return dict(only)


def saved(path: Path, nodes: list[Any], inputs: list[Any], outputs: list[str], weights: dict[str, Any],
          opset: int = 17) -> Path:  # fmt: skip
    """A model of these nodes; an input is a name and its sizes, an output a name."""
    graph = helper.make_graph(
        nodes, "small",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes) for name, sizes in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), path)
    return path


def ones(*shape: int) -> Any:
    return np.ones(shape, np.float32)


def count(path: Path) -> tuple[int, int]:
    """Parameters and multiply-adds, counted in another way: from the stored tensors and ONNX's inferred shapes."""
    model = shape_inference.infer_shapes(onnx.load(path))
    graph = model.graph
    shapes = {t.name: tuple(t.dims) for t in graph.initializer}
    for value in (*graph.value_info, *graph.input, *graph.output):
        shapes.setdefault(value.name, tuple(d.dim_value for d in value.type.tensor_type.shape.dim))
    fixed, used, adds = {t.name for t in graph.initializer}, set(), 0
    source: dict[str, str] = {}
    for node in graph.node:
        if all(name in fixed for name in node.input):
            fixed.add(node.output[0])
            source[node.output[0]] = source.get(node.input[0], node.input[0])
            if node.op_type == "ConstantOfShape":
                source[node.output[0]] = node.output[0]
            continue
        last = 3 if node.op_type == "BatchNormalization" else 1 if node.op_type in ("Reshape", "Dropout") else 9
        used |= {source.get(name, name) for name in node.input[:last] if name in fixed}
        if node.op_type == "Conv":
            adds += math.prod(shapes[node.output[0]][1:]) * math.prod(shapes[node.input[1]][1:])
        elif node.op_type == "Gemm":
            adds += math.prod(shapes[node.input[1]])
    return sum(math.prod(shapes[name]) for name in used), adds


@pytest.mark.parametrize("name", PUBLISHED)
def test_architectures(name: str) -> None:
    """The totals are the published ones, and those of another count; every shape is what ONNX infers."""
    found = result(LIGHT / f"{name}.onnx")
    assert (found["parameters"], found["multiply_adds"]) == PUBLISHED[name] == count(LIGHT / f"{name}.onnx")
    assert found["parameters"] == sum(layer["parameters"] for layer in found["layers"])
    assert not found.get("unknown")
    assert not any("inference" in note for note in found.get("notes", []))
    assert all(layer["output_shape"] and layer["receptive_field"] for layer in found["layers"])
    if name in FIELDS:
        last = [layer for layer in found["layers"] if layer["type"] == "pool"][-1]
        assert last["receptive_field"] == [FIELDS[name]] * 2


@pytest.mark.parametrize("command", ["size", "network", "solve"])
@pytest.mark.parametrize("fmt", ["terminal", "latex", "markdown"])
def test_commands_and_formats(command: str, fmt: str) -> None:
    done = run_cli(command, str(LIGHT / "light_squeezenet.onnx"), "-f", fmt)
    assert (done.code, done.err) == (0, b"")
    assert "1 235 496" in done.out.decode()
    assert "64 + 64 = " in done.out.decode()


def models() -> Iterator[tuple[str, bytes]]:
    """Every other model of onnx's own tests: converted from PyTorch, and one for each case of each operator."""
    for folder in ("pytorch-converted", "pytorch-operator", "simple"):
        for path in sorted((LIGHT.parent / folder).glob("*/model.onnx")):
            yield path.parent.name, path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in collect_testcases(None):
            yield case.name, case.model.SerializeToString()  # type: ignore[union-attr]


NO_SIZES = ("no input", "is no tensor", "leaves sizes open", "depends on its input")


def test_every_shape_of_every_model() -> None:
    """Wherever there is something to work out, no shape differs from ONNX's inference."""
    worked = 0
    for name, data in models():
        try:
            problem = read_file_of(data)
        except InputError as error:
            refused = str(error)
            assert any(reason in refused for reason in NO_SIZES), f"{name}: {refused}"
            continue
        worked += 1
        notes = problem.solve(Limits()).extras.get("notes", [])
        assert not any("inference has" in str(note) for note in notes), f"{name}: {notes}"  # type: ignore[attr-defined]
    assert worked > 1000


def read_file_of(data: bytes) -> Problem:
    """In this process, for speed."""
    try:
        return network_of(read_model(data, "model.onnx", {}))
    except NoModel as error:
        raise InputError([Mistake(error.message, error.hint)]) from None


def run(path: Path, x: Any) -> Any:
    """The first output, by ONNX's reference implementation."""
    outputs: Any = ReferenceEvaluator(str(path)).run(None, {"x": x})
    return outputs[0]


def test_receptive_field_is_what_moves_an_answer(tmp_path: Path) -> None:
    """Branches with strides and dilations: places of the input that change one place of the output, counted."""
    nodes = [
        helper.make_node("Conv", ["x", "a"], ["p"], strides=[2], pads=[1, 1]),
        helper.make_node("Conv", ["x", "b"], ["q"], strides=[2], pads=[3, 3]),
        helper.make_node("Add", ["p", "q"], ["s"]),
        helper.make_node("AveragePool", ["s"], ["t"], kernel_shape=[2], strides=[2]),
        helper.make_node("Conv", ["t", "c"], ["y"], dilations=[3]),
    ]
    weights = {"a": ones(1, 1, 3), "b": ones(1, 1, 7), "c": ones(1, 1, 3)}
    path = saved(tmp_path / "m.onnx", nodes, [("x", [1, 1, 101])], ["y"], weights)
    eye = np.eye(101, dtype=np.float32)
    moved = [i for i in range(101) if run(path, eye[i].reshape(1, 1, -1))[0, 0, 8]]
    layers = result(path)["layers"]
    assert layers[-1]["receptive_field"] == [moved[-1] - moved[0] + 1] == [33]
    assert layers[2]["receptive_field"] == [7]
    assert layers[1]["inputs"] == ["x"]
    assert layers[2]["inputs"] == ["conv1", "conv2"]


def test_weights_used_twice_are_counted_once(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["p"], name="one"),
        helper.make_node("Conv", ["p", "w"], ["y"], name="two"),
    ]
    found = result(saved(tmp_path / "m.onnx", nodes, [("x", [1, 2, 9, 9])], ["y"], {"w": ones(2, 2, 3, 3)}))
    assert (found["parameters"], found["multiply_adds"]) == (36, 36 * (49 + 25))
    assert [layer["parameters"] for layer in found["layers"]] == [36, 0]
    assert "two" in found["notes"][0]


def test_shapes_put_together_from_the_input(tmp_path: Path) -> None:
    """Reshape(x, Concat(Gather(Shape(x), 0), -1)), as PyTorch writes a flatten of dynamic size."""
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Gather", ["s", "zero"], ["n"]),
        helper.make_node("Unsqueeze", ["n", "axes"], ["n1"]),
        helper.make_node("Concat", ["n1", "rest"], ["to"], axis=0),
        helper.make_node("Reshape", ["x", "to"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["m"]),
        helper.make_node("Add", ["m", "b"], ["y"]),
    ]
    weights = {"zero": np.array(0), "axes": np.array([0]), "rest": np.array([-1]), "w": ones(75, 10), "b": ones(10)}
    found = result(
        saved(tmp_path / "m.onnx", nodes, [("x", ["N", 3, "H", "W"])], ["y"], weights), "--input-shape", "3,5,5"
    )
    assert [layer["output_shape"] for layer in found["layers"]] == [[75], [10], [10]]
    assert (found["parameters"], found["multiply_adds"]) == (760, 750)


def test_an_unknown_operator_is_named_and_nothing_guessed(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["p"]),
        helper.make_node("Secret", ["p"], ["q"], domain="my.own"),
        helper.make_node("Conv", ["q", "v"], ["r"]),
        helper.make_node("Relu", ["r"], ["y"]),
    ]
    path = saved(
        tmp_path / "m.onnx", nodes, [("x", [1, 3, 8, 8])], ["y"], {"w": ones(4, 3, 3, 3), "v": ones(2, 4, 3, 3)}
    )
    found = result(path)
    assert [layer["output_shape"] for layer in found["layers"]] == [[4, 6, 6], None, None, None]
    assert [layer["receptive_field"] for layer in found["layers"]] == [[3, 3], None, None, None]
    assert [layer["parameters"] for layer in found["layers"]] == [108, None, 72, 0]
    assert [layer["multiply_adds"] for layer in found["layers"]] == [3888, None, None, 0]
    assert found["unknown"] == ["my.own.Secret"]
    printed = run_cli("size", str(path)).out.decode()
    assert "my.own.Secret" in printed
    assert "≥ 180" in printed


def test_a_shape_that_onnx_knows_is_taken(tmp_path: Path) -> None:
    """Shrink is unknown to us, but not to ONNX's inference."""
    nodes = [helper.make_node("Shrink", ["x"], ["p"]), helper.make_node("Conv", ["p", "w"], ["y"])]
    found = result(saved(tmp_path / "m.onnx", nodes, [("x", [1, 1, 8, 8])], ["y"], {"w": ones(5, 1, 3, 3)}))
    assert [layer["output_shape"] for layer in found["layers"]] == [[1, 8, 8], [5, 6, 6]]
    assert found["layers"][1]["receptive_field"] is None
    assert found["multiply_adds"] == 5 * 9 * 36


def test_blocks_of_places_become_channels_and_channels_blocks(tmp_path: Path) -> None:
    """A place of the last convolution sees what moves it, counted."""
    nodes = [
        helper.make_node("SpaceToDepth", ["x"], ["p"], blocksize=2),
        helper.make_node("Conv", ["p", "w"], ["q"]),
        helper.make_node("DepthToSpace", ["q"], ["y"], blocksize=2),
    ]
    path = saved(tmp_path / "m.onnx", nodes, [("x", [1, 1, 12, 12])], ["y"], {"w": ones(4, 4, 3, 3)})
    layers = result(path)["layers"]
    assert [layer["output_shape"] for layer in layers] == [[4, 6, 6], [4, 4, 4], [1, 8, 8]]
    assert [layer["receptive_field"] for layer in layers] == [[2, 2], [6, 6], [6, 6]]
    moved = [i for i in range(144) if run(path, np.eye(144, dtype=np.float32)[i].reshape(1, 1, 12, 12))[0, 0, 2, 2]]
    rows = {i // 12 for i in moved}
    assert max(rows) - min(rows) + 1 == 6
    odd = saved(tmp_path / "odd.onnx", nodes, [("x", [1, 1, 11, 12])], ["y"], {"w": ones(4, 4, 3, 3)})
    assert "its blocksize 2 does not divide the plane" in error(odd)


DYNAMIC: list[tuple[list[int | str], str]] = [
    (["N", 3, "H", "W"], "--input-shape 3,224,224"),
    ([1, "C", 32, 32], "--input-shape 3,32,32"),
]


@pytest.mark.parametrize(("sizes", "hint"), DYNAMIC)
def test_open_sizes_are_asked_for(tmp_path: Path, sizes: list[int | str], hint: str) -> None:
    path = saved(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["y"])], [("x", sizes)], ["y"], {})
    done = run_cli("size", str(path))
    assert (done.code, done.out) == (2, b"")
    assert f"the model's input x is [{', '.join(map(str, sizes))}]" in done.err.decode()
    assert hint in done.err.decode()
    assert result(path, "--input-shape", "1,3,16,16")["output_shape"] == [3, 16, 16]
    assert result(path, "--input-shape", "3,16,16")["output_shape"] == [3, 16, 16]


def test_an_open_batch_is_one_image(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["y"])], [("x", ["N", 3, 8, 8])], ["y"], {})
    found = result(path)
    assert found["output_shape"] == [3, 8, 8]
    assert found["notes"] == ["The batch, N, is left open by the model; here it is one image."]


def test_a_batch_is_not_counted(tmp_path: Path) -> None:
    """Shapes and costs are one image's, whatever the model's batch."""
    nodes = [helper.make_node("Conv", ["x", "w"], ["p"]), helper.make_node("Flatten", ["p"], ["f"]),
             helper.make_node("Gemm", ["f", "v"], ["y"], transB=1)]  # fmt: skip
    weights = {"w": ones(2, 3, 3, 3), "v": ones(5, 72)}
    one, many = (
        result(saved(tmp_path / f"{n}.onnx", nodes, [("x", [n, 3, 8, 8])], ["y"], weights))["layers"] for n in (1, 7)
    )
    assert one == many


def error(path: Path | str, *options: str, command: str = "size") -> str:
    done = run_cli(command, str(path), *options)
    assert (done.code, done.out) == (2, b"")
    assert b"Traceback" not in done.err
    return done.err.decode()


def test_mistakes(tmp_path: Path) -> None:
    """What is no model, cut short, has no input, or does not fit, in the model's own words."""
    good = (LIGHT / "light_squeezenet.onnx").read_bytes()
    for name, data, message in [
        ("empty", b"", "the file is empty"),
        ("text", b'{"type": "conv"}', "no ONNX model, or one that is cut short"),
        ("cut", good[:5000], "no ONNX model, or one that is cut short"),
        ("end", good[:-4], "cut short"),
    ]:
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(data)
        assert error(path).startswith(f"{path}:1:1: error: ")
        assert message in error(path)
    relu = helper.make_node("Relu", ["x"], ["y"])
    assert "no input" in error(saved(tmp_path / "none.onnx", [relu], [], ["y"], {"x": ones(1, 2)}))
    lost = saved(tmp_path / "lost.onnx", [relu], [("x", [1, 3, 8, 8])], ["z"], {})
    assert "no node of the model gives its output z" in error(lost)
    conv = helper.make_node("Conv", ["r", "w"], ["y"], name="second")
    first = helper.make_node("Relu", ["x"], ["r"], name="first")
    wide = saved(tmp_path / "w.onnx", [first, conv], [("x", [1, 3, 4, 4])], ["y"], {"w": ones(2, 3, 5, 5)})
    assert "second, Conv: kernel: a window of size 5 is larger" in error(wide)
    assert "first gives 3 × 4 × 4" in error(wide)
    assert "(N − F + 2P)/S + 1 = (4 − 5 + 0)/1 + 1 = 0" in error(wide)
    assert "takes 3 channels, but first gives 1 × 4 × 5 × 5" in error(wide, "--input-shape", "4,5,5")
    assert "use `cnnsteps network`" in error(wide, command="conv") + error(wide, command="pool")
    for told in ("3,x", "", "0,3,3", "1,2,3,4,5,6", "-1,3,3", "9" * 30):
        assert "--input-shape" in error(wide, "--input-shape", told)


def test_shapes_of_several_inputs(tmp_path: Path) -> None:
    """Each by its name; a name that the model does not have, or has twice, is a mistake."""
    nodes = [helper.make_node("Concat", ["a", "b"], ["c"], axis=1), helper.make_node("Conv", ["c", "w"], ["y"])]
    sizes = ["N", "C", "H", "W"]
    path = saved(tmp_path / "m.onnx", nodes, [("a", sizes), ("b", sizes)], ["y"], {"w": ones(2, 4, 3, 3)})
    found = result(path, "--input-shape", "b=1,8,8", "--input-shape", "a=3,8,8")
    assert [layer["output_shape"] for layer in found["layers"]] == [[4, 8, 8], [2, 6, 6]]
    assert found["multiply_adds"] == 2 * 4 * 9 * 36
    assert "the model's input b is [N, C, H, W]" in error(path, "--input-shape", "3,8,8")
    assert "names z, but the model's inputs are a and b" in error(path, "--input-shape", "z=3,8,8")
    assert "gives the input a twice" in error(path, "--input-shape", "a=3,8,8", "--input-shape", "a=1,8,8")
    assert "without its name twice" in error(path, "--input-shape", "3,8,8", "--input-shape", "1,8,8")
    assert "is '3,x'" in error(path, "--input-shape", "a=3,x")


def test_input_shape_is_for_models(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text('{"type": "size", "input": 3, "kernel": 3}', "utf-8")
    assert "--input-shape is for ONNX models" in error(path, "--input-shape", "3,3")


def test_standard_input_and_other_suffixes(tmp_path: Path) -> None:
    """A model is known by its bytes too."""
    data = (LIGHT / "light_vgg19.onnx").read_bytes()
    done = run_cli("solve", "-", "-f", "json", "--answer-only", stdin=data)
    assert json.loads(done.out)["problems"][0]["parameters"] == 143_667_240
    (tmp_path / "model.bin").write_bytes(data)
    assert result(tmp_path / "model.bin")["parameters"] == 143_667_240


def test_without_onnx(tmp_path: Path) -> None:
    """The hint says what to install."""
    (tmp_path / "onnx.py").write_text("raise ModuleNotFoundError(name='onnx')", "utf-8")
    done = run_cli("size", str(LIGHT / "light_vgg19.onnx"), env={"PYTHONPATH": str(tmp_path)})
    assert done.code == 2
    assert 'hint: pip install "cnnsteps[onnx]"' in done.err.decode()


def test_onnx_is_imported_for_models_alone() -> None:
    """A problem in JSON costs no import of onnx."""
    import subprocess

    code = "import sys; from cnnsteps.cli.program import main; main(['size', 'samples/size-alexnet.json']); " \
           "sys.exit('onnx' in sys.modules)"  # fmt: skip
    root = Path(__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", ["light_squeezenet", "light_shufflenet", "light_bvlc_alexnet", "light_resnet50"])
def test_broken_bytes_end_in_an_error(name: str) -> None:
    """Bytes changed anywhere: a table or an error of ours, never another exception; small models are done harder
    things to in test_untrusted_models.py."""
    good, rng = (LIGHT / f"{name}.onnx").read_bytes(), random.Random(name)
    for _ in range(60):
        data = bytearray(good)
        for _ in range(rng.choice([1, 3, 10])):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with suppress(InputError):
            read_onnx("model.onnx", bytes(data), None, None).solve(Limits())
