"""`--verify`: what was written is read back, and must agree with its problem worked out once more.

The document is read as any other, its chains are added up here in plain fractions, and the answers come from
`recomputed`: nothing of what made the document judges it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import prod

from cnnsteps.checking.check import Page, read
from cnnsteps.checking.claims import Claim
from cnnsteps.checking.operands import operands_of, same
from cnnsteps.checking.recomputed import Step, Steps, answer, cells, shape_of
from cnnsteps.errors import VerificationError
from cnnsteps.model import expr
from cnnsteps.model.expr import Expr
from cnnsteps.options import Options
from cnnsteps.render.carried import problem_text

COLORS = re.compile(r"\x1b\[[0-9;]*m")
MOST_TOLD = 3


def verify(data: bytes, format: str, problem: Mapping[str, object] | None, options: Options, steps: int) -> None:
    """VerificationError where the document does not say what its problem comes to; it has this many `steps`."""
    given = json.loads(problem_text(problem, None) or "{}", parse_float=Fraction) if problem else {}
    right = answer(given) if given else None
    text = COLORS.sub("", data.decode())
    wrong: list[str] = []
    if format != "json":
        wrong = list(of_page(text, right, options, steps))
    elif right is not None:
        wrong = list(of_json(text, right, options["index_base"], steps))
    if wrong:
        more = f"; and {len(wrong) - MOST_TOLD} more" if len(wrong) > MOST_TOLD else ""
        raise VerificationError("; ".join(wrong[:MOST_TOLD]) + more)


def of_json(text: str, right: Steps, base: int, steps: int) -> Iterator[str]:
    """The shape, the output, and what each step reads."""
    (result,) = json.loads(text, parse_float=Fraction)["problems"]
    if result["output_shape"] != shape_of(right):
        yield f"output_shape is not {shape_of(right)}"
    if cells(result["output"]) != {index: step.value for index, step in right.items()}:
        yield "the output is not the problem's"
    shown = result.get("steps", ())
    if len({tuple(step["index"]) for step in shown}) != steps:
        yield f"there are not {steps} steps"
    for step in shown:
        own = right.get(tuple(i - base for i in step["index"]))
        terms = tuple((Fraction(x), Fraction(w)) for x, w in step.get("terms", ()))
        window = tuple(map(Fraction, step.get("window", ())))
        if own is None or (terms, window, Fraction(step["value"])) != (own.terms, own.window, own.value):
            yield f"step {step['index']} is not the problem's"
        elif terms and sum((x * w for x, w in terms), Fraction(step["bias"] or 0)) != own.value:
            yield f"step {step['index']} has another bias"


def of_page(text: str, right: Steps | None, options: Options, steps: int) -> Iterator[str]:
    """Each chain, each named value, and each final matrix."""
    page = read(text, "-", options["index_base"])
    for claim in page.equations:
        yield from of_chain(claim)
    if right is None:
        return
    lines = [claim for claim in page.claims if claim.cell is not None and len(claim.cell) == len(next(iter(right)))]
    # The answer's lines come first; behind them stand those of gradients, which have other names.
    lead = {claim.cell: claim for claim in lines if claim.name == lines[0].name}
    if len(lead) < steps:
        yield f"{len(lead)} of {steps} expansions could be read"
    for cell, claim in lead.items():
        at = tuple(i - options["index_base"] for i in cell or ())
        if at not in right:
            yield f"there is no {claim.name}{list(cell or ())}"
        elif not agrees(claim, claim.stated, right[at].value):
            yield f"{claim.name}{list(cell or ())} should be {right[at].value}"
        elif not reads(claim, right[at]):
            yield f"{claim.name}{list(cell or ())} has other operands"
    yield from of_answers(page, right)


def of_answers(page: Page, right: Steps) -> Iterator[str]:
    """The planes of the output that stand there whole."""
    *lead, rows, columns = [1, *shape_of(right)] if len(shape_of(right)) == 1 else shape_of(right)
    values = [right[index].value for index in sorted(right)]
    planes = [m for stack in page.stacks if stack.role == "output" for m in stack.planes if m.shape == (rows, columns)]
    if len(planes) != prod(lead):
        return
    for number, (plane, stack) in enumerate(zip(planes, range(prod(lead)), strict=True)):
        own = values[stack * rows * columns : (stack + 1) * rows * columns]
        shown = [cell.value for row in plane.rows for cell in row]
        if not plane.loose and any(a != b for a, b in zip(shown, own, strict=True)):
            yield f"plane {number + 1} of the answer is not the problem's"


def of_chain(claim: Claim) -> Iterator[str]:
    """Links that are joined by = and differ; behind ≈ the next one starts anew."""
    links = [(link.relation, total(link.expr, claim.numbers)) for link in claim.chain.links]
    for (_, before), (relation, after) in pairwise(links):
        if relation == "=" and before is not None and after is not None and before != after and not loose(claim):
            yield f"{claim.name or 'a sum'}{list(claim.cell or ())}: {before} is not {after}"


def reads(claim: Claim, step: Step) -> bool:
    """The operands of the line, in their order; those of products of 0 may be left out."""
    operands = operands_of(claim)
    if operands is None or not (operands.pairs or operands.window) or loose(claim):
        return True
    given = [(pair.x, pair.w) for pair in operands.pairs]
    if operands.window:
        return [pair.x for pair in operands.window] == list(step.window)
    if len(given) == len(step.terms):
        return all(same(pair, term) for pair, term in zip(operands.pairs, step.terms, strict=True))
    return [pair for pair in given if pair[0] * pair[1]] == [term for term in step.terms if term[0] * term[1]]


def loose(claim: Claim) -> bool:
    return any(link.relation == "≈" for link in claim.chain.links)


def agrees(claim: Claim, stated: Fraction | int | None, right: Fraction) -> bool:
    """Equal, or behind ≈ right to half a unit of the last digit."""
    link = claim.stated_link
    if stated is None or link is None:
        return claim.chain.links[-1].elided if claim.values[-1] is None else claim.values[-1] == right
    part = claim.chain.links[link].expr
    unit = Fraction(1, 10 ** claim.places(part)) if part is not None and loose(claim) else Fraction(0)
    return abs(Fraction(stated) - right) * 2 <= unit


def total(part: Expr | None, numbers: Sequence[Fraction | int | None]) -> Fraction | None:
    """What an expression comes to, in fractions; None where it holds something else than sums, products, windows."""
    if part is None:
        return None
    if isinstance(part, expr.Slot):
        value = numbers[part.column]
        return None if value is None else Fraction(value)
    if isinstance(part, expr.Num):
        return Fraction(part.over, part.under)
    inner = [total(p, numbers) for p in inner_of(part)]
    known = [value for value in inner if value is not None]
    if not inner or len(known) < len(inner):
        return None
    match part:
        case expr.Sum():
            return sum(known, Fraction(0))
        case expr.Product():
            return prod(known, start=Fraction(1))
        case expr.Minus():
            return -known[0]
        case expr.Bracket():
            return known[0]
        case expr.Over():
            return known[0] / known[1] if known[1] else None
        case expr.Call(name="max"):
            return max(known)
        case expr.Call(name="average"):
            return sum(known, Fraction(0)) / len(known)
        case expr.Floor():
            return Fraction(known[0] // 1)
        case _:
            return None


def inner_of(part: Expr) -> Sequence[Expr]:
    match part:
        case expr.Sum(parts=parts) | expr.Product(parts=parts) | expr.Call(parts=parts):
            return parts
        case expr.Minus(part=inner) | expr.Bracket(part=inner) | expr.Floor(part=inner):
            return (inner,)
        case expr.Over(top=top, bottom=bottom):
            return (top, bottom)
        case _:
            return ()
