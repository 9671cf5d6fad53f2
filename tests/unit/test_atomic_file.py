"""The one way files are written: whole or not at all, with nothing left behind."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from inspector.atomic_file import replacing, write_atomically
from inspector.errors import WriteFailed

posix = pytest.mark.skipif(os.name != "posix", reason="needs permissions, symlinks and named pipes")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_nothing_else(tmp_path: Path) -> None:
    write_atomically(tmp_path / "report.json", b"data")
    assert (tmp_path / "report.json").read_bytes() == b"data"
    assert names_in(tmp_path) == ["report.json"]


@posix
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_permissions_of_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    write = "import sys, pathlib; from inspector.atomic_file import write_atomically as w; w(pathlib.Path('new'), b'')"
    subprocess.run([sys.executable, "-c", write], cwd=tmp_path, umask=umask, check=True)
    assert mode_of(tmp_path / "new") == mode


@posix
def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "script"
    path.write_text("old")
    path.chmod(0o750)
    write_atomically(path, b"new")
    assert (path.read_bytes(), mode_of(path)) == (b"new", 0o750)


@posix
def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/report").write_text("old")
    (tmp_path / "link").symlink_to("real/report")
    (tmp_path / "dangling").symlink_to("real/new")
    write_atomically(tmp_path / "link", b"new")
    write_atomically(tmp_path / "dangling", b"made")
    assert (tmp_path / "link").readlink() == Path("real/report")
    assert (tmp_path / "real/report").read_bytes() == b"new"
    assert (tmp_path / "real/new").read_bytes() == b"made"
    assert names_in(tmp_path / "real") == ["new", "report"]


@posix
def test_a_named_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"through")
    reader.join()
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@posix
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nowhere/report", "no such file or directory"),
        ("folder", "is a directory"),
        ("file/report", "not a directory"),
        ("loop", "too many levels of symbolic links"),
    ],
)
def test_what_cannot_be_written_is_told_in_one_line_and_leaves_nothing(tmp_path: Path, path: str, reason: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(WriteFailed) as told:
        write_atomically(tmp_path / path, b"data")
    assert told.value.message == f"cannot write {tmp_path / path}: {reason}"
    assert names_in(tmp_path) == ["file", "folder", "loop"]


def test_a_name_of_terminal_commands_is_told_as_escapes(tmp_path: Path) -> None:
    with pytest.raises(WriteFailed, match=r"cannot write .*\\x1b\[31m"):
        write_atomically(tmp_path / "no" / "\x1b[31m", b"data")


@pytest.mark.parametrize("failure", [OSError("no room"), KeyboardInterrupt(), MemoryError()])
def test_a_failure_in_the_middle_leaves_the_old_file_and_no_other(tmp_path: Path, failure: BaseException) -> None:
    (tmp_path / "report").write_text("old")
    with pytest.raises(type(failure)), replacing(tmp_path / "report") as file:
        file.write(b"half")
        raise failure
    assert names_in(tmp_path) == ["report"]
    assert (tmp_path / "report").read_text() == "old"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux to count what is open")
def test_a_failure_leaves_nothing_open(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(OSError, match="no room"), replacing(tmp_path / "report"):
            raise OSError("no room")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@posix
def test_a_private_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    with replacing(tmp_path / "scan", 0o600) as file:
        file.write(b"x")
        (unfinished,) = tmp_path.iterdir()
        assert mode_of(unfinished) == 0o600
    assert mode_of(tmp_path / "scan") == 0o600
