"""cnnsteps: the matrix problems of convolutional networks, worked out exactly, every step written down.

>>> import cnnsteps
>>> print(cnnsteps.conv([[1, 2], [3, 4]], [[1, 0], [0, 1]]).steps[0, 0])
Val[1,1] = 1×1 + 2×0 + 3×0 + 4×1 = 5
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from cnnsteps.api.checking import check as check
    from cnnsteps.api.files import load as load
    from cnnsteps.api.layers import batch_norm as batch_norm
    from cnnsteps.api.layers import dropout as dropout
    from cnnsteps.api.layers import flatten as flatten
    from cnnsteps.api.layers import leaky_relu as leaky_relu
    from cnnsteps.api.layers import linear as linear
    from cnnsteps.api.layers import relu as relu
    from cnnsteps.api.layers import sigmoid as sigmoid
    from cnnsteps.api.layers import softmax as softmax
    from cnnsteps.api.layers import tanh as tanh
    from cnnsteps.api.problems import network as network
    from cnnsteps.api.problems import size as size
    from cnnsteps.api.problems import solve as solve
    from cnnsteps.api.solution import Gradient as Gradient
    from cnnsteps.api.solution import Layer as Layer
    from cnnsteps.api.solution import Solution as Solution
    from cnnsteps.api.step import Step as Step
    from cnnsteps.api.steps import Steps as Steps
    from cnnsteps.api.windows import adaptive_avg_pool as adaptive_avg_pool
    from cnnsteps.api.windows import adaptive_max_pool as adaptive_max_pool
    from cnnsteps.api.windows import avg_pool as avg_pool
    from cnnsteps.api.windows import conv as conv
    from cnnsteps.api.windows import conv_transpose as conv_transpose
    from cnnsteps.api.windows import lp_pool as lp_pool
    from cnnsteps.api.windows import max_pool as max_pool
    from cnnsteps.api.windows import pool as pool
    from cnnsteps.errors import CnnstepsError as CnnstepsError
    from cnnsteps.errors import InputError as InputError
    from cnnsteps.errors import Mistake as Mistake
    from cnnsteps.errors import OutputError as OutputError
    from cnnsteps.errors import TemplateError as TemplateError
    from cnnsteps.errors import UsageError as UsageError

HOMES = {
    "api.checking": ("check",),
    "api.files": ("load",),
    "api.layers": (
        "batch_norm", "dropout", "flatten", "leaky_relu", "linear", "relu", "sigmoid", "softmax", "tanh",
    ),
    "api.problems": ("network", "size", "solve"),
    "api.solution": ("Gradient", "Layer", "Solution"),
    "api.step": ("Step",),
    "api.steps": ("Steps",),
    "api.windows": (
        "adaptive_avg_pool", "adaptive_max_pool", "avg_pool", "conv", "conv_transpose", "lp_pool", "max_pool", "pool",
    ),
    "errors": ("CnnstepsError", "InputError", "Mistake", "OutputError", "TemplateError", "UsageError"),
}  # fmt: skip
"""Where the public names live. The command line imports this module: what a name needs is imported with it."""

__all__ = ["__version__", *sorted(name for names in HOMES.values() for name in names)]

if not TYPE_CHECKING:

    def __getattr__(name):
        """A public name, imported when it is first used; or an operator that has no function of its own yet."""
        from importlib import import_module

        from cnnsteps.problems.types import names as types

        home = next((home for home, names in HOMES.items() if name in names), None)
        if home is None and name not in types():
            raise AttributeError(f"module 'cnnsteps' has no attribute {name!r}")
        if home is None:
            return import_module("cnnsteps.api.calls").function_of(name)
        if home.startswith("api."):
            # As on the command line: from a shallow stack.
            import numpy  # noqa: F401
        found = globals()[name] = getattr(import_module(f"cnnsteps.{home}"), name)
        return found

    def __dir__():
        """The public names alone, with the operators that have no function of their own yet."""
        from cnnsteps.problems.types import names as types

        return sorted({*__all__, *types()})
