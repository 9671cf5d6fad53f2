"""While a command waits: what for is told on a terminal, and Ctrl-C ends it at once, whatever it waits for."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import command, environment
from tests.silent_registry import silent_registry

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and signals of Unix")

PATIENCE = 30.0
"""Seconds until a test gives up waiting for a process to come up."""

AT_ONCE = 5.0
"""Seconds in which a process has ended that waits for nobody, on a machine however busy; the registry's silence would
take 20."""


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    with silent_registry() as address:
        yield address


def started(stderr: int, *arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        cwd=cwd,
        env=environment(LEANINSPECT_CACHE_DIR=str(cwd / "cache")),
    )


def read_until(terminal: int, text: bytes) -> bytes:
    """What a process has written to its terminal, to the text at least."""
    written, end = b"", time.monotonic() + PATIENCE
    with suppress(OSError):  # nobody writes to it any more
        while text not in written and select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
            written += os.read(terminal, 4096)
    assert text in written
    return written


def interrupted(process: subprocess.Popen[bytes]) -> int:
    """The exit code of a process after Ctrl-C."""
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(AT_ONCE)
    finally:
        process.kill()


@pytest.mark.parametrize(
    "arguments",
    [
        ("registry:{}/app:1", "--text"),
        ("plan", "registry:{}/app:1"),
        ("cat", "registry:{}/app:1", "/etc/passwd"),
        ("compare", "registry:{}/app:1", "registry:{}/app:2", "--text"),
    ],
)
def test_a_registry_that_stalls_is_told_on_a_terminal_and_ctrl_c_ends_at_once_with_130(
    arguments: tuple[str, ...], registry: str, tmp_path: Path
):
    ours, theirs = os.openpty()
    try:
        process = started(theirs, *(each.format(registry) for each in arguments), cwd=tmp_path)
        os.close(theirs)
        read_until(ours, f"1 s · asking the registry for {registry}/app:".encode())
        assert interrupted(process) == 130
        assert b"\r\x1b[2Kleaninspect: interrupted\r\n" in read_until(ours, b"interrupted\r\n")
    finally:
        os.close(ours)


def test_nothing_but_the_interruption_is_told_where_stderr_is_no_terminal(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE)
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        process = started(subprocess.PIPE, f"registry:{address}/app:1", "--text", cwd=tmp_path)
        connection, _ = silent.accept()  # it asks by now
        with connection:
            assert interrupted(process) == 130
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == b"leaninspect: interrupted\n"


def test_the_line_is_no_wider_than_the_terminal(registry: str, tmp_path: Path):
    ours, theirs = os.openpty()
    try:
        import termios

        termios.tcsetwinsize(theirs, (24, 30))
        process = started(theirs, f"registry:{registry}/a-rather-long-name:1", "--text", cwd=tmp_path)
        os.close(theirs)
        written = read_until(ours, "1 s · asking the registry …".encode())
        assert interrupted(process) == 130
        lines = written.decode(errors="replace").split("\r\x1b[2K")
        assert max(map(len, lines)) == 29
    finally:
        os.close(ours)
