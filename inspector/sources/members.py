"""Image archives as named members, whether the file can be sought in or only streamed.

A layout (docker_archive.py, oci_layout.py) asks for members by name: documents as bytes, layers by what they are like.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from inspector.errors import BadImage, BadLayer
from inspector.image.platform import Platform
from inspector.layers.compression import compression_of
from inspector.layers.entries import Kind
from inspector.layers.feed import Feed
from inspector.layers.tar import clean_path, tar_members
from inspector.sources.protocol import Chunks, SourceImage

READ_CHUNK = 1 << 20
"""Bytes per read: large enough that hashing dominates, small enough that several threads' chunks fit in a cache."""

INDEX_CHUNK = 1 << 12
"""Bytes per read while only headers are wanted."""

MAX_DOCUMENT = 16 << 20
"""Bytes of JSON we are willing to keep; registries refuse manifests over 4 MiB."""

HEAD = 6
"""Bytes that tell every compression."""

TRUNCATED = "the file is truncated; save the image again"


class BlobFacts(Struct, frozen=True):
    """A member that may be a layer: its length in bytes, and whether it is compressed."""

    size: int
    compressed: bool


class Members(Protocol):
    """The named members of an image archive, or the files of a layout in a folder."""

    @property
    def place(self) -> str:
        """What to call it in a message: `the archive` or `the layout`."""
        ...

    def __contains__(self, name: str) -> bool: ...

    def document(self, name: str) -> bytes:
        """A JSON member. Raises BadImage when there is none, or it is too large to be one."""
        ...

    def blob(self, name: str) -> BlobFacts:
        """What a layer's member is like. Raises BadImage when there is none."""
        ...


class Located(Struct, frozen=True):
    """An image that a layout found among members, and the names of its layers' members."""

    image: SourceImage
    names: tuple[str, ...]


Layout = Callable[[Members, str | None, Platform | None], Located]
"""How to find the image with a tag and for a platform among the members. Raises ImageNotFound or BadImage."""


class Extent(Struct, frozen=True):
    """Where bytes are in a file."""

    path: Path
    offset: int
    size: int

    def chunks(self) -> Chunks:
        """The bytes. Raises BadLayer when the file ends before."""
        left = self.size
        with self.path.open("rb") as file:
            file.seek(self.offset)
            while left:
                chunk = file.read(min(READ_CHUNK, left))
                if not chunk:
                    raise BadLayer(f"the archive ends {left} bytes too early", TRUNCATED)
                left -= len(chunk)
                yield chunk

    def head(self) -> bytes:
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return file.read(min(HEAD, self.size))


class ExtentMembers:
    """Members that lie in files, read when asked for."""

    def __init__(self, find: Callable[[str], Extent | None], place: str) -> None:
        self._find, self.place = find, place

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def document(self, name: str) -> bytes:
        extent = self.extent(name)
        if extent.size > MAX_DOCUMENT:
            raise BadImage(f"{name} in {self.place} is too large to be a JSON document")
        return b"".join(extent.chunks())

    def blob(self, name: str) -> BlobFacts:
        extent = self.extent(name)
        return BlobFacts(extent.size, compression_of(extent.head()) is not None)

    def extent(self, name: str) -> Extent:
        """Raises BadImage when there is none."""
        extent = self._find(name)
        if extent is None:
            raise missing(name, self.place)
        return extent


def plain_archive(path: Path) -> ExtentMembers:
    """The members of an uncompressed tar file, found by seeking. Raises BadLayer when it is no tar."""
    extents: dict[str, Extent] = {}
    links: dict[str, str] = {}
    size = path.stat().st_size
    with path.open("rb") as file:
        feed = Feed(iter(lambda: file.read(INDEX_CHUNK), b""), jump=lambda count: file.seek(count, os.SEEK_CUR))
        for member in tar_members(feed):
            lacking = feed.offset + member.stored - size
            if lacking > 0:
                raise BadLayer(f"the tar ends {lacking} bytes too early", TRUNCATED)
            name = clean_path(member.name)
            if member.link:
                links[name] = link_target(name, member.kind, member.link)
            elif member.kind is Kind.FILE:
                extents[name] = Extent(path, feed.offset, member.stored)
    return ExtentMembers(lambda name: extents.get(resolve(name, links)), "the archive")


def folder(path: Path) -> ExtentMembers:
    """The files below a folder, symbolic links followed."""

    def find(name: str) -> Extent | None:
        file = path / clean_path(name)
        return Extent(file, 0, file.stat().st_size) if file.is_file() else None

    return ExtentMembers(find, "the layout")


def file_chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file or named pipe, chunk by chunk.

    Unbuffered: a buffered read would go on filling its chunk from a pipe without letting Ctrl-C in.
    """
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(READ_CHUNK):
            yield chunk


def link_target(name: str, kind: Kind, link: str) -> str:
    """A link inside the archive, as the name of the member it points to."""
    return clean_path(link if kind is Kind.HARDLINK else posixpath.join("/", posixpath.dirname(name), link))


def resolve(name: str, links: Mapping[str, str]) -> str:
    """The name of the member that a name leads to over links. Raises BadImage for a circle."""
    target = clean_path(name)
    for _ in range(len(links) + 1):
        if target not in links:
            return target
        target = links[target]
    raise BadImage(f"{name} in the archive is a link to itself")


def missing(name: str, place: str) -> BadImage:
    return BadImage(f"{place} has no {name}", "it is incomplete; save or copy the image again")
