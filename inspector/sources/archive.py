"""Image archives and layouts as sources: `docker-archive:`, `oci-archive:`, `oci-dir:`, and `-` for stdin.

A file is read by seeking where it is a plain tar, and as a stream where it is compressed or cannot seek.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from inspector.errors import BadImage, BadLayer, ImageNotFound, SourceUnavailable
from inspector.image.platform import Platform
from inspector.layers.compression import compression_of, decompress
from inspector.sources import docker_archive, oci_layout
from inspector.sources.members import READ_CHUNK, Members, StreamedArchive, file_chunks, folder, plain_archive
from inspector.sources.meter import Meter
from inspector.sources.protocol import Delivery, Options, Scanner, Watch

Layout = Callable[[Members, str | None, Platform | None], Delivery]
"""How to find the image among the members, once they can be asked for by name."""


class ArchivedImage:
    """An image in a file or folder that exists."""

    def __init__(self, path: Path, layout: Layout, tag: str | None, platform: Platform | None) -> None:
        self._path, self._layout, self._tag, self._platform = path, layout, tag, platform

    def read(self, scanner: Scanner, watch: Watch) -> Delivery:
        try:
            return self._layout(self._members(scanner, watch), self._tag, self._platform)
        except OSError as error:
            raise unreadable(self._path, error) from None

    def close(self) -> None:
        """Files are open only while they are read."""

    def _members(self, scanner: Scanner, watch: Watch) -> Members:
        if self._path.is_dir():
            return folder(self._path, scanner, watch)
        try:
            if self._path.is_file() and _compression(self._path) is None:
                return plain_archive(self._path, scanner, watch)
            meter = Meter(watch, bytes_total=self._path.stat().st_size or None)
            return streamed(file_chunks(self._path), scanner, meter)
        except BadLayer as error:
            raise BadImage(f"{self._path} cannot be read as an image archive: {error.message}", error.hint) from None


class StreamedImage:
    """An image archive that can be read only once, front to back."""

    def __init__(self, chunks: Iterable[bytes], layout: Layout, tag: str | None, platform: Platform | None) -> None:
        self._chunks, self._layout, self._tag, self._platform = chunks, layout, tag, platform

    def read(self, scanner: Scanner, watch: Watch) -> Delivery:
        try:
            members = streamed(self._chunks, scanner, Meter(watch))
        except BadLayer as error:
            raise BadImage(f"the stream is not an image archive: {error.message}", error.hint) from None
        return self._layout(members, self._tag, self._platform)

    def close(self) -> None:
        """Whoever made the stream closes it."""


def streamed(chunks: Iterable[bytes], scanner: Scanner, meter: Meter) -> Members:
    """The members of an archive, compressed or not, that comes as a stream. Raises BadLayer when it is no tar."""
    _, plain = decompress(meter.counted(chunks))
    return StreamedArchive(plain, scanner, meter.layer_done)


def open_docker_archive(name: str, options: Options) -> ArchivedImage:
    return _open(name, docker_archive.docker_archive_image, options)


def open_oci_archive(name: str, options: Options) -> ArchivedImage:
    return _open(name, _oci("oci-archive"), options)


def open_oci_dir(name: str, options: Options) -> ArchivedImage:
    return _open(name, _oci("oci-dir"), options)


def open_path(name: str, options: Options) -> ArchivedImage:
    """A file or folder, recognised by its content."""
    return _open(name, any_layout, options)


def open_stdin(_: str, options: Options) -> StreamedImage:
    """An archive on stdin, recognised by its content. Raises ImageNotFound when a person is typing there."""
    if sys.stdin is None or sys.stdin.isatty():
        raise ImageNotFound("no image comes on stdin", "for example: docker save NAME | leaninspect -")
    # read below sys.stdin, whose lock a thread that still waits for bytes would hold when the process ends
    chunks = iter(lambda: os.read(sys.stdin.fileno(), READ_CHUNK), b"")
    return StreamedImage(chunks, any_layout, None, options.platform)


def any_layout(members: Members, tag: str | None, platform: Platform | None) -> Delivery:
    """Whichever layout the members have; Docker 25 and newer write both, and then manifest.json has the names."""
    if docker_archive.MANIFEST in members:
        return docker_archive.docker_archive_image(members, tag, platform)
    if oci_layout.INDEX in members:
        transport = "oci-dir" if members.place == "the layout" else "oci-archive"
        return oci_layout.oci_image(members, tag, platform, transport)
    raise BadImage(
        "not an image: it has no file manifest.json or index.json",
        "write an archive with `docker save -o FILE NAME` or `skopeo copy … oci-archive:FILE`",
    )


def _oci(transport: str) -> Layout:
    return lambda members, tag, platform: oci_layout.oci_image(members, tag, platform, transport)


def _open(name: str, layout: Layout, options: Options) -> ArchivedImage:
    """`PATH` or `PATH:TAG`. Raises ImageNotFound when there is nothing at that path."""
    path, tag = split_path(name)
    return ArchivedImage(path, layout, tag, options.platform)


def split_path(name: str) -> tuple[Path, str | None]:
    """The path and the tag of `PATH[:TAG]`: the longest part before a colon that exists is the path.

    Raises ImageNotFound when none exists, SourceUnavailable when it may not be looked at.
    """
    end = len(name)
    while end > 0:
        path = Path(name[:end]).expanduser()
        try:
            if path.exists():
                return path, name[end + 1 :] or None
        except OSError as error:
            raise unreadable(path, error) from None
        end = name.rfind(":", 0, end)
    raise ImageNotFound(f"no such file: {name}", "check the path")


def unreadable(path: Path, error: OSError) -> SourceUnavailable:
    reason = (error.strerror or str(error)).lower()
    return SourceUnavailable(f"cannot read {path}: {reason}", "check the path and its permissions")


def _compression(path: Path) -> str | None:
    with path.open("rb") as file:
        return compression_of(file.read(6))
