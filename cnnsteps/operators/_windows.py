"""What operators with windows have in common: keys, and what their numbers have to fit."""

from __future__ import annotations

from collections.abc import Callable

from cnnsteps.operators._contract import Node
from cnnsteps.reading.field_types import Flag, Key, Numbers, Padding, PaddingValue, PerDimension, Vector, Whole
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.receptive_field import Shape, shown

INPUT = Key("input", Numbers(), "rank d: one channel; d+1: channels first; d+2: batch, channels", required=True)
BIAS = Key("bias", Vector(), "a number, or one a filter")
STRIDE = Key("stride", PerDimension(1), "how far the window moves", default=1)
PADDING: Key[PaddingValue] = Key("padding", Padding(), "how many places are put around the input", default=0)
DILATION = Key("dilation", PerDimension(1), "the distance between the window's places", default=1)
GROUPS = Key("groups", Whole(1), "into how many groups channels and filters are divided", default=1)
CEIL_MODE = Key("ceil_mode", Flag(), "the output size is rounded up", default=False)

WINDOW = Key("kernel", PerDimension(1), "the window's size, a number or one a dimension", required=True)
FILTERS = Key("filters", Whole(1), "how many channels the output has", required=True)
HAS_BIAS = Key("bias", Flag(), "whether there is one, a number a filter", default=True)
"""Those of a layer of which only sizes are known."""


def check_groups(channels: int, filters: int, groups: int, report: Report) -> None:
    """Groups divide channels and filters."""
    for count, what, of in ((channels, "channel", "input"), (filters, "filter", "kernel")):
        if count % groups:
            report.add(("groups",), f"groups is {groups}, which does not divide {of}'s {pluralize(count, what)}")


def check_bias(given: Given, filters: int, report: Report) -> None:
    """A number a filter."""
    if given.has(BIAS) and given[BIAS].shape[0] != filters:
        has = pluralize(given[BIAS].shape[0], "number")
        report.add(("bias",), f"bias has {has} for {pluralize(filters, 'filter')}")


def check_planes(node: Node, channels: Callable[[Shape], int], report: Report) -> bool:
    """The input of a node of an ONNX model has the rank of its kernel, and the channels that it takes."""
    x, w = node.shape(0), node.shape(1)
    if len(w) < 3:
        report.add((), f"its kernel has {pluralize(len(w), 'dimension')}, and needs at least 3")
    elif len(x) != len(w) or x[1] != channels(w):
        report.add((), f"its kernel {shown(w)} takes {channels(w)} channels, but {node.given}")
    return not report
