"""Templates: where they are found, and what is said of one that fails.

Shipped ones run as compiled code. The user's run in Jinja, sandboxed, and so do the shipped ones beside
them; texts of a problem come in as escaped values and never as templates.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from cnnsteps.errors import Mistake, TemplateError
from cnnsteps.render import runtime
from cnnsteps.render.compiled import code_of
from cnnsteps.render.overdue import TOO_LONG, Overdue
from cnnsteps.render.shipped import SHIPPED, SUFFIX, folder
from cnnsteps.text import escape_controls

if TYPE_CHECKING:
    from pathlib import Path

    import jinja2

    from cnnsteps.render.limits import Watch


class Template(Protocol):
    """Jinja's, or one that is compiled."""

    @property
    def filename(self) -> str | None: ...
    @property
    def module(self) -> object: ...
    def generate(self, **names: Any) -> Iterator[str]: ...


class Missing(Exception):
    """A template of ours lacks something."""


class Macros:
    """What the templates of a format define: the user's, and for the rest the shipped ones."""

    def __init__(self, templates: list[Template]) -> None:
        modules = [defined_in(one.module) for one in reversed(templates)]
        self.names: dict[str, Any] = {name: value for module in modules for name, value in module.items()}
        """By name; the first template that defines it counts."""

    def __getattr__(self, name: str) -> Any:
        if name not in self.names:
            raise Missing(name)
        return self.names[name]


def defined_in(module: object) -> dict[str, Any]:
    """What a template defines; names with an underscore before them are its own."""
    return {name: value for name, value in vars(module).items() if name[0] != "_"}


def without_columns(relation: str, last: bool) -> str:
    """The macro `joint` for a frame of one's own, which may have no columns."""
    return f" {relation} "


