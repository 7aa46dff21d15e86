"""What a file is that is no problem file: told by how it begins, else by its suffix.

A kind is named only where JSON was not read, so that a file's name alone never counts against it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from cnnsteps.errors import InputError, Mistake
from cnnsteps.reading.source import shown_name
from cnnsteps.records import NamedTuple
from cnnsteps.text import excerpt

READ = 'what is read is JSON, {"type": …, "input": [[1, 2], [3, 4]], …}, or an ONNX model'
ROWS = 'what is read is JSON, where a matrix is a list of rows: {"type": …, "input": [[1, 2], [3, 4]], …}'
ARRAYS = 'from Python: cnnsteps.conv(numpy.load("FILE"), …); in a file a matrix is a list of rows'
CHECKED = "`cnnsteps check FILE` reads worked solutions; `cnnsteps solve` reads problem files in JSON"
WEIGHTS = "export it as ONNX: `cnnsteps network model.onnx` reads that"
DOCUMENT = "type its problem as JSON, or save its text and use `cnnsteps check` on that"


class Kind(NamedTuple):
    """What a file is, as one says it, and what to do instead."""

    name: str
    hint: str = READ


PDF, PICTURE = Kind("a PDF", DOCUMENT), Kind("a picture", ROWS)
NPY, NPZ = Kind("a NumPy array (.npy)", ARRAYS), Kind("NumPy arrays (.npz)", ARRAYS)
YAML, TOML, CSV = Kind("YAML"), Kind("TOML"), Kind("a table (CSV)", ROWS)
NOTEBOOK = Kind("a Jupyter notebook", CHECKED)
TEXT, LATEX = Kind("text", CHECKED), Kind("LaTeX", CHECKED)
XML, HTML = Kind("XML"), Kind("a web page (HTML)", CHECKED)
ARCHIVE = Kind("an archive", "unpack it, and name a file in it")
WORD, ZIP = Kind("a Word document (.docx)", DOCUMENT), Kind("a zip archive", ARCHIVE.hint)
TORCH, KERAS = Kind("weights of PyTorch", WEIGHTS), Kind("weights in HDF5, as Keras has them", WEIGHTS)
PICKLE = Kind("a Python pickle", "load it in Python and call cnnsteps.conv(…) there")
MAGIC = (
    (b"%PDF", PDF), (b"\x89PNG", PICTURE), (b"\xff\xd8\xff", PICTURE), (b"GIF8", PICTURE),
    (b"II*\0", PICTURE), (b"MM\0*", PICTURE), (b"P5\n", PICTURE), (b"P6\n", PICTURE), (b"\x93NUMPY", NPY),
    (b"\x89HDF", KERAS), (b"\x1f\x8b", ARCHIVE), (b"BZh", ARCHIVE), (b"\xfd7zXZ", ARCHIVE), (b"7z\xbc\xaf", ARCHIVE),
    (b"Rar!", ARCHIVE), (b"{\\rtf", Kind("a document (RTF)", DOCUMENT)), (b"<svg", PICTURE),
    (b"\x80\x02", PICKLE), (b"\x80\x03", PICKLE), (b"\x80\x04", PICKLE), (b"\x80\x05", PICKLE),
    (b"\xd0\xcf\x11\xe0", Kind("a Word or Excel document", DOCUMENT)),
)  # fmt: skip
"""How files of a kind begin."""
SUFFIXES = {
    ".yaml": YAML, ".yml": YAML, ".toml": TOML, ".csv": CSV, ".tsv": CSV, ".npy": NPY, ".npz": NPZ, ".pdf": PDF,
    ".png": PICTURE, ".jpg": PICTURE, ".jpeg": PICTURE, ".gif": PICTURE, ".bmp": PICTURE, ".webp": PICTURE,
    ".tif": PICTURE, ".tiff": PICTURE, ".svg": PICTURE, ".heic": PICTURE, ".ipynb": NOTEBOOK, ".xml": XML,
    ".html": HTML, ".htm": HTML, ".docx": WORD, ".zip": ZIP, ".pt": TORCH, ".pth": TORCH, ".h5": KERAS,
    ".keras": KERAS, ".pkl": PICKLE, ".pickle": PICKLE, ".tex": LATEX, ".md": Kind("Markdown", CHECKED),
    ".markdown": Kind("Markdown", CHECKED), ".typ": Kind("Typst", CHECKED), ".txt": TEXT,
    ".py": Kind("a Python program", "run it with python; in it, `import cnnsteps`"),
}  # fmt: skip
EXCEL, SLIDES = Kind("an Excel sheet (.xlsx)", ROWS), Kind("a presentation (.pptx)", DOCUMENT)
OFFICE = {"word/": WORD, "xl/": EXCEL, "ppt/": SLIDES}
"""What these folders in a zip archive say of it."""
TABLE_OF_TOML = re.compile(r"\[\[?[A-Za-z_][\w.\- ]*\]\]?\s*(#.*)?")
SET_IN_TOML = re.compile(r"[A-Za-z_][\w.\-]*\s*=\s*\S.*")
KEY_OF_YAML = re.compile(r"(- )?[A-Za-z_][\w\- ]*:(\s.*)?")
ROW_OF_NUMBERS = re.compile(r"\s*[-+]?[\d.][\d.eE+-]*(\s*[,;\t ]\s*[-+]?[\d.][\d.eE+-]*)+\s*")
LINES: tuple[tuple[Callable[[str], object], Kind], ...] = (
    (lambda line: line.strip() == "---" or line.startswith("%YAML"), YAML),
    (KEY_OF_YAML.fullmatch, YAML),
    (TABLE_OF_TOML.fullmatch, TOML),
    (SET_IN_TOML.fullmatch, TOML),
    (ROW_OF_NUMBERS.fullmatch, CSV),
    (lambda line: line.lower().startswith(("<!doctype html", "<html")), HTML),
    (lambda line: line.startswith("<?xml"), XML),
    (lambda line: line.startswith(("\\documentclass", "\\begin", "\\[")), LATEX),
)
"""What the first line of a text says, comments aside."""


def refusal(name: str, data: bytes, wanted: str = "a problem file") -> InputError | None:
    """What is said of a file that could not be read, and nothing else: what it is; None where nobody knows."""
    kind = kind_of(name, data)
    if kind is None:
        return None
    hint = kind.hint.replace("FILE", "FILE" if name == "-" else excerpt(name))
    return InputError([Mistake(f"this is {kind.name}, not {wanted}", hint)], shown_name(name))


def kind_of(name: str, data: bytes) -> Kind | None:
    """What the file is, where it is not JSON; None where nobody knows."""
    suffix, start = os.path.splitext(name)[1].lower(), data.removeprefix(b"\xef\xbb\xbf").lstrip()
    found = by_first_bytes(data)
    if found is not None or not start:
        return found
    if start.startswith(b"{"):
        # JSON with mistakes, in a file of whatever name; but YAML and notebooks begin so as well.
        return YAML if SUFFIXES.get(suffix) is YAML else None
    by_suffix = SUFFIXES.get(suffix)
    return by_suffix if by_suffix not in (None, TEXT) else by_first_line(data) or by_suffix


def by_first_bytes(data: bytes) -> Kind | None:
    if data[:2] == b"PK":
        return by_members(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return PICTURE
    if data.lstrip()[:1] == b"{" and b'"nbformat"' in data and b'"cells"' in data:
        return NOTEBOOK
    return next((kind for magic, kind in MAGIC if data.startswith(magic)), None)


def by_members(data: bytes) -> Kind:
    """A zip archive by what is in it: many kinds of files are such archives."""
    from io import BytesIO
    from zipfile import BadZipFile, ZipFile

    try:
        names = ZipFile(BytesIO(data)).namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return ZIP
    if "[Content_Types].xml" in names:
        return next((kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)), ZIP)
    if names and all(name.endswith(".npy") for name in names):
        return NPZ
    if any(name.endswith("data.pkl") for name in names):
        return TORCH
    if "config.json" in names and any(name.endswith(".weights.h5") for name in names):
        return KERAS
    return Kind("an OpenDocument text (.odt)", DOCUMENT) if "content.xml" in names else ZIP


def by_first_line(data: bytes) -> Kind | None:
    text = data[:4096].decode("utf-8-sig", "replace")
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    first = next(lines, "")
    if first.startswith("<") and "<svg" in text:
        return PICTURE
    return next((kind for fits, kind in LINES if fits(first)), None)
