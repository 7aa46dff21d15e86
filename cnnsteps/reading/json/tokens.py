"""The pieces of a JSON text, right and wrong, and what was probably meant by the wrong ones."""

from __future__ import annotations

import re
import unicodedata

from cnnsteps.text import excerpt

SPACE = r"[ \t\r\n]"
TOKEN = re.compile(
    rf"""(?P<space>{SPACE}+)
    |(?P<string>"(?:[^"\\\n]|\\.)*+")
    |(?P<quoted>'(?:[^'\\\n]|\\.)*+'|[“”„‘’][^“”‘’"'\n]*[“”‘’])
    |(?P<number>[-+]?\.?[0-9](?:[eE][-+]|[^\s\[\]{{}}(),:;"'/#=])*+(?:[ ]*/[ ]*-?[0-9]+)?|[-+][ ]+[0-9.]+)
    |(?P<comment>//[^\n]*|/\*.*?\*/|\#[^\n]*)
    |(?P<mark>[\[\]{{}}(),:;=])
    |(?P<open>["'][^\n]*|/\*.*)
    |(?P<blank>[\s\ufeff\u200b-\u200f\u2060])
    |(?P<word>[^\s\[\]{{}}(),:;"'/\#=\ufeff]+|/)""",
    re.VERBOSE | re.DOTALL,
)
"""Whatever stands in a text, one of these matches: a scanner that uses it never gets stuck."""

PLAIN_NUMBER = r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?"
PLAIN_RUN = re.compile(rf"(?>{PLAIN_NUMBER}{SPACE}*+,{SPACE}*+)++")
"""Short numbers with a comma behind each: what nearly all of a large file is made of."""
PLAIN_ROW = re.compile(rf"\[{SPACE}*+(?>{PLAIN_NUMBER}{SPACE}*+,{SPACE}*+)*+{PLAIN_NUMBER}{SPACE}*+\]")

JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
WORDS = {"true": True, "false": False, "null": None}
PYTHONS = {"True": "true", "False": "false", "None": "null", "TRUE": "true", "FALSE": "false"}
NOT_NUMBERS = {"nan", "inf", "infinity", "∞"}
QUOTES = "'\"“”„‘’"
HYPHENS = str.maketrans("−–—", "---")
CONTROL = re.compile(r"[\x00-\x1f]")


def spelled(word: str) -> str | None:
    """How JSON would write the number that was probably meant."""
    if re.fullmatch(r"[-+]?[0-9]+ */ *-?[0-9]+", word):
        return f'a fraction stands in quotes: "{excerpt(word.replace(" ", ""))}"'
    bare = word.translate(HYPHENS).replace("_", "").replace(" ", "").lstrip("+")
    bare = re.sub(r"^(-?)0+(?=\d)", r"\1", bare)
    bare = re.sub(r"^(-?)\.", r"\g<1>0.", bare)
    bare = re.sub(r"\.(?=$|[eE])", "", bare)
    return f"write {excerpt(bare)}" if JSON_NUMBER.fullmatch(bare) else None


def misspelled(word: str) -> tuple[str, str | None]:
    """What is wrong with a word that is no value, and what to write."""
    if word.lower().lstrip("-+") in NOT_NUMBERS:
        return f"{word} is not a number that can be computed with", None
    if word in PYTHONS:
        return f"{word} is not JSON", f"write {PYTHONS[word]}"
    if word.translate(HYPHENS) != word:
        return f"{excerpt(word)} is not JSON", spelled(word)
    text = not any(c in "+*^%@\\" for c in word) and not CONTROL.search(word)
    return f"{excerpt(word)} is not JSON", "a text stands in double quotes" if text and len(word) > 1 else None


def blank_name(character: str) -> str:
    """`a no-break space (U+00A0)`"""
    name = unicodedata.name(character, "a control character").lower()
    return f"{'' if name.startswith('a ') else 'a '}{name} (U+{ord(character):04X})"


def string_mistake(literal: str, reason: str) -> tuple[str, str | None]:
    """What is wrong inside a string in double quotes, where json.loads gave this reason."""
    control = CONTROL.search(literal)
    if control:
        shown = ascii(control.group())[1:-1]
        hint = f"write {shown}" if control.group() in "\t\n\r" else "delete it"
        return f"a control character, {shown}, stands in this string", hint
    backslash = r"a backslash is written \\" if "escape" in reason.lower() else None
    return f"the string {excerpt(literal)} is not JSON: {reason.split(':')[0].lower()}", backslash
