"""What the letters of formulas mean: each said once in a document, behind the first formula that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cnnsteps.model.expr import Sym
from cnnsteps.model.gradient_letters import explained as of_gradient
from cnnsteps.model.solution import Gradient
from cnnsteps.render.notation import Notation, unbroken
from cnnsteps.windows.letters import ABOUT_FIELDS, OF_FIELDS, WORDS, explained

Rows = Iterable[object]
"""Equations, alone or among others."""


def symbols_in(part: object) -> Iterator[Sym]:
    """All letters of an expression, or of several."""
    if isinstance(part, Sym):
        yield part
    elif isinstance(part, tuple | list):
        for inner in part:
            yield from symbols_in(inner)


class Legend:
    """Offered to an operator's template as `letters` and `gradient_letters`."""

    def __init__(self, notation: Notation, escape: Callable[[str], str]) -> None:
        self.notation, self.escape = notation, escape

    def letters(self, rows: Rows) -> str:
        """Those of sizes and costs that were not said yet; of receptive fields in a line of their own."""
        new = {explained(letter) for letter in symbols_in(tuple(rows))} & set(WORDS)
        fields = [letter for letter in OF_FIELDS if letter in new]
        others = [letter for letter in WORDS if letter in new and letter not in fields]
        lines = [self.line([(letter, WORDS[letter]) for letter in some]) for some in (others, fields)]
        if lines[1]:
            lines.append(self.notation.macro("say", self.escape(ABOUT_FIELDS)))
        return "\n".join(lines)

    def gradient_letters(self, gradient: Gradient, base: int, weighs: bool) -> str:
        """Those of the chain rule that were not said yet; `weighs` where w is a weight."""
        return self.line(of_gradient(gradient.rule.row(base), weighs))

    def once(self, name: str) -> bool:
        """What has this name was not said in this document yet."""
        is_new = name not in self.notation.explained
        self.notation.explained.add(name)
        return is_new

    def line(self, pairs: Iterable[tuple[Sym, str]]) -> str:
        """Letters of one meaning stand together."""
        table: dict[str, list[str]] = {}
        for letter, words in pairs:
            if letter not in self.notation.explained:
                self.notation.explained.add(letter)
                table.setdefault(self.escape(words), []).append(unbroken(self.notation.write(letter)))
        if not table:
            return ""
        joint = "; " if any(len(letters) > 1 for letters in table.values()) else ", "
        return self.notation.macro("legend", [(letters, words) for words, letters in table.items()], joint)
