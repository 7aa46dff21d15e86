"""Words files: which languages there are, and what one says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from cnnsteps.errors import Mistake, TemplateError, UsageError
from cnnsteps.i18n import ENGLISH, PLACE, Words
from cnnsteps.reading.source import read_bytes, source_of
from cnnsteps.render.shipped import SUFFIX, shipped
from cnnsteps.text import excerpt

FILE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?\.json")
SAID = re.compile(r"""\b_\(\s*("[^"\n]*"|'[^'\n]*')""")


def languages(folder: Path | None = None) -> list[str]:
    """English, those that are shipped, and those in a folder of one's own."""
    found = {
        path.stem for place in (shipped(), folder) if place for path in place.glob("*.json") if FILE.match(path.name)
    }
    return sorted(found | {ENGLISH})


def words_of(language: str, folder: Path | None = None) -> Words:
    """What is said in a language; one's own file goes before the shipped one, and English stands for the rest."""
    if language == ENGLISH and folder is None:
        return Words()
    check_language(language, folder)
    name = f"{language}.json"
    ours = shipped() / name
    table: dict[str, str] = json.loads(ours.read_text("utf-8")) if ours.is_file() else {}
    if folder is not None and (folder / name).is_file():
        table |= own(folder / name, folder)
    return Words(table)


def check_language(language: str, folder: Path | None) -> None:
    known = languages(folder)
    if language not in known:
        from difflib import get_close_matches

        close = get_close_matches(language.lower(), known, n=1)
        file = f"DIR/{excerpt(language)}.json"
        hint = f"there are {', '.join(known)}; {file} of --template DIR would be another"
        if close:
            hint = f"did you mean {close[0]}?"
        raise UsageError(f"--language is {excerpt(repr(language))}, and there is no such words file\nhint: {hint}")


def own(path: Path, folder: Path) -> dict[str, str]:
    """A words file of the user's, or all that is wrong with it."""
    from cnnsteps.reading.json.scanner import scan
    from cnnsteps.reading.json.text import parse

    source = source_of(str(path), read_bytes(str(path)))
    document = parse(source.text)
    scanned = document.scanned or scan(source.text)
    mistakes = list(scanned.mistakes)
    if not mistakes:
        mistakes = [scanned.locate(mistake) for mistake in wrong(document.value, texts(folder))]
    if mistakes:
        raise TemplateError(sorted(mistakes, key=lambda m: (m.line, m.column)), source.name)
    assert isinstance(document.value, dict)
    return {str(key): str(value) for key, value in document.value.items()}


def wrong(value: object, known: set[str]) -> Iterable[Mistake]:
    """Texts that nothing says, and places that they don't have."""
    if not isinstance(value, dict):
        yield Mistake("a words file is an object of texts", 'it begins like {"The answer is": "Die Antwort ist"')
        return
    for english, text in value.items():
        if english not in known:
            from difflib import get_close_matches

            close = get_close_matches(english, sorted(known), n=1)
            hint = f"did you mean {json.dumps(close[0])}?" if close else "`cnnsteps templates show de` has all texts"
            yield Mistake(f"no template says {json.dumps(english, ensure_ascii=False)}", hint, (english,), of_key=True)
        elif not isinstance(text, str):
            yield Mistake("this is not a text", None, (english,))
        elif others := set(PLACE.findall(text)) - set(PLACE.findall(english)):
            has = ", ".join(f"{{{name}}}" for name in dict.fromkeys(PLACE.findall(english))) or "none"
            yield Mistake(f"the English text has no place {{{min(others)}}}; its places: {has}", None, (english,))


def texts(folder: Path) -> set[str]:
    """All that can be said: what is shipped, and what templates of one's own add."""
    found = set(json.loads((shipped() / "de.json").read_text("utf-8")))
    for path in folder.glob("*" + SUFFIX):
        if path.is_file():
            found.update(text[1:-1] for text in SAID.findall(path.read_text("utf-8", errors="replace")))
    return found
