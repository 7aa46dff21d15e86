"""Shipped templates run as compiled code: it says what Jinja says, and what was kept of another text is not used."""

from __future__ import annotations

import marshal
import os
from pathlib import Path
from typing import Any

import jinja2
import pytest

from cnnsteps.formats.terminal import style_for
from cnnsteps.render import compiled, runtime
from cnnsteps.render import shipped as shipped_module
from cnnsteps.render.options import Screen, render_options
from cnnsteps.render.shipped import SUFFIX, SYNTAX, shipped
from tests.running import SAMPLES, render

TEMPLATES = sorted(path.name for path in shipped().glob("*" + SUFFIX))
FILTERS = style_for(render_options({})).filters
BROKEN = (b"", b"\0", b"not ours", marshal.dumps(1), marshal.dumps(("1", 2, 3)), marshal.dumps((1, 2)))
SNIPPETS = (
    '<% macro m(a, b=2, c="x") %><< a >>-<< b >>-<< c >><% endmacro %><< m(1) >><< m(1, c=3) >><< m(b=1, a=2) >>',
    "<% for x in xs %><< loop.index0 >><% if loop.first %>F<% endif %><% if not loop.last %>, <% endif %><% endfor %>",
    "<% for x in xs if x > 1 %><< x >>;<% endfor %><< xs | length >>",
    "<% for x in gen %><% if loop.last %>last<% endif %><< x >><% endfor %>",
    "<< xs | join('+') >><< xs | map(attribute='real') | list >><< (xs + xs) | unique | list >>",
    "<< pairs | map(attribute=1) | list >><< xs | batch(2) | list >>",
    "<< text | indent(2) >>|<< text | indent(3, first=true) >>|<< text | replace('a', 'b') >>",
    "<% set n = namespace(i=0) %><% for x in xs %><% set n.i = n.i + x %><% endfor %><< n.i >>",
    "<% if no is defined %>yes<% else %>no<% endif %><< none is none >><< d.key >><< d['key'] >><< 'a' ~ 1 ~ 'b' >>",
    "<% set block %>a<< xs[0] >><% endset %><< block >><< block ~ '.' >><% set a, b = pairs[0] %><< a + b >>",
    "<% set x = 1 if xs else 2 %><< x >><< not xs >><< 'in' if 2 in xs else 'out' >><< text[1:] >>",
)  # fmt: skip
ERRORS = ("<< no >>", "<< xs.no >>", "<< no() >>", "<% for x in no %><% endfor %>", "<< no.x >>",
          "<% if no %><% endif %>", "<< no + 1 >>", "<< no | join >>", "<< d['no'] >>")  # fmt: skip


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def names() -> dict[str, Any]:
    return {"xs": [3, 1, 2], "gen": iter("ab"), "pairs": [(1, 2), (3, 4)], "text": "a\n\na b\n", "d": {"key": 5}}


@pytest.mark.parametrize("source", SNIPPETS)
def test_code_says_what_jinja_says(source: str) -> None:
    code = compiled.compiled("snippet", source, {})
    assert code is not None
    environment = runtime.Environment({}, lambda name, context: None)
    template = runtime.Template(environment.root(code), "snippet", {})
    theirs = jinja2.Environment(**SYNTAX, undefined=jinja2.StrictUndefined).from_string(source)
    assert "".join(template.generate(**names())) == theirs.render(**names())


@pytest.mark.parametrize("source", ERRORS)
def test_what_nobody_gave_is_an_error(source: str) -> None:
    code = compiled.compiled("snippet", source, {})
    assert code is not None
    environment = runtime.Environment({}, lambda name, context: None)
    with pytest.raises(NameError, match="no"):
        "".join(runtime.Template(environment.root(code), "snippet", {}).generate(**names()))


def test_what_a_template_defines_is_found_by_its_name() -> None:
    code = compiled.compiled("snippet", "<% set a = b + 1 %><% macro m(x) %><< x + a >><% endmacro %>", {})
    assert code is not None
    module = runtime.Template(runtime.Environment({}, lambda name, context: None).root(code), "s", {"b": 2}).module
    assert (module.a, module.m(1)) == (3, "4")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_shipped_template_needs_no_jinja(name: str, cache: Path) -> None:
    assert compiled.code_of(name, FILTERS) is not None


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_pages_are_those_of_jinja(path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = path.read_text("utf-8")
    shown = Screen(), Screen(True, 60, "truecolor"), Screen(ascii_only=True)
    screens = [*(("terminal", screen) for screen in shown), ("latex", Screen()), ("markdown", Screen())]
    ours = [render(problem, name, screen=screen) for name, screen in screens]
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache / "other"))
    monkeypatch.setattr(compiled, "KNOWN", "another Jinja")
    assert [render(problem, name, screen=screen) for name, screen in screens] == ours
    assert not list((cache / "other").rglob("*" + SUFFIX)), "code of an unknown Jinja was kept"


def test_code_is_kept_and_used_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiled.code_of("conv.jinja", FILTERS)
    monkeypatch.setattr(compiled, "compiled", lambda *_: pytest.fail("it was compiled again"))
    assert compiled.code_of("conv.jinja", FILTERS) == before
    assert [path.name for path in cache.rglob("*") if path.is_file()] == ["conv.jinja"]


def test_two_installations_keep_their_own(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They took turns in compiling everything again."""
    before = compiled.code_of("conv.jinja", FILTERS)
    other = tmp_path / "other"
    other.mkdir()
    (other / "conv.jinja").write_text("another text")
    for module in (compiled, shipped_module):
        monkeypatch.setattr(module, "folder", lambda: str(other))
    assert compiled.code_of("conv.jinja", FILTERS) != before
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setattr(compiled, "compiled", lambda *_: pytest.fail("it was compiled again"))
    assert compiled.code_of("conv.jinja", FILTERS) == before


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_in_the_cache_is_compiled_again(content: bytes, cache: Path) -> None:
    code = compiled.code_of("conv.jinja", FILTERS)
    [kept] = cache.rglob("conv.jinja")
    kept.write_bytes(content)
    assert compiled.code_of("conv.jinja", FILTERS) == code
    assert compiled.loaded(str(kept), (shipped() / "conv.jinja").read_text("utf-8")) == code


def test_code_of_another_text_or_version_is_not_used(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled.code_of("conv.jinja", FILTERS)
    [kept] = cache.rglob("conv.jinja")
    text = (shipped() / "conv.jinja").read_text("utf-8")
    assert compiled.loaded(str(kept), text) is not None
    assert compiled.loaded(str(kept), text + " ") is None
    monkeypatch.setattr(compiled, "VERSION", "another")
    assert compiled.loaded(str(kept), text) is None


@pytest.mark.parametrize("place", ["relative", "/dev/null/cache", "/proc/cache"])
def test_without_a_cache_it_works_too(place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    assert compiled.code_of("conv.jinja", FILTERS) is not None
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_nothing_behind(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert compiled.code_of("conv.jinja", FILTERS) is not None
    assert not [path for path in cache.rglob("*") if path.is_file()]
