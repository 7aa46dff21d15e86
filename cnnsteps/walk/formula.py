"""Val in letters, as the steps on the screen have it: x is the padded input, counted from its own first place;
only where the padding of a pool does not count, it is the input."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

from cnnsteps.model.chain_rule import INPUT, KERNEL, OUTPUT, Named, Place, Rule, at, leading
from cnnsteps.model.expr import Call, Expr, Num, Over, Power, Product, Root, Sigma, Sum, Sym
from cnnsteps.model.solution import Solution

Row = tuple[tuple[Expr, ...], tuple[Expr, ...]]


def formula_of(solution: Solution, base: int) -> Row | None:
    """Of the operators whose steps are sums or windows; a layer has its own rule."""
    problem = cast(Any, solution.problem)
    written = {"conv": conv, "conv_transpose": transposed, "pool": pool, "linear": linear}.get(solution.kind)
    if written is not None:
        return written(problem, base)
    rows = getattr(problem, "formula", ())
    return (rows[0][0], rows[0][1]) if rows else None


def gradient_formula(rule: Rule, base: int) -> Row:
    return rule.row(base)


def summed(val: Named, over: str, x: Named, w: Named, bias: bool, base: int) -> Row:
    """Val = Σ x × w + b"""
    part: Expr = Product((x.written(base), w.written(base)))
    part = Sigma(over, part) if over else part
    b = Named("b", at("f") if "f" in letters_of(val) else ()).written(base)
    entry = b if b.places else Sym("b")
    return (val.written(base),), (Sum((part, entry)) if bias else part,)


def letters_of(named: Named) -> str:
    return "".join(letter for place in named.places for _, letter in place.letters)


def conv(p: Any, base: int) -> Row:
    d = len(p.axes)
    out_lead, x_lead, w_lead = (leading(axes) for axes in (p.output_axes, p.given.dims, p.given_kernel.dims))
    met = [Place(((a.step, o), (a.gap, u))) for a, o, u in zip(p.axes, INPUT[d], KERNEL[d], strict=True)]
    val = Named("Val", at(out_lead + INPUT[d]))
    over = "".join(c for c in x_lead + w_lead if c not in out_lead)
    over = "".join(dict.fromkeys(over)) + KERNEL[d]
    x, w = Named("x", (*at(x_lead), *met)), Named("w", at(w_lead + KERNEL[d]))
    return summed(val, over, x, w, p.b is not None, base)


def transposed(p: Any, base: int) -> Row:
    d = len(p.axes)
    out_lead, x_lead, w_lead = (leading(axes) for axes in (p.output_axes, p.given.dims, p.given_kernel.dims))
    rows = zip(p.axes, INPUT[d], OUTPUT[d], strict=True)
    through = [Place(((1, o), (-axis.s, i)), axis.before, axis.d) for axis, o, i in rows]
    val = Named("Val", at(out_lead + INPUT[d]))
    over = "".join(c for c in x_lead if c not in out_lead) + OUTPUT[d]
    x, w = Named("x", at(x_lead + OUTPUT[d])), Named("w", (*at(w_lead), *through))
    return summed(val, over, x, w, p.b is not None, base)


def linear(p: Any, base: int) -> Row:
    rows = "nchg"[: len(p.given.shape) - 1]
    val, x, w = Named("Val", at(rows + "o")), Named("x", at(rows + "k")), Named("w", at("ok"))
    names, (part,) = summed(val, "k", x, w, False, base)
    has_bias = any(name == "Bias" for name, _ in p.operands)
    return names, (Sum((part, Named("b", at("o")).written(base))) if has_bias else part,)


def pool(p: Any, base: int) -> Row:
    d = len(p.given.spatial)
    lead = leading(p.given.dims)
    if p.axes:
        counts = p.mode == "average" and p.count_include_pad
        letters = zip(p.axes, INPUT[d], KERNEL[d], strict=True)
        places = [Place(((a.step, o), (a.gap, u)), 0 if counts else -a.before) for a, o, u in letters]
    else:
        places = list(at(KERNEL[d]))
    x = Named("x", (*at(lead), *places)).written(base)
    return (Named("Val", at(lead + INPUT[d])).written(base),), (folded(p, x, KERNEL[d]),)


def folded(p: Any, x: Expr, over: Sequence[str]) -> Expr:
    """The maximum, average or norm of x over the window's letters."""
    letters = "".join(over)
    if p.mode == "max":
        return Call(f"max_{','.join(over)} ", (x,))
    if p.mode == "average":
        even = p.axes and all(a.overhang == 0 and (p.count_include_pad or a.before == a.after == 0) for a in p.axes)
        return Over(Sigma(letters, x), Num(math.prod(a.f for a in p.axes)) if even else Sym("n"))
    part = Sigma(letters, Power(x, Num(p.p)) if p.p > 1 else x)
    return Root(part, p.p) if p.p > 1 else part
