"""Image archives and layouts as sources: `docker-archive:`, `oci-archive:`, `oci-dir:`, and `-` for stdin.

A file is read by seeking where it is a plain tar, and as a stream where it is compressed or cannot seek.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from inspector.errors import BadImage, BadLayer, ImageNotFound, SourceUnavailable
from inspector.image.platform import Platform
from inspector.layers.compression import compression_of
from inspector.sources import docker_archive, oci_layout
from inspector.sources.members import (
    HEAD,
    READ_CHUNK,
    ExtentMembers,
    Layout,
    Located,
    Members,
    file_chunks,
    folder,
    plain_archive,
)
from inspector.sources.protocol import (
    Chunks,
    Expected,
    Known,
    Options,
    Poll,
    Source,
    SourceImage,
    do_not_poll,
    nothing_known,
)
from inspector.sources.stream import StreamedImage


class ArchivedImage:
    """An image in a plain archive or a folder: each of its layers can be opened on its own."""

    at_once = 1

    def __init__(self, path: Path, layout: Layout, tag: str | None, platform: Platform | None) -> None:
        self._path, self._layout, self._tag, self._platform = path, layout, tag, platform
        self._found: tuple[ExtentMembers, Located] | None = None

    def image(self, known: Known = nothing_known, poll: Poll = do_not_poll) -> SourceImage:  # noqa: ARG002
        return self._locate()[1].image

    def open_layer(self, index: int, poll: Poll = do_not_poll) -> Chunks:  # noqa: ARG002
        members, located = self._locate()
        try:
            yield from members.extent(located.names[index]).chunks()
        except OSError as error:
            raise unreadable(self._path, error) from None

    def close(self) -> None:
        """Files are open only while they are read."""

    def _locate(self) -> tuple[ExtentMembers, Located]:
        if self._found is None:
            try:
                members = self._members()
                self._found = members, self._layout(members, self._tag, self._platform)
            except OSError as error:
                raise unreadable(self._path, error) from None
        return self._found

    def _members(self) -> ExtentMembers:
        if self._path.is_dir():
            return folder(self._path)
        try:
            return plain_archive(self._path)
        except BadLayer as error:
            raise BadImage(f"{_complaint(self._path)}: {error.message}", error.hint) from None


def compressed_archive(path: Path, layout: Layout, tag: str | None, platform: Platform | None) -> StreamedImage:
    """An image in an archive that is compressed as a whole, or that cannot seek: a named pipe."""

    @contextmanager
    def opened(_: Poll) -> Iterator[Iterable[bytes]]:
        try:
            yield file_chunks(path)
        except OSError as error:
            raise unreadable(path, error) from None

    expected = Expected(size_bytes=path.stat().st_size or None)
    return StreamedImage(opened, layout, tag=tag, platform=platform, expected=expected, complaint=_complaint(path))


def read_once(chunks: Iterable[bytes], layout: Layout, platform: Platform | None = None) -> StreamedImage:
    """An image in a stream that comes a single time."""
    left = [chunks]

    @contextmanager
    def opened(_: Poll) -> Iterator[Iterable[bytes]]:
        if not left:
            raise SourceUnavailable(
                "the image came from a stream, which cannot be read twice", "save it to a file and inspect that"
            )
        yield left.pop()

    return StreamedImage(opened, layout, platform=platform)


def open_docker_archive(name: str, options: Options) -> Source:
    return _open(name, docker_archive.docker_archive_image, options)


def open_oci_archive(name: str, options: Options) -> Source:
    return _open(name, _oci("oci-archive"), options)


def open_oci_dir(name: str, options: Options) -> Source:
    return _open(name, _oci("oci-dir"), options)


def open_path(name: str, options: Options) -> Source:
    """A file or folder, recognised by its content."""
    return _open(name, any_layout, options)


def open_stdin(_: str, options: Options) -> Source:
    """An archive on stdin, recognised by its content. Raises ImageNotFound when a person is typing there."""
    if sys.stdin is None or sys.stdin.isatty():
        raise ImageNotFound("no image comes on stdin", "for example: docker save NAME | leaninspect -")
    # read below sys.stdin, whose lock a thread that still waits for bytes would hold when the process ends
    chunks = iter(lambda: os.read(sys.stdin.fileno(), READ_CHUNK), b"")
    return read_once(chunks, any_layout, options.platform)


def any_layout(members: Members, tag: str | None, platform: Platform | None) -> Located:
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


def _open(name: str, layout: Layout, options: Options) -> Source:
    """`PATH` or `PATH:TAG`. Raises ImageNotFound when there is nothing at that path, SourceUnavailable."""
    path, tag = split_path(name)
    try:
        seekable = path.is_dir() or (path.is_file() and _compression(path) is None)
        image = ArchivedImage if seekable else compressed_archive
        return image(path, layout, tag, options.platform)
    except OSError as error:
        raise unreadable(path, error) from None


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


def _complaint(path: Path) -> str:
    return f"{path} cannot be read as an image archive"


def _compression(path: Path) -> str | None:
    with path.open("rb") as file:
        return compression_of(file.read(HEAD))
