"""containerd: `containerd:NAME`, streamed out by `ctr images export`, which every containerd installation has."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

from inspector.errors import ImageNotFound, SourceUnavailable
from inspector.image.platform import Platform
from inspector.sources.members import READ_CHUNK, Located, Members
from inspector.sources.oci_layout import oci_image
from inspector.sources.protocol import Options, Poll
from inspector.sources.registry.image_name import parse_name
from inspector.sources.similar import did_you_mean
from inspector.sources.stream import StreamedImage

TRANSPORT = "containerd"
NAMESPACES = ("default", "moby", "k8s.io")
"""Where images are looked for, in this order: ctr's own, Docker's with the containerd store, and Kubernetes'."""


DEFAULT_SOCKET = "/run/containerd/containerd.sock"
START_HINT = "start it, or set CONTAINERD_ADDRESS to its socket"


def containerd_image(namespace: str, name: str, platform: Platform | None) -> StreamedImage:
    """An image that containerd has in a namespace; each stream is an export of its own."""

    @contextmanager
    def opened(_: Poll) -> Iterator[Iterable[bytes]]:
        export = ["images", "export", *_platform_option(platform), "-", name]
        with _exporting(_ctr(namespace, *export), name) as chunks:
            yield chunks

    def layout(members: Members, tag: str | None, platform: Platform | None) -> Located:
        return oci_image(members, tag, platform, TRANSPORT)

    return StreamedImage(opened, layout, platform=platform)


@contextmanager
def _exporting(command: Sequence[str], name: str) -> Iterator[Iterable[bytes]]:
    """What the command writes to stdout; it is ended with the block, finished or not.

    Raises SourceUnavailable, while it is read, with its own words when it fails.
    """
    with TemporaryFile() as complaints:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints)

        def chunks() -> Iterator[bytes]:
            assert process.stdout is not None, "stdout is a pipe"
            while chunk := process.stdout.read(READ_CHUNK):
                yield chunk
            if process.wait() != 0:
                complaints.seek(0)
                raise SourceUnavailable(f"ctr could not export {name}: {_reason(complaints.read())}")

        with process:
            try:
                yield chunks()
            finally:
                with suppress(OSError):
                    process.kill()


def open_containerd_image(name: str, options: Options) -> StreamedImage:
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
                return containerd_image(namespace, candidate, options.platform)
        there += names
    raise ImageNotFound(
        f"containerd has no image {wanted} in its namespaces {', '.join(_namespaces())}",
        did_you_mean(wanted, there) or "`ctr -n NAMESPACE images ls` lists what it has",
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
