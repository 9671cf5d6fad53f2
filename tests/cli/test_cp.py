"""`leaninspect cp IMAGE:PATH DEST` as a user runs it."""

from __future__ import annotations

import os
import pty
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from inspector.demo.archive import Member, directory, hardlink, symlink, whiteout
from tests.cli.conftest import Run, command, environment
from tests.cli.images import run_step, write_image


@pytest.fixture(autouse=True)
def image(tmp_path: Path) -> None:
    write_image(
        tmp_path,
        run_step(
            "one",
            directory("app", mode=0o750),
            Member("app/main.py", b"old\n", mode=0o755),
            Member("app/secret", b"s", mode=0o4600),
            hardlink("app/twin", "app/main.py"),
            symlink("app/inside", "main.py"),
            symlink("app/outside", "../../etc/passwd"),
            symlink("app/absolute", "/etc/passwd"),
            Member("app/deep/er/file", b"deep"),
            Member("app/pipe", kind="fifo"),
            directory("empty"),
            symlink("current", "app"),
            symlink("os-release", "usr/lib/os-release"),
            Member("usr/lib/os-release", b"ID=x\n"),
            Member("dev/null", kind="char"),
        ),
        run_step("two", Member("app/main.py", b"new\n", mode=0o755), whiteout("app/deep")),
    )


def tree(folder: Path) -> dict[str, str]:
    """Path → what is there: bytes as text, `→ target`, or nothing for a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found[name] = f"→ {path.readlink()}" if path.is_symlink() else "" if path.is_dir() else path.read_text()
    return found


APP = {"inside": "→ main.py", "main.py": "new\n", "secret": "s", "twin": "old\n"}


def below(name: str, files: dict[str, str]) -> dict[str, str]:
    return {name: ""} | {f"{name}/{path}": content for path, content in files.items()}


def test_a_file_is_copied_to_a_name(run: Run, tmp_path: Path) -> None:
    outcome = run("cp", "app.tar:/app/main.py", "copy.py")
    assert (outcome.code, outcome.out, outcome.err) == (0, "wrote 1 file, 4 B, to copy.py\n", "")
    assert (tmp_path / "copy.py").read_text() == "new\n"
    assert stat.S_IMODE((tmp_path / "copy.py").stat().st_mode) == 0o755


def test_a_file_is_copied_into_a_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run("cp", "app.tar:/app/main.py", "out")
    assert tree(tmp_path / "out") == {"main.py": "new\n"}


def test_a_folder_becomes_the_one_named_or_goes_into_the_one_that_is_there(run: Run, tmp_path: Path) -> None:
    outcome = run("cp", "app.tar:/app", "out")
    assert (outcome.code, outcome.out) == (0, "wrote 4 files, 9 B, to out\n")
    assert tree(tmp_path / "out") == APP
    run("cp", "app.tar:/app", "out")
    assert tree(tmp_path / "out") == APP | below("app", APP)


def test_what_is_in_a_folder_is_copied_without_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run("cp", "app.tar:/app/.", "out")
    assert tree(tmp_path / "out") == APP


def test_the_whole_image_goes_into_the_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert run("cp", "app.tar:/", "out").code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "app",
        "current",
        "dev",
        "empty",
        "os-release",
        "usr",
    ]


def test_an_older_version(run: Run, tmp_path: Path) -> None:
    run("cp", "--layer", "0", "app.tar:/app", "out")
    assert tree(tmp_path / "out") == APP | {"main.py": "old\n", "deep": "", "deep/er": "", "deep/er/file": "deep"}


def test_folders_have_their_permissions_and_files_no_more_than_those(run: Run, tmp_path: Path) -> None:
    run("cp", "app.tar:/app", "out")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "out/secret").stat().st_mode) == 0o600


def test_what_is_left_out_is_told(run: Run) -> None:
    assert sorted(run("cp", "app.tar:/app", "out").err.splitlines()) == [
        "leaninspect: note: left out 3: links that lead outside, devices, and what would replace a folder",
        "leaninspect: note: left out: absolute",
        "leaninspect: note: left out: outside",
        "leaninspect: note: left out: pipe",
    ]


def test_a_link_is_copied_as_one_or_followed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run("cp", "app.tar:/app/inside", "out")
    assert tree(tmp_path / "out") == {"inside": "→ main.py"}
    assert run("cp", "-L", "app.tar:/os-release", "out").code == 0
    assert tree(tmp_path / "out") == {"inside": "→ main.py", "os-release": "ID=x\n"}
    run("cp", "app.tar:/current/", "followed")
    assert tree(tmp_path / "followed") == APP


@pytest.mark.parametrize("path", ["/app/outside", "/app/absolute"])
def test_a_link_that_leads_outside_is_not_made(run: Run, tmp_path: Path, path: str) -> None:
    outcome = run("cp", f"app.tar:{path}", "out")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"leaninspect: error: {path} is a link that leads outside\n  hint: --follow-link copies what it leads to\n"
    )
    assert not (tmp_path / "out").is_symlink()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["app.tar:/absent", "out"], "there is no /absent"),
        (["app.tar:/app/deep/er/file", "out"], "there is no /app/deep/er/file"),
        (["app.tar:/dev/null", "out"], "/dev/null is a device or a named pipe"),
        (["app.tar:/app/main.py", "out/"], "there is no folder out/"),
        (["app.tar", "out"], "app.tar names no path in an image: write IMAGE:/PATH"),
        (["app.tar:etc", "out"], "app.tar:etc names no path in an image: write IMAGE:/PATH"),
        (["app.tar:/app", "-"], "cp writes files and folders; `leaninspect cat IMAGE PATH` writes to stdout"),
        ([":/app", "out"], "no image named"),
        (["app.tar:/app", "app.tar/x"], "cannot write app.tar/x: not a directory"),
    ],
    ids=str,
)
def test_what_cannot_be_copied_is_told_in_a_line(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    outcome = run("cp", *arguments)
    assert (outcome.code, outcome.out, outcome.err.splitlines()[0]) == (2, "", f"leaninspect: error: {message}")
    assert [path.name for path in tmp_path.iterdir() if path.name != "cache"] == ["app.tar"]


@pytest.mark.parametrize("name", ["app:1", "host:5000/app:1", "docker-archive:app.tar:app:1"])
def test_the_image_may_have_colons_in_its_name(run: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if not name.startswith("docker-archive:"):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp_path / "app.tar", path)
        name = f"./{name}"
    assert run("cp", f"{name}:/app/main.py", "copy").err == ""
    assert (tmp_path / "copy").read_text() == "new\n"


def test_stdin_cannot_be_read_twice(run: Run, tmp_path: Path) -> None:
    outcome = run("cp", "--", "-:/app/main.py", "out", stdin=(tmp_path / "app.tar").read_bytes())
    assert outcome.code == 2
    assert outcome.err.startswith("leaninspect: error: the image came from a stream, which cannot be read twice\n")


# What is in the way


def test_nothing_is_overwritten_unasked(run: Run, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("mine")
    outcome = run("cp", "app.tar:/app/main.py", "copy")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "leaninspect: error: in the way: copy\n  hint: --force overwrites\n"
    assert (tmp_path / "copy").read_text() == "mine"
    assert run("cp", "--force", "app.tar:/app/main.py", "copy").code == 0
    assert (tmp_path / "copy").read_text() == "new\n"


def test_of_a_folder_nothing_is_written_when_a_file_of_it_is_in_the_way(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out/app").mkdir(parents=True)
    (tmp_path / "out/app/twin").write_text("mine")
    outcome = run("cp", "app.tar:/app", "out")
    assert (outcome.code, outcome.err.splitlines()[0]) == (2, "leaninspect: error: in the way: out/app/twin")
    assert tree(tmp_path / "out") == below("app", {"twin": "mine"})


def answered(tmp_path: Path, answer: bytes, *arguments: str) -> tuple[int, bytes]:
    """The exit code and what the terminal showed, when somebody answers there."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        terminal.write(answer)
        done = subprocess.run(
            command(*arguments),
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            cwd=tmp_path,
            env=environment(),
            timeout=60,
        )
        os.close(theirs)
        return done.returncode, terminal.read(10_000)


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("mine")
    code, shown = answered(tmp_path, b"n\n", "cp", "app.tar:/app/main.py", "copy")
    assert (code, (tmp_path / "copy").read_text()) == (2, "mine")
    assert b"Overwrite copy? [y/N]: " in shown
    code, _ = answered(tmp_path, b"y\n", "cp", "app.tar:/app/main.py", "copy")
    assert (code, (tmp_path / "copy").read_text()) == (0, "new\n")


