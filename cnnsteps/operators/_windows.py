"""What operators with windows have in common: keys, and what their numbers have to fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cnnsteps.reading.field_types import Flag, Numbers, Padding, PaddingValue, PerDimension, Vector, Whole
from cnnsteps.reading.fields import Given
from cnnsteps.reading.key import Key
from cnnsteps.report import Report
from cnnsteps.text import pluralize

if TYPE_CHECKING:
    from cnnsteps.operators._contract import Node
    from cnnsteps.windows.receptive_field import Shape

INPUT = Key(
    "input", Numbers(), "rank d: one channel; d+1: channels first; d+2: batch, channels", required=True,
    also=("inputs", "x"), near=("image", "data", "input_tensor", "input_size", "input_shape", "in1", "lhs", "matrix"),
)  # fmt: skip
BIAS = Key("bias", Vector(or_false=True), "a number, or one a filter", near=("b", "biases", "bias_initializer"))
STRIDE = Key(
    "stride", PerDimension(1), "how far the window moves", default=1,
    also=("strides",), near=("step", "subsample", "window_strides"),
)  # fmt: skip
PADDING: Key[PaddingValue] = Key(
    "padding", Padding(), "how many places are put around the input", default=0,
    also=("auto_pad",), near=("pads", "pad", "zero_padding", "border_mode"),
)  # fmt: skip
DILATION = Key(
    "dilation", PerDimension(1), "the distance between the window's places", default=1,
    also=("dilation_rate", "dilations"), near=("rate", "atrous_rate", "rhs_dilation"),
)  # fmt: skip
GROUPS = Key(
    "groups", Whole(1), "into how many groups channels and filters are divided", default=1,
    also=("group",), near=("num_groups", "num_group", "feature_group_count"),
)  # fmt: skip
CEIL_MODE = Key(
    "ceil_mode", Flag(), "the output size is rounded up", default=False, near=("ceil", "round_up", "ceiling")
)

WINDOW = Key(
    "kernel", PerDimension(1), "the window's size, a number or one a dimension", required=True,
    also=("kernel_size", "kernel_shape"), near=("w", "filter", "window"),
)  # fmt: skip
FILTERS = Key(
    "filters", Whole(1), "how many channels the output has", required=True,
    also=("out_channels",), near=("num_filters", "n_filters", "nb_filter", "num_filter", "num_output"),
)  # fmt: skip
HAS_BIAS = Key("bias", Flag(), "whether there is one, a number a filter", default=True, also=("use_bias",))
"""Those of a layer of which only sizes are known."""

KERNEL_SIZE = Key("kernel_size", PerDimension(1), "a check: the kernel has this size", also=("kernel_shape",))
IN_CHANNELS = Key("in_channels", Whole(1), "a check: the input has so many channels")
OUT_CHANNELS = Key(
    "out_channels", Whole(1), "a check: the kernel has so many filters",
    also=("filters",), near=("num_filters", "n_filters", "nb_filter", "num_filter", "num_output"),
)  # fmt: skip
USE_BIAS = Key("use_bias", Flag(), "a check: whether a bias is given")
CHECKS = (KERNEL_SIZE, IN_CHANNELS, OUT_CHANNELS, USE_BIAS)
"""What the classes of PyTorch and Keras are told of numbers that they have not yet."""


def check_said(given: Given, report: Report, use_bias: Key[bool] | None, *counts: tuple[Key[int], int, str]) -> None:
    """What is said twice agrees: so many of these as there are, and a bias where one is meant."""
    for key, count, has in counts:
        said = given.get(key)
        if said is not None and said != count:
            report.add((key.name,), f"{key.name} is {said}, but {has}")
    wants = None if use_bias is None else given.get(use_bias)
    if use_bias is not None and wants is not None and wants != (BIAS.name in given.values):
        is_given = "no bias is given" if wants else "a bias is given"
        report.add((use_bias.name,), f"{use_bias.name} is {'true' if wants else 'false'}, but {is_given}")


def check_kernel(given: Given, channels: int, filters: int, sizes: Shape, report: Report) -> None:
    """What is said of the kernel and its input agrees with them."""
    said = given.get(KERNEL_SIZE)
    if said is not None and said != sizes:
        from cnnsteps.windows.receptive_field import shown

        message = f"{KERNEL_SIZE.name} is {shown(said)}, but the kernel has the size {shown(sizes)}"
        report.add((KERNEL_SIZE.name,), message)
    check_said(
        given, report, USE_BIAS,
        (IN_CHANNELS, channels, f"the input has {pluralize(channels, 'channel')}"),
        (OUT_CHANNELS, filters, f"the kernel has {pluralize(filters, 'filter')}"),
    )  # fmt: skip


def check_channels_said(given: Given, channels: int, report: Report) -> None:
    """Where only sizes are known."""
    check_said(given, report, None, (IN_CHANNELS, channels, f"the input has {pluralize(channels, 'channel')}"))


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
    from cnnsteps.windows.receptive_field import shown

    x, w = node.shape(0), node.shape(1)
    if len(w) < 3:
        report.add((), f"its kernel has {pluralize(len(w), 'dimension')}, and needs at least 3")
    elif len(x) != len(w) or x[1] != channels(w):
        report.add((), f"its kernel {shown(w)} takes {channels(w)} channels, but {node.given}")
    return not report
