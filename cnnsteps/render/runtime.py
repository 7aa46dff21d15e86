"""What a compiled template asks for while it runs.

Jinja's own runtime brings its lexer, parser and compiler with it; a template that is compiled already needs
these few. Only shipped templates run here: what they use of Jinja has the same meaning, a name that nobody gave
is an error, and there is no sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import CodeType, SimpleNamespace
from typing import Any

Found = Callable[[str, dict[str, Any]], Any]
"""Finds a template by its name, with the names that all of it knows."""
missing: Any = object()


class Undefined:
    """A name or attribute that is not there: it can be asked whether it is defined, and nothing else."""

    def __init__(self, hint: object = None, obj: object = missing, name: object = None) -> None:
        of = "" if obj is missing else f" of {type(obj).__name__}"
        self.message = str(hint or f"{name!r}{of} is undefined")

    def fail(self, *_: object) -> Any:
        raise NameError(self.message)

    __str__ = __repr__ = __bool__ = __iter__ = __len__ = __call__ = __eq__ = __hash__ = fail
    __add__ = __radd__ = __sub__ = __rsub__ = __lt__ = __gt__ = __getitem__ = __contains__ = fail

    def __getattr__(self, name: str) -> Any:
        raise NameError(self.message)


class Namespace(SimpleNamespace):
    """`namespace(…)`, whose attributes `set` can change."""

    def __setitem__(self, name: str, value: object) -> None:
        setattr(self, name, value)


class Loop:
    """`loop` in a `for`: the item after this one is only fetched where somebody asks for it."""

    def __init__(self, items: Iterable[Any], undefined: type[Undefined]) -> None:
        self.items, self.rest = items, iter(items)
        self.after: list[Any] = []
        self.index0 = -1

    def __iter__(self) -> Iterator[tuple[Any, Loop]]:
        while not self.last:
            self.index0 += 1
            yield self.after.pop(), self

    @property
    def last(self) -> bool:
        if not self.after:
            self.after.extend(next(([item] for item in self.rest), []))
        return not self.after

    @property
    def first(self) -> bool:
        return self.index0 == 0

    @property
    def length(self) -> int:
        assert isinstance(self.items, Sequence)
        return len(self.items)


class Macro:
    """A macro, with the names of its arguments; what is not given its code sets to the default."""

    def __init__(self, environment: Environment, act: Callable[..., str], name: str, arguments: tuple[str, ...],
                 *catches: bool) -> None:  # fmt: skip
        self.act, self.name, self.arguments = act, name, arguments

    def __call__(self, *given: object, **named: object) -> str:
        rest = [named.pop(name, missing) for name in self.arguments[len(given) :]]
        return self.act(*given, *rest, **named)


class Context:
    """The names that a template knows: those it is given, and those it sets."""

    eval_ctx = SimpleNamespace(autoescape=False, volatile=False)

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names
        self.vars: dict[str, Any] = {}
        self.exported_vars: set[str] = set()

    def resolve_or_missing(self, name: str) -> Any:
        return self.vars[name] if name in self.vars else self.names.get(name, missing)

    def get_all(self) -> dict[str, Any]:
        return {**self.names, **self.vars}

    def call(self, act: Callable[..., Any], *given: Any, _loop_vars: object = None, _block_vars: object = None,
             **named: Any) -> Any:  # fmt: skip
        return act(*given, **named)


class Template:
    """A template's code; `names` are known in all of it, in its macros too."""

    def __init__(self, root: Callable[[Context], Iterator[str]], filename: str, names: dict[str, Any]) -> None:
        self.root_render_func, self.filename, self.names = root, filename, names

    def new_context(
        self, names: dict[str, Any], shared: bool = False, local: Mapping[str, Any] | None = None
    ) -> Context:
        known = names if shared else {**GLOBALS, **self.names, **names}
        return Context({**known, **{k: v for k, v in (local or {}).items() if v is not missing}})

    def generate(self, **names: Any) -> Iterator[str]:
        """The text, as it is made."""
        return self.root_render_func(self.new_context(names))

    @cached_property
    def module(self) -> SimpleNamespace:
        """What the template defines."""
        context = self.new_context({})
        for _ in self.root_render_func(context):
            pass
        return SimpleNamespace(**{name: context.vars[name] for name in context.exported_vars})


class Environment:
    """What templates share; `found` gives the one that is to be included."""

    undefined, concat = Undefined, staticmethod("".join)

    def __init__(self, filters: Mapping[str, Callable[..., object]], found: Found) -> None:
        self.filters, self.tests = {**FILTERS, **filters}, TESTS
        self.found = found

    def get_template(self, name: str, parent: str | None = None) -> Any:
        return self.found(name, {})

    def root(self, code: CodeType) -> Callable[[Context], Iterator[str]]:
        """The function that a template's code defines."""
        space: dict[str, Any] = {**NAMES, "environment": self}
        exec(code, space)
        root: Callable[[Context], Iterator[str]] = space["root"]
        return root

    @staticmethod
    def getattr(of: Any, name: str) -> Any:
        """`of.name`, else `of["name"]`."""
        try:
            return getattr(of, name)
        except AttributeError:
            return Environment.getitem(of, name)

    @staticmethod
    def getitem(of: Any, key: Any) -> Any:
        try:
            return of[key]
        except (AttributeError, TypeError, LookupError):
            return Undefined(obj=of, name=key)


def indent(text: str, width: int = 4, first: bool = False) -> str:
    """Each line further in, but for empty ones, and the first where that is not said."""
    lines = text.split("\n")
    return "\n".join(" " * width + line if line and (first or i) else line for i, line in enumerate(lines))


def batch(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = list(items)
    return (rest[start : start + size] for start in range(0, len(rest), size))


def values(items: Iterable[Any], attribute: Any) -> list[Any]:
    value = Environment.getattr if isinstance(attribute, str) else Environment.getitem
    return [value(item, attribute) for item in items]


FILTERS: dict[str, Callable[..., Any]] = {
    "join": lambda items, joint="": joint.join(map(str, items)),
    "replace": lambda text, old, new: str(text).replace(old, new),
    "length": len, "list": list, "batch": batch, "indent": indent, "map": values, "unique": dict.fromkeys,
    "min": min,
}  # fmt: skip
TESTS: dict[str, Callable[[Any], bool]] = {
    "defined": lambda value: not isinstance(value, Undefined),
    "none": lambda value: value is None,
}
GLOBALS = {"namespace": Namespace, "range": range}
NAMES: dict[str, Any] = {
    "missing": missing, "Undefined": Undefined, "Namespace": Namespace, "LoopContext": Loop, "Macro": Macro,
    "str_join": lambda parts: "".join(map(str, parts)), "identity": lambda value: value,
    "internalcode": lambda act: act,
}  # fmt: skip
"""What Jinja's code imports."""