class Templates:
    """The templates in `folder`, where it is given, before the shipped ones; `cells` says how large the problem is."""

    def __init__(
        self,
        folder: Path | None = None,
        filters: Mapping[str, Callable[..., object]] | None = None,
        cells: int = 0,
        shared: str | None = None,
    ) -> None:
        """`shared` is a template whose macros a format's template knows, and need not have."""
        self.folder, self.shared_name = folder, shared
        self.filters = filters or {}
        self.roots: dict[str, Callable[[runtime.Context], Iterator[str]] | None] = {}
        """The shipped templates' code, as it was loaded; None where Jinja runs it."""
        self.format_file = "template"
        """Where the format's macros stand."""
        self.watch: Watch | None = None
        if folder is not None:
            from cnnsteps.render.limits import Watch
            from cnnsteps.render.user_templates import check_folder

            check_folder(folder)
            self.watch = Watch(cells)

    @cached_property
    def environment(self) -> jinja2.Environment:
        """Jinja's, where templates of the user's run, and shipped ones that are not compiled."""
        from cnnsteps.render.sandbox import sandbox

        environment = sandbox([str(place) for place in (self.folder, folder()) if place])
        environment.filters.update(self.filters)
        return environment

    @cached_property
    def compiled(self) -> runtime.Environment:
        """Where shipped templates run, if the user has none."""
        return runtime.Environment(self.filters, self.shipped)

    def load(self, name: str, context: dict[str, Any]) -> Template:
        """A template with these names known in all its macros."""
        return self.shipped(name + SUFFIX, context) if self.folder is None else self.from_folder(name, context)

    def shipped(self, file: str, context: dict[str, Any]) -> Template:
        """One of ours, compiled, or else run by Jinja."""
        if file not in self.roots:
            code = code_of(file, self.filters)
            self.roots[file] = None if code is None else self.compiled.root(code)
        root = self.roots[file]
        if root is None:
            return self.environment.get_template(file, globals=context)
        return runtime.Template(root, os.path.join(folder(), file), context)

    def from_folder(self, name: str, context: dict[str, Any]) -> jinja2.Template:
        """A template as Jinja runs it: of the user's folder, else as it is shipped."""
        found: jinja2.Template = self.guarded(lambda: self.environment.get_template(name + SUFFIX, globals=context))
        return found

    def macros(self, name: str, context: dict[str, Any]) -> Macros:
        """What a format's template defines, and the one that it shares; the user's may leave out what they like."""
        mine, ours = self.both(self.shared_name, context) if self.shared_name else ([], [])
        context = {**self.guarded(lambda: Macros(mine + ours)).names, **context}
        mine_first, ours_first = self.both(name, context)
        mine, ours = mine_first + mine, ours_first + ours
        macros: Macros = self.guarded(lambda: Macros(mine + ours))
        own = self.guarded(lambda: Macros(mine).names)
        if "frame_open" in own and "joint" not in own:
            macros.names["joint"] = without_columns
        known = Macros(ours).names
        for template in mine:
            self.check_names(template, known)
        return macros

    def both(self, name: str, context: dict[str, Any]) -> tuple[list[Template], list[Template]]:
        """The user's template of this name, if there is one, and ours."""
        template = self.load(name, context)
        self.format_file = str(template.filename)
        if self.folder is None:
            return [], [template]
        ours = self.load(SHIPPED + name, context)
        return ([] if ours.filename == template.filename else [template]), [ours]

    def check_names(self, template: Template, known: Mapping[str, Any]) -> None:
        """What nothing asks for was probably meant to have another name."""
        for name in sorted(set(defined_in(template.module)) - set(known)):
            self.format_file = str(template.filename)
            if len(re.findall(rf"\b{name}\b", self.source())) < 2:
                from difflib import get_close_matches

                close = get_close_matches(name, sorted(known), n=1)
                hint = f"did you mean {close[0]}?" if close else None
                raise self.located(self.format_file, self.defined(name), f"nothing asks for {name}", hint)

    def guarded(self, act: Callable[[], Any], about: str = "") -> Any:
        """The result, or a TemplateError with the template's file and line; `about` is the macro that is called."""
        if self.watch is None:
            # What fails in a shipped template is our mistake, not the user's.
            return act()
        return self.blamed(lambda: self.watched(act), about)

    def watched(self, act: Callable[[], Any]) -> Any:
        """Within its time and memory; what it says can be written as UTF-8."""
        assert self.watch is not None
        with self.watch:
            result = act()
            texts = result if isinstance(result, list) else [result] if isinstance(result, str) else []
            size = sum(len(text.encode()) + 64 for text in texts)
        if isinstance(result, list):
            self.watch.refund(2 * size)
        return result

    def blamed(self, act: Callable[[], Any], about: str) -> Any:
        """Python's and Jinja's exceptions as what is wrong with which line."""
        from jinja2 import TemplateError as JinjaError
        from jinja2 import TemplateSyntaxError

        try:
            return act()
        except TemplateSyntaxError as error:
            raise self.located(error.filename or str(error.name), error.lineno, str(error.message)) from None
        except JinjaError as error:
            raise self.located(*self.place(error, about), str(error)) from None
        except OSError as error:
            if self.folder is None:
                raise
            raise self.located(*self.place(error, about), error.strerror or str(error)) from None
        except Overdue as error:
            raise self.located(*self.place(error, about), *TOO_LONG) from None
        except MemoryError as error:
            raise self.located(*self.place(error, about), "this takes too much memory and was stopped") from None
        except RecursionError as error:
            raise self.located(*self.place(error, about), "a macro calls itself without end") from None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            file, line = self.place(error, about)
            if not file.endswith(SUFFIX):
                raise
            raise self.located(file, line, str(error) or type(error).__name__) from None

    def place(self, error: BaseException, about: str) -> tuple[str, int]:
        """The innermost template line of a traceback; else where the macro that was called is defined."""
        found = (self.format_file, self.defined(about))
        trace = error.__traceback__
        while trace is not None:
            frame = trace.tb_frame
            template = frame.f_globals.get("__jinja_template__")
            if template is not None:
                found = str(template.filename), template.get_corresponding_lineno(trace.tb_lineno)
            elif frame.f_code.co_filename.endswith(SUFFIX):
                # Jinja has written the template's own lines into some tracebacks.
                found = frame.f_code.co_filename, trace.tb_lineno
            trace = trace.tb_next
        return found

    def defined(self, name: str) -> int:
        """The line of the format's template that defines this macro or sign."""
        text = self.source()
        at = re.search(rf"<%[-+]? *(macro|set) +{name}\b", text) if name else None
        return text.count("\n", 0, at.start()) + 1 if at else 1

    def source(self) -> str:
        """The format's template."""
        try:
            with open(self.format_file, encoding="utf-8") as file:
                return file.read()
        except (OSError, ValueError):
            return ""

    def located(self, file: str, line: int, message: str, hint: str | None = None) -> TemplateError:
        return TemplateError(
            [Mistake(" ".join(escape_controls(message).split()), hint, line=line)], escape_controls(file)
        )
