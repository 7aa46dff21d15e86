"""What users call things: keys of other libraries that have no counterpart here, and near misses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

ADVICE = {
    "data_format": "channels always come first",
    "keepdims": "the dimensions are always kept",
    "axis": "it follows from the input's rank and dims",
    "activation": "an activation is a problem of its own",
    "show": "it stands beside a whole problem's keys, and holds for all of its layers",
    "inplace": "nothing is overwritten here",
    "device": "numbers are exact here, whatever the device",
    "dtype": "numbers are exact here, there is no dtype to choose",
}
"""Keys that many classes of other libraries have; what an operator's own have stands in its room."""
NONE: Mapping[str, Sequence[str]] = {}


def meant(
    word: str, known: Iterable[str], others: Mapping[str, Sequence[str]] = NONE, close: bool = True
) -> str | None:
    """The known name that `word` stands for elsewhere, or with `close` one that is spelled nearly so."""
    names = list(known)
    folded = word.lower()
    for name in names:
        if folded == name or folded in others.get(name, ()):
            return name
    if not close:
        return None
    from difflib import get_close_matches

    return next(iter(get_close_matches(folded, names, n=1, cutoff=0.6)), None)
