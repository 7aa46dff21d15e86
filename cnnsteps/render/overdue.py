"""The end of a template that never ends."""

from __future__ import annotations

TOO_LONG = "this never seems to end and was stopped", "a loop or a macro that calls itself may be the cause"


class Overdue(BaseException):
    """The time is over; no `except Exception` on the way may keep it."""
