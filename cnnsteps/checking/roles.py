"""What a matrix is, by the words and signs before it: input, kernel, output."""

from __future__ import annotations

import re
from bisect import bisect_left

from cnnsteps.checking.matrices import Matrix

WORDS = {
    "gradient": ("gradient", "∂", r"\partial", "梯度"),
    "padded": ("padded", "after padding", "with padding", "zero padding", "zero-padding", "填充后", "补零"),
    "turned": ("turned", "flipped", "rotated", "翻转"),
    "window": ("window", "patch", "region", "receptive field", "窗口", "stamps", " at ["),
    "kernel": (
        "kernel",
        "filter",
        "weight",
        "mask",
        "卷积核",
        "滤波器",
        "核",
        "núcleo",
        "filtro",
        "noyau",
        "filtre",
        "faltungskern",
        "ядро",
    ),
    "input": (
        "input",
        "image",
        "picture",
        "输入",
        "图像",
        "图片",
        "entrada",
        "imagen",
        "imagem",
        "eingabe",
        "bild",
        "entrée",
        "вход",
        "pixel",
    ),
    "output": (
        "output",
        "result",
        "answer",
        "feature map",
        "final",
        "convolved",
        "pooled",
        "activation map",
        "输出",
        "结果",
        "特征图",
        "答案",
        "salida",
        "resultado",
        "saída",
        "ausgabe",
        "ergebnis",
        "antwort",
        "sortie",
        "résultat",
        "выход",
        "matrix is",
        "we get",
        "we obtain",
    ),
}
LETTERS = {
    "X": "input",
    "I": "input",
    "x": "input",
    "K": "kernel",
    "W": "kernel",
    "w": "kernel",
    "F": "kernel",
    "Y": "output",
    "O": "output",
    "y": "output",
    "S": "output",
}
LETTER = re.compile(r"(?<![A-Za-z\\])([XIxKWwFYOyS])\}?(?:_\{?[a-z0-9]+\}?|[₀-₉])?\s*(?:=|:|&=)\s*\$*\s*$")
HEADING = re.compile(
    r"^[ \t>]{0,8}(?:#{1,6}[ \t]|\\(?:sub){0,2}section\b|"
    r"\*\*[^*\n]{1,200}\*\*:?[ \t]*$|\([0-9a-z]{1,3}\)[ \t]*$|[^\n]{1,200}\n[═─=]{3,}[ \t]*$)",
    re.MULTILINE,
)
CAPTION = re.compile(r"(?:filter|channel|batch item|kanal|通道|滤波器)\s?[0-9]+,?", re.IGNORECASE)
COMMAND = re.compile(
    r"\b(?:np\.|torch\.)?(?:array|tensor|matrix)\(|\[[0-9.]{1,6}(?:pt|em|ex)\]|\\[A-Za-z]+|egin\{\w*\*?\}|\{[a-z]?matrix\*?\}|\\"
)
LOOSE = re.compile(r"(?:≈|~|\\approx)[^0-9A-Za-z]*(?:\\?(?:begin|left|displaystyle|underset)\b[^0-9]*)?\Z")
APART = re.compile(r"\S+(?: {1,2}\S+)*")
REACH = 240
"""Characters before a matrix in which its words stand."""


def headings(text: str) -> list[int]:
    """Where headings begin."""
    return [match.start() for match in HEADING.finditer(text)]


def with_roles(text: str, found: list[Matrix]) -> list[Matrix]:
    """Each matrix with what the words before it make of it; one beside another takes its row's words as captions."""
    labelled: list[Matrix] = []
    begin = end = 0
    for one in found:
        begin = end if one.start >= end else begin
        before = text[max(begin, one.start - REACH) : one.start]
        label = above(last_words(before), one.start - text.rfind("\n", 0, one.start) - 1)
        loose = LOOSE.search(text, max(end, one.start - 80), one.start) is not None
        labelled.append(one._replace(label=label, role=role_of(label), loose=loose))
        end = max(end, one.end)
    return labelled


def last_words(before: str) -> str:
    """The last line with a letter in it, and what stands behind it."""
    lines = before.split("\n")
    for i in range(len(lines) - 1, -1, -1):
        plain = COMMAND.sub(" ", CAPTION.sub(" ", lines[i]))
        if any(c.isalpha() for c in plain):
            return CAPTION.sub(" ", "\n".join(lines[i:]))
    return ""


def above(label: str, column: int) -> str:
    """Of a line of words far apart, those that stand above this column: captions of matrices side by side."""
    first, _, rest = label.partition("\n")
    parts = list(APART.finditer(first))
    if len(parts) < 2 or not rest:
        return label
    nearest = [part for part in parts if part.start() <= column + 3]
    return (nearest or parts)[-1 if nearest else 0][0] + "\n" + rest


def role_of(label: str) -> str:
    """The role whose word comes first; gradients, padding and windows before all others."""
    letter = LETTER.search(label.rstrip(" $\n\t([{"))
    if letter:
        return LETTERS[letter[1]]
    plain = label.lower()
    for role in ("gradient", "padded", "turned", "window"):
        if any(word in plain for word in WORDS[role]):
            return role
    places = [
        (at, role) for role in ("kernel", "input", "output") for word in WORDS[role] if (at := plain.find(word)) >= 0
    ]
    return min(places)[1] if places else ""


def between(marks: list[int], start: int, end: int) -> bool:
    """Whether a mark stands between two places."""
    i = bisect_left(marks, start)
    return i < len(marks) and marks[i] < end
