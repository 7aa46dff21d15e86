"""A network that was read: its lines of sizes, and with numbers each layer's own solution."""

from __future__ import annotations

from cnnsteps import operators
from cnnsteps.i18n import phrase
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.settings import Setting, by_shape
from cnnsteps.model.solution import Limits, Solution
from cnnsteps.model.steps import NamedTensor, Operand
from cnnsteps.networks.precision import agreed, tensors_in
from cnnsteps.numbers import irrational
from cnnsteps.numbers.tensor import Tensor
from cnnsteps.reading.fields import Given
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import Shape

NAME = phrase("Network")


class Totals(NamedTuple):
    """The sums of what is known."""

    parameters: int
    multiply_adds: int
    complete: bool
    """No line's are unknown."""
    biases: int


def totals_of(layers: tuple[Layer, ...]) -> Totals:
    complete = all(layer.parameters is not None and layer.multiply_adds is not None for layer in layers)
    return Totals(sum(layer.parameters or 0 for layer in layers), sum(layer.multiply_adds or 0 for layer in layers),
                  complete, sum(layer.biases for layer in layers))  # fmt: skip


class SizesNetwork(NamedTuple):
    """A network of which only sizes are known, worked out."""

    title: str | None
    shape: Shape
    layers: tuple[Layer, ...]
    notes: tuple[str, ...] = ()
    """What is said under the table."""
    unknown: tuple[str, ...] = ()
    """Operators of an ONNX model that nobody here knows."""
    kind: str = "network"
    name: str = NAME
    largest: int = 1
    expansions: int = 0
    operands: tuple[Operand, ...] = ()
    output_dims: tuple[str, ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        return tuple(
            Section(f"{layer.name}: {layer.kind}", layer.output, tuple(Equation(*row) for row in layer.equations))
            for layer in self.layers
        )

    def rule(self, base: int) -> None:
        return None

    @property
    def output_shape(self) -> Shape:
        return self.layers[-1].state.shape

    @property
    def settings(self) -> tuple[Setting, ...]:
        return (Setting("input", str(list(self.shape)), phrase("input"), by_shape(self.shape)),)

    @property
    def totals(self) -> Totals:
        return totals_of(self.layers)

    def solve(self, limits: Limits) -> Solution:
        extras: dict[str, object] = {"layers": [line_of(layer, layer.state.shape) for layer in self.layers]}
        extras |= sums(self.totals)
        if not self.layers[-1].known:
            extras["output_shape"] = None
        if self.notes:
            extras |= {"notes": list(self.notes), "unknown": list(self.unknown)}
        return Solution(self, extras=extras)


class NumbersNetwork(NamedTuple):
    """A network whose layers carry numbers; each layer's keys, and its line of sizes."""

    title: str | None
    x: Tensor
    given: tuple[tuple[str, Given], ...]
    layers: tuple[Layer, ...]
    output_shape: Shape
    largest: int
    expansions: int
    notes: tuple[str, ...] = ()
    kind: str = "network"
    name: str = NAME
    output_dims: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (Operand("input", "x", phrase("Input"), NamedTensor(self.x)),)

    def rule(self, base: int) -> None:
        return None

    @property
    def shape(self) -> Shape:
        return self.x.shape

    @property
    def settings(self) -> tuple[Setting, ...]:
        return (Setting("input", str(list(self.shape)), phrase("input"), by_shape(self.shape)),)

    @property
    def totals(self) -> Totals:
        return totals_of(self.layers)

    def solve(self, limits: Limits) -> Solution:
        tensors = [self.x, *(t for _, given in self.given for t in tensors_in(dict(given.values)))]
        first = irrational.enough(limits.digits, sum(tensor.longest for tensor in tensors))
        return agreed(lambda: self.worked_out(limits), limits.digits, first)

    def worked_out(self, limits: Limits) -> Solution:
        """Each layer's solution, made of the answer of the one before."""
        x = self.x
        solutions: list[Solution] = []
        for (kind, given), layer in zip(self.given, self.layers, strict=True):
            given.put("input", x)
            problem = operators.load(kind).read(given, Report())
            assert problem is not None
            solution = problem.solve(limits)
            assert solution.output is not None
            solutions.append(solution._replace(extras=line_of(layer, solution.output_shape)))
            x = solution.output.tensor
        return Solution(self, solutions[-1].output, layers=tuple(solutions), extras=sums(self.totals))


def sums(totals: Totals) -> dict[str, object]:
    return {"parameters": totals.parameters, "multiply_adds": totals.multiply_adds}


def line_of(layer: Layer, shape: Shape) -> dict[str, object]:
    """A layer's line as JSON has it; null is what nobody knows."""
    line: dict[str, object] = {
        "name": layer.name,
        "type": layer.kind,
        "output_shape": list(shape) if layer.known else None,
        "parameters": layer.parameters,
        "multiply_adds": layer.multiply_adds,
        "receptive_field": layer.field,
        "receptive_field_start": layer.start,
        "receptive_field_padding": layer.field_padding,
    }
    return line | ({"inputs": list(layer.inputs)} if layer.inputs else {})
