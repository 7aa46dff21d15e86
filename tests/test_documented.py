"""Every public name has an example that runs, and so has what the README and docs/python.md say of Python."""

from __future__ import annotations

import doctest
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import cnnsteps
from tests.running import ROOT

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
NAMES = [name for name in cnnsteps.__all__ if name != "__version__"]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(?:python|pycon)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples(name: str) -> list[doctest.DocTest]:
    """A public name's doctests, and for a class its members'."""
    found = doctest.DocTestFinder(recurse=True).find(getattr(cnnsteps, name), name, globs={})
    return [test for test in found if test.examples]


def run(test: doctest.DocTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    # Narrow screens and wide ones print the same.
    with np.printoptions(linewidth=75):
        results = doctest.DocTestRunner(optionflags=FLAGS).run(test)
    assert results.attempted
    assert not results.failed, f"{test.name}: {results.failed} of {results.attempted} examples fail"


@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tests = examples(name)
    assert tests, f"{name} has no example"
    for test in tests:
        run(test, monkeypatch)


@pytest.mark.parametrize("name", NAMES)
def test_every_public_member_is_documented(name: str) -> None:
    """Properties and methods without a leading underscore have an example of their own."""
    thing = getattr(cnnsteps, name)
    members = vars(thing).items() if inspect.isclass(thing) and thing.__module__.startswith("cnnsteps.api") else ()
    with_examples = {test.name.rpartition(".")[2] for test in examples(name)}
    open_to_all = {key for key, value in members if key[0] != "_" and callable(getattr(value, "fget", None))}
    assert open_to_all <= with_examples, f"{name}: no example for {open_to_all - with_examples}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python in a page's fences, run from top to bottom."""
    source = "\n".join(body for body in FENCE.findall(page.read_text("utf-8")) if ">>>" in body)
    if source:
        run(doctest.DocTestParser().get_doctest(source, {}, page.name, str(page), 0), monkeypatch)


def test_the_module_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    (test,) = doctest.DocTestFinder(recurse=False).find(cnnsteps, "cnnsteps")
    run(test, monkeypatch)
