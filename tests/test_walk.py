"""The walk without a terminal: where keys lead, and that what is shown is what the solution says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from cnnsteps.formats.terminal import columns
from cnnsteps.model.selection import Selection
from cnnsteps.model.solution import Limits
from cnnsteps.problems.problem import read_problem
from cnnsteps.reading.source import Source
from cnnsteps.render.options import render_options
from cnnsteps.walk.actions import ACTIONS, by_key
from cnnsteps.walk.chapters import chapters_of
from cnnsteps.walk.expression import expression
from cnnsteps.walk.keys import Background, Decoder, Event, Key, Mouse
from cnnsteps.walk.model import Walk
from cnnsteps.walk.moves import Setting
from cnnsteps.walk.pages import LEAST, Pages
from cnnsteps.walk.quiz import HOW, Verdict, judged
from cnnsteps.walk.screen import Size
from cnnsteps.walk.state import State
from cnnsteps.walk.step import Value
from cnnsteps.walk.writing import Writing
from tests.cases import Case, cases, names
from tests.problems import PLAIN, convs, pools
from tests.running import as_json, render

WIDE = Size(100_000, 200)
RGB = {
    "type": "conv", "title": "Colours", "padding": 1, "bias": [1, -2],
    "input": [[[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[0, 1, 0], [1, 0, 1], [0, 1, 0]]],
    "kernel": [[[[1, 0], [0, -1]], [[2, 2], [2, 2]]], [[[0, 1], [1, 0]], [[1, 1], [0, 0]]]],
}  # fmt: skip
EVEN = [case for case in cases() if not case.options]


def walk_of(problem: Mapping[str, object] | str, base: int = 1, digits: int | None = None, quiz: bool = False) -> Walk:
    source = Source("problem.json", problem if isinstance(problem, str) else as_json(problem))
    solution = read_problem(source).solve(Limits())
    chapters = chapters_of(solution, Selection(solution.output_shape), base)
    return Walk(
        chapters,
        Writing(render_options({"digits": digits}), solution),
        Setting(base, digits, solution.title or ""),
        quiz,
    )


def press(walk: Walk, state: State, *keys: str) -> State:
    for key in keys:
        state = walk.press(state, Key(key))
    return state


def shown(walk: Walk, state: State) -> str:
    return Pages(walk, brackets=True).screen(state, Size(80, 24)).text()


def expansions(walk: Walk) -> list[str]:
    """Every step of every chapter, whole, as the walk writes it."""
    found = []
    pages = Pages(walk, True)
    for n, chapter in enumerate(walk.chapters):
        for at in range(chapter.total if chapter.steps is not None else 0):
            state = walk.at(walk.entered(walk.begin(), n), at)
            (line,) = expression(walk.step(state), pages.name(state), state.stage, 10**9, 1, False, walk.writing)
            found.append("".join(span.text for span in line))
    return found


def squeezed(text: str) -> str:
    return "".join(text.split())


class TestAgreement:
    """The terminal's own page is the yardstick: each of its expansions is a step of the walk."""

    @pytest.mark.parametrize("case", EVEN, ids=names(EVEN))
    def test_goldens(self, case: Case) -> None:
        printed = {squeezed(line) for line in case.outputs["terminal"].splitlines()}
        walk = walk_of(case.problem)
        steps = expansions(walk)
        # A long number is shortened on the screen, and only there.
        told = walk.chapters[0].solution.kind != "dropout"
        missing = [step for step in steps if told and "…" not in step and squeezed(step) not in printed]
        assert not missing
        assert steps or all(chapter.steps is None for chapter in walk.chapters)

    @settings(max_examples=40)
    @given(convs(PLAIN) | pools(PLAIN))
    def test_drawn_problems(self, problem: dict[str, Any]) -> None:
        printed = {squeezed(line) for line in render(problem, "terminal").splitlines()}
        assert not [step for step in expansions(walk_of(problem)) if squeezed(step) not in printed]

    @settings(max_examples=40)
    @given(convs(PLAIN) | pools(PLAIN))
    def test_sums_so_far_end_in_the_value(self, problem: dict[str, Any]) -> None:
        """The last running total, over the count where it is an average, is the value."""
        walk = walk_of(problem)
        state = walk.begin()._replace(mode="step")
        for at in range(min(walk.chapters[0].total, 6)):
            step = walk.step(walk.at(state, at))
            if step.terms and step.fold != "powers":
                total = Fraction(*step.sofar[-1].total[:2]) / (len(step.terms) if step.fold == "average" else 1)
                assert total == Fraction(*step.answer[:2])

    @settings(max_examples=30)
    @given(convs(PLAIN) | pools(PLAIN))
    def test_every_screen_fits(self, problem: dict[str, Any]) -> None:
        walk = walk_of(problem)
        state = walk.begin()
        for size in (Size(*LEAST), Size(80, 24), Size(230, 60)):
            for keys in ([], ["right"] * 3, ["n"], ["end"], ["o"], ["?"]):
                screen = Pages(walk, True).screen(press(walk, state, *keys), size)
                assert len(screen.lines) == size.rows
                assert max(columns(line) for line in screen.text().splitlines()) <= size.columns


