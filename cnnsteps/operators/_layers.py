"""What layers that leave a shape as it is have in common."""

from __future__ import annotations

from cnnsteps.operators._contract import Node
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import State


def unchanged(given: Given, state: State, report: Report) -> Layer:
    """The line of a layer that works number by number: the same shape, and no costs."""
    return Layer(state)


def kept(node: Node, state: State, report: Report) -> Layer | None:
    """The same of a node of an ONNX model: it keeps its shape, whatever that is."""
    return None
