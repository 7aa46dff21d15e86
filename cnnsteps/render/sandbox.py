"""Where templates of one's own run: they see texts and numbers, and nothing that acts on files or programs.

Jinja's sandbox keeps them from Python's inner attributes and from changing lists. Besides,
of objects only ours may be looked into (an array of numpy can write itself to a file), and
no power, product or repetition may become huge: Python would not come back from it.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError  # noqa: TID253
from jinja2.bccache import Bucket, FileSystemBytecodeCache  # noqa: TID253
from jinja2.exceptions import SecurityError  # noqa: TID253
from jinja2.loaders import split_template_path  # noqa: TID253
from jinja2.runtime import Context  # noqa: TID253
from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: TID253

from cnnsteps.render.shipped import SHIPPED, SUFFIX, SYNTAX, kept, shipped

MOST_BITS = 100_000
MOST_REPEATED = 10_000_000
OPEN = ("cnnsteps", "jinja2", "builtins", "fractions", "types", "collections")
"""The packages whose objects' attributes can be read."""
PRIVATE = re.compile("[\x00\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""What stands for numbers and streams while a page is made."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's, narrowed."""

    intercepted_binops = frozenset(("*", "**"))

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        package = type(obj).__module__.partition(".")[0]
        return package in OPEN and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            check_power(left, right)
        else:
            check_product(left, right)
        return super().call_binop(context, operator, left, right)


def sandbox(folders: list[str]) -> Sandbox:
    """An environment with the templates of these folders, the first before the others."""
    directory = kept("sandboxed")
    cache = Cache(directory, str(shipped())) if directory else None
    return Sandbox(**SYNTAX, undefined=StrictUndefined, cache_size=50, bytecode_cache=cache, loader=Folders(folders))


def check_power(base: object, exponent: object) -> None:
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * max(exponent, 0) > MOST_BITS:
        raise SecurityError(f"a power has more than {MOST_BITS:,} bits")


def check_product(left: object, right: object) -> None:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, str | list | tuple) and isinstance(other, int) and len(one) * other > MOST_REPEATED:
            raise SecurityError(f"{len(one):,} times {other:,} is more than {MOST_REPEATED:,}")
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > MOST_BITS:
        raise SecurityError(f"a product has more than {MOST_BITS:,} bits")


class Cache(FileSystemBytecodeCache):
    """Keeps what is compiled of our templates, and of the user's the last of each name: folders come and go."""

    def __init__(self, directory: str, ours: str) -> None:
        super().__init__(directory)
        self.ours = ours

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        own = not (filename and filename.startswith(self.ours))
        # The code knows its file, for errors: that of another folder does not fit.
        key = self.get_cache_key(name, "" if own else filename)
        bucket = Bucket(environment, key, self.get_source_checksum(f"{filename!a}\n{source}"))
        self.load_bytecode(bucket)
        return bucket


class Folders(FileSystemLoader):
    """Templates are plain files that end in `.jinja`, also behind a link: nothing else can be included."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
        path = self.found(template)
        data = path.read_bytes()
        try:
            text = data.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            message = f"the byte 0x{data[error.start]:02x} is not UTF-8; save the file again as UTF-8"
            raise TemplateSyntaxError(message, data.count(b"\n", 0, error.start) + 1, template, str(path)) from None
        if private := PRIVATE.search(text):
            message = f"U+{ord(private[0]):04X} is a private character, which cnnsteps uses itself"
            raise TemplateSyntaxError(message, text.count("\n", 0, private.start()) + 1, template, str(path))
        return text, str(path), lambda: True

    def found(self, template: str) -> Path:
        """The first file of this name; never one outside the folders, unless the user's own link leads there."""
        try:
            parts = split_template_path(template)
        except TemplateNotFound:
            raise TemplateNotFound(template, f"{template} leads out of the folder of templates") from None
        if not template.endswith(SUFFIX):
            raise TemplateNotFound(template, f"{template} is no template: its name does not end in {SUFFIX}")
        if len(parts) > 1 and parts[0] == SHIPPED.rstrip("/"):
            folders, parts = self.searchpath[-1:], parts[1:]
        else:
            folders = self.searchpath
        for folder in folders:
            path = Path(folder, *parts)
            if path.is_symlink() and not path.resolve().name.endswith(SUFFIX):
                raise TemplateNotFound(template, f"{template} is a link to something else than a template")
            if path.exists() and not stat.S_ISREG(os.stat(path).st_mode):
                raise TemplateNotFound(template, f"{template} is not a file")
            if path.exists():
                return path
        raise TemplateNotFound(template, f"there is no template {template}")
