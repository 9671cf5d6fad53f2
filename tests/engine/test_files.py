"""`leaninspect cat` and `cp` give what `docker cp` gives of a container that was never started."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import Engine

pytestmark = pytest.mark.engine

TAG = "leaninspect/files:1"

DOCKERFILE = """\
FROM {base}
COPY --chmod=0640 one /opt/app/one
COPY two /opt/app/deep/two
RUN ln -s one /opt/app/link && ln /opt/app/one /opt/app/twin && mkdir -m 0700 /opt/app/private
COPY three /opt/app/deep/two
RUN rm /opt/app/one && chmod 0750 /opt/app
"""

FILES = {"one": b"one\n" * 1000, "two": b"old\n", "three": bytes(range(256)) * 4000}


@pytest.fixture(scope="module")
def container(engine: Engine, busybox: str) -> Iterator[str]:
    engine.build(TAG, DOCKERFILE.format(base=busybox), FILES, buildkit=True)
    with engine.container(TAG) as identity:
        yield identity
    engine.forget(TAG)


def environment(engine: Engine, folder: Path) -> dict[str, str]:
    return engine.env | {"LEANINSPECT_CACHE_DIR": str(folder / "cache"), "CONTAINER_HOST": "unix:///nonexistent"}


def leaninspect(engine: Engine, folder: Path, *arguments: str) -> bytes:
    """stdout of the command, which must not fail."""
    done = subprocess.run(
        [sys.executable, "-m", "inspector", *arguments],
        env=environment(engine, folder),
        cwd=folder,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def tree(folder: Path) -> dict[str, tuple[object, ...]]:
    """Path → permissions, and the bytes of a file or the target of a link."""
    found: dict[str, tuple[object, ...]] = {}
    for path in (folder, *folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))  # noqa: PTH115 (Path.readlink rewrites the target)
        else:
            found[name] = (stat.S_IMODE(path.stat().st_mode), path.read_bytes() if path.is_file() else None)
    return found


def test_a_folder_is_what_docker_cp_makes_of_it(engine: Engine, container: str, tmp_path: Path) -> None:
    engine.docker("cp", f"{container}:/opt/app", str(tmp_path / "theirs"))
    leaninspect(engine, tmp_path, "cp", f"docker:{TAG}:/opt/app", "ours")
    theirs = tree(tmp_path / "theirs")
    assert tree(tmp_path / "ours") == theirs
    assert sorted(theirs) == [".", "deep", "deep/two", "link", "private", "twin"]


@pytest.mark.parametrize("made", [False, True], ids=["to a name", "into a folder"])
@pytest.mark.parametrize("path", ["/opt/app", "/opt/app/.", "/opt/app/twin", "/opt/app/link"])
def test_what_is_copied_goes_where_docker_cp_has_it(
    engine: Engine, container: str, tmp_path: Path, path: str, made: bool
) -> None:
    for side in ("theirs", "ours"):
        (tmp_path / side).mkdir()
        if made:
            (tmp_path / side / "out").mkdir()
    engine.docker("cp", f"{container}:{path}", str(tmp_path / "theirs/out"))
    leaninspect(engine, tmp_path / "ours", "cp", f"docker:{TAG}:{path}", "out")
    ours = tree(tmp_path / "ours")
    assert {name: what for name, what in ours.items() if name.startswith("out")} == {
        name: what for name, what in tree(tmp_path / "theirs").items() if name.startswith("out")
    }


def test_a_file_has_the_bytes_that_the_container_has(engine: Engine, container: str, tmp_path: Path) -> None:
    for path in ("/opt/app/twin", "/opt/app/deep/two"):
        engine.docker("cp", f"{container}:{path}", str(tmp_path / "theirs"))
        assert leaninspect(engine, tmp_path, "cat", f"docker:{TAG}", path) == (tmp_path / "theirs").read_bytes()


def test_an_older_version_is_that_of_its_layer(engine: Engine, container: str, tmp_path: Path) -> None:
    """The base has one layer: COPY one is layer 1, COPY two layer 2."""
    older = ("cat", f"docker:{TAG}", "/opt/app/deep/two", "--layer")
    assert leaninspect(engine, tmp_path, *older, "2") == FILES["two"]
    assert leaninspect(engine, tmp_path, *older, "4") == FILES["three"]
    assert leaninspect(engine, tmp_path, "cat", f"docker:{TAG}", "/opt/app/link", "--layer", "3") == FILES["one"]


def test_a_reader_that_has_enough_is_no_lost_engine(engine: Engine, container: str, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "inspector", "cat", f"docker:{TAG}", "/opt/app/deep/two"],
        env=environment(engine, tmp_path),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(2) == b"\0\1"
    process.stdout.close()
    assert (process.wait(timeout=60), process.stderr.read()) == (0, b"")
    process.stderr.close()


def test_a_file_that_cannot_be_written_is_no_lost_engine(engine: Engine, container: str, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "inspector", "cat", f"docker:{TAG}", "/opt/app/deep/two"],
            env=environment(engine, tmp_path),
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert (done.returncode, done.stderr.decode().splitlines()[0]) == (
        2,
        "leaninspect: error: cannot write: no space left on device",
    )
