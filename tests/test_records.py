"""Our maker of named tuples against Python's: the same source, run with the one and with the other."""

from __future__ import annotations

import copy
import inspect
import pickle
import sys
import typing
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsteps import records

SOURCE = '''
from __future__ import annotations
from typing import Generic, TypeVar

T = TypeVar("T")

class Nothing(NamedTuple):
    """It has no fields."""

class Point(NamedTuple):
    x: int
    y: int = 2
    """How far up."""

    @property
    def sum(self) -> int:
        return self.x + self.y

    def moved(self, by: int) -> Point:
        return self._replace(x=self.x + by)

    @classmethod
    def origin(cls) -> Point:
        return cls(0, 0)

    @staticmethod
    def dims() -> int:
        return 2

class Own(NamedTuple):
    """It says itself how it is written."""
    x: int

    def __repr__(self) -> str:
        return f"<{self.x}>"

    def __str__(self) -> str:
        return "own"

    def __len__(self) -> int:
        return 17

class Box(NamedTuple, Generic[T]):
    """One of something."""
    inside: T
    name: str = "box"

class Shape(NamedTuple):
    inner: Box[Point]
    rest: tuple[int, ...] = ()

class Long(NamedTuple):
    """More fields than most."""
    a: int
    b: int
    c: int
    d: int
    e: int
    f: int
    g: int = 7
    h: int = 8
    i: int = 9
'''


def module(name: str, maker: object) -> Any:
    """The source as a module of its own, so that what it defines can be pickled."""
    made = sys.modules[name] = ModuleType(name)
    vars(made)["NamedTuple"] = maker
    exec(SOURCE, vars(made))
    return made


OURS, THEIRS = module("of_ours", records.NamedTuple), module("of_theirs", typing.NamedTuple)


def both(act: Callable[[Any], object]) -> list[object]:
    """What comes of it with ours and with theirs: a value, or the type of its exception."""
    results: list[object] = []
    for made in (OURS, THEIRS):
        try:
            results.append(act(made))
        except Exception as error:
            results.append(type(error))
    return results


