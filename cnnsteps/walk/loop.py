"""The loop on a terminal: draw, wait for a key or the clock, go on."""

from __future__ import annotations

import time

from cnnsteps.walk.keys import Background, Event, Key
from cnnsteps.walk.model import Walk
from cnnsteps.walk.pages import LEAST, Pages
from cnnsteps.walk.sinks import Recording
from cnnsteps.walk.state import SPEEDS, State
from cnnsteps.walk.terminal import Terminal


class Session:
    """One walk, from its first screen to its last."""

    def __init__(self, walk: Walk, terminal: Terminal, recording: Recording | None, asks: bool) -> None:
        self.walk, self.terminal, self.recording, self.asks = walk, terminal, recording, asks
        self.pages = Pages(walk, terminal.look.brackets)
        self.screen = self.pages.screen(walk.begin(), terminal.size)

    def run(self, state: State) -> State:
        self.draw(state)
        deadline = None
        while not state.ended:
            was = state
            try:
                events = list(self.terminal.events(deadline))
            except EOFError:
                return state
            for event in events:
                state = self.handled(state, event)
            if deadline is not None and time.monotonic() >= deadline:
                state, deadline = self.walk.tick(state), None
            if not state.playing:
                deadline = None
            elif deadline is None or not was.playing:
                deadline = time.monotonic() + 1 / SPEEDS[state.speed]
            resized = self.terminal.changed_size()
            if resized and self.recording is not None:
                self.recording.resized(self.terminal.size)
            if not state.ended and (resized or state != was or not self.terminal.lines):
                self.draw(state)
        return state

    def handled(self, state: State, event: Event) -> State:
        if isinstance(event, Background):
            if self.asks:
                self.terminal.relook(self.terminal.look.on(event.is_light))
            return state
        if state.ended:
            return state
        if isinstance(event, Key):
            if self.too_small:
                return state._replace(ended=event.name == "q")
            return self.walk.press(state, event)
        return self.walk.click(state, event, self.screen)

    @property
    def too_small(self) -> bool:
        size = self.terminal.size
        return size.columns < LEAST.columns or size.rows < LEAST.rows

    def draw(self, state: State) -> None:
        self.screen = self.pages.screen(state, self.terminal.size)
        self.terminal.show(self.screen)
