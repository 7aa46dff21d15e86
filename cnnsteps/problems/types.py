"""The types of problems: every operator, and the network."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import cnnsteps.networks as networks
import cnnsteps.operators as operators
from cnnsteps.operators import About

if TYPE_CHECKING:
    from cnnsteps.operators._contract import Operator

NETWORK = "network"


def names() -> list[str]:
    """All types, in alphabetical order."""
    return sorted([*operators.names(), NETWORK])


def load(name: str) -> Operator:
    """The type's module; imported only when a problem needs it."""
    return networks.load() if name == NETWORK else operators.load(name)


@cache
def about(name: str) -> About:
    """What the type says of itself, without importing it."""
    return operators.about_in(networks.NETWORK) if name == NETWORK else operators.about(name)


def aliases() -> dict[str, tuple[str, ...]]:
    """What other libraries call each type; imports them all, for a mistake."""
    return {name: operators.aliases(load(name)) for name in names()}
