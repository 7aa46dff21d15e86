"""An output size backwards: one of input, kernel, stride and padding is sought."""

from __future__ import annotations

from typing import Any

from cnnsteps.i18n import listing, phrase
from cnnsteps.model.equation import Equation, Section
from cnnsteps.model.expr import Expr
from cnnsteps.model.settings import Setting
from cnnsteps.model.solution import Limits, Solution
from cnnsteps.model.steps import Operand
from cnnsteps.operators._windows import CEIL_MODE
from cnnsteps.operators.size.keys import FILTERS, NAMES, OUTPUT, PADDINGS, Side, sides, told
from cnnsteps.operators.size.problem import NAME
from cnnsteps.reading.field_types import TITLE
from cnnsteps.reading.fields import Given
from cnnsteps.records import NamedTuple
from cnnsteps.report import Report
from cnnsteps.text import pluralize
from cnnsteps.windows.axis import Axis, is_same
from cnnsteps.windows.field_rows import SIDES, Row
from cnnsteps.windows.letters import OUT, side_symbols
from cnnsteps.windows.unknown import Solutions, UnknownAxis

MOST_SAID, MOST_LISTED = 12, 1000
"""So many solutions are written down one by one, on the page and in JSON."""
OR = "{one} or {another}"


class Found(NamedTuple):
    """What is said of one dimension, or of all where they are alike."""

    side: str
    formula: list[Row]
    rows: list[Row]
    answer: str
    name: str
    value: int | None
    """The first solution."""
    check: list[Row]
    notes: list[str]


class BackwardSize(NamedTuple):
    """A size that is to come out, and what is sought."""

    title: str | None
    sought: str
    axes: tuple[UnknownAxis, ...]
    output_shape: tuple[int, ...]
    settings: tuple[Setting, ...]
    form: str = "backwards"
    kind: str = "size"
    name: str = NAME
    operands: tuple[Operand, ...] = ()
    largest: int = 1
    expansions: int = 0

    @property
    def output_dims(self) -> tuple[str, ...]:
        return ("filter",) * (len(self.output_shape) - len(self.axes))

    @property
    def found(self) -> list[Found]:
        """Dimension by dimension; equal ones once."""
        groups: dict[UnknownAxis, list[int]] = {}
        for i, axis in enumerate(self.axes):
            groups.setdefault(axis, []).append(i)
        letters, names = side_symbols(len(self.axes), OUT), SIDES[len(self.axes)]
        return [
            found_of(axis, tuple(letters[i] for i in places), "" if len(groups) == 1 else names[places[0]])
            for axis, places in groups.items()
        ]

    @property
    def sections(self) -> tuple[Section, ...]:
        rows = [row for found in self.found for row in (*found.formula, *found.rows[:1], *found.check)]
        return (Section(self.title or NAME, "formulas", tuple(Equation(*row) for row in rows)),)

    def rule(self, base: int) -> None:
        return None

    def solve(self, limits: Limits) -> Solution:
        solutions = [described(axis.solutions) for axis in self.axes]
        return Solution(self, extras={"sought": self.sought, "solutions": solutions})


def backward_size(given: Given, sought: str, report: Report) -> BackwardSize | None:
    """One unknown a dimension; the numbers that stand for what is sought mean nothing."""
    d, out = given.dims, given[OUTPUT]
    if len(out) > d and given.get(FILTERS) not in (None, out[0]):
        report.add((OUTPUT.name,), f"output has {pluralize(out[0], 'channel')}, but filters is {given.get(FILTERS)}")
        return None
    same = is_same(given[PADDINGS])
    axes = [
        UnknownAxis(sought, axis_of(side, given[CEIL_MODE]), size, same)
        for side, size in zip(sides(given), out[-d:], strict=True)
    ]
    lead = out[:-d] or (() if given.get(FILTERS) is None else (given.get(FILTERS),))
    return BackwardSize(given.get(TITLE), sought, tuple(axes), (*lead, *out[-d:]), told(given))


def axis_of(side: Side, ceil_mode: bool) -> Axis:
    n, f, s, before, after, d = map(number, side)
    return Axis(n, f, s, before, after, d, ceil_mode)


def number(value: Any) -> int:
    """A number, any for what is sought."""
    return 1 if isinstance(value, str) else int(value)


def described(solutions: Solutions) -> dict[str, object]:
    """As JSON has it: the first and the last, and all of them where they are not too many."""
    first, last, count = solutions.first, solutions.last, solutions.number
    listed = count is not None and count <= MOST_LISTED
    values = list(range(first, last + 1)) if listed and first is not None and last is not None else []
    return {"first": first, "last": last, "values": values if listed else None}


def found_of(axis: UnknownAxis, names: tuple[Expr, ...], side: str) -> Found:
    solutions = axis.solutions
    check: list[Row] = []
    if solutions.first is not None:
        check = [(names, axis.at(solutions.first).chain())]
    formula: list[Row] = [(names, (axis.formula(),))]
    answer, notes = answer_of(axis, solutions), notes_of(axis, solutions)
    return Found(side, formula, axis.rows(), answer, NAMES[axis.name], solutions.first, check, notes)


def answer_of(axis: UnknownAxis, solutions: Solutions) -> str:
    """All solutions in words."""
    name, first, last = NAMES[axis.name], solutions.first, solutions.last
    if first is None:
        return phrase("There is no solution: no whole number gives the size {out}.", out=axis.out)
    if last is None:
        return phrase("Every {name} from {first} on gives the size {out}.", name=name, first=first, out=axis.out)
    if first == last:
        return phrase("The only solution: {name} {first}.", name=name, first=first)
    values = [str(value) for value in range(first, min(last, first + MOST_SAID) + 1)]
    if last - first < MOST_SAID:
        return phrase("There are {count} solutions: {name} {values}.", count=len(values), name=name,
                      values=listing(values, OR))  # fmt: skip
    return phrase(
        "There are {count} solutions: {name} {first} to {last}.",
        count=last - first + 1, name=name, first=first, last=last,
    )  # fmt: skip


def notes_of(axis: UnknownAxis, solutions: Solutions) -> list[str]:
    """A padding that would have to be odd; a window that is dropped; one that never fits."""
    notes: list[str] = []
    if axis.name == "padding" and solutions.first is None and (total := odd_total(axis)) is not None:
        less, more = total // 2, total - total // 2
        notes.append(
            phrase(
                "With {total} places in all, {less} before and {more} behind the input, it would be {out}.",
                total=total, less=less, more=more, out=axis.out,
            )
        )  # fmt: skip
    if axis.axis.ceil_mode and solutions.first is not None and axis.at(solutions.last or solutions.first).drops_last:
        notes.append(phrase("A last window that would start in the padding behind the input is dropped."))
    if axis.name == "stride" and not axis.axis.fits and not axis.same:
        notes.append(phrase("No window fits, whatever the stride."))
    return notes


def odd_total(axis: UnknownAxis) -> int | None:
    """The padding in all that gives the size, where its sides have to differ; with a larger stride they need not."""
    total = axis.out - 1 - axis.at(0).room
    return total if axis.axis.s == 1 and total > 0 and total % 2 else None
