"""What a document says of its problem: given matrices, settings, places of maxima, against the problem itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnnsteps.checking.findings import Finding, spelled, written
from cnnsteps.checking.solved import Cell, Solved, exact, flat
from cnnsteps.checking.stacks import Stack
from cnnsteps.checking.targets import Target

ROLES = {
    "input": ("input",),
    "kernel": ("kernel", "weight"),
    "padded": ("padded", "input"),
    "turned": ("turned",),
    "window": ("padded", "input"),
}
"""What a matrix of each role may be, the first that fits."""
SETTING = re.compile(
    r"(?i)\b(stride|padding|dilation|kernel\\?_size|groups|output\\?[_ ]padding|kernel|filters|input|p|window)\}?"
    r"(?:[ \t]*[:=][ \t]*|(?<!kernel)(?<!p)[ \t]+(?:\\mbox\{)?)"
    r"([0-9]{1,6}(?:[ ]?×[ ]?[0-9]{1,6})*(?![0-9]|[.,/][0-9]| [a-z])|\\?[\[(][0-9,\[\]\\ ]{2,60}[\])])"
)
DIGITS = re.compile("[0-9]+")
PLACE = re.compile(r"\bat[ \t]*\}?[ \t]*\[([0-9]+(?:,[ ]?[0-9]+)*)\]")


def given_against(stacks: Sequence[Stack], start: int, stop: int, solved: Solved, base: int) -> Iterator[Finding]:
    """Cells of the given matrices between two places that are not the problem's."""
    for stack in stacks:
        if not start <= stack.start < stop or stack.role not in ROLES or stack.loose:
            continue
        tensor = next(filter(None, (tensor_of(solved, name, stack) for name in ROLES[stack.role])), None)
        for plane, matrix in enumerate(stack.planes if tensor is not None else ()):
            for i, row in enumerate(matrix.rows):
                for j, cell in enumerate(row):
                    right = tensor[plane][i][j] if tensor else cell.value
                    if right != cell.value:
                        index = (plane + base, i + base, j + base) if stack.depth > 1 else (i + base, j + base)
                        shown, wanted = written(cell.value), written(right)
                        message = f"the {stack.role}'s {spelled(index)} is {shown}, and the problem's is {wanted}"
                        fix = written(right) if right >= 0 and cell.value >= 0 else None
                        yield Finding(
                            cell.start, cell.end, "terms", written(cell.value), written(right), message, index, fix=fix
                        )  # fmt: skip


def tensor_of(solved: Solved, name: str, stack: Stack) -> list[list[list[Any]]] | None:
    """The problem's tensor of this name as planes of the stack's shape; None where it has another."""
    value = solved.views.get(name, solved.problem.get(name))
    cells = dict(flat(value, ())) if isinstance(value, list) else {}
    if len(cells) != stack.depth * stack.shape[0] * stack.shape[1] or not cells:
        return None
    sizes = [max(axis) + 1 for axis in zip(*cells, strict=True)]
    if tuple(([1, *sizes])[-2:]) != stack.shape:
        return None
    numbers = [exact(v) for v in cells.values()]
    rows, columns = stack.shape
    return [
        [numbers[(plane * rows + i) * columns : (plane * rows + i + 1) * columns] for i in range(rows)]
        for plane in range(stack.depth)
    ]  # fmt: skip


def settings_against(text: str, start: int, stop: int, solved: Solved) -> Iterator[Finding]:
    """Settings that the text names with another number than the problem has."""
    for match in SETTING.finditer(text, start, stop):
        name = match[1].replace("\\", "").replace(" ", "_").lower()
        right = told(solved.problem, name)
        wanted = [int(v) for _, v in flat(right, ())] if isinstance(right, int | list) else []
        numbers = list(DIGITS.finditer(text, *match.span(2)))
        wanted = wanted * len(numbers) if len(wanted) == 1 and "×" in match[2] else wanted
        if len(numbers) != len(wanted):
            continue
        for number, value in zip(numbers, wanted, strict=True):
            if int(number[0]) != value:
                message = f"{name} is {right}, not {match[2]}"
                yield Finding(*number.span(), "value", number[0], str(value), message, fix=str(value))


def told(problem: Mapping[str, object], name: str) -> object:
    """What the problem says under a name of a setting; unless told, a pool's stride is its window."""
    other = {"window": ("kernel_size", "kernel"), "stride": ("kernel_size",)}.get(name, ())
    return next((problem[key] for key in (name, *other) if key in problem), None)


def places_against(text: str, target: Target, solved: Solved, cells: Sequence[Cell | None]) -> Iterator[Finding]:
    """Where a maximum stands, as it is told behind its value: 8, at [2,2]"""
    for line, cell in zip(target.lines, cells, strict=True):
        start, end = line.claim.statement
        match = PLACE.search(text, start, min(end + 60, len(text)))
        step = solved.steps.get(cell) if cell is not None else None
        if match is None or step is None or step.argmax is None or "\n" in text[end : match.start()]:
            continue
        shown = tuple(int(part) for part in match[1].split(","))
        right = tuple(i + target.base for i in step.argmax)
        if shown != right[-len(shown) :]:
            message = f"the maximum stands at {spelled(right)}, not at {spelled(shown)}"
            fix = spelled(right)[1:-1]
            yield Finding(match.start(1), match.end(1), "value", match[1], fix, message, line.claim.cell, fix=fix)