class TestLit:
    """What is in brackets in a matrix is what the sum has, in its order."""

    @pytest.mark.parametrize("case", EVEN, ids=names(EVEN))
    def test_terms_stand_where_they_are_read(self, case: Case) -> None:
        walk = walk_of(case.problem)
        for n, chapter in enumerate(walk.chapters):
            if chapter.steps is None:
                continue
            state = walk.at(walk.entered(walk.begin(), n), chapter.total - 1)
            scene = walk.scene(state)
            for column, operand in scene.operands.items():
                value, place = scene.step.value(column), scene.step.at(column)
                drawn = operand.tensor
                assert Fraction(int(drawn.num.reshape(-1)[place]), drawn.den) == Fraction(*value[:2])

    def test_the_window_of_a_mark_that_padding_does_not_count_for(self) -> None:
        """Max pooling with padding lights the whole window, −∞ included."""
        walk = walk_of({"type": "pool", "input": [[1, 2], [3, 4]], "kernel_size": 2, "stride": 2, "padding": 1})
        text = shown(walk, walk.begin())
        assert text.count("[-∞]") == 3
        # Numbered from the input's own first place, as the maximum's place is.
        assert "rows 0–1, columns 0–1" in text
        assert "x[1,1] = 1" in text
        assert "at [1,1]" in shown(walk, press(walk, walk.begin(), "enter"))
        assert "<1>" in squeezed(text)

    def test_window_and_weight(self) -> None:
        walk = walk_of({"type": "conv", "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "kernel": [[1, 0], [0, -1]]})
        state = press(walk, walk.begin(), "n", "left", "left", "left")
        lines = shown(walk, state).splitlines()
        (top,) = [line for line in lines if line.startswith("1 ⎡")]
        assert "1 [2]<3>" in top
        assert "[ 1]< 0>" in top
        assert "rows 1–2, columns 2–3" in lines[2]
        assert "product 2 of 4  x[1,3] × w[1,2] = 3 × 0 = 0   sum so far: 2 + 0 = 2" in lines


class TestKeys:
    def test_terms_go_on_into_the_next_step(self) -> None:
        walk = walk_of(RGB)
        state = walk.begin()
        assert (state.mode, state.at, state.stage) == ("step", 0, 1)
        stages = walk.stages(state)
        state = press(walk, state, *["right"] * (stages - 1))
        assert (state.at, state.stage, walk.is_whole(state)) == (0, stages, True)
        state = press(walk, state, "right")
        assert (state.at, state.stage) == (1, 1)
        assert press(walk, state, "left").stage == stages
        assert press(walk, state, "enter").stage == stages

    def test_cells_rows_and_ends(self) -> None:
        walk = walk_of(RGB)
        state = walk.begin()
        assert press(walk, state, "n", "n").at == 2
        assert press(walk, state, "n", "n", "p").at == 1
        assert press(walk, state, "down").at == 4
        assert press(walk, state, "n", "down", "up").at == 1
        assert press(walk, state, "end").at == 31
        assert press(walk, state, "end", "home").at == 0
        assert press(walk, state, "p").message == "This is the first step."
        assert press(walk, state, "end", "n").message == "This was the last step."

    def test_filters_and_channels(self) -> None:
        walk = walk_of(RGB)
        state = press(walk, walk.begin(), "n", "f")
        assert (state.at, "filter 2 of 2" in shown(walk, state)) == (17, True)
        assert press(walk, state, "f").at == press(walk, state, "F").at == 1
        assert "batch item" in press(walk, state, "b").message
        state = press(walk, state, "c", "c")
        assert "channel 2 of 2" in shown(walk, state)
        assert "channel 1 of 2" not in shown(walk, state)

    @pytest.mark.parametrize(("typed", "at"), [("2,3", 6), ("2,2,3", 22), ("1,4,4", 15)])
    def test_goto(self, typed: str, at: int) -> None:
        walk = walk_of(RGB)
        state = press(walk, walk.begin(), "g", *typed, "enter")
        assert (state.mode, state.at) == ("step", at)

    def test_goto_nowhere(self) -> None:
        walk = walk_of(RGB)
        state = press(walk, walk.begin(), "g", *"9,9", "enter")
        assert (state.at, state.role) == (0, "wrong")
        assert "from 1,1,1 to 2,4,4" in state.message
        assert press(walk, walk.begin(), "g", "2", "escape").mode == "step"

    def test_index_base(self) -> None:
        walk = walk_of(RGB, base=0)
        state = press(walk, walk.begin(), "g", *"0,1,2", "enter")
        assert state.at == 6
        assert "Val[0,1,2]" in shown(walk, state)

    def test_playing(self) -> None:
        walk = walk_of(RGB)
        state = press(walk, walk.begin(), "space")
        assert state.playing
        assert walk.tick(state).stage == 2
        faster = press(walk, state, "+")
        assert faster.speed == state.speed + 1
        assert press(walk, faster, "-").speed == state.speed
        assert walk.tick(press(walk, state, "space")).stage == 1
        over = walk.tick(press(walk, state, "end"))
        assert not over.playing

    def test_overview_moves(self) -> None:
        walk = walk_of(RGB)
        state = press(walk, walk.begin(), "o", "down", "right")
        assert (state.mode, state.at) == ("overview", 5)
        assert press(walk, state, "enter").mode == "step"

    def test_every_action_is_there_and_every_key_has_one(self) -> None:
        walk = walk_of(RGB)
        assert {action.does for action in ACTIONS} == set(walk.does)
        assert len(by_key()) == sum(len(action.keys) for action in ACTIONS)

    def test_help_names_every_key(self) -> None:
        walk = walk_of(RGB)
        text = shown(walk, press(walk, walk.begin(), "?"))
        assert all(action.doc[:25] in text for action in ACTIONS)

    def test_the_mouse(self) -> None:
        walk = walk_of(RGB)
        state = walk.begin()
        screen = Pages(walk, True).screen(state, Size(120, 30))
        cell = next(s for s in screen.spots if s.does == "cell")
        moved = walk.click(state, Mouse(cell.row, cell.first + 2 * cell.step), screen)
        assert moved.at == 2
        term = [s for s in screen.spots if s.does == "term" and s.of == "Kernel"][1]
        assert walk.click(state, Mouse(term.row, term.first + term.step), screen).stage == 4
        word = next(s for s in screen.spots if s.does == "help")
        assert walk.click(state, Mouse(word.row, word.first), screen).mode == "help"
        assert walk.click(state, Mouse(0, 0, 1), screen).stage == 2
        assert walk.click(state, Mouse(29, 119), screen) == state


class TestChapters:
    def test_gradients_are_chosen_from_a_list(self) -> None:
        problem = {**RGB, "backward": {"grad_output": [[[1] * 4] * 4] * 2}}
        walk = walk_of(problem)
        state = walk.begin()
        assert state.mode == "list"
        text = shown(walk, state)
        assert all(f"The gradient of the {word}" in text for word in ("input", "kernel", "bias"))
        state = press(walk, state, "down", "down", "enter")
        assert (state.mode, state.chapter) == ("step", 2)
        assert "∂L/∂w[1,1,1,1]" in shown(walk, state)
        assert press(walk, state, "m").mode == "list"

    def test_layers_of_a_network(self) -> None:
        layers = [{"type": "conv", "kernel": [[1, -1]]}, {"type": "relu", "name": "bend"}, {"type": "softmax"}]
        walk = walk_of({"type": "network", "input": [[1, 2, 0], [3, 1, 1]], "layers": layers})
        assert [chapter.title for chapter in walk.chapters] == ["conv1: Convolution", "bend: ReLU", "softmax1: Softmax"]
        state = press(walk, walk.begin(), "down", "enter")
        assert "Val[1,1] = max(0, -1)" in shown(walk, state)
        assert press(walk, state, "end", "n").mode == "list"

    def test_formulas_of_a_size(self) -> None:
        walk = walk_of({"type": "size", "input": 227, "kernel": 11, "stride": 4})
        state = press(walk, walk.begin(), "end")
        assert "= (227 − 11 + 2×0)/4 + 1 = 216/4 + 1 = 55" in " ".join(shown(walk, state).split())

    def test_steps_too_long_to_write(self) -> None:
        walk = walk_of({"type": "pool", "input": [[1] * 300] * 300, "global": True})
        assert "too many numbers" in shown(walk, walk.begin())


class TestQuiz:
    KERNEL: Mapping[str, object] = {"type": "conv", "input": [[1, 2], [3, 4]], "kernel": [[2]]}

    def test_the_value_is_hidden_until_it_is_typed(self) -> None:
        walk = walk_of(RGB, quiz=True)
        state = press(walk, walk.begin(), "enter")
        text = shown(walk, state)
        assert "= ?" in " ".join(text.split())
        assert "so far" not in text
        assert "Your answer:" in text
        value = walk.writing.number(walk.step(state).answer).text
        state = press(walk, state, *value, "enter")
        assert state.message == f"Right: {value}"
        assert walk.is_whole(state)
        assert state.quiz is not None
        assert state.quiz.right == 1

    def test_a_second_try_does_not_count(self) -> None:
        walk = walk_of(self.KERNEL, quiz=True)
        state = press(walk, walk.begin(), "9", "enter")
        assert state.message.startswith("Not 9")
        state = press(walk, state, "2", "enter")
        assert state.quiz is not None
        assert (state.quiz.right, len(state.quiz.answers)) == (0, 1)

    def test_the_score_stands_at_the_end(self) -> None:
        walk = walk_of(self.KERNEL, quiz=True)
        state = walk.begin()
        for value in "2468":
            state = press(walk, state, value, "enter", "right")
        assert state.mode == "score"
        text = shown(walk, state)
        assert "4 of 4 right at the first try" in text
        assert "All of them!" in text
        assert press(walk, state, "q").ended

    def test_being_told(self) -> None:
        walk = walk_of(self.KERNEL, quiz=True)
        state = press(walk, walk.begin(), "enter")
        assert "Enter again" in state.message
        state = press(walk, state, "enter")
        assert state.message == "It is 2."
        assert press(walk, state, "q").mode == "score"

    def test_no_screen_tells_the_value(self) -> None:
        """A value that stands nowhere else stays unseen, in the overview as well."""
        walk = walk_of(
            {"type": "pool", "mode": "average", "input": [[100, 201], [302, 404]], "kernel_size": 2}, quiz=True
        )
        state = walk.begin()
        for keys in (["enter"], ["o"], ["right"] * 9, ["end"], ["space"]):
            text = shown(walk, press(walk, state, *keys))
            assert "251.75" not in text
            assert "1007" not in text

    @pytest.mark.parametrize(
        ("typed", "value", "right"),
        [
            ("15", Value(15, 1), True), ("15.0", Value(15, 1), True), ("+15", Value(15, 1), True),
            ("-2.5", Value(-5, 2), True), ("-5/2", Value(-5, 2), True), ("2,5", Value(5, 2), True),
            ("−3", Value(-3, 1), True), (".5", Value(1, 2), True), ("-.5", Value(-1, 2), True),
            ("1/3", Value(1, 3), True), ("0.33", Value(1, 3), 2), ("0.3", Value(1, 3), False),
            ("0,333", Value(1, 3), 3), ("0.33000", Value(1, 3), False),
            ("0.34", Value(1, 3), False), ("4.2", Value(17, 4), False), ("14", Value(15, 1), False),
            ("1.41", Value(141421356, 10**8, True), 2), ("1.42", Value(141421356, 10**8, True), False),
            ("x", Value(1, 1), None), ("", Value(0, 1), None), ("1/0", Value(1, 1), None), ("-", Value(0, 1), None),
            ("1e5", Value(10**5, 1), None),
        ],
    )  # fmt: skip
    def test_answers(self, typed: str, value: Value, right: bool | int | None) -> None:
        """`right` is a number of places where the answer is right to so many."""
        rounded = type(right) is int
        expected = None if right is None else Verdict(True, right) if rounded else Verdict(bool(right))
        assert judged(typed, value, None) == expected

    @pytest.mark.parametrize(
        ("given", "typed", "said"),
        [
            ("1/3", "0.33", "Right to 2 places: exactly it is 1/3."), ("1/3", "1/3", "Right: 1/3"),
            ("0.125", "1/8", "Right: 0.125"),
        ],
    )  # fmt: skip
    def test_a_rounded_value_is_told_to_be_so(self, given: str, typed: str, said: str) -> None:
        walk = walk_of({"type": "conv", "input": [[given]], "kernel": [[1]]}, quiz=True)
        assert press(walk, walk.begin(), *typed, "enter").message == said

    def test_what_is_shown_rounded_is_told_exactly(self) -> None:
        walk = walk_of({"type": "conv", "input": [["17/4"]], "kernel": [[1]]}, digits=1, quiz=True)
        state = press(walk, walk.begin(), *"4.3", "enter")
        assert state.message == "Right to 1 place: exactly it is 4.25."

    def test_a_root_is_never_exact(self) -> None:
        walk = walk_of({"type": "pool", "mode": "lp", "input": [[1, 1]], "kernel_size": [1, 2]}, quiz=True)
        state = press(walk, walk.begin(), *"1.41", "enter")
        assert state.message == "Right to 2 places: it is irrational, about 1.4142."

    def test_the_first_screen_says_how_it_works(self) -> None:
        walk = walk_of(self.KERNEL, quiz=True)
        assert HOW in shown(walk, walk.begin())
        assert HOW not in shown(walk, press(walk, walk.begin(), "2", "enter", "right"))
        assert HOW not in shown(walk_of(self.KERNEL), walk_of(self.KERNEL).begin())

    def test_of_several_chapters_the_list_says_it_and_the_first_step(self) -> None:
        walk = walk_of({"type": "network", "input": [[1, 2]], "layers": [{"type": "relu"}, {"type": "flatten"}]},
                       quiz=True)  # fmt: skip
        assert walk.begin().mode == "list"
        assert HOW in shown(walk, walk.begin())
        assert HOW in shown(walk, press(walk, walk.begin(), "enter"))


class TestDecoder:
    """Keys as terminals send them, whole or in pieces."""

    @pytest.mark.parametrize(
        ("data", "events"),
        [
            (b"\x1b[C\x1b[D", [Key("right"), Key("left")]),
            (b"\x1bOA", [Key("up")]),
            (b"\x1b[1;5C", [Key("right")]),
            (b"\x1b[H\x1b[4~\x1b[Z", [Key("home"), Key("end"), Key("backtab")]),
            (b"n\r\x7f ", [Key("n"), Key("enter"), Key("backspace"), Key("space")]),
            (b"\x1b[<0;5;3M\x1b[<0;5;3m", [Mouse(2, 4)]),
            (b"\x1b[<64;1;1M\x1b[<65;1;1M", [Mouse(0, 0, -1), Mouse(0, 0, 1)]),
            (b"\x1b]11;rgb:ffff/ffff/dddd\x1b\\", [Background(True)]),
            (b"\x1b]11;rgb:10/20/30\x07q", [Background(False), Key("q")]),
            (b"\x1b[?1;2c", []),
            ("é→".encode(), [Key("é"), Key("→")]),
        ],
    )
    def test_whole_and_in_pieces(self, data: bytes, events: list[Event]) -> None:
        assert list(Decoder().feed(data)) == events
        decoder = Decoder()
        assert [event for byte in data for event in decoder.feed(bytes([byte]))] == events
        assert not decoder.waits

    def test_escape_alone(self) -> None:
        decoder = Decoder()
        assert list(decoder.feed(b"\x1b")) == []
        assert decoder.waits
        assert list(decoder.timeout()) == [Key("escape")]
        assert not decoder.waits

    def test_nonsense_is_passed_over(self) -> None:
        decoder = Decoder()
        found = [*decoder.feed(b"\x1b[" + b"9" * 200 + b"\xff\xfezq\x1b]7;")]
        assert found == [Key("q")]
        found = [*decoder.feed(b"x" * 100 + b"q")]
        assert found == []
        assert [*decoder.timeout(), *decoder.feed(b"q")] == [Key("q")]


def test_untrusted_titles_are_shown_and_not_sent() -> None:
    walk = walk_of({**RGB, "title": "\x1b]0;evil\x07 \u202e[b]x"})
    text = shown(walk, walk.begin())
    assert "\x1b" not in text
    assert "\\x1b]0;evil\\x07 \\u202e[b]x" in text


def test_a_template_of_ones_own(tmp_path: Any) -> None:
    """The notation is the terminal template's."""
    from cnnsteps.render.shipped import shipped

    text = (shipped() / "terminal.jinja").read_text("utf-8")
    (tmp_path / "terminal.jinja").write_text(text.replace("Val[", "Y[").replace('"×"', '"·"'), "utf-8")
    walk = walk_of(RGB)
    walk.writing = Writing(render_options({"template": tmp_path}))
    text = shown(walk, press(walk, walk.begin(), "right"))
    assert "Y[1,1,1] = (0·1 + 0·0" in text
    assert "x[1,1,2] · w[1,1,1,2] = 0 · 0 = 0" in text


def test_larger_than_the_screen() -> None:
    """The window is in view wherever the step is, and dotted edges say that there is more."""
    big = {"type": "conv", "input": [[i * 64 + j for j in range(64)] for i in range(64)], "kernel": [[1, 0], [0, 2]]}
    walk = walk_of(big)
    for at in (0, 31, 62, 2000, 63 * 63 - 1):
        text = shown(walk, walk.at(walk.begin(), at))
        i, j = divmod(at, 63)
        assert f"[{i * 64 + j:4}][{i * 64 + j + 1:4}]" in text
        assert re.search("⋮", text)
