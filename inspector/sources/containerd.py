"""containerd: `containerd:NAME`, streamed out by `ctr images export`, which every containerd installation has."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from threading import Thread

from inspector.errors import ImageNotFound, SourceUnavailable
from inspector.image.platform import Platform
from inspector.sources.archive import streamed
from inspector.sources.members import READ_CHUNK
from inspector.sources.meter import Meter
from inspector.sources.oci_layout import oci_image
from inspector.sources.protocol import Delivery, Options, Scanner, Watch
from inspector.sources.registry.image_name import parse_name

TRANSPORT = "containerd"
NAMESPACES = ("default", "moby", "k8s.io")
"""Where images are looked for, in this order: ctr's own, Docker's with the containerd store, and Kubernetes'."""


DEFAULT_SOCKET = "/run/containerd/containerd.sock"
START_HINT = "start it, or set CONTAINERD_ADDRESS to its socket"


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
        return oci_image(members, None, self._platform, TRANSPORT)

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
    _require_socket()
    wanted = parse_name(name).full
    there: list[str] = []
    for namespace in _namespaces():
        listing = subprocess.run(_ctr(namespace, "images", "ls", "-q"), capture_output=True, check=False)
        if listing.returncode != 0:
            raise SourceUnavailable(f"containerd cannot be reached: {_reason(listing.stderr)}", START_HINT)
        names = listing.stdout.decode(errors="replace").split()
        for candidate in (wanted, name):
            if candidate in names:
                return ContainerdImage(namespace, candidate, options.platform)
        there += names
    close = get_close_matches(wanted, there, n=3, cutoff=0.8)
    raise ImageNotFound(
        f"containerd has no image {wanted} in its namespaces {', '.join(_namespaces())}",
        f"did you mean {' or '.join(close)}?" if close else "`ctr -n NAMESPACE images ls` lists what it has",
    )


def _require_socket() -> None:
    """Raises SourceUnavailable at once where ctr would try for 10 s."""
    socket = Path(os.environ.get("CONTAINERD_ADDRESS", DEFAULT_SOCKET).removeprefix("unix://"))
    try:
        socket.stat()
    except FileNotFoundError:
        raise SourceUnavailable(f"containerd is not running: there is no {socket}", START_HINT) from None
    except OSError:
        pass
    if not os.access(socket, os.R_OK | os.W_OK):
        raise SourceUnavailable(f"permission denied on containerd's socket {socket}", "run with sudo")


def _namespaces() -> tuple[str, ...]:
    """CONTAINERD_NAMESPACE alone where it is set, as for ctr."""
    named = os.environ.get("CONTAINERD_NAMESPACE")
    return (named,) if named else NAMESPACES


def _ctr(namespace: str, *arguments: str) -> list[str]:
    return ["ctr", "--connect-timeout", "5s", "--namespace", namespace, *arguments]


def _platform_option(platform: Platform | None) -> list[str]:
    return ["--platform", str(platform)] if platform else []


def _reason(complaint: bytes) -> str:
    lines = complaint.decode(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("ctr: ") if lines else "no reason given"
