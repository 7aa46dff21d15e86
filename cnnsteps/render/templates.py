"""The Jinja environment: where templates are found, and what is said of one that fails.

Delimiters are `<% %>`, `<< >>` and `<# #>`, because Jinja's own collide with LaTeX. User
templates run sandboxed; texts of a problem come in as escaped values and never as templates.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from cnnsteps.errors import Mistake, TemplateError
from cnnsteps.reading.source import visible

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment, Template

SUFFIX = ".jinja"


def shipped() -> Path:
    """The folder of our own templates: in the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def compiled() -> BytecodeCache | None:
    """Where compiled templates are kept from run to run: compiling them takes longer than a small problem.

    Only for the shipped ones: code for the sandbox is compiled differently, under the same key.
    """
    from jinja2 import FileSystemBytecodeCache

    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(base) / "cnnsteps" / f"templates-{sys.version_info.major}.{sys.version_info.minor}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except (OSError, RuntimeError):
        return None
    return FileSystemBytecodeCache(str(folder)) if mine and os.access(folder, os.W_OK) else None


class Templates:
    """The templates in `folder`, where it is given, before the shipped ones."""

    def __init__(self, folder: Path | None = None, filters: Mapping[str, Callable[..., object]] | None = None) -> None:
        self.folder = folder
        self.filters = filters or {}
        if folder is not None and not folder.is_dir():
            raise TemplateError([Mistake("there is no such folder of templates")], visible(str(folder)))

    @cached_property
    def environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        kind: type[Environment] = Environment
        if self.folder is not None:
            from jinja2.sandbox import ImmutableSandboxedEnvironment

            kind = ImmutableSandboxedEnvironment
        environment = kind(
            block_start_string="<%", block_end_string="%>",
            variable_start_string="<<", variable_end_string=">>",
            comment_start_string="<#", comment_end_string="#>",
            trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, autoescape=False, cache_size=50,
            bytecode_cache=compiled() if self.folder is None else None,
            loader=FileSystemLoader([str(folder) for folder in (self.folder, shipped()) if folder]),
        )  # fmt: skip
        environment.filters.update(self.filters)
        return environment

    def load(self, name: str, context: dict[str, Any]) -> Template:
        """A template with these names known in all its macros."""
        template: Template = self.guarded(lambda: self.environment.get_template(name + SUFFIX, globals=context))
        return template

    def guarded(self, act: Callable[[], Any]) -> Any:
        """The result, or a TemplateError with the template's file and line."""
        from jinja2 import TemplateError as JinjaError
        from jinja2 import TemplateSyntaxError

        try:
            return act()
        except TemplateSyntaxError as error:
            raise self.located(error.filename or str(error.name), error.lineno, str(error.message)) from None
        except JinjaError as error:
            raise self.located(*self.place(error.__traceback__), str(error)) from None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
            file, line = self.place(error.__traceback__)
            if self.folder is None or not file.endswith(SUFFIX):
                # What fails in a shipped template is our mistake, not the user's.
                raise
            raise self.located(file, line, str(error) or type(error).__name__) from None

    def place(self, trace: TracebackType | None) -> tuple[str, int]:
        """The innermost template line of a traceback, which Jinja writes into it."""
        found = ("template", 1)
        while trace is not None:
            name = trace.tb_frame.f_code.co_filename
            if name.endswith(SUFFIX):
                found = name, trace.tb_lineno
            trace = trace.tb_next
        return found

    def located(self, file: str, line: int, message: str) -> TemplateError:
        return TemplateError([Mistake(message, line=line)], visible(file))
