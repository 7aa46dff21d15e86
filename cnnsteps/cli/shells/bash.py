"""bash 3.2 or later; where bash-completion is loaded, its own completion of files."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.cli.command_tree import Command, Flag, Values, every
from cnnsteps.cli.shells import flags_of, places_of, quoted, shared, with_value

PLACE = "bash-completion/completions/cnnsteps"
SCRIPT = r"""# bash completion for cnnsteps, made by `cnnsteps completion bash`
_cnnsteps_files() {
    # _cnnsteps_files [-d] [SUFFIX...]: folders, or files with these suffixes, or any
    local IFS=$'\n' cur=$current word found suffix pattern
    compopt -o filenames 2>/dev/null
    if declare -F _filedir >/dev/null; then
        IFS='|' && pattern=$* && IFS=$'\n'
        if [[ $1 == -d ]]; then _filedir -d; else _filedir "${pattern:+@($pattern)}"; fi
        return
    fi
    word=${current//\\/} && word=${word#[\"\']}
    found=$(compgen -d -- "$word")
    if [[ $# == 0 ]]; then found=$(compgen -f -- "$word"); fi
    for suffix; do
        [[ $suffix == -d ]] || found+=$'\n'$(compgen -f -X "!*.$suffix" -- "$word")
    done
    while read -r word; do
        [[ -z $word ]] || COMPREPLY+=("$word")
    done <<<"$found"
}

_cnnsteps() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local at= place=0 words= word i
    COMPREPLY=()
    # --option=value comes as three words.
    if [[ $current == = ]]; then
        current=
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case "${at:+$at }$word" in
        COMMANDS) at="${at:+$at }$word" ;;
        *)
            case $word in
            WITH_VALUE)
                i=$((i + 1))
                if [[ ${COMP_WORDS[i]} == = ]]; then i=$((i + 1)); fi
                ;;
            -?*) ;;
            *) place=$((place + 1)) ;;
            esac
            ;;
        esac
    done
    case "$at $before" in
VALUES
    esac
    if [[ $current != -* ]]; then
        case "$at $place" in
PLACES
        esac
    fi
    case $at in
FLAGS
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}

complete -F _cnnsteps cnnsteps
"""


def script(root: Command) -> str:
    """The completion, to be sourced or put where bash-completion finds it."""
    return (
        SCRIPT.replace("COMMANDS)", pattern([c.name for c in every(root) if c.name]) + ")")
        .replace("WITH_VALUE)", pattern(with_value(root)) + ")")
        .replace("VALUES\n", "".join(values(root)))
        .replace("PLACES\n", "".join(places(root)))
        .replace("FLAGS\n", "".join(flags(root)))
    )


def pattern(words: list[str]) -> str:
    return "|".join(map(quoted, words))


def values(root: Command) -> Iterator[str]:
    """What follows an option; most take the same wherever they stand."""

    def taken(command: Command) -> Iterator[tuple[str, Values]]:
        for flag in command.flags:
            yield from ((name, flag.values) for name in flag.names if flag.values)

    found = list(shared(root, taken))
    kinds: dict[Values, list[str]] = {}
    for (name, what), commands in found:
        alone = sum(other == name for (other, _), _ in found) == 1
        places = [f"*{quoted(f' {name}')}"] if alone else [quoted(f"{command} {name}") for command in commands]
        kinds.setdefault(what, []).extend(places)
    for what, places in kinds.items():
        yield arm("|".join(places), offer(what), indent=4)


def places(root: Command) -> Iterator[str]:
    for (place, what), commands in shared(root, places_of):
        yield arm(pattern([f"{command} {place}" for command in commands]), offer(what), indent=8)
    for command in every(root):
        if command.commands:
            words = tuple(child.path[-1] for child in command.commands)
            yield arm(quoted(f"{command.name} 0"), offer(Values("", words)), indent=8)


def flags(root: Command) -> Iterator[str]:
    """Only the long spellings, which say what they mean."""

    def long(command: Command) -> Iterator[tuple[Flag, ...]]:
        yield flags_of(command)

    for found, commands in shared(root, long):
        names = [name for flag in found for name in flag.names if name.startswith("--")]
        yield arm(pattern(commands), f"words={quoted(' '.join(names))}", end="", indent=4)


def offer(what: Values) -> str:
    """The commands that fill COMPREPLY."""
    if what.words:
        return f'COMPREPLY=($(compgen -W {quoted(" ".join(what.words))} -- "$current"))'
    if what.takes == "folder":
        return "_cnnsteps_files -d"
    if what.takes == "file":
        return " ".join(["_cnnsteps_files", *(suffix.lstrip(".") for suffix in what.suffixes)])
    return ":"


def arm(patterns: str, command: str, indent: int, end: str = "; return") -> str:
    return f"{' ' * indent}{patterns}) {command}{end} ;;\n"
