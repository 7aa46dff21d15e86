"""Receptive fields against what places do read: dependencies followed place by place, and a trace through numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.problems import Problem
from tests.running import render, solve_json

Reads = Callable[[int], set[int]]


def window(f: int, s: int, d: int, before: int) -> Reads:
    return lambda o: {o * s - before + a * d for a in range(f)}


def spread(f: int, s: int, d: int, before: int) -> Reads:
    """Every input whose stamp lands there, found by trying those near."""
    return lambda o: {i for i in range((o + before - d * f) // s - 1, (o + before) // s + 2)
                      if any(i * s + a * d - before == o for a in range(f))}  # fmt: skip


def shared(n: int, out: int) -> Reads:
    """A window of adaptive pooling, whose bounds hold in every block of `out` windows."""
    return lambda o: set(range(o * n // out, -(-(o + 1) * n // out)))


def layer(random: Random, n: int) -> tuple[Problem, Reads, int]:
    """A random layer of one dimension for an input of n places: its keys, what it reads, its output's size."""
    kind = random.choice(["conv", "pool", "conv_transpose", "conv_transpose", "adaptive"])
    f, s, d = random.randint(1, 4), random.randint(1, 3), random.choice([1, 1, 2, 3])
    before, after = random.randint(0, 2), random.randint(0, 2)
    keys: Problem = {"stride": s, "dilation": d, "padding": [[before, after]]}
    if kind == "conv_transpose":
        return ({"type": kind, "kernel": f, "filters": 1, **keys}, spread(f, s, d, before),
                (n - 1) * s + d * (f - 1) + 1 - before - after)  # fmt: skip
    if kind == "adaptive":
        out = random.randint(1, 8)
        return {"type": "pool", "output_size": out}, shared(n, out), out
    own = {"kernel": f, "filters": 1} if kind == "conv" else {"kernel_size": f}
    return {"type": kind, **own, **keys}, window(f, s, d, before), (n + before + after - d * (f - 1) - 1) // s + 1


def followed(chain: list[Reads]) -> Reads:
    """What a place of the last layer reads of the input, as if every layer went on beyond its edges."""

    @cache
    def reads(depth: int, place: int) -> frozenset[int]:
        if depth == 0:
            return frozenset([place])
        return frozenset().union(*(reads(depth - 1, q) for q in chain[depth - 1](place)))

    return lambda place: set(reads(len(chain), place))


@pytest.mark.parametrize("seed", range(250))
def test_the_field_is_the_widest_span_that_a_place_reads(seed: int) -> None:
    """So is its start; chains of up to six layers, at every place of each layer."""
    random = Random(seed)
    n, layers, chain = 24, [], []
    for _ in range(random.randint(1, 6)):
        keys, reads, out = layer(random, n)
        if 0 < out < 150 and not (keys["type"] == "pool" and "padding" in keys and max(keys["padding"][0]) > 0):
            layers.append(keys)
            chain.append(reads)
            n = out
    if not layers:
        return
    lines = solve_json({"type": "network", "dims": 1, "input": [1, 24], "layers": layers})["layers"]
    for depth, line in enumerate(lines, 1):
        at = followed(chain[:depth])
        spans = [at(place) for place in range(line["output_shape"][1])]
        widest = max((max(span) - min(span) + 1 for span in spans if span), default=0)
        assert line["receptive_field"] == [widest], (seed, depth, layers)
        start = min(spans[0], default=None)
        assert line["receptive_field_start"] == [start], (seed, depth, layers)
        assert line["receptive_field_padding"] == [None if start is None else -start]


@pytest.mark.parametrize(("layers", "field", "said"), [
    ([("conv_transpose", 3, 2), ("pool", 2, 2)], 2, "counted = 2"),
    ([("pool", 4, 4), ("conv_transpose", 3, 2), ("pool", 2, 2)], 8, "counted = 8"),
    ([("conv", 2, 2), ("conv_transpose", 4, 2), ("conv_transpose", 2, 1)], 6, "counted = 6"),
    ([("conv", 3, 2), ("conv", 3, 2)], 7, "r + (F − 1)×j = 3 + (3 − 1)×2 = 7"),
])  # fmt: skip
def test_the_page_says_where_a_field_was_counted(layers: list[tuple[str, int, int]], field: int, said: str) -> None:
    """Where a formula with a fractional jump gives another number."""
    chain: list[Problem] = [
        {"type": kind, "stride": s, **({"kernel_size": f} if kind == "pool" else {"kernel": f, "filters": 1})}
        for kind, f, s in layers
    ]
    network = {"type": "network", "input": [1, 32, 32], "layers": chain}
    assert solve_json(network)["layers"][-1]["receptive_field"] == [field, field]
    assert said in render(network, "terminal")


def moved(network: Problem, n: int) -> list[set[int]]:
    """Which input places each number of the answer depends on: one input at a time is 1, all others 0."""
    answers: list[list[Any]] = []
    for i in range(n):
        given = [[int(i == j) for j in range(n)]]
        answers.append(solve_json({**network, "input": given}, answer_only=True)["output"][0])
    return [{i for i in range(n) if Fraction(answers[i][o]) != 0} for o in range(len(answers[0]))]


@pytest.mark.parametrize("seed", range(12))
def test_the_field_is_what_moves_a_number(seed: int) -> None:
    """In networks with numbers, all weights positive, so that nothing cancels: the widest among all places."""
    random, n = Random(seed), 40
    layers: list[Problem] = []
    for _ in range(3):
        kind, f, s = random.choice(["conv", "conv_transpose"]), random.randint(1, 3), random.randint(1, 2)
        layers.append({"type": kind, "kernel": [[[1] * f]], "stride": s, "dilation": random.randint(1, 2)})
    network = {"type": "network", "dims": 1, "layers": layers}
    spans = [max(span) - min(span) + 1 for span in moved(network, n) if span]
    given = solve_json({**network, "input": [[1] * n]}, answer_only=True)
    assert given["layers"][-1]["receptive_field"] == [max(spans)], layers


def test_start_and_padding_are_those_of_tensorflows_tool() -> None:
    """Its README's Inception-like chain: effective stride and padding by p' = p + P·j."""
    layers = [{"type": "conv", "kernel": 7, "filters": 1, "stride": 2, "padding": 3},
              {"type": "pool", "kernel_size": 3, "stride": 2, "padding": 1},
              {"type": "conv", "kernel": 3, "filters": 1, "padding": 1}]  # fmt: skip
    network = {"type": "network", "input": [3, 224, 224], "layers": layers}
    lines = solve_json(network)["layers"]
    assert [line["receptive_field"][0] for line in lines] == [7, 11, 19]
    assert [line["receptive_field_padding"] for line in lines] == [[3, 3], [5, 5], [9, 9]]
    assert [line["receptive_field_start"] for line in lines] == [[-3, -3], [-5, -5], [-9, -9]]
    printed = render(network, "terminal")
    assert "padding of the field = p + P×j = 5 + 1×4 = 9" in printed
    assert "start of the field = u − P×j = -5 − 1×4 = -9" in printed
