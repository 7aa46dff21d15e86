"""What a wheel carries besides code: manual pages and completions, where an installed prefix keeps them."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Share(BuildHookInterface):  # type: ignore[type-arg]
    """share/man/man1 and each shell's folder, written from the command tree."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        from cnnsteps.cli import manual, shells
        from cnnsteps.cli.command_tree import tree
        from cnnsteps.cli.program import program

        root = tree(program)
        share = {f"man/man1/{name}": text for name, text in manual.pages(root)}
        share |= {shell.PLACE: shell.script(root) for shell in map(shells.load, shells.names())}
        self.written = tempfile.TemporaryDirectory()
        for number, (place, text) in enumerate(share.items()):
            file = Path(self.written.name, str(number))
            file.write_text(text, "utf-8")
            build_data["shared_data"][str(file)] = f"share/{place}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self.written.cleanup()
