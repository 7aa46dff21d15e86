"""`"show": {"digits": 2}` in a problem file: the options that say how its solution looks."""

from __future__ import annotations

from typing import cast

from cnnsteps.errors import Path
from cnnsteps.options import LOOKS, Choice, CommandOptions, Flag, Option, Options, Whole, declared
from cnnsteps.reading.aliases import meant
from cnnsteps.reading.describe import describe
from cnnsteps.reading.json.values import BROKEN, Value
from cnnsteps.reading.key import Context, Key, Schema, whole
from cnnsteps.records import NamedTuple
from cnnsteps.text import join_or


class Looks(NamedTuple):
    """An object of options; what the command line says goes before it."""

    def read(self, value: Value, path: Path, context: Context) -> Options | None:
        if not isinstance(value, dict):
            if value is not BROKEN:
                hint = f'write it like "show": {{"digits": 2}}; it has {", ".join(LOOKS)}'
                context.report.add(path, f"show is {describe(value)}, not an object of options", hint)
            return None
        read = {name: read_option(name, part, (*path, name), context) for name, part in value.items()}
        return cast(Options, {name: part for name, part in read.items() if part is not BROKEN})

    def schema(self) -> Schema:
        properties = {name: option_schema(option) for name, option in LOOKS.items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}


SHOW = Key("show", Looks(), "how the solution looks, as options of the command line, which go before these")


def read_option(name: str, value: Value, path: Path, context: Context) -> object:
    """The option's value; BROKEN where it is none, which is then reported."""
    option = LOOKS.get(name)
    if option is None:
        context.report.add(path, f"show has no entry {describe(name)}", near(name), of_key=True)
        return BROKEN
    number = None if isinstance(value, bool | str) else whole(value)
    plain = value if number is None else number
    if option.kind.fits(plain) or (plain is None and option.default is None):
        return plain
    if value is not BROKEN:
        close = closest(value, option)
        hint = f"did you mean {describe(close)}?" if close else None
        context.report.add(path, f"{name} is {describe(value)}, but it is {words_of(option)}", hint)
    return BROKEN


def near(name: str) -> str:
    """What was meant by an entry that there is not."""
    folded = name.replace("-", "_")
    if folded in declared(CommandOptions) and folded not in LOOKS:
        return f"--{folded.replace('_', '-')} is said on the command line alone; show has {', '.join(LOOKS)}"
    close = meant(folded, LOOKS, {})
    return f"did you mean {close}?" if close else f"it has {', '.join(LOOKS)}"


def closest(value: Value, option: Option) -> str | None:
    """The word that was meant."""
    words = [word for word in option.kind.among if isinstance(word, str)] if isinstance(option.kind, Choice) else []
    return meant(value, words, {}) if isinstance(value, str) else None


def words_of(option: Option) -> str:
    """What the value may be, as JSON writes it."""
    match option.kind:
        case Choice(among):
            return join_or([describe(value) for value in among])
        case Flag():
            return "true or false"
    return option.kind.words


def option_schema(option: Option) -> Schema:
    """The JSON Schema of one option's values."""
    match option.kind:
        case Choice(among):
            schema: Schema = {"enum": [*among, *([None] if option.default is None else [])]}
        case Flag():
            schema = typed("boolean", option)
        case Whole(low, high):
            schema = {**typed("integer", option), "minimum": low, **({} if high is None else {"maximum": high})}
        case _:
            schema = typed("string", option)
    return {"description": option.help, **schema, **({} if option.default is None else {"default": option.default})}


def typed(name: str, option: Option) -> Schema:
    """Of this type; null is what is there unless told, where that is nothing."""
    return {"type": [name, "null"] if option.default is None else name}
