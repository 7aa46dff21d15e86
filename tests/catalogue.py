"""Every English text that templates and code say: `_("…")` in templates, `phrase("…")` in code."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jinja2 import Environment, nodes

from tests.running import ROOT

DELIMITERS = {
    "block_start_string": "<%", "block_end_string": "%>", "variable_start_string": "<<",
    "variable_end_string": ">>", "comment_start_string": "<#", "comment_end_string": "#>",
}  # fmt: skip


def of_templates() -> set[str]:
    """Conditional texts count with both their ends."""
    found: set[str] = set()
    for path in (ROOT / "templates").glob("*.jinja"):
        tree = Environment(**DELIMITERS).parse(path.read_text("utf-8"))  # type: ignore[arg-type]
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_":
                found.update(said(call.args[0]))
    return found


def said(node: nodes.Node) -> Iterator[str]:
    """The texts that an expression may be; its conditions are none."""
    if isinstance(node, nodes.Const):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from said(node.expr1)
        if node.expr2 is not None:
            yield from said(node.expr2)


def of_code() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "cnnsteps").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id == "phrase"
                and call.args
            ):
                found.update(told(call.args[0]))
    return found


def told(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from told(node.body)
        yield from told(node.orelse)


def texts() -> set[str]:
    return of_templates() | of_code()
