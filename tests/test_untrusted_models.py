"""ONNX files from anybody: a table or one clear error; no bug, no abort, no memory or time without end, no warning."""

from __future__ import annotations

import importlib.util
import os
import random
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cnnsteps.errors import InputError, ResourceError
from cnnsteps.model.solution import Limits
from cnnsteps.networks.onnx import isolated
from cnnsteps.problems.file import read_onnx
from tests.tools import need

if importlib.util.find_spec("onnx") is None:
    need("onnx")

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper

DATA = Path(onnx.__file__).parent / "backend" / "test" / "data"
MUTATIONS = int(os.environ.get("FUZZ", "200"))
NUMBERS = [0, 1, -1, 2, 3, -2, 255, 10**3, 10**6, 10**9, 2**31, 2**62, 2**63 - 1, -(2**63)]
NAMES = ["axis", "axes", "pads", "value", "value_floats", "value_ints", "perm", "strides", "blocksize", "kernel_shape",
         "group", "keepdims", "start", "end", "auto_pad", "dilations", "output_shape", "shape"]  # fmt: skip
OPERATORS = """
Add BatchNormalization Concat Constant ConstantOfShape Conv ConvTranspose DepthToSpace Expand Flatten Gather Gemm
GlobalMaxPool If LpPool MatMul MaxPool Pad PRelu RandomNormal Range ReduceMean Reshape Resize Shape Size Slice Softmax
SpaceToDepth Split Squeeze Tile Transpose Unsqueeze Where
""".split()  # noqa: SIM905


