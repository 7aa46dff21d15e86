"""Lines alone, without a matrix: what their windows imply, and which terms do not fit."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cnnsteps.checking.check import check, read
from cnnsteps.checking.inferred import inferred, placed
from tests.running import ROOT, render

HOMEWORK = (ROOT / "samples" / "homework" / "homework.md").read_text("utf-8")


def problem(rng: random.Random) -> dict[str, object]:
    """No zeros at the rim, which would be taken for padding."""
    n, k = rng.randint(5, 7), rng.choice((2, 3))
    x = [[rng.randint(1, 99) for _ in range(n)] for _ in range(n)]
    w = [[rng.choice((-2, -1, 1, 2, 3)) for _ in range(k)] for _ in range(k)]
    stride = rng.choice((1, 2)) if k == 3 else 1
    return {"type": "conv", "input": x, "kernel": w, "stride": stride, "padding": rng.choice((0, 1)) * (stride == 1)}


def lines_of(given: dict[str, object], **options: Any) -> str:
    text = render(given, "markdown", **options)
    return text[text.index("\\begin{aligned}") : text.rindex("\\end{aligned}")]


@pytest.mark.parametrize("seed", range(30))
def test_input_kernel_stride_and_padding_are_implied(seed: int) -> None:
    given = problem(random.Random(seed))
    text = lines_of(given, index_base=seed % 2)
    (target,) = read(text).targets
    found = inferred(target)
    assert found is not None
    kernel, image, padding = given["kernel"], given["input"], given["padding"]
    assert isinstance(kernel, list)
    assert isinstance(image, list)
    assert isinstance(padding, int)
    assert found.kernel == tuple(value for row in kernel for value in row)
    assert (found.stride, found.padding) == (given["stride"], padding)
    for (i, j), vote in found.votes.items():
        row, column = i - padding, j - padding
        inside = 0 <= row < len(image) and 0 <= column < len(image)
        assert list(vote) == [image[row][column] if inside else 0]
    assert check(text).remarks == []


@pytest.mark.parametrize("seed", range(30))
def test_a_term_that_does_not_fit_is_named(seed: int) -> None:
    """A number that at least three lines read, changed in one of them."""
    rng = random.Random(seed)
    given = problem(rng) | {"stride": 1}
    text = lines_of(given)
    (target,) = read(text).targets
    found = inferred(target)
    assert found is not None
    line = target.lines[len(target.lines) // 2]
    terms = [pair for place, pair in placed(line, 1, found.side, 1) if found.votes[place].total() > 2]
    start, end = line.claim.spans()[rng.choice(terms).slots[0]]
    changed = f"{text[:start]}{int(text[start:end]) + 500}{text[end:]}"
    (implied, misfit) = (remark.message for remark in check(changed).remarks)
    assert implied.startswith("the windows imply")
    assert f"{int(text[start:end]) + 500}×" in misfit
    assert f"does not fit the other lines, {text[start:end]}×" in misfit


def test_the_homework_alone_names_the_terms_that_its_sheet_finds() -> None:
    """As remarks: it is no mistake against a problem that it does not give."""
    remarks = [r.message for r in check(HOMEWORK).remarks if "does not fit" in r.message]
    assert [message.partition(":")[0] for message in remarks] == ["Val[3,1]", "Val[3,4]", "Val[4,1]"]
    implied = [r.message for r in check(HOMEWORK).remarks if r.message.startswith("the windows imply")]
    assert implied == ["the windows imply a 4×4 input, the kernel [2 0 1] [0 1 2] [1 0 2], stride 1 and padding 1"]


@pytest.mark.parametrize(
    "text",
    [
        "Y[1,1] = 1*2 + 3*4 = 14\nY[1,2] = 5*2 + 6*4 = 34\n",
        "".join(f"Y[{i},{j}] = {i}*1 + {j}*2 + 3*3 + 4*4 = {i + 2 * j + 25}\n" for i in (1, 2) for j in (1, 2)),
    ],
)
def test_lines_that_do_not_overlap_imply_nothing(text: str) -> None:
    assert check(text).remarks == []
