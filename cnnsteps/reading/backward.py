"""The key `backward`: the gradient of the output, from which the others are worked out.

"backward": {"grad_output": [[1, 0], [2, -1]]}
"""

from __future__ import annotations

import math

from cnnsteps.errors import Path
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.reading.aliases import meant
from cnnsteps.reading.describe import describe
from cnnsteps.reading.fields import Given
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.reading.key import Context, Key, Schema
from cnnsteps.reading.matrix import read_tensor
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report

GRAD_OUTPUT = "grad_output"
NEAR = {GRAD_OUTPUT: ("grad", "gradient", "upstream", "grad_out", "grad_outputs", "dout", "dy", "output_grad")}
"""What it is called elsewhere."""
UPSTREAM = "∂L/∂Val"
"""Its letter."""


class Gradient:
    """An object with a tensor under `grad_output`, and nothing else."""

    def read(self, value: Value, path: Path, context: Context) -> Tensor | None:
        report = context.report
        if not isinstance(value, dict):
            if value is not BROKEN:
                hint = f'write "backward": {{"{GRAD_OUTPUT}": …}}, with the shape of the output'
                report.add(path, f"{path[-1]} is {describe(value)}, not an object", hint)
            return None
        unknown = [key for key in value if key != GRAD_OUTPUT]
        for key in unknown:
            near = meant(key, NEAR, NEAR)
            hint = f"did you mean {near}?" if near else f"it has {GRAD_OUTPUT}"
            report.add((*path, key), f"{path[-1]} has no key {describe(key)}", hint, of_key=True)
        if GRAD_OUTPUT not in value:
            if not any(meant(key, NEAR, NEAR) for key in unknown):
                report.add(path, f"{GRAD_OUTPUT} is missing: the gradient by each value of the output")
            return None
        found = self.tensor(value[GRAD_OUTPUT], (*path, GRAD_OUTPUT), context)
        return None if unknown else found

    def tensor(self, value: Value, path: Path, context: Context) -> Tensor | None:
        if isinstance(value, list):
            return read_tensor(value, path, context.report, context.has_booleans)
        if value is not BROKEN:
            context.report.add(path, f"{path[-1]} is {describe(value)}, not a list of numbers")
        return None

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {GRAD_OUTPUT: {"$ref": "#/$defs/tensor"}},
            "required": [GRAD_OUTPUT],
            "additionalProperties": False,
        }


BACKWARD: Key[Tensor] = Key("backward", Gradient(), "grad_output: works out the gradients too")


class Backward(NamedTuple):
    """What is asked for: from the gradient of the output those of `cells` other numbers."""

    operand: Operand
    cells: int

    @property
    def grad(self) -> NamedTensor:
        return self.operand.values


def steps_of(shape: tuple[int, ...], backward: Backward | None) -> int:
    """How many steps an answer of this shape and its gradients have."""
    return math.prod(shape) + (backward.cells if backward else 0)


def fitting(
    given: Given, shape: tuple[int, ...], dims: tuple[str, ...], report: Report, *of: Tensor | None
) -> Backward | None:
    """The gradient of an output of this shape, to work out those `of` these; None where there is none, or it has
    another shape."""
    found = given.get(BACKWARD)
    if found is None:
        return None
    if found.shape != shape:
        shapes = [" × ".join(map(str, sizes)) for sizes in (found.shape, shape)]
        message = f"{GRAD_OUTPUT} has the shape {shapes[0]}, but the output has the shape {shapes[1]}"
        report.add((BACKWARD.name, GRAD_OUTPUT), message)
        return None
    grad = Operand("gradient", UPSTREAM, UPSTREAM, NamedTensor(found, dims))
    return Backward(grad, sum(tensor.num.size for tensor in of if tensor is not None))