def model(nodes: list[Any], weights: dict[str, Any] | None = None, opset: int = 17,
          sizes: tuple[int, ...] = (1, 3, 8, 8)) -> Any:  # fmt: skip
    """A model of these nodes from x to y, with constants."""
    graph = helper.make_graph(
        nodes, "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, sizes)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in (weights or {}).items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def node(op: str, *inputs: str, to: str = "y", **attributes: Any) -> Any:
    return helper.make_node(op, inputs, [to], **attributes)


RELU = node("Relu", "x")


def small() -> Any:
    """A network with most of what exporters write around a flatten: shapes taken apart and put together."""
    nodes = [
        node("Conv", "x", "w", "b", to="c", pads=[1, 1, 1, 1], strides=[2, 2]), node("Relu", "c", to="r"),
        node("MaxPool", "r", to="p", kernel_shape=[2, 2]), node("Shape", "p", to="s"),
        node("Gather", "s", "zero", to="n"), node("Unsqueeze", "n", "axes", to="n1"),
        node("Concat", "n1", "rest", to="t", axis=0), node("Reshape", "p", "t", to="f"),
        node("Constant", to="v", value=numpy_helper.from_array(np.ones((16, 5), np.float32))),
        node("Range", "zero", "ten", "one", to="line"), node("ConstantOfShape", "axes", to="k"),
        node("MatMul", "f", "v", to="m"), node("Softmax", "m"),
    ]  # fmt: skip
    weights = {
        "w": np.ones((4, 3, 3, 3), np.float32), "b": np.ones(4, np.float32), "zero": np.int64(0), "one": np.int64(1),
        "ten": np.int64(10), "axes": np.array([0]), "rest": np.array([-1]),
    }  # fmt: skip
    return model(nodes, weights)


@cache
def models() -> list[bytes]:
    paths = sorted([*DATA.glob("simple/*/model.onnx"), *DATA.glob("pytorch-*/*/model.onnx")])
    return [small().SerializeToString()] * 40 + [path.read_bytes() for path in paths if path.stat().st_size < 20_000]


def verdict(data: bytes) -> str:
    """`done`, or the error of one line; whatever else happens fails the test."""
    began = time.monotonic()
    try:
        read_onnx("m.onnx", data, None, None).solve(Limits())
    except InputError as error:
        (mistake,) = error.mistakes
        assert len(mistake.message) <= 450
        assert mistake.message.isprintable()
        return mistake.message
    finally:
        assert time.monotonic() - began < 60
    return "done"


def changed_bytes(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        at = rng.randrange(len(changed))
        match rng.randrange(4):
            case 0:
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                changed[at : at + rng.randrange(1, 9)] = b""
            case 2:
                changed[at:at] = rng.randbytes(rng.randrange(1, 5))
            case _:
                changed[at] = rng.randrange(256)
        changed = changed or bytearray(b"\x08")
    return bytes(changed)


def changed_graph(data: bytes, rng: random.Random) -> bytes:
    """Still a model, in which sizes, attributes, inputs and operators are not what they should be."""
    changed = onnx.load_model_from_string(data)
    for _ in range(rng.choice([1, 1, 2, 4])):
        rng.choice(CHANGES)(changed.graph, rng)
    return bytes(changed.SerializeToString())


def change_size(graph: Any, rng: random.Random) -> None:
    dims = rng.choice(graph.input).type.tensor_type.shape.dim
    rng.choice([*dims, dims.add()]).dim_value = rng.choice(NUMBERS)


def change_number(graph: Any, rng: random.Random) -> None:
    for attribute in rng.choice(graph.node).attribute:
        attribute.i = rng.choice(NUMBERS)
        if attribute.ints:
            attribute.ints[rng.randrange(len(attribute.ints))] = rng.choice(NUMBERS)


def change_attribute(graph: Any, rng: random.Random) -> None:
    attribute = rng.choice(graph.node).attribute.add()
    attribute.name, attribute.type = rng.choice(NAMES), rng.choice([1, 2, 3, 4, 6, 7, 8, 0])
    attribute.f, attribute.i, attribute.s = rng.choice([0.5, float("nan")]), rng.choice(NUMBERS), b"\xff\xfe"
    attribute.ints.extend(rng.choice(NUMBERS) for _ in range(rng.randrange(6)))
    attribute.t.data_type = rng.randrange(24)
    attribute.t.dims.extend(rng.choice(NUMBERS) for _ in range(rng.randrange(3)))


def change_inputs(graph: Any, rng: random.Random) -> None:
    chosen = rng.choice(graph.node)
    names = [name for other in graph.node for name in (*other.input, *other.output)] + ["", "nothing"]
    side = rng.choice([chosen.input, chosen.output])
    if side and rng.random() < 0.5:
        side[rng.randrange(len(side))] = rng.choice(names)
    elif side and rng.random() < 0.5:
        del side[rng.randrange(len(side))]
    else:
        side.append(rng.choice(names))


def change_operator(graph: Any, rng: random.Random) -> None:
    rng.choice(graph.node).op_type = rng.choice(OPERATORS)


def change_constant(graph: Any, rng: random.Random) -> None:
    if graph.initializer:
        tensor = rng.choice(graph.initializer)
        tensor.data_type = rng.choice([tensor.data_type, rng.randrange(26)])
        tensor.dims.append(rng.choice(NUMBERS))
        tensor.raw_data = rng.choice([tensor.raw_data, rng.randbytes(rng.choice([0, 8, 64]))])


CHANGES: list[Callable[[Any, random.Random], None]] = [
    change_size, change_number, change_attribute, change_inputs, change_operator, change_constant
]  # fmt: skip


@pytest.mark.parametrize("change", [changed_bytes, changed_graph])
def test_mutated_models(change: Callable[[bytes, random.Random], bytes], capfd: pytest.CaptureFixture[str]) -> None:
    """Some pass, most are refused, and nothing else happens."""
    verdicts = []
    for seed in range(MUTATIONS):
        rng = random.Random(f"{change.__name__}/{seed}")
        data = change(rng.choice(models()), rng)
        verdicts.append(verdict(data))
        assert capfd.readouterr() == ("", ""), seed
    assert verdicts.count("done") > MUTATIONS / 20
    assert len(set(verdicts)) > MUTATIONS / 20


def with_type(name: str, kind: Any) -> Any:
    """A model whose Conv has this attribute, of a type that is not its own."""
    changed = small()
    attribute = AttributeProto(name=name, type=kind)
    attribute.floats.append(1.5)
    attribute.s = b"word"
    del changed.graph.node[0].attribute[:]
    changed.graph.node[0].attribute.append(attribute)
    return changed


def damaged() -> Iterator[Any]:
    """A model, and what is said of it."""
    yield with_type("pads", AttributeProto.STRING), "Conv: its attribute pads is STRING, but ONNX has INTS there"
    yield with_type("group", AttributeProto.FLOATS), "Conv: its attribute group is FLOATS, but ONNX has INT there"
    floats = helper.make_node("Constant", [], ["k"], value_floats=[1.5])
    floats.attribute[0].type = AttributeProto.INT
    yield model([floats, RELU]), "Constant: its attribute value_floats is INT, but ONNX has FLOATS there"
    yield model([node("Shape", to="s"), RELU]), "Shape: it has no input 1, and needs 1"
    yield model([node("Conv", "x", "")]), "Conv: it has no input 2, and needs 2"
    yield model([node("Relu", "x", "x")]), "Relu: it has 2 inputs, but takes at most 1"
    yield (
        model([node("Conv", "x", "w")], {"w": np.float32(1)}),
        "conv1, Conv: its kernel has 0 dimensions, and needs at least 3; x gives 3 × 8 × 8",
    )
    yield (
        model([node("Squeeze", "x", "a")], {"a": np.array([1.5], np.float32)}),
        "squeeze1, Squeeze: its input 2 holds float32 numbers, not whole ones",
    )
    yield model([RELU], opset=0), "the version of its operators is 0"
    yield model([RELU], opset=2**31), "the version of its operators is 2147483648"
    yield model([RELU], sizes=(1,) * 65), "the input x has 65 dimensions"
    grown = [node("Pad", "x", "p", to="z"), node("Relu", "z")]
    yield (
        model(grown, {"p": np.array([0, 0, 0, 0, 0, 0, 2**60, 2**60])}, sizes=(1, 1, 2**60, 2**60)),
        "done",
    )
    yield (
        model(grown, {"p": np.array([0, 0, 2**62, 0, 0, 0, 2**62, 0])}, sizes=(1, 1, 2**62, 1)),
        "pad1, Pad: it gives 1 × 1 × 13835058055282163712 × 1, which no tensor can have",
    )


@pytest.mark.parametrize(("changed", "said"), list(damaged()))
def test_what_is_wrong_is_named(changed: Any, said: str) -> None:
    assert verdict(changed.SerializeToString()) == said


MANY = 40
LARGE = {
    "ConstantOfShape": [node("ConstantOfShape", "sizes", to="k")],
    "Range": [node("Range", "zero", "billion", "one", to="k")],
    "Range without an end": [node("Range", "zero", "nan", "nan", to="k")],
    "Gather": [node("Gather", "thousand", "places", to="k")],
    "repeated sums": [node("Max", *(f"side{i}" for i in range(MANY)), to="k")],
    "Expand": [node("Expand", "one", "sizes", to="k")],
    "Tile": [node("Tile", "line", "billions", to="k")],
}


@pytest.mark.parametrize("name", LARGE)
def test_what_would_be_large_is_counted_first(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes ask for thousands of millions of numbers: 64 MB are enough to read such a model."""
    monkeypatch.setattr(isolated, "MEGABYTES", 64)
    sides = {f"side{i}": np.zeros([1 + (j == i) for j in range(MANY)], np.float32) for i in range(MANY)}
    whole = {
        "sizes": np.array([10**6, 10**6]), "zero": np.int64(0), "one": np.int64(1), "billion": np.int64(10**9),
        "nan": np.float32("nan"), "thousand": np.zeros((1, 1000), np.int64), "places": np.zeros(1000, np.int64),
        "line": np.zeros(1000, np.int64), "billions": np.array([10**9]), **sides,
    }  # fmt: skip
    assert verdict(model([*LARGE[name], RELU], whole).SerializeToString()) == "done"


def test_a_constant_of_a_billion_numbers_is_not_made() -> None:
    changed = model([node("Add", "x", "k")])
    changed.graph.initializer.add(name="k", dims=[1000, 1000, 1000], data_type=TensorProto.FLOAT, raw_data=b"1234")
    assert "the shapes 1 × 3 × 8 × 8 and 1000 × 1000 × 1000 don't fit together" in verdict(changed.SerializeToString())


def test_complex_numbers_give_no_warning(capfd: pytest.CaptureFixture[str]) -> None:
    nodes = [node("Constant", to="k", value=numpy_helper.from_array(np.array([1 + 2j]))),
             node("Cast", "k", to="i"), node("Reshape", "x", "i")]  # fmt: skip
    nodes[1].attribute.add(name="to", type=AttributeProto.INT, i=TensorProto.INT64)
    verdict(model(nodes).SerializeToString())
    assert capfd.readouterr() == ("", "")


def test_a_model_that_onnx_does_not_get_over() -> None:
    """Its shape inference follows a slice with the smallest of steps until the memory ends."""
    nodes = [node("Shape", "x", to="s"), node("Slice", "s", "b", "e", "a", "t", to="k"),
             node("ConstantOfShape", "k", to="q"), RELU]  # fmt: skip
    ends = {"b": np.array([2**62]), "e": np.array([-(2**63)]), "a": np.array([0]), "t": np.array([-(2**63)])}
    assert verdict(model(nodes, ends).SerializeToString()) in ("reading it takes more than 1,024 MB of memory", "done")


def test_a_model_on_which_onnx_crashes(capfd: pytest.CaptureFixture[str]) -> None:
    """onnx 1.23 ends in a segmentation fault where EyeLike's input is not there."""
    said = verdict(model([node("EyeLike", "nothing", to="k", dtype=1, k=1), RELU]).SerializeToString())
    lost = "EyeLike takes nothing, which nothing before it gives"
    assert said in (lost, "onnx itself fails on this model: Segmentation fault")
    assert capfd.readouterr() == ("", "")


class TestTheChild:
    """Whatever ends it is an error about the model, with a hint."""

    @staticmethod
    def error(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> str:
        def read_model(*_: object) -> None:
            act()

        monkeypatch.setattr(isolated, "read_model", read_model)
        with pytest.raises(InputError) as caught:
            read_onnx("m.onnx", b"any", None, None)
        assert caught.value.exit_code == 2
        return str(caught.value)

    def test_an_abort(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        said = self.error(monkeypatch, os.abort)
        assert said.startswith("m.onnx:1:1: error: onnx itself fails on this model: Aborted\nhint: ")
        assert capfd.readouterr() == ("", "")

    def test_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        said = self.error(monkeypatch, lambda: np.ones(2**30))
        assert said.startswith("m.onnx:1:1: error: reading it takes more than 1,024 MB of memory\nhint: ")

    def test_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def forever() -> None:
            while True:
                pass

        monkeypatch.setattr(isolated, "SECONDS", 1)
        said = self.error(monkeypatch, forever)
        assert said.startswith("m.onnx:1:1: error: reading it takes more than 1 second\nhint: ")

    def test_ended_from_outside(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """That says nothing about the model: a resource ran out."""
        with pytest.raises(ResourceError):
            self.error(monkeypatch, lambda: os.kill(os.getpid(), 9))

    def test_a_bug_stays_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is hidden: an exception that nobody foresaw comes out as it is."""
        with pytest.raises(ZeroDivisionError):
            self.error(monkeypatch, lambda: 1 // 0)
