"""fish 3.2 or later: one `complete` for each option, with the commands that it holds for."""

from __future__ import annotations

from collections.abc import Iterator

from cnnsteps.cli.command_tree import Command, Flag, Values, every
from cnnsteps.cli.shells import flags_of, places_of, shared, with_value

PLACE = "fish/vendor_completions.d/cnnsteps.fish"
SCRIPT = r"""# fish completion for cnnsteps, made by `cnnsteps completion fish`
function __cnnsteps_at --description 'Whether the words so far lead to COMMAND..., with PLACE arguments or any number'
    set -l words (commandline -opc)
    set -l at
    set -l place 0
    set -l skip 0
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch (string trim -- "$at $word")
            case COMMANDS
                set at (string trim -- "$at $word")
                continue
        end
        switch $word
            case WITH_VALUE
                set skip 1
            case '-?*'
            case '*'
                set place (math $place + 1)
        end
    end
    contains -- "$at" $argv[2..-1]; and contains -- $argv[1] any $place
end

function __cnnsteps_files --description 'Folders, and the files with these suffixes'
    set -l wanted '^[^\t]*(?:/|\.(?:'(string join '|' $argv)'))(?:\t.*)?$'
    # A command without completions of its own is given files.
    complete -C "__cnnsteps_any "(commandline -ct) | string match -r -- $wanted
end

complete -c cnnsteps -f
"""


def script(root: Command) -> str:
    """The completion, to be sourced or put where fish finds it."""
    head = SCRIPT.replace("COMMANDS", " ".join(quoted(c.name) for c in every(root) if c.name))
    head = head.replace("WITH_VALUE", " ".join(with_value(root)))
    lines = [*commands(root), *places(root), *flags(root)]
    return head + "".join(f"complete -c cnnsteps -n {condition} {what}\n" for condition, what in lines)


def commands(root: Command) -> Iterator[tuple[str, str]]:
    for command in every(root):
        for child in command.commands:
            yield at("0", [command.name]), f"-a {child.path[-1]} -d {quoted(child.summary)}"


def places(root: Command) -> Iterator[tuple[str, str]]:
    for (place, what), found in shared(root, places_of):
        yield at(str(place), found), offer(what)


def flags(root: Command) -> Iterator[tuple[str, str]]:
    for flag, found in shared(root, flags_of):
        value = f" {'-r' if offer(flag.values) == '-F' else '-x'} {offer(flag.values)}".rstrip() if flag.values else ""
        yield at("any", found), spelled(flag) + value + f" -d {quoted(flag.text)}"


def spelled(flag: Flag) -> str:
    return " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.names)


def offer(what: Values) -> str:
    """The arguments of `complete` that say what may stand there."""
    if what.words:
        return f"-a {quoted(' '.join(what.words))}"
    if what.takes == "folder":
        return "-a '(__fish_complete_directories (commandline -ct))'"
    if what.suffixes:
        return f"-a '(__cnnsteps_files {' '.join(suffix.lstrip('.') for suffix in what.suffixes)})'"
    return "-F" if what.takes == "file" else ""


def at(place: str, found: list[str]) -> str:
    return quoted(f"__cnnsteps_at {place} {' '.join(quoted(name, inner=True) for name in found)}")


def quoted(text: str, inner: bool = False) -> str:
    """One word of fish, as it stands; `inner` inside another that is quoted by '."""
    if inner:
        return '"' + text + '"'
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
