"""`NamedTuple`: `typing.NamedTuple` to type checkers, and a lighter maker of the same classes when it runs.

A small problem imports a hundred such classes. Python's own maker takes 0.9 million instructions for one, most of
them to compile a constructor and to make six methods; ours takes 0.1: the methods are inherited, and a constructor
takes its code from one with as many fields, with the names of its own put in.
"""

from __future__ import annotations

from collections import _tuplegetter, namedtuple  # type: ignore[attr-defined]
from collections.abc import Iterable
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, Self

new = tuple.__new__
CONSTRUCTORS = (
    lambda cls: new(cls, ()),
    lambda cls, a: new(cls, (a,)),
    lambda cls, a, b: new(cls, (a, b)),
    lambda cls, a, b, c: new(cls, (a, b, c)),
    lambda cls, a, b, c, d: new(cls, (a, b, c, d)),
    lambda cls, a, b, c, d, e: new(cls, (a, b, c, d, e)),
    lambda cls, a, b, c, d, e, f: new(cls, (a, b, c, d, e, f)),
    lambda cls, a, b, c, d, e, f, g: new(cls, (a, b, c, d, e, f, g)),
)
"""Those of classes with 0, 1, … fields."""


class Record(tuple[Any, ...]):
    """What all such classes inherit; a value is a tuple of its fields."""

    __slots__ = ()
    if TYPE_CHECKING:
        _fields: tuple[str, ...]
        _field_defaults: dict[str, Any]

    @classmethod
    def _make(cls, values: Iterable[Any]) -> Self:
        """One of as many values as there are fields."""
        made = new(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **changed: Any) -> Self:
        """A copy with some fields changed."""
        made = self._make(map(changed.pop, self._fields, self))
        if changed:
            raise ValueError(f"Got unexpected field names: {list(changed)!r}")
        return made

    def _asdict(self) -> dict[str, Any]:
        """The fields by their names."""
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({shown})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        """What copies and pickles are made of."""
        return tuple(self)


class Maker(type):
    """Makes a plain class of a body with annotations: not one of its own, for which isinstance would be slower."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        made: Any = type(name, (Record, *bases[1:]), {"__slots__": (), **body})
        made._fields = fields = tuple(made.__annotations__)
        made.__match_args__ = fields  # type: ignore[misc]
        made._field_defaults = {field: body[field] for field in fields if field in body}
        made.__new__ = constructor(made)
        for i, field in enumerate(fields):
            setattr(made, field, getter(i))
        made.__doc__ = made.__doc__ or f"{name}({', '.join(fields)})"
        return made


def constructor(made: type[Record]) -> Any:
    """A class's `__new__`, which takes its fields by place or by name."""
    fields, defaults = made._fields, tuple(made._field_defaults.values())
    if len(fields) < len(CONSTRUCTORS):
        code = CONSTRUCTORS[len(fields)].__code__.replace(co_varnames=("cls", *fields), co_name="__new__")
        function: Any = FunctionType(code, globals(), "__new__", defaults)
    else:
        function = namedtuple(made.__name__, fields, defaults=defaults).__new__
    function.__annotations__ = made.__annotations__
    return function


@cache
def getter(place: int) -> Any:
    """Reads a field, as fast as Python's own named tuples, for it is theirs."""
    return _tuplegetter(place, f"Alias for field number {place}")


if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: TID251
else:
    NamedTuple = type.__new__(Maker, "NamedTuple", (), {})
