"""Chains of operators; a network is a type of problem, as an operator is."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from cnnsteps.operators._contract import Operator

NETWORK = os.path.join(__path__[0], "network.py")


def load() -> Operator:
    return cast("Operator", import_module("cnnsteps.networks.network"))
