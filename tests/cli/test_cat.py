"""`leaninspect cat IMAGE PATH` as a user runs it."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from inspector.demo.archive import Member, directory, hardlink, symlink, whiteout
from tests.cli.conftest import NO_SPACE, Run, command, environment, left_early, on_a_full_disk
from tests.cli.images import run_step, write_image

BYTES = bytes(range(256)) * 5000


@pytest.fixture(autouse=True)
def image(tmp_path: Path) -> None:
    """Two versions of a text, bytes, links, and a file that is gone."""
    write_image(
        tmp_path,
        run_step(
            "one",
            Member("etc/motd", b"first\n"),
            Member("data", BYTES),
            Member("empty"),
            hardlink("twin", "data"),
            symlink("etc/link", "../data"),
            symlink("lib", "/usr/lib"),
            Member("usr/lib/x", b"x\n"),
            directory("var"),
            Member("dev/null", kind="char"),
            Member("gone", b"old\n"),
            Member("evil", b"a\tb\x1b]0;title\x07\r\n\xff end\n"),
        ),
        run_step("two", Member("etc/motd", b"second\n")),
        run_step("three", whiteout("gone")),
    )


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (["/etc/motd"], "second\n"),
        (["etc/motd"], "second\n"),
        (["/etc/motd", "--layer", "0"], "first\n"),
        (["/etc/motd", "--layer", "1"], "second\n"),
        (["/gone", "--layer", "1"], "old\n"),
        (["/lib/x"], "x\n"),
        (["/etc/../lib/../lib/x"], "x\n"),
        (["/empty"], ""),
        (["/empty", "--no-cache"], ""),
    ],
    ids=str,
)
def test_a_file_is_printed_as_it_was_after_a_layer(run: Run, arguments: list[str], out: str) -> None:
    outcome = run("cat", "app.tar", *arguments)
    assert (outcome.code, outcome.out, outcome.err) == (0, out, "")


@pytest.mark.parametrize("path", ["/data", "/twin", "/etc/link"])
def test_bytes_go_to_a_pipe_as_they_are(tmp_path: Path, path: str) -> None:
    done = subprocess.run(
        command("cat", "app.tar", path), capture_output=True, cwd=tmp_path, env=environment(), timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == (BYTES, b"")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["/var"], "/var is a folder", "`leaninspect cp` copies folders"),
        (["/"], "/ is a folder", "`leaninspect cp` copies folders"),
        (["/dev/null"], "/dev/null is no file: it is a device, a named pipe, or a hardlink to nothing", ""),
        (["/gone"], "there is no /gone", "--layer 0 has it"),
        (["/absent"], "there is no /absent", "check the path"),
        (["/etc/motd/x"], "/etc/motd/x: /etc/motd is no folder", "check the path"),
        (["/etc/motd", "--layer", "9"], "there is no layer 9", "the layers of this image are 0 to 2"),
    ],
    ids=str,
)
def test_what_is_no_file_is_told_in_a_line(run: Run, arguments: list[str], message: str, hint: str) -> None:
    outcome = run("cat", "app.tar", *arguments)
    told = f"leaninspect: error: {message}\n" + (f"  hint: {hint}\n" if hint else "")
    assert (outcome.code, outcome.out, outcome.err) == (2, "", told)


def test_stdin_cannot_be_read_twice(run: Run, tmp_path: Path) -> None:
    outcome = run("cat", "-", "/etc/motd", stdin=(tmp_path / "app.tar").read_bytes())
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("leaninspect: error: the image came from a stream, which cannot be read twice\n")


def test_a_reader_that_has_enough_hears_nothing(tmp_path: Path) -> None:
    assert left_early(b"\0\1", "cat", "app.tar", "/data", cwd=tmp_path) == (0, b"")


def test_a_full_disk_behind_stdout_is_told(tmp_path: Path) -> None:
    assert on_a_full_disk("cat", "app.tar", "/data", cwd=tmp_path) == (2, NO_SPACE)


def test_a_file_cannot_command_the_terminal(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        done = subprocess.run(
            command("cat", "app.tar", "/evil"),
            stdout=theirs,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment(),
            timeout=60,
        )
        os.close(theirs)
        shown = screen.read(1000)
    assert (done.returncode, done.stderr) == (0, b"")
    assert shown.replace(b"\r\n", b"\n") == b"a\tb\\x1b]0;title\\x07\\r\n\\xff end\n"
