"""How a run ends: what is left of the output, and the exit code, whatever stops it."""

from __future__ import annotations

import os
import resource
import shlex
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import PATIENCE, SAMPLES, Result, start_cli

SAMPLE = (SAMPLES / "conv-padding.json").read_bytes()
OLD = "what was there before"
PROGRAM = [sys.executable, "-m", "cnnsteps"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a small problem, a large one, and an older answer; no half-written file may stay in it."""
    (tmp_path / "hw.json").write_bytes(SAMPLE)
    row = list(range(600))
    (tmp_path / "big.json").write_text(f'{{"type": "conv", "input": {[row] * 1500}, "kernel": {[[1] * 5] * 5}}}')
    (tmp_path / "old.tex").write_text(OLD)
    yield tmp_path
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]


def shell(command: str, folder: Path) -> Result:
    """In bash, with the program as `cnnsteps`; the exit code is the program's, first in a pipe or not."""
    script = f'cnnsteps() {{ {shlex.quote(sys.executable)} -m cnnsteps "$@"; }}\n{command}\nexit ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, timeout=PATIENCE, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


class TestTargets:
    def test_onto_the_input(self, folder: Path) -> None:
        assert start_cli("conv", "hw.json", "-o", "hw.json", cwd=folder) == (0, b"", b"")
        assert (folder / "hw.json").read_text().startswith('{"problems"')

    def test_onto_a_link(self, folder: Path) -> None:
        (folder / "sub").mkdir()
        (folder / "sub" / "real.tex").write_text(OLD)
        (folder / "link.tex").symlink_to("sub/real.tex")
        start_cli("conv", "hw.json", "-o", "link.tex", cwd=folder)
        assert (folder / "link.tex").is_symlink()
        assert (folder / "sub" / "real.tex").read_text().startswith("\\documentclass")

    def test_the_mode_stays(self, folder: Path) -> None:
        (folder / "old.tex").chmod(0o640)
        start_cli("conv", "hw.json", "-o", "old.tex", cwd=folder)
        assert stat.S_IMODE((folder / "old.tex").stat().st_mode) == 0o640

    def test_a_new_file_has_the_usual_mode(self, folder: Path) -> None:
        mask = os.umask(0)
        os.umask(mask)
        start_cli("conv", "hw.json", "-o", "new.tex", cwd=folder)
        assert stat.S_IMODE((folder / "new.tex").stat().st_mode) == 0o666 & ~mask

    def test_devices_and_pipes(self, folder: Path) -> None:
        assert start_cli("conv", "hw.json", "-o", os.devnull, cwd=folder) == (0, b"", b"")
        assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
        reader = ">(cat > part.txt; mv part.txt piped.txt)"
        written = "until [ -e piped.txt ]; do sleep 0.02; done"
        found = shell(f"cnnsteps conv hw.json -o {reader}; code=$?; {written}; (exit $code)", folder)
        assert found == (0, b"", b"")
        assert (folder / "piped.txt").read_bytes() == start_cli("conv", "hw.json", cwd=folder).out

    @pytest.mark.parametrize(
        ("target", "reason"),
        [
            ("nowhere/x.tex", "No such file or directory"),
            (".", "it is a folder"),
            ("new/", "it is a folder"),
            ("hw.json/x", "Not a directory"),
            ("/dev/full", "No space left on device"),
            ("/proc/x.tex", "No such file or directory"),
        ],
    )
    def test_refusals(self, target: str, reason: str, folder: Path) -> None:
        said = f"{target}:1:1: error: the output can't be written: {reason}\n"
        assert start_cli("conv", "hw.json", "-o", target, cwd=folder) == (3, b"", said.encode())

    def test_a_long_name(self, folder: Path) -> None:
        assert start_cli("conv", "hw.json", "-o", "é" * 120 + ".tex", cwd=folder).code == 0
        assert start_cli("conv", "hw.json", "-o", "x" * 300, cwd=folder).code == 3


class TestInterruptions:
    """The older answer stays as it was, and nothing lies beside it."""

    def stopped(self, folder: Path, *numbers: signal.Signals) -> Result:
        """The large problem's run, ended by these signals while it writes."""
        running = subprocess.Popen(
            [*PROGRAM, "conv", "big.json", "-o", "old.tex"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        end = time.monotonic() + PATIENCE
        while not any(p.suffix == ".part" and p.stat().st_size for p in folder.iterdir()):
            assert running.poll() is None, running.communicate()
            assert time.monotonic() < end
            time.sleep(0.001)
        for number in numbers:
            running.send_signal(number)
        out, err = running.communicate(timeout=PATIENCE)
        assert (folder / "old.tex").read_text()[:80] == OLD
        return Result(running.returncode, out, err)

    @pytest.mark.parametrize(
        ("numbers", "code"),
        [
            ([signal.SIGINT], 130),
            ([signal.SIGTERM], 143),
            ([signal.SIGHUP], 143),
            ([signal.SIGINT] * 5, 130),
            ([signal.SIGTERM] * 5, 143),
        ],
    )
    def test_signals(self, numbers: list[signal.Signals], code: int, folder: Path) -> None:
        assert self.stopped(folder, *numbers) == (code, b"", b"")

    def test_kill_leaves_the_answer(self, folder: Path) -> None:
        assert self.stopped(folder, signal.SIGKILL).code == -signal.SIGKILL
        for part in folder.glob(".*.part"):
            part.unlink()

    def test_a_full_disk(self, folder: Path) -> None:
        done = subprocess.run(
            [*PROGRAM, "conv", "big.json", "-o", "old.tex"], cwd=folder, capture_output=True, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
        )  # fmt: skip
        assert done.returncode == 3
        assert done.stderr == b"old.tex:1:1: error: the output can't be written: File too large\n"
        assert (folder / "old.tex").read_text()[:80] == OLD

    def test_too_many_cells_write_nothing(self, folder: Path) -> None:
        assert start_cli("conv", "big.json", "-o", "old.tex", "--max-cells", "3", cwd=folder).code == 2
        assert (folder / "old.tex").read_text()[:80] == OLD

    def test_a_signal_while_nobody_reads(self, folder: Path) -> None:
        """Its output waits in a full pipe: it ends all the same."""
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            running = subprocess.Popen([*PROGRAM, "conv", "big.json", "-f", "json"], cwd=folder, stdout=subprocess.PIPE)
            assert running.stdout is not None
            running.stdout.read(1)
            time.sleep(0.2)
            running.send_signal(number)
            assert running.wait(timeout=PATIENCE) == code
            running.stdout.close()


class TestStreams:
    @pytest.mark.parametrize("command", ["conv big.json -f json", "conv big.json", "conv hw.json", "schema", "--help"])
    def test_a_closed_pipe_is_quiet(self, command: str, folder: Path) -> None:
        assert shell(f"cnnsteps {command} | true", folder) == (141, b"", b"")

    def test_head(self, folder: Path) -> None:
        found = shell("cnnsteps conv big.json -f json | head -3", folder)
        assert (found.code, found.err) == (141, b"")
        assert len(found.out.splitlines()) == 3

    @pytest.mark.parametrize("command", ["conv hw.json", "conv hw.json -f json", "schema", "--help", "--version"])
    @pytest.mark.parametrize("stream", [">&-", "> /dev/full"])
    def test_output_that_cannot_be_written(self, command: str, stream: str, folder: Path) -> None:
        found = shell(f"cnnsteps {command} {stream}", folder)
        assert found.code == 3
        assert len(found.err.splitlines()) == 1
        assert b": error: " in found.err

    def test_all_streams_closed(self, folder: Path) -> None:
        assert shell("cnnsteps conv hw.json -o new.txt <&- >&- 2>&-", folder).code == 0
        assert (folder / "new.txt").read_bytes() == start_cli("conv", "hw.json", cwd=folder).out
        assert shell("cnnsteps conv hw.json <&- >&- 2>&-", folder).code == 3
        assert shell("cnnsteps conv missing.json 2>&-", folder).code == 2

    def test_no_standard_input(self, folder: Path) -> None:
        found = shell("cnnsteps conv - <&-", folder)
        assert found == (2, b"", b"<stdin>:1:1: error: standard input is closed\n")


NO_NUMPY = """
import errno, sys
from cnnsteps.cli.program import main

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            {raising}

sys.meta_path.insert(0, Finder())
sys.exit(main(["conv", {file!r}]))
"""


class TestModulesThatCannotBeLoaded:
    """The system does not give us a module: exit 3 and its words, for it is nobody's bug."""

    @pytest.mark.parametrize(("raising", "said"), [
        ("raise OSError(errno.EMFILE, 'Too many open files')", "cnnsteps: error: Too many open files"),
        ("raise PermissionError(errno.EACCES, 'Permission denied')", "cnnsteps: error: Permission denied"),
        ("raise ImportError('libm.so: cannot open shared object file: Too many open files', name='numpy')",
         "cnnsteps: error: a module can't be loaded: libm.so: cannot open shared object file: Too many open files"),
        ("raise ImportError('READ\\nTHIS') from OSError(errno.ENOSPC, 'No space left on device')",
         "cnnsteps: error: a module can't be loaded: No space left on device"),
        ("raise ModuleNotFoundError(\"No module named 'numpy'\", name='numpy')",
         "cnnsteps: error: a module can't be loaded: No module named 'numpy'"),
        ("raise MemoryError", "cnnsteps: error: not enough memory for this problem"),
    ])  # fmt: skip
    def test_the_reason_is_told(self, raising: str, said: str) -> None:
        code = NO_NUMPY.format(raising=raising, file=str(SAMPLES / "conv-padding.json"))
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stdout, done.stderr.decode()) == (3, b"", said + "\n")

    def test_a_name_that_our_own_module_lacks_is_a_bug(self) -> None:
        raising = "raise ImportError('cannot import name', name='cnnsteps.text')"
        code = NO_NUMPY.format(raising=raising, file=str(SAMPLES / "conv-padding.json"))
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stdout) == (70, b"")

    @pytest.mark.parametrize("free", [0, 1, 2])
    def test_without_handles(self, free: int, tmp_path: Path) -> None:
        """From none to two: an error of one line, or the whole answer."""
        code = f"""
import os, resource, sys
from cnnsteps.cli.program import main
resource.setrlimit(resource.RLIMIT_NOFILE, (20, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
held = []
try:
    while True:
        held.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    for handle in held[:{free}]:
        os.close(handle)
sys.exit(main(["conv", {str(SAMPLES / "conv-padding.json")!r}, "-f", "latex"]))
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
        assert (done.returncode == 0) == (done.stderr == b"") == (b"end{document}" in done.stdout)
        if done.returncode:
            assert done.returncode == 3
            assert done.stderr.decode().endswith("Too many open files\n")
            assert done.stderr.count(b"\n") == 1
            assert done.stdout == b""

    def test_the_command_line_itself(self, tmp_path: Path) -> None:
        """click is not there."""
        (tmp_path / "click.py").write_text("raise OSError(28, 'No space left on device')", "utf-8")
        done = start_cli("conv", "x.json", env={"PYTHONPATH": str(tmp_path)})
        said = "cnnsteps: error: a module can't be loaded: [Errno 28] No space left on device\n"
        assert (done.code, done.out, done.err.decode()) == (3, b"", said)
