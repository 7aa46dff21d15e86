"""Hypothesis strategies of valid problems: every layout, setting and kind of number that the contract has.

A tensor's cells are taken from a small palette of drawn numbers, so that a failure shrinks to
a few short ones.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from tests import oracle

Problem = dict[str, Any]
Number = int | Decimal | Fraction
Numbers = st.SearchStrategy[Number]

SMALL = st.integers(-9, 9)
DECIMALS = st.builds(lambda n, places: Decimal(n).scaleb(-places), st.integers(-999, 999), st.integers(0, 3))
FRACTIONS = st.builds(Fraction, st.integers(-20, 20), st.integers(1, 12))
EDGES = st.builds(
    lambda sign, power, off: sign * (2**power + off),
    st.sampled_from([-1, 1]),
    st.sampled_from([7, 15, 16, 26, 31, 32, 52, 53, 62, 63, 64, 100, 1100]),
    st.integers(-1, 1),
)
NUMBERS: Numbers = st.one_of(SMALL, DECIMALS, FRACTIONS, EDGES)
PLAIN: Numbers = st.one_of(SMALL, DECIMALS, FRACTIONS)


@st.composite
def tensors(draw: st.DrawFn, shape: tuple[int, ...], numbers: Numbers) -> Any:
    """Nested lists of this shape."""
    palette = draw(st.lists(numbers, min_size=1, max_size=6))
    random = Random(draw(st.integers(0, 999)))

    def fill(sizes: tuple[int, ...]) -> Any:
        return [fill(sizes[1:]) for _ in range(sizes[0])] if sizes else random.choice(palette)

    return fill(shape)


@st.composite
def settings(draw: st.DrawFn, f: list[int], of_pool: bool = False, of_size: bool = False) -> tuple[list[int], Problem]:
    """Input sizes on which a window f fits, with stride, dilation and padding in each of their forms."""
    d = len(f)
    keys: Problem = {}
    stride, dilation = per_dimension(draw, d, 1, 3), per_dimension(draw, d, 1, 2)
    if draw(st.booleans()):
        keys["stride"] = stride
    if draw(st.booleans()):
        keys["dilation"] = dilation
    spread = keys.get("dilation", 1)
    spans = [(step if isinstance(spread, list) else spread) * (k - 1) + 1
             for k, step in zip(f, spread if isinstance(spread, list) else [spread] * d, strict=True)]  # fmt: skip
    # A window of padding alone has no maximum; PyTorch allows half a window only, ONNX and TensorFlow more.
    most = [span - 1 if of_pool else 3 for span in spans]
    form = draw(st.sampled_from(["none", "one", "each", "pairs", "valid", "same", "same_upper", "same_lower"]))
    pairs = [(0, 0)] * d
    if form == "one":
        keys["padding"] = draw(st.integers(0, min(most)))
        pairs = [(keys["padding"],) * 2] * d
    elif form == "each":
        keys["padding"] = [draw(st.integers(0, m)) for m in most]
        pairs = [(p, p) for p in keys["padding"]]
    elif form == "pairs":
        pairs = [(draw(st.integers(0, m)), draw(st.integers(0, m))) for m in most]
        keys["padding"] = [list(pair) for pair in pairs]
    elif form != "none":
        keys["padding"] = form
    least = [1 if form[:4] == "same" else max(1, span - sum(pair)) for span, pair in zip(spans, pairs, strict=True)]
    sizes = [draw(st.integers(low, low + (200 if of_size else 4 - d))) for low in least]
    return sizes, keys


def per_dimension(draw: st.DrawFn, d: int, low: int, high: int) -> int | list[int]:
    """One number, or one a dimension."""
    if draw(st.booleans()):
        return draw(st.integers(low, high))
    return [draw(st.integers(low, high)) for _ in range(d)]


def with_dims(draw: st.DrawFn, problem: Problem, d: int, inferred: bool) -> Problem:
    """Says `dims` where it has to be said, and sometimes where it need not be."""
    return problem if inferred and draw(st.booleans()) else {**problem, "dims": d}


@st.composite
def convs(draw: st.DrawFn, numbers: Numbers = NUMBERS) -> Problem:
    """Convolutions in every layout of input and kernel."""
    d = draw(st.integers(1, 3))
    f = [draw(st.integers(1, 3 if d < 3 else 2)) for _ in range(d)]
    n, keys = draw(settings(f))
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    share, filters = draw(st.integers(1, 3 if d == 1 else 2)), groups * draw(st.integers(1, 2))
    layouts: list[tuple[tuple[int, ...], tuple[int, ...]]]
    layouts = [((groups * share,), (filters, share)), ((draw(st.integers(1, 2)), groups * share), (filters, share))]
    if groups == 1:
        layouts += [((), ()), ((), (filters,)), ((), (filters, 1)), ((share,), (share,)), ((2, share), (share,)),
                    ((1,), ()), ((2, 1), ())]  # fmt: skip
    x_lead, w_lead = draw(st.sampled_from(layouts))
    count = w_lead[0] if len(w_lead) == 2 or (not x_lead and w_lead) else 1
    problem: Problem = {
        "type": "conv",
        "input": draw(tensors((*x_lead, *n), numbers)),
        "kernel": draw(tensors((*w_lead, *f), numbers)),
        **keys,
    }
    if groups > 1:
        problem["groups"] = groups
    if draw(st.booleans()):
        problem["bias"] = draw(numbers if count == 1 and draw(st.booleans()) else tensors((count,), numbers))
    if draw(st.booleans()):
        problem["flip"] = draw(st.booleans())
    return with_dims(draw, problem, d, inferred=d == 2 or (d == 1 and not x_lead))


@st.composite
def pools(draw: st.DrawFn, numbers: Numbers = NUMBERS) -> Problem:
    """Max and average poolings in which no window misses the input."""
    d = draw(st.integers(1, 3))
    f = [draw(st.integers(1, 3)) for _ in range(d)]
    n, keys = draw(settings(f, of_pool=True))
    lead: tuple[int, ...] = draw(st.sampled_from([(), (2,), (2, 2), (1, 1)]))
    mode = draw(st.sampled_from([None, "max", "average"]))
    problem: Problem = {"type": "pool", "input": draw(tensors((*lead, *n), numbers)), "kernel_size": f, **keys}
    if len(set(f)) == 1 and draw(st.booleans()):
        problem["kernel_size"] = f[0]
    if mode:
        problem["mode"] = mode
    if mode == "average" and draw(st.booleans()):
        problem["count_include_pad"] = draw(st.booleans())
    if draw(st.booleans()):
        problem["ceil_mode"] = draw(st.booleans())
    problem = with_dims(draw, problem, d, inferred=d == 2 or (d == 1 and not lead))
    # A window of padding alone is refused, also where the padding counts.
    assume(all(oracle.windows({**problem, "count_include_pad": False}).values()))
    return problem


@st.composite
def sizes(draw: st.DrawFn) -> Problem:
    """Output sizes."""
    d = draw(st.integers(1, 3))
    f = [draw(st.integers(1, 11)) for _ in range(d)]
    n, keys = draw(settings(f, of_size=True))
    channels = draw(st.sampled_from([None, 3]))
    problem: Problem = {"type": "size", "input": [channels, *n] if channels else n, "kernel": f, **keys}
    if channels and draw(st.booleans()):
        problem["kernel"] = [channels, *f]
    if draw(st.booleans()):
        problem["filters"] = draw(st.integers(1, 96))
    if draw(st.booleans()):
        problem["ceil_mode"] = draw(st.booleans())
    return with_dims(draw, problem, d, inferred=d == 2)
