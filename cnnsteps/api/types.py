"""The types that the functions take and give."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Exact: TypeAlias = int | Fraction | float
"""int where it is whole, else Fraction; a float is irrational, and the nearest to it."""

Number: TypeAlias = "int | float | str | Fraction | Decimal"
"""A float means what Python prints: 0.1 is one tenth. A string holds a fraction, "1/3"."""

Numbers: TypeAlias = "ArrayLike | Number | Sequence[Numbers]"
"""A matrix or tensor: nested lists or tuples, a NumPy array, a PyTorch tensor, or anything with `__array__`."""

Sizes: TypeAlias = "int | Sequence[int]"
"""One whole number for every dimension, or one for each."""

Padding: TypeAlias = "int | Sequence[int] | Sequence[Sequence[int]] | str"
"""A number, one a dimension, pairs (before, after), "valid", "same", "same_upper" or "same_lower"."""

Letters: TypeAlias = "str | Sequence[int | str]"
"""A letter in the place of a size, or "?" for the one that is sought; or one for each dimension, numbers among them."""

Array: TypeAlias = "NDArray[Any]"
Dims: TypeAlias = Literal[1, 2, 3]
PaddingMode: TypeAlias = Literal["zeros", "reflect", "replicate", "circular"]
