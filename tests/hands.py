"""Worked solutions as people write them: random problems in random notations, right or with one known slip.

The lines come from the program's own JSON result, so that nothing here works anything out but the slips.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tests.running import exact, solve_json

Problem = dict[str, Any]
Cell = tuple[int, ...]


class Slip(NamedTuple):
    """What was injected: the kinds of findings that may tell of it, where, and the name that explains it."""

    kinds: frozenset[str]
    cell: Cell | None
    name: str | None


class Page(NamedTuple):
    """A document with its problem, the mistake in it, and what it looks like."""

    text: str
    problem: Problem
    slip: Slip | None


class Hand(NamedTuple):
    """How somebody writes."""

    name: Callable[[Cell], str]
    base: int
    times: str
    negative: str
    """( ) around negative factors: always, or nowhere where it can be read."""
    layout: str
    matrix: str
    links: bool
    """Whether the products are worked out one by one before the sum."""
    given: bool
    answer: bool
    unnamed: bool = False


NAMES: dict[str, Callable[[Cell], str]] = {
    "Val_{[1,1]}": lambda c: "Val_{[" + ",".join(map(str, c)) + "]}",
    r"\mathrm{Val}_ {[1,1]}": lambda c: r"\mathrm{Val}_ {[" + ",".join(map(str, c)) + "]}",
    "Y[1,1]": lambda c: f"Y[{','.join(map(str, c))}]",
    "y_{1,1}": lambda c: "y_{" + ",".join(map(str, c)) + "}",
    "y_{11}": lambda c: "y_{" + "".join(map(str, c)) + "}",
    "out(1, 1)": lambda c: f"out({', '.join(map(str, c))})",
    "Output[0][0]": lambda c: "Output" + "".join(f"[{i}]" for i in c),
    r"\mathrm{Val}[1,1]": lambda c: r"\mathrm{Val}[" + ",".join(map(str, c)) + "]",
    r"\text{Output}_{(1,2)}": lambda c: r"\text{Output}_{(" + ",".join(map(str, c)) + ")}",
    "C₁₁": lambda c: "C" + "".join("₀₁₂₃₄₅₆₇₈₉"[i] for i in c),
}
WORDS: dict[str, Callable[[Cell], str]] = {
    "Position (0,0):": lambda c: f"Position ({c[0]},{c[1]}):",
    "cell [0, 1]:": lambda c: f"cell [{c[0]}, {c[1]}]:",
    "": lambda c: "",
}
"""Places in words, and no name at all; the sum stands behind them without a relation."""
LATEX_ONLY = {
    "Val_{[1,1]}", r"\mathrm{Val}_ {[1,1]}", "y_{1,1}", "y_{11}", r"\mathrm{Val}[1,1]", r"\text{Output}_{(1,2)}",
}  # fmt: skip
LAYOUTS = (
    "aligned",
    "align*",
    "gather",
    "dollars",
    "plain",
    "list",
    "fence",
    "quote",
    "lost",
    "eqnarray",
    "table",
    "brackets",
)
LATEX_LAYOUTS = ("aligned", "align*", "gather", "dollars", "lost", "eqnarray", "brackets")
MATRICES = ("bmatrix", "pmatrix", "array", "nested", "python", "rows", "drawn", "bare", "table")


def hand(rng: random.Random) -> Hand:
    layout = rng.choice(LAYOUTS)
    latex = layout in LATEX_LAYOUTS
    name = rng.choice([n for n in NAMES if latex or n not in LATEX_ONLY])
    words = (
        None
        if layout in ("aligned", "lost", "eqnarray", "align*", "gather") or rng.random() < 0.7
        else rng.choice(list(WORDS))
    )
    return Hand(
        WORDS[words] if words is not None else NAMES[name],
        rng.choice((0, 1)),
        rng.choice((r"\times", r"\cdot", "*", "×", "·") if latex else ("*", "×", "·", "x", " * ")),
        rng.choice(("brackets", "bare")),
        layout,
        rng.choice(MATRICES),
        rng.random() < 0.4,
        rng.random() < 0.8 or words == "",
        rng.random() < 0.8,
        words is not None,
    )


def problem(rng: random.Random) -> Problem:
    """A convolution or a pool that fits on a page."""
    n = rng.choice((4, 5, 6))
    x = [[rng.randint(-3, 9) for _ in range(n)] for _ in range(n)]
    if rng.random() < 0.6:
        k = rng.choice((2, 3))
        w = [[rng.choice((-2, -1, 1, 2, 3, 0)) for _ in range(k)] for _ in range(k)]
        found: Problem = {"type": "conv", "input": x, "kernel": w}
        if rng.random() < 0.4:
            found["padding"] = 1
        if rng.random() < 0.3 and n > 4:
            found["stride"] = 2
        if rng.random() < 0.3:
            found["bias"] = rng.choice((1, 2, -1, 5))
        return found
    return {"type": "pool", "mode": rng.choice(("max", "average")), "input": x, "kernel_size": 2}


def number(value: Any) -> str:
    value = Fraction(value)
    return str(value.numerator) if value.denominator == 1 else format(float(value), "g")


def factor(value: Any, style: Hand, first: bool) -> str:
    text = number(value)
    return (
        f"({text})" if text[0] == "-" and (style.negative == "brackets" or style.times in ("x",) or not first) else text
    )


class Step(NamedTuple):
    """A line to be written: products, window, bias and the value that stands behind it."""

    cell: Cell
    terms: list[tuple[Any, Any]]
    window: list[Any]
    bias: Any
    value: Any


def steps_of(given: Problem) -> list[Step]:
    result = solve_json(given)
    return [
        Step(
            tuple(s["index"]),
            [(Fraction(x), Fraction(w)) for x, w in s.get("terms", [])],
            exact(s.get("window", [])),
            s.get("bias"),
            exact(s["value"]),
        )
        for s in result["steps"]
    ]


def expansion(step: Step, mode: str, style: Hand) -> str:
    """The right side of a line: its links."""
    latex = style.layout in LATEX_LAYOUTS
    if mode == "max":
        return (r"\max" if latex else "max") + f"({', '.join(map(number, step.window))}) = {number(step.value)}"
    if mode == "average":
        total = " + ".join(factor(v, style, False) for v in step.window)
        top = sum(step.window, Fraction(0))
        shown = rf"\frac{{{total}}}{{{len(step.window)}}}" if latex else f"({total})/{len(step.window)}"
        middle = f" = {number(top)}/{len(step.window)}" if style.links and not latex else ""
        return f"{shown}{middle} = {number(step.value)}"
    times = f" {style.times} " if latex else style.times
    products = " + ".join(
        f"{factor(x, style, i == 0)}{times}{factor(w, style, False)}" for i, (x, w) in enumerate(step.terms)
    )
    if step.bias is not None:
        products += f" + {factor(step.bias, style, False)}"
    if style.links:
        worked = [x * w for x, w in step.terms] + ([Fraction(step.bias)] if step.bias is not None else [])
        products += " = " + " + ".join(factor(v, style, False) for v in worked)
    return f"{products} = {number(step.value)}"


def matrix(values: Sequence[Sequence[Any]], style: str) -> str:
    rows = [[number(v) for v in row] for row in values]
    width = max(len(v) for row in rows for v in row)
    spaced = [" ".join(v.rjust(width) for v in row) for row in rows]
    if style in ("bmatrix", "pmatrix"):
        return f"$$\\begin{{{style}}} " + r" \\ ".join(" & ".join(row) for row in rows) + f" \\end{{{style}}}$$"
    if style == "array":
        columns = "r" * len(rows[0])
        return (
            f"$$\\left[\\begin{{array}}{{{columns}}} "
            + r" \\ ".join(" & ".join(row) for row in rows)
            + "\\end{array}\\right]$$"
        )
    if style == "nested":
        return "[" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "]"
    if style == "python":
        return "array([" + ",\n       ".join("[" + ", ".join(row) + "]" for row in rows) + "])"
    if style == "rows":
        return "```\n" + "\n".join(f"[{row}]" for row in spaced) + "\n```"
    if style == "drawn":
        ends = [("┌", "┐"), *[("│", "│")] * (len(rows) - 2), ("└", "┘")] if len(rows) > 1 else [("[", "]")]
        return "```\n" + "\n".join(f"{a} {row} {b}" for (a, b), row in zip(ends, spaced, strict=True)) + "\n```"
    if style == "table":
        head = "|" + "   |" * len(rows[0]) + "\n|" + "---|" * len(rows[0])
        return head + "\n" + "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return "```\n" + "\n".join(spaced) + "\n```"


def lines(entries: list[tuple[str, str]], layout: str, unnamed: bool = False) -> str:
    """The lines of a grid, each a name and what it is."""
    rows = [f"{name} &= {right}" for name, right in entries]
    plain = [f"{name} {right}".strip() if unnamed else f"{name} = {right}" for name, right in entries]
    match layout:
        case "aligned":
            return "$$\n\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}\n$$"
        case "lost":
            return "$$egin{aligned} " + " \\ ".join(rows) + " \\end{aligned}$$"
        case "align*":
            return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"
        case "gather":
            return "\\begin{gather}\n" + " \\\\\n".join(plain) + "\n\\end{gather}"
        case "eqnarray":
            return "\\begin{eqnarray*}\n" + " \\\\\n".join(f"{n} & = & {r}" for n, r in entries) + "\n\\end{eqnarray*}"
        case "dollars":
            return "\n".join(f"${line}$  " for line in plain)
        case "brackets":
            return "\n\n".join(f"\\[ {line} \\]" for line in plain)
        case "list":
            return "\n".join(f"- {line}" for line in plain)
        case "fence":
            return "```text\n" + "\n".join(plain) + "\n```"
        case "quote":
            return "\n".join(f"> {line}" for line in plain)
        case "table":
            return "| cell |\n| --- |\n" + "\n".join(f"| {line} |" for line in plain)
        case _:
            return "\n".join(plain)


def page(rng: random.Random, slipping: bool) -> Page:
    """A document with no mistake, or with one."""
    given, style = problem(rng), hand(rng)
    steps = steps_of(given)
    mode = str(given.get("mode", "conv"))
    shape = steps[-1].cell
    shown = [
        [next(s.value for s in steps if s.cell == (i + 1, j + 1)) for j in range(shape[1])] for i in range(shape[0])
    ]
    slip = None
    if slipping and rng.random() < 0.3 and (systematic := another(rng, given)):
        name, other = systematic
        steps = steps_of(other)
        last = steps[-1].cell
        shown = [
            [next(s.value for s in steps if s.cell == (i + 1, j + 1)) for j in range(last[1])] for i in range(last[0])
        ]
        mode = str(other.get("mode", "conv"))
        style = style._replace(unnamed=False, name=NAMES["Y[1,1]"]) if style.unnamed else style
        slip = Slip(frozenset({"terms", "value", "answer"}), None, name)
    elif slipping:
        steps, shown, slip = injected(rng, given, steps, shown, mode, style)
    entries = [(style.name(tuple(i - 1 + style.base for i in s.cell)), expansion(s, mode, style)) for s in steps]
    parts = ["# Exercise"]
    if style.given:
        parts += ["Input:", matrix(given["input"], style.matrix)]
        parts += ["Kernel:", matrix(given["kernel"], style.matrix)] if mode == "conv" else []
    parts += ["Step by step:", lines(entries, style.layout, style.unnamed)]
    parts += ["The result is", matrix(shown, style.matrix)] if style.answer else []
    if slip is not None and slip.cell is not None:
        slip = slip._replace(cell=tuple(i - 1 + style.base for i in slip.cell))
    return Page("\n\n".join(parts) + "\n", given, slip)


def injected(
    rng: random.Random, given: Problem, steps: list[Step], shown: list[list[Any]], mode: str, style: Hand
) -> tuple[list[Step], list[list[Any]], Slip]:
    """One slip somewhere."""
    at = rng.randrange(len(steps))
    step = steps[at]
    others = [] if not style.answer else ["answer"]
    kind = rng.choice(["sum", "operand", *others, *([] if style.unnamed else ["duplicate", "missing"])])
    if kind == "answer":
        i, j = (c - 1 for c in step.cell)
        rows = [list(row) for row in shown]
        rows[i][j] += 1
        return steps, rows, Slip(frozenset({"answer"}), step.cell, None)
    if kind == "sum":
        wrong = step._replace(value=step.value + rng.choice((1, 2, 3)))
        rows = [list(row) for row in shown]
        rows[step.cell[0] - 1][step.cell[1] - 1] = wrong.value
        return [*steps[:at], wrong, *steps[at + 1 :]], rows, Slip(frozenset({"arithmetic"}), step.cell, None)
    if kind == "operand":
        return operand(rng, steps, shown, at, mode)
    if kind == "duplicate" and len(steps) > 3:
        return (
            [*steps[: at + 1], step, *steps[at + 1 :]],
            shown,
            Slip(frozenset({"duplicate"}), step.cell, "duplicate-index"),
        )
    if kind == "missing" and len(steps) > 3 and 0 < at < len(steps) - 1:
        return [*steps[:at], *steps[at + 1 :]], shown, Slip(frozenset({"missing"}), step.cell, "missing-index")
    wrong = step._replace(value=step.value + 1)
    return [*steps[:at], wrong, *steps[at + 1 :]], shown, Slip(frozenset({"arithmetic", "answer"}), step.cell, None)


def operand(
    rng: random.Random, steps: list[Step], shown: list[list[Any]], at: int, mode: str
) -> tuple[list[Step], list[list[Any]], Slip]:
    """A number of the window is read wrong, and the line goes on rightly with it."""
    step = steps[at]
    if mode == "conv":
        k = rng.randrange(len(step.terms))
        x, w = step.terms[k]
        terms = [*step.terms[:k], (x + 11, w), *step.terms[k + 1 :]]
        value = sum((a * b for a, b in terms), Fraction(step.bias or 0))
        wrong = step._replace(terms=terms, value=value)
    else:
        k = rng.randrange(len(step.window))
        window = [*step.window[:k], step.window[k] + 11, *step.window[k + 1 :]]
        value = max(window) if mode == "max" else sum(window, Fraction(0)) / len(window)
        wrong = step._replace(window=window, value=value)
    rows = [list(row) for row in shown]
    rows[step.cell[0] - 1][step.cell[1] - 1] = value
    return [*steps[:at], wrong, *steps[at + 1 :]], rows, Slip(frozenset({"terms", "answer"}), step.cell, None)


def another(rng: random.Random, given: Problem) -> tuple[str, Problem] | None:
    """The problem as somebody solves it who makes one slip throughout; None where that changes nothing."""
    choices: list[tuple[str, Problem]] = []
    if given["type"] == "conv":
        kernel = given["kernel"]
        choices.append(("kernel-flipped", {**given, "flip": True}))
        choices.append(
            ("rows-for-columns", {**given, "kernel": [list(column) for column in zip(*kernel, strict=True)]})
        )
        choices += [("padding-forgotten", without(given, "padding"))] if "padding" in given else []
        choices += [("padding-value", {**given, "padding_mode": "replicate"})] if "padding" in given else []
        choices += [("stride-ignored", without(given, "stride"))] if "stride" in given else []
        choices += [("bias-left-out", without(given, "bias"))] if "bias" in given else []
    else:
        choices.append(("wrong-pooling", {**given, "mode": "average" if given["mode"] == "max" else "max"}))
        choices.append(("stride-ignored", {**given, "stride": 1}))
    name, other = rng.choice(choices)
    right = {step.cell: step for step in steps_of(given)}
    wrong = {step.cell: step for step in steps_of(other)}
    differing = [c for c in wrong if c in right and differ(wrong[c], right[c])]
    return (name, other) if len(differing) > 1 and not is_ambiguous(name, other, choices) else None


def is_ambiguous(name: str, other: Problem, choices: list[tuple[str, Problem]]) -> bool:
    """Whether another slip makes the same lines: a kernel can be its own mirror."""
    bags = [bag(step) for step in steps_of(other)]
    return any(name != also and bags == [bag(step) for step in steps_of(problem)] for also, problem in choices)


def bag(step: Step) -> tuple[Any, ...]:
    """A step whatever the order of its products."""
    return step.cell, sorted((*sorted((abs(x), abs(w))),) for x, w in step.terms if x * w), step.window, step.value


def differ(one: Step, other: Step) -> bool:
    """Whether two steps multiply other numbers, whatever their order."""
    bags = [sorted(tuple(sorted((abs(x), abs(w)))) for x, w in step.terms if x * w) for step in (one, other)]
    return (
        bags[0] != bags[1]
        or one.bias != other.bias
        or sorted(one.window) != sorted(other.window)
        or one.value != other.value
    )


def without(given: Problem, key: str) -> Problem:
    return {k: v for k, v in given.items() if k != key}
