"""The command as a user runs it: a process of its own, its output and its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from inspector.demo.article import fat_archive

NO_ENGINE = "unix:///nonexistent/docker.sock"


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


def environment(**more: str) -> dict[str, str]:
    """No engine, no colours, no terminal width from whoever runs the tests."""
    kept = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES", "DOCKER_CONTEXT")}
    return {**kept, "DOCKER_HOST": NO_ENGINE, "CONTAINER_HOST": NO_ENGINE, "PYTHONIOENCODING": "utf-8", **more}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "inspector", *arguments]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs leaninspect with the given arguments, in a folder of its own."""

    def run_it(*arguments: str, stdin: bytes = b"", **more: str) -> Outcome:
        env = environment(LEANINSPECT_CACHE_DIR=str(tmp_path / "cache"), **more)
        done = subprocess.run(command(*arguments), input=stdin, capture_output=True, cwd=tmp_path, env=env, timeout=120)
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run_it


def left_early(first: bytes, *arguments: str, cwd: Path) -> tuple[int, bytes]:
    """(exit code, stderr) of a run whose reader closes the pipe once it has the first bytes."""
    process = subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd, env=environment()
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stderr:
        assert process.stdout.read(len(first)) == first
        process.stdout.close()
        return process.wait(timeout=60), process.stderr.read()


def on_a_terminal(*arguments: str, cwd: Path, **more: str) -> str:
    """What a run prints whose stdout is a terminal; its stdin and stderr are none."""
    import pty  # which Windows has not

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        cwd=cwd,
        env=environment(**more),
    )
    os.close(theirs)
    told = b""
    with suppress(OSError):  # the other end is closed
        while data := os.read(ours, 65536):
            told += data
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return told.decode()


def on_a_full_disk(*arguments: str, cwd: Path) -> tuple[int, str]:
    """(exit code, stderr) of a run whose stdout can take no byte."""
    device = Path("/dev/full")
    if not device.exists():
        pytest.skip("no device that is full")
    with device.open("wb") as full:
        done = subprocess.run(
            command(*arguments), stdout=full, stderr=subprocess.PIPE, cwd=cwd, env=environment(), timeout=60
        )
    return done.returncode, done.stderr.decode()


NO_SPACE = "leaninspect: error: cannot write: no space left on device\n  hint: check where the output leads to\n"


@pytest.fixture(scope="session")
def fat_tar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fat demo image as `docker save` would write it."""
    path = tmp_path_factory.mktemp("archives") / "fat.tar"
    path.write_bytes(fat_archive())
    return path
