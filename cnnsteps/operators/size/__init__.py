"""Output sizes from sizes alone.

    out = ⌊(N − D(F − 1) − 1 + P_before + P_after)/S⌋ + 1

N input, F kernel, P padding, S stride, D dilation, along each dimension; ⌈ ⌉ with
`ceil_mode`. As the formulas on PyTorch's pages of Conv2d and MaxPool2d. Where the input's
channels and `filters` are given, it is a convolution's: parameters, multiply-adds and the
receptive field are worked out too. Where sizes are letters the answer is a formula in them;
where one is "?" and `output` is given, it is all numbers with which that comes out.
"""

from __future__ import annotations

from typing import Any

from cnnsteps.model.solution import Problem
from cnnsteps.operators._windows import CEIL_MODE, GROUPS, IN_CHANNELS, check_channels_said, check_groups
from cnnsteps.operators.conv.problem import conv_line
from cnnsteps.operators.size.keys import (
    BIAS,
    DILATIONS,
    FILTERS,
    INPUT,
    KERNEL,
    KEYS,
    OUTPUT,
    PADDINGS,
    SOUGHT,
    STRIDES,
    UNKNOWN,
    letters_in,
)
from cnnsteps.operators.size.problem import NAME, Size
from cnnsteps.reading.field_types import TITLE
from cnnsteps.reading.fields import Given
from cnnsteps.report import Report
from cnnsteps.text import join_or, pluralize
from cnnsteps.windows.axis import Axis, axes_of, fitted
from cnnsteps.windows.costs import Layer
from cnnsteps.windows.receptive_field import begin

SUMMARY = "Works out an output size: the formula with its numbers."
EXAMPLES = (
    """echo '{"input": 227, "kernel": 11, "stride": 4}' | cnnsteps size -""",
    "cnnsteps size samples/size-alexnet.json -f json",
)
ALIASES = ("output_size", "shape", "outputsize", "conv_size")
CHECKS = (IN_CHANNELS,)
__all__ = ["ALIASES", "CHECKS", "EXAMPLES", "KEYS", "NAME", "SUMMARY", "read"]


def read(given: Given, report: Report) -> Problem | None:
    """The problem, where the window fits; else the mistakes."""
    if not given.has(INPUT, KERNEL):
        return None
    letters = set(letters_in(tuple(given.values.get(key.name) for key in (*SOUGHT, DILATIONS))))
    if not letters and OUTPUT.name not in given.raw:
        return numbers(given, report)
    if not given.has(STRIDES, PADDINGS, DILATIONS, CEIL_MODE, GROUPS, BIAS) or given.spoiled(FILTERS, OUTPUT):
        return None
    check_channels(given[INPUT], given[KERNEL], given[GROUPS], given.dims, report)
    if UNKNOWN in letters or OUTPUT.name in given.raw:
        return read_backwards(given, letters - {UNKNOWN}, report)
    from cnnsteps.operators.size.letters import letter_size

    return None if report else letter_size(given)


def numbers(given: Given, report: Report) -> Size | None:
    """A size of numbers alone."""
    d = given.dims
    x, k = given[INPUT], given[KERNEL]
    if not given.has(STRIDES, PADDINGS, DILATIONS, CEIL_MODE, GROUPS, BIAS):
        check_channels(x, k, 1, d, report)
        return None
    check_channels(x, k, given[GROUPS], d, report)
    padding = given[PADDINGS]
    axes = axes_of(x[-d:], k[-d:], given[STRIDES], padding, given[DILATIONS], given[CEIL_MODE])
    fitted(axes, KERNEL.name, report)
    if report:
        return None
    channels = channels_of(x, k, given[GROUPS], d)
    if channels is not None:
        check_channels_said(given, channels, report)
    layer = None if channels is None else convolution(given, axes, channels, report)
    word = padding if isinstance(padding, str) else None
    told = x[0] if len(x) > d else None
    size = Size(given.get(TITLE), axes, told, given.get(FILTERS), word, layer, given[GROUPS], given[BIAS])
    return None if report else size


def read_backwards(given: Given, letters: set[str], report: Report) -> Problem | None:
    """What is sought, where exactly one thing is."""
    sought = [key for key in SOUGHT if UNKNOWN in letters_in(given[key])]
    names = join_or([f'"{key.name}"' for key in SOUGHT])
    if len(sought) > 1:
        both = " and ".join(key.name for key in sought[:2])
        report.add(
            (sought[1].name,), f'{both} are both "?", but only one can be worked out', "give a number for the others"
        )
    elif not sought:
        hint = f'give "?" for one of {names}, or leave output out: it is the answer'
        report.add((OUTPUT.name,), "output is given, but nothing is sought", hint)
    elif letters:
        letter = min(letters)
        message = f'{sought[0].name} is "?", but {letter} is a letter, and no number can be worked out'
        report.add((sought[0].name,), message,
                   "give numbers for the letters, or a letter in place of the ?")  # fmt: skip
    elif UNKNOWN in letters_in(given[DILATIONS]):
        report.add((DILATIONS.name,), 'dilation is "?", but it can\'t be worked out', f"give ? for one of {names}")
    elif not given.has(OUTPUT):
        report.add(
            (sought[0].name,),
            f'{sought[0].name} is "?", but output is missing',
            'give the size that is to come out: "output": 55',
        )
    if report:
        return None
    from cnnsteps.operators.size.backwards import backward_size

    return backward_size(given, sought[0].name, report)


def check_channels(x: tuple[Any, ...], k: tuple[Any, ...], groups: int, d: int, report: Report) -> None:
    for name, sizes in ((INPUT.name, x), (KERNEL.name, k)):
        if len(sizes) > d and isinstance(sizes[0], str):
            report.add((name, 0), f"{name} has {sizes[0]} in the place of the channels, which are a number")
            return
    if len(x) > d and len(k) > d and k[0] * groups != x[0]:
        has, of = pluralize(k[0], "channel"), f" in each of {groups} groups" if groups > 1 else ""
        report.add(("kernel",), f"kernel has {has}{of}, but the input has {pluralize(x[0], 'channel')}")


def channels_of(x: tuple[int, ...], k: tuple[int, ...], groups: int, d: int) -> int | None:
    """The input's channels, told by the input or by the kernel."""
    if len(x) > d:
        return x[0]
    return k[0] * groups if len(k) > d else None


def convolution(given: Given, axes: tuple[Axis, ...], channels: int, report: Report) -> Layer | None:
    """The line of a convolution of these sizes in a network, where the number of filters is given."""
    filters, groups = given.get(FILTERS), given[GROUPS]
    if filters is None:
        return None
    check_groups(channels, filters, groups, report)
    state = begin((channels, *(axis.n for axis in axes)), given.dims)
    return None if report else conv_line(state, axes, filters, groups, given[BIAS])
