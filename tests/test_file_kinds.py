"""Files that are no problem files are named for what they are: by their content, by their suffix, on standard input."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

import cnnsteps
from tests.running import SAMPLES, run_cli

PROBLEM = (SAMPLES / "conv-padding.json").read_bytes()
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>'


def zipped(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return data.getvalue()


def saved(*arrays: np.ndarray) -> bytes:
    data = io.BytesIO()
    if len(arrays) == 1:
        np.save(data, arrays[0])
    else:
        np.savez(data, *arrays)
    return data.getvalue()


NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
BY_CONTENT: dict[str, tuple[bytes, str]] = {
    "YAML": (b"# mine\ntype: conv\ninput: [[1]]\n", "YAML"),
    "YAML with a mark": (b"\xef\xbb\xbf---\ntype: conv\n", "YAML"),
    "a YAML list": (b"- type: conv\n  stride: 2\n", "YAML"),
    "TOML": (b'type = "conv"\ninput = [[1, 2]]\n', "TOML"),
    "TOML's table": (b"[problem]\ntype = 'conv'\n", "TOML"),
    "a table": (b"1, 2, 3\n4, 5, 6\n", "a table (CSV)"),
    "a table of blanks": (b"0.5 -2 1e3\n4 5 6\n", "a table (CSV)"),
    "an array": (saved(np.eye(3)), "a NumPy array (.npy)"),
    "arrays": (saved(np.eye(3), np.eye(2)), "NumPy arrays (.npz)"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a picture"),
    "GIF": (b"GIF89a\x01\0\x01\0", "a picture"),
    "WEBP": (b"RIFF\x24\0\0\0WEBPVP8 ", "a picture"),
    "SVG": (SVG, "a picture"),
    "a notebook": (NOTEBOOK, "a Jupyter notebook"),
    "Word": (zipped("[Content_Types].xml", "word/document.xml"), "a Word document (.docx)"),
    "Excel": (zipped("[Content_Types].xml", "xl/workbook.xml"), "an Excel sheet (.xlsx)"),
    "zip": (zipped("hw.json"), "a zip archive"),
    "a broken zip": (b"PK\x03\x04 and no more", "a zip archive"),
    "PyTorch": (zipped("model/data.pkl", "model/data/0"), "weights of PyTorch"),
    "HDF5": (b"\x89HDF\r\n\x1a\n\0\0", "weights in HDF5, as Keras has them"),
    "gzip": (b"\x1f\x8b\x08\0\0\0\0\0", "an archive"),
    "pickle": (b"\x80\x04\x95\x0f\0\0\0", "a Python pickle"),
    "HTML": (b"<!DOCTYPE html>\n<html></html>", "a web page (HTML)"),
    "LaTeX": (b"\\documentclass{article}\n", "LaTeX"),
    "RTF": (b"{\\rtf1\\ansi}", "a document (RTF)"),
}
BY_SUFFIX: dict[str, tuple[bytes, str]] = {
    "hw.yaml": (b"{type: conv, input: [[1]]}", "YAML"),
    "hw.YML": (b"? a\n: b\n", "YAML"),
    "hw.toml": (b"\n", ""),
    "hw.csv": (b"a;b\n1;2\n", "a table (CSV)"),
    "hw.md": (b"# Homework\n\nNote: all of it\n", "Markdown"),
    "hw.tex": (b"% mine\nLet $x = 1$.\n", "LaTeX"),
    "hw.txt": (b"Solve the first one.\n", "text"),
    "hw.py": (b"import cnnsteps\n", "a Python program"),
    "photo.jpg": (b"no picture at all", "a picture"),
    "hw.bmp": (b"BM\x36\0\0\0\0\0\0\0", "a picture"),
}


def check(done_err: bytes, name: str, kind: str, wanted: str = "a problem file") -> None:
    """One located line and a hint that says what is read, or what to do."""
    first, hint, *more = done_err.decode().splitlines()
    assert first == f"{name}:1:1: error: this is {kind}, not {wanted}"
    assert hint.startswith("hint: ")
    assert "FILE" not in hint or name == "<stdin>"
    assert more == []


@pytest.mark.parametrize("name", BY_CONTENT)
@pytest.mark.parametrize("command", ["solve", "conv", "walk"])
def test_by_content(name: str, command: str, tmp_path: Path) -> None:
    """Under a name that says nothing, or a false one."""
    data, kind = BY_CONTENT[name]
    for file in ("homework", "homework.json"):
        (tmp_path / file).write_bytes(data)
        done = run_cli(command, file, cwd=tmp_path)
        assert (done.code, done.out) == (2, b"")
        check(done.err, file, kind)


@pytest.mark.parametrize("name", BY_CONTENT)
def test_on_standard_input_and_from_python(name: str, tmp_path: Path) -> None:
    data, kind = BY_CONTENT[name]
    done = run_cli("-", stdin=data)
    assert (done.code, done.out) == (2, b"")
    check(done.err, "<stdin>", kind)
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(cnnsteps.InputError, match=re.escape(f"this is {kind}, not a problem file")):
        cnnsteps.load(tmp_path / "x")


@pytest.mark.parametrize("name", BY_SUFFIX)
def test_by_suffix(name: str, tmp_path: Path) -> None:
    data, kind = BY_SUFFIX[name]
    (tmp_path / name).write_bytes(data)
    done = run_cli(name, cwd=tmp_path)
    assert (done.code, done.out) == (2, b"")
    if kind:
        check(done.err, name, kind)
    else:
        assert done.err.startswith(f"{name}:1:1: error: the file is empty".encode())


@pytest.mark.parametrize(
    "suffix", ["yaml", "toml", "txt", "md", "tex", "csv", "npy", "pdf", "png", "ipynb", "docx", "x"]
)
def test_a_name_never_counts_against_what_is_json(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"hw.{suffix}").write_bytes(PROBLEM)
    assert run_cli("solve", f"hw.{suffix}", cwd=tmp_path).out == run_cli("solve", "-", stdin=PROBLEM).out


@pytest.mark.parametrize("name", ["hw.txt", "hw.md", "hw.x"])
def test_mistakes_in_json_are_told_whatever_the_file_is_called(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b'{"type": "conv", "input": [[1, ]], "kernel": [[1]]}')
    assert b":30: error: a comma before the closing ']'" in run_cli("solve", name, cwd=tmp_path).err


def test_an_onnx_model_is_named_where_it_is_not_read() -> None:
    model = b"\x08\x07\x12\x00\x3a\x00"
    for command in ("conv", "pool"):
        done = run_cli(command, "-", stdin=model)
        assert done.code == 2
        assert done.err.decode() == (
            f"<stdin>:1:1: error: this is an ONNX model, and the command is {command}\n"
            "hint: use `cnnsteps network` or `cnnsteps solve`\n"
        )


@pytest.mark.parametrize("name", ["YAML", "an array", "a PDF", "Word"])
def test_of_check(name: str, tmp_path: Path) -> None:
    """As the problem that is judged by; and what is no text as the document."""
    data, kind = BY_CONTENT[name]
    (tmp_path / "hw").write_bytes(data)
    done = run_cli("check", str(SAMPLES / "homework" / "one-wrong.md"), "--problem", "hw", cwd=tmp_path)
    assert (done.code, done.out) == (2, b"")
    check(done.err, "hw", kind)
    done = run_cli("check", "hw", cwd=tmp_path)
    assert (done.code, done.out) == (2, b"")
    if name == "YAML":
        assert b"no expansion was read in it" in done.err
    else:
        check(done.err, "hw", kind, "text")
