"""pdflatex for tests: a text compiled without shell-escape, and what its log complains about."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.running import PATIENCE

COMPLAINT = re.compile(r"^(!.*|Overfull.*|Missing character.*|.*[Uu]ndefined.*|.*Rerun.*|.*Token not allowed.*)$", re.M)
BODY = re.compile(r"\\begin\{document\}(.*)\\end\{document\}", re.DOTALL)
HOSTS = {
    "article 10pt": r"\documentclass{article}",
    "article 12pt": r"\documentclass[12pt]{article}",
    "report": r"\documentclass[11pt]{report}",
}
"""Documents of one's own that a fragment is put into; each has the packages that the fragment names."""


def compiled(text: str, files: Mapping[str, str] | None = None) -> tuple[list[str], str]:
    """What pdflatex's log complains about, and the text of the pages."""
    with TemporaryDirectory() as folder:
        for name, content in {**(files or {}), "main.tex": text}.items():
            Path(folder, name).write_text(content, "utf-8")
        command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
        environment = {**os.environ, "max_print_line": "1000"}
        run = subprocess.run(command, cwd=folder, capture_output=True, env=environment, timeout=PATIENCE, check=False)
        log = Path(folder, "main.log").read_text("latin-1")
        found = [f"exit code {run.returncode}"] if run.returncode else []
        found += COMPLAINT.findall(log)
        pages = subprocess.run(
            ["pdftotext", "-layout", "-enc", "UTF-8", "main.pdf", "-"], cwd=folder, capture_output=True, check=False
        )
        return found, pages.stdout.decode()


def complaints(documents: Mapping[str, str]) -> dict[str, list[str]]:
    """For each document that does not compile cleanly, what the log says; as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        logs = pool.map(lambda text: compiled(text)[0], documents.values())
        return {name: log for name, log in zip(documents, logs, strict=True) if log}


def together(documents: list[str]) -> str:
    """Several of our documents as one, which compiles much faster."""
    head = documents[0].partition(r"\begin{document}")[0]
    bodies = [found[1] for text in documents if (found := BODY.search(text))]
    assert len(bodies) == len(documents)
    return head + "\\begin{document}\n" + "\n\\clearpage\n".join(bodies) + "\n\\end{document}\n"


def host(head: str, bodies: list[str]) -> str:
    """A document of one's own with these texts in it."""
    body = "\n\n\\clearpage\n".join(bodies)
    return f"{head}\n\\usepackage{{amsmath,graphicx}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
