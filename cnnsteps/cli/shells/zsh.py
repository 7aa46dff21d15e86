"""zsh, by its own `_arguments` and `_files`."""

from __future__ import annotations

from cnnsteps.cli.command_tree import Command, Flag, Values, every
from cnnsteps.cli.shells import quoted

PLACE = "zsh/site-functions/_cnnsteps"
HEAD = """#compdef cnnsteps
# zsh completion for cnnsteps, made by `cnnsteps completion zsh`
"""
GROUP = """
{function}() {{
    local curcontext=$curcontext state line ret=1
    typeset -A opt_args
    local -a commands=(
{commands}    )
    _arguments -C -s -S : \\
{specs}        '1:command:->command' '*::rest:->rest' && ret=0
    case $state in
    command) _describe -t commands 'command' commands && ret=0 ;;
    rest)
        case $words[1] in
{rest}        esac
        ;;
    esac
    return ret
}}
"""
LEAF = """
{function}() {{
    _arguments -s -S : \\
{specs}
}}
"""
END = """
# Loaded by compinit, or by eval.
if [[ $funcstack[1] == _cnnsteps ]]; then
    _cnnsteps "$@"
else
    compdef _cnnsteps cnnsteps
fi
"""


def script(root: Command) -> str:
    """The completion, to be evaluated or put into a folder of $fpath."""
    first: dict[tuple[tuple[Flag, ...], tuple[Values, ...]], str] = {}
    functions: dict[str, str] = {}
    for command in every(root):
        name = "_".join(("", *command.path))
        alike = (command.flags, command.arguments)
        functions[command.name] = name if command.commands else first.setdefault(alike, name)
    written = [command for command in every(root) if functions[command.name] == "_".join(("", *command.path))]
    return HEAD + "".join(group(c, functions) if c.commands else leaf(c) for c in written) + END


def group(command: Command, functions: dict[str, str]) -> str:
    """The function of a command that has others under it."""
    listed = "".join(f"        {quoted(f'{child.path[-1]}:{child.summary}')}\n" for child in command.commands)
    under: dict[str, list[str]] = {}
    for child in command.commands:
        under.setdefault(functions[child.name], []).append(child.path[-1])
    rest = "".join(f"        {'|'.join(names)}) {function} && ret=0 ;;\n" for function, names in under.items())
    specs = "".join(f"        {spec} \\\n" for flag in command.flags for spec in [flag_spec(flag)])
    return GROUP.format(function=functions[command.name], commands=listed, specs=specs, rest=rest)


def leaf(command: Command) -> str:
    specs = [*map(flag_spec, command.flags), *map(argument_specs, command.arguments)]
    return LEAF.format(function="_".join(("", *command.path)), specs=" \\\n".join(f"        {spec}" for spec in specs))


def argument_specs(what: Values) -> str:
    return quoted(f":{action(what)}")


def flag_spec(flag: Flag) -> str:
    """As `_arguments` has it: `(-f --format)'{-f+,--format=}'[text]:FORMAT:(json latex)`."""
    text = flag.text
    for sign in "\\[]:":
        text = text.replace(sign, "\\" + sign)
    value = f":{action(flag.values)}" if flag.values else ""
    spellings = [spelled(name, flag.values is not None) for name in flag.names]
    alone = f"({' '.join(flag.names)})"
    if len(spellings) == 1:
        return quoted(f"{alone}{spellings[0]}[{text}]{value}")
    return f"{quoted(alone)}{{{','.join(spellings)}}}{quoted(f'[{text}]{value}')}"


def spelled(name: str, takes_value: bool) -> str:
    """`-f+` takes -fjson and -f json, `--format=` --format=json and --format json."""
    return name + (("=" if name.startswith("--") else "+") if takes_value else "")


def action(what: Values) -> str:
    """What is asked for, and how it is completed."""
    if what.words:
        return f"{what.name}:({' '.join(what.words)})"
    if what.takes == "folder":
        return f"{what.name}:_files -/"
    if what.takes == "file":
        ends = "|".join(suffix.lstrip(".") for suffix in what.suffixes)
        return f'{what.name}:_files -g "*.({ends})(-.)"' if ends else f"{what.name}:_files"
    return f"{what.name}: "
