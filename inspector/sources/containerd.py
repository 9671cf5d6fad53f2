"""containerd: `containerd:NAME`, streamed out by `ctr images export`, which every containerd installation has."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from threading import Thread

from inspector.errors import ImageNotFound, SourceUnavailable
from inspector.image.platform import Platform
from inspector.sources.archive import any_layout, streamed
from inspector.sources.members import READ_CHUNK
from inspector.sources.meter import Meter
from inspector.sources.protocol import Delivery, Options, Scanner, Watch

TRANSPORT = "containerd"
NAMESPACES = ("default", "moby", "k8s.io")
"""Where images are looked for, in this order: ctr's own, Docker's with the containerd store, and Kubernetes'."""


class ContainerdImage:
    """An image that containerd has in a namespace."""

    def __init__(self, namespace: str, name: str, platform: Platform | None) -> None:
        self._name, self._platform = name, platform
        self._process = subprocess.Popen(
            _ctr(namespace, "images", "export", *_platform_option(platform), "-", name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._complaints: list[bytes] = []
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def read(self, scanner: Scanner, watch: Watch) -> Delivery:
        members = streamed(self._chunks(), scanner, Meter(watch))
        return replace(any_layout(members, None, self._platform), transport=TRANSPORT)

    def close(self) -> None:
        """Ends the export, finished or not."""
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _chunks(self) -> Iterator[bytes]:
        assert self._process.stdout is not None
        while chunk := self._process.stdout.read(READ_CHUNK):
            yield chunk
        if self._process.wait() != 0:
            self._listener.join()
            raise SourceUnavailable(f"ctr could not export {self._name}: {_reason(b''.join(self._complaints))}")

    def _listen(self) -> None:
        """Empties stderr, which would block ctr when full."""
        assert self._process.stderr is not None
        self._complaints.extend(self._process.stderr)


def open_containerd_image(name: str, options: Options) -> ContainerdImage:
    """Raises SourceUnavailable when there is no ctr or it may not talk to containerd, ImageNotFound otherwise."""
    if shutil.which("ctr") is None:
        raise SourceUnavailable("containerd's client ctr is not installed", "it comes with containerd")
    wanted = _full_name(name)
    for namespace in NAMESPACES:
        listing = subprocess.run(_ctr(namespace, "images", "ls", "-q"), capture_output=True, check=False)
        if listing.returncode != 0:
            raise SourceUnavailable(
                f"containerd cannot be reached: {_reason(listing.stderr)}",
                "start it, run with sudo, or set CONTAINERD_ADDRESS to its socket",
            )
        names = listing.stdout.decode(errors="replace").split()
        for candidate in (name, wanted):
            if candidate in names:
                return ContainerdImage(namespace, candidate, options.platform)
    raise ImageNotFound(
        f"containerd has no image {wanted} in its namespaces {', '.join(NAMESPACES)}",
        "`ctr -n NAMESPACE images ls` lists what it has",
    )


def _ctr(namespace: str, *arguments: str) -> list[str]:
    return ["ctr", "--namespace", namespace, *arguments]


def _platform_option(platform: Platform | None) -> list[str]:
    return ["--platform", str(platform)] if platform else []


def _full_name(name: str) -> str:
    """Docker Hub's short names in full, as containerd stores them."""
    head, slash, last = name.partition("/")
    if not slash:
        full = f"docker.io/library/{name}"
    elif "." in head or ":" in head or head == "localhost":
        full = name
    else:
        full = f"docker.io/{name}"
    return full if ":" in full.rpartition("/")[2] or "@" in full else f"{full}:latest"


def _reason(complaint: bytes) -> str:
    lines = complaint.decode(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("ctr: ") if lines else "no reason given"
