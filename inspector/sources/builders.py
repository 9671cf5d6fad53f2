"""Builders of images: Docker's, with buildx where it is, and podman's. What they say is seen while they say it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from inspector.errors import SourceUnavailable

IID_FILE = "--iidfile"

SERVICE_SECONDS = 20
"""Until podman's service must answer; it takes a tenth of one."""

SIGNALLED = 128
"""What a shell adds to the number of the signal that ended a program."""


class Builder(Struct, frozen=True):
    """`command` builds an image when its arguments follow; `transport` is the place where it leaves it."""

    transport: str
    command: tuple[str, ...]


def find_builder(*, podman: bool) -> Builder:
    """Docker's builder, or podman's where that is wanted or there is no docker.

    DOCKER_BUILDKIT=0 asks Docker for its classic builder. Raises SourceUnavailable where there is none.
    """
    if not podman and shutil.which("docker"):
        if os.environ.get("DOCKER_BUILDKIT") != "0" and _has_buildx():
            return Builder("docker", ("docker", "buildx", "build"))
        return Builder("docker", ("docker", "build"))
    if shutil.which("podman"):
        return Builder("podman", ("podman", "build"))
    if podman:
        raise SourceUnavailable("podman is not installed", "leave --podman out to build with docker")
    raise SourceUnavailable("neither docker nor podman is installed", "one of them must be there to build")


def build(builder: Builder, arguments: Sequence[str], iid_file: Path | None, *, is_placed: bool) -> int:
    """Run the builder; all that it says goes to stderr. The image's id is written to `iid_file`, None where the
    arguments name a file for it; `is_placed` tells whether they say where the image is left, which buildx may else do
    nowhere. Returns the exit code."""
    ours = [IID_FILE, str(iid_file)] if iid_file is not None else []
    if "buildx" in builder.command and not is_placed:
        ours.append("--load")
    sys.stderr.flush()
    done = subprocess.run([*builder.command, *ours, *arguments], stdout=sys.stderr, check=False)
    return done.returncode if done.returncode >= 0 else SIGNALLED - done.returncode


@contextmanager
def serving(builder: Builder) -> Iterator[None]:
    """While the block runs, `podman:` leads to where podman has built. Docker's builder has its engine already.

    Where podman works without a service, one is started for as long; it is the same store then, whoever the user is.
    """
    if builder.transport != "podman" or sys.platform != "linux" or os.environ.get("CONTAINER_HOST"):
        yield
        return
    with TemporaryDirectory(prefix="leaninspect-") as folder:
        socket = Path(folder, "podman.sock")
        command = ["podman", "system", "service", "--time=0", f"unix://{socket}"]
        said = Path(folder, "said")
        with said.open("wb") as log, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log) as service:
            try:
                _wait_for(socket, service, said)
                os.environ["CONTAINER_HOST"] = f"unix://{socket}"
                yield
            finally:
                os.environ.pop("CONTAINER_HOST", None)
                service.terminate()


def _wait_for(socket: Path, service: subprocess.Popen[bytes], said: Path) -> None:
    """Raises SourceUnavailable with podman's own words, which are in the file `said`, when its service does not
    start."""
    deadline = time.monotonic() + SERVICE_SECONDS
    while not socket.exists():
        if service.poll() is not None or time.monotonic() > deadline:
            service.kill()
            words = said.read_text(encoding="utf-8", errors="replace").strip()
            reason = words.splitlines()[-1] if words else "no reason given"
            raise SourceUnavailable(f"podman's service does not start: {reason}", "`podman info` may say more")
        time.sleep(0.02)


def _has_buildx() -> bool:
    return subprocess.run(["docker", "buildx", "version"], capture_output=True, check=False).returncode == 0
