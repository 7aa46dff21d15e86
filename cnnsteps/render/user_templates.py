"""A folder of templates of one's own: what lies in it must mean something."""

from __future__ import annotations

import re
from pathlib import Path

from cnnsteps.errors import Mistake, TemplateError
from cnnsteps.render.languages import FILE
from cnnsteps.render.shipped import SUFFIX, shipped
from cnnsteps.text import NO_NAME, escape_controls

KEPT_BY_EDITORS = ("~", ".bak", ".orig", ".rej", ".swp", ".tmp")
INCLUDED = re.compile(r"""<%[-+]?\s*(?:include|import|from|extends)\s.*?%>""", re.DOTALL)
NAME = re.compile(r"""["']([^"'\n]+)["']""")


def check_folder(folder: Path) -> None:
    """It is there, holds templates, and none under a name that would never be used."""
    shown = escape_controls(str(folder))
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        hint = "`cnnsteps templates copy latex DIR` makes one"
        raise TemplateError([Mistake("there is no such folder of templates", hint)], shown) from None
    except NotADirectoryError:
        raise TemplateError([Mistake("this is a file, not a folder of templates")], shown) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else NO_NAME
        raise TemplateError([Mistake(f"the folder can't be read: {reason}")], shown) from None
    known = {path.name for path in shipped().iterdir()}
    known |= {name for name in names if FILE.match(name)}
    used = known | included(folder, names)
    for name in names:
        if name not in used and not ignored(name, known):
            from difflib import get_close_matches

            close = get_close_matches(name.lower(), sorted(known), n=1, cutoff=0)[0]
            message = "no template is looked for under this name"
            raise TemplateError([Mistake(message, f"did you mean {close}?")], escape_controls(str(folder / name)))
    if not known & set(names):
        hint = f"`cnnsteps templates copy latex {shown}` puts one there"
        raise TemplateError([Mistake("there is no template in this folder", hint)], shown)


def ignored(name: str, known: set[str]) -> bool:
    """A note that lies beside the templates, or what an editor keeps."""
    if name.startswith(".") or name.endswith(KEPT_BY_EDITORS):
        return True
    from difflib import get_close_matches

    return not name.endswith(SUFFIX) and not get_close_matches(name.lower(), sorted(known), n=1, cutoff=0.8)


def included(folder: Path, names: list[str]) -> set[str]:
    """The files that templates of this folder name."""
    found: set[str] = set()
    for name in names:
        path = folder / name
        if name.endswith(SUFFIX) and path.is_file():
            text = path.read_text("utf-8", errors="replace")
            found.update(n for statement in INCLUDED.findall(text) for n in NAME.findall(statement))
    return found