ACTS: dict[str, Callable[[Any], object]] = {
    "by place": lambda m: tuple(m.Point(1, 5)),
    "by name": lambda m: tuple(m.Point(y=5, x=1)),
    "by default": lambda m: tuple(m.Point(1)),
    "one that is missing": lambda m: m.Point(),
    "one too many": lambda m: m.Point(1, 2, 3),
    "one that nobody knows": lambda m: m.Point(1, z=3),
    "one given twice": lambda m: m.Point(1, x=3),
    "no fields": lambda m: (tuple(m.Nothing()), repr(m.Nothing()), bool(m.Nothing())),
    "no fields, one given": lambda m: m.Nothing(1),
    "long": lambda m: (repr(m.Long(1, 2, 3, 4, f=6, e=5)), m.Long(*range(9)).i),
    "fields": lambda m: (m.Point(1, 5).x, m.Point(1, 5).y, m.Point(1, 5)[1], m.Point(1, 5)[-2:]),
    "a field is not set": lambda m: setattr(m.Point(1), "x", 3),
    "no other attribute is set": lambda m: setattr(m.Point(1), "other", 3),
    "no dictionary": lambda m: hasattr(m.Point(1), "__dict__"),
    "unpacked": lambda m: [x + y for x, y in [m.Point(1, 5)]],
    "equal": lambda m: (m.Point(1) == (1, 2), m.Point(1) == m.Point(1, 3), m.Point(1) < m.Point(2)),
    "hash": lambda m: hash(m.Point(1)),
    "replaced": lambda m: repr(m.Point(1)._replace(y=7)),
    "replaced, one that nobody knows": lambda m: m.Point(1)._replace(z=7),
    "replaced within a method": lambda m: repr(m.Point(1).moved(4)),
    "made": lambda m: repr(m.Point._make([1, 5])),
    "made of too few": lambda m: m.Point._make([1]),
    "as a dictionary": lambda m: (m.Point(1)._asdict(), list(m.Long(*range(9))._asdict())),
    "what it knows": lambda m: [(c._fields, c._field_defaults, c.__match_args__) for c in (m.Nothing, m.Point, m.Long)],
    "written": lambda m: (repr(m.Point(1)), str(m.Point(1)), f"{m.Point(1)}", repr(m.Box(m.Point(1)))),
    "written its own way": lambda m: (repr(m.Own(1)), str(m.Own(1)), len(m.Own(1))),
    "methods": lambda m: (m.Point(1).sum, m.Point.dims(), tuple(m.Point.origin())),
    "docstrings": lambda m: (m.Own.__doc__, m.Point.__doc__, m.Point.x.__doc__, m.Point.y.__doc__),
    "signatures": lambda m: [parameters(c) for c in (m.Nothing, m.Point, m.Box, m.Long)],
    "type hints": lambda m: [str(hint).replace("of_ours", "of_theirs") for hint in hints(m)],
    "names": lambda m: (m.Point.__name__, m.Point.__qualname__, m.Point.__module__ == m.__name__),
    "a plain class": lambda m: (type(m.Point), type(m.Box), issubclass(m.Point, tuple), issubclass(m.Own, m.Point)),
    "instances": lambda m: (isinstance(m.Point(1), tuple), isinstance(m.Point(1), m.Own), isinstance((1, 2), m.Point)),
    "generic": lambda m: (repr(m.Box[int](3)), str(m.Box.__parameters__), m.Box[int].__args__),
    "a copy": lambda m: [repr(f(m.Box([m.Point(1)]))) for f in (copy.copy, copy.deepcopy)],
    "a copy's type": lambda m: type(copy.deepcopy(m.Point(1))) is m.Point,
    "a pickle": lambda m: [repr(pickle.loads(pickle.dumps(m.Shape(m.Box(m.Point(1))), p))) for p in range(6)],
    "matched by place": lambda m: matched(m, m.Point(1, 5)),
    "matched by name": lambda m: matched(m, m.Box(3)),
    "matched by none": lambda m: matched(m, (1, 5)),
    "a class of such a class": lambda m: repr(type("Sub", (m.Point,), {"more": 1})(1, 2)),
}  # fmt: skip


def parameters(made: type) -> list[object]:
    return [(p.name, p.kind, p.default) for p in inspect.signature(made).parameters.values()]


def hints(made: Any) -> list[object]:
    return [typing.get_type_hints(c) for c in (made.Point, made.Shape, made.Long)]


def matched(made: Any, value: object) -> object:
    match value:
        case made.Point(x, y):
            return "point", x, y
        case made.Box(inside=3):
            return "box"
    return None


@pytest.mark.parametrize("what", ACTS)
def test_ours_does_what_pythons_does(what: str) -> None:
    ours, theirs = both(ACTS[what])
    assert ours == theirs


@given(st.integers(0, 20), st.integers(0, 20), st.data())
def test_any_number_of_fields_and_defaults(count: int, defaults: int, data: st.DataObject) -> None:
    fields = [f"f{i}" for i in range(count)]
    body = [f"    {f}: int{f' = {10 * i}' if count - i <= defaults else ''}" for i, f in enumerate(fields)]
    source = "\n".join(["class Made(NamedTuple):", '    "Fields."', *body])
    made = []
    for maker in (records.NamedTuple, typing.NamedTuple):
        space: dict[str, Any] = {"NamedTuple": maker, "__name__": __name__}
        exec(source, space)
        made.append(space["Made"])
    places = data.draw(st.lists(st.integers(), max_size=count))
    names = data.draw(st.dictionaries(st.sampled_from([*fields, "other"]), st.integers(), max_size=4))
    results = []
    for one in made:
        try:
            results.append(repr(one(*places, **names)))
        except TypeError:
            results.append("TypeError")
    assert results[0] == results[1]


def test_a_constructor_is_told_what_it_lacks_by_its_field() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        OURS.Point()


def test_isinstance_meets_no_class_of_ours() -> None:
    """A metaclass of one's own would make each isinstance and each `case` slower."""
    assert type(OURS.Point) is type