# Never outside DEST


def test_a_link_in_the_way_is_replaced_and_not_followed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "out/app").mkdir(parents=True)
    (tmp_path / "out/app/main.py").symlink_to(tmp_path / "mine")
    assert run("cp", "--force", "app.tar:/app", "out").code == 0
    assert (tmp_path / "mine").read_text() == "mine"
    assert tree(tmp_path / "out") == below("app", APP)


@pytest.mark.parametrize("link", ["out/app", "out/app/deep"])
def test_nothing_is_written_through_a_folder_that_is_a_link(run: Run, tmp_path: Path, link: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / link).parent.mkdir(parents=True)
    (tmp_path / link).symlink_to(tmp_path / "elsewhere")
    outcome = run("cp", "--force", "--layer", "0", "app.tar:/app", "out")
    assert outcome.code == 2
    assert outcome.err.startswith(
        f"leaninspect: error: cannot write {link}: it is a link, through which nothing is written"
    )
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_hostile_image_writes_nothing_outside(run: Run, tmp_path: Path) -> None:
    write_image(
        tmp_path,
        run_step(
            "evil",
            Member("top/../../escaped", b"x"),
            Member("/absolute", b"x"),
            symlink("top/way", "../.."),
            Member("top/way/through", b"x"),
            symlink("top/out", ".."),
            symlink("top/round", "out/../.."),
            Member("top/e\x1b[31m", b"x"),
        ),
    )
    before = {path.name for path in tmp_path.parent.iterdir()}
    outcome = run("cp", "app.tar:/", "out")
    assert (outcome.code, "\x1b" in outcome.out + outcome.err) == (0, False)
    assert {path.name for path in tmp_path.parent.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.tar", "cache", "out"]
    real = (tmp_path / "out").resolve()
    assert all(path.resolve().is_relative_to(real) for path in real.rglob("*"))


def test_a_failed_copy_leaves_the_file_that_was_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("mine")
    archive = (tmp_path / "app.tar").read_bytes()
    run("cp", "--force", "app.tar:/app/main.py", "other")  # which remembers the layers
    (tmp_path / "app.tar").write_bytes(archive.replace(b"new\n", b"bad\n"))
    assert run("cp", "--force", "app.tar:/app/main.py", "copy").code == 2
    assert (tmp_path / "copy").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.tar", "cache", "copy", "other"]
