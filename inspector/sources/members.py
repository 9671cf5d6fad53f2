"""Image archives as named members, whether the file can be sought in or only streamed.

A layout (docker_archive.py, oci_layout.py) asks for members by name: documents as bytes, layers as scans.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from inspector.errors import BadImage, BadLayer
from inspector.image.config import ImageConfig
from inspector.layers.compression import compression_of
from inspector.layers.entries import Kind
from inspector.layers.feed import Feed
from inspector.layers.scan import LayerScan, ScannedBlob
from inspector.layers.tar import clean_path, tar_members
from inspector.sources.meter import Meter
from inspector.sources.parallel import biggest_first, in_parallel
from inspector.sources.protocol import Scanner, Watch
from inspector.sources.verified import scan_blob

READ_CHUNK = 1 << 20
"""Bytes per read: large enough that hashing dominates, small enough that several threads' chunks fit in a cache."""

INDEX_CHUNK = 1 << 12
"""Bytes per read while only headers are wanted."""

MAX_DOCUMENT = 16 << 20
"""Bytes of JSON we are willing to keep; registries refuse manifests over 4 MiB."""

TRUNCATED = "the file is truncated; save the image again"


class MemberLayer(Struct, frozen=True):
    """A layer's scan, and the member it is in: `digest` of its bytes (None when they were not read, the scan being
    known), `size` in bytes, and whether it is compressed."""

    scan: LayerScan
    digest: str | None
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

    def layers(self, names: Sequence[str], config: ImageConfig) -> tuple[MemberLayer, ...]:
        """The layers of an image in these members, in this order; those that the scanner knows are not read.

        Raises BadImage for an absent member, BadLayer for a bad one.
        """
        ...


class Extent(Struct, frozen=True):
    """Where bytes are in a file."""

    path: Path
    offset: int
    size: int

    def chunks(self) -> Iterator[bytes]:
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
            return file.read(min(6, self.size))


class ExtentMembers:
    """Members that lie in files: documents are read when asked for, layers scanned in parallel."""

    def __init__(self, find: Callable[[str], Extent | None], scanner: Scanner, watch: Watch, place: str) -> None:
        self._find, self._scanner, self._watch, self.place = find, scanner, watch, place

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def document(self, name: str) -> bytes:
        extent = self._extent(name)
        if extent.size > MAX_DOCUMENT:
            raise BadImage(f"{name} in {self.place} is too large to be a JSON document")
        return b"".join(extent.chunks())

    def layers(self, names: Sequence[str], config: ImageConfig) -> tuple[MemberLayer, ...]:
        self._watch(config)
        extents = [self._extent(name) for name in names]
        layers = {
            extent: MemberLayer(known, None, extent.size, compression_of(extent.head()) is not None)
            for extent, diff_id in zip(extents, config.diff_ids, strict=False)
            if (known := self._scanner.known(diff_id))
        }
        for layer in layers.values():
            self._watch(layer.scan)
        algorithms = {extent: _algorithm(name) for extent, name in zip(extents, names, strict=True)}
        unread = biggest_first({extent for extent in extents if extent not in layers}, lambda extent: extent.size)
        meter = Meter(self._watch, bytes_total=sum(extent.size for extent in unread), layers_total=len(unread))

        def scan_one(extent: Extent) -> MemberLayer:
            try:
                blob = scan_blob(self._scanner, algorithms[extent], meter.counted(extent.chunks()))
            except BadLayer as error:
                raise error.of_layer(extents.index(extent)) from None
            meter.layer_done(blob.scan)
            return _member_layer(blob)

        layers |= zip(unread, in_parallel(scan_one, unread, meter), strict=True)
        return tuple(layers[extent] for extent in extents)

    def _extent(self, name: str) -> Extent:
        extent = self._find(name)
        if extent is None:
            raise _missing(name, self.place)
        return extent


def plain_archive(path: Path, scanner: Scanner, watch: Watch) -> Members:
    """The members of an uncompressed tar file, found by seeking. Raises BadLayer when it is no tar."""
    extents: dict[str, Extent] = {}
    links: dict[str, str] = {}
    size = path.stat().st_size
    with path.open("rb") as file:
        feed = Feed(iter(lambda: file.read(INDEX_CHUNK), b""), jump=lambda count: file.seek(count, os.SEEK_CUR))
        for member in tar_members(feed):
            missing = feed.offset + member.stored - size
            if missing > 0:
                raise BadLayer(f"the tar ends {missing} bytes too early", TRUNCATED)
            name = clean_path(member.name)
            if member.link:
                links[name] = _link_target(name, member.kind, member.link)
            elif member.kind is Kind.FILE:
                extents[name] = Extent(path, feed.offset, member.stored)
    return ExtentMembers(lambda name: extents.get(_resolve(name, links)), scanner, watch, "the archive")


def folder(path: Path, scanner: Scanner, watch: Watch) -> Members:
    """The files below a folder, symbolic links followed."""

    def find(name: str) -> Extent | None:
        file = path / clean_path(name)
        return Extent(file, 0, file.stat().st_size) if file.is_file() else None

    return ExtentMembers(find, scanner, watch, "the layout")


class StreamedArchive:
    """An archive that comes as a stream: documents are kept and layers scanned as they pass.

    Which members are layers is known only at the end, since manifest.json comes last; so whatever is not a JSON
    document is scanned, and a member that turns out to be no layer matters only if the image asks for it.
    """

    place = "the archive"

    def __init__(self, chunks: Iterable[bytes], scanner: Scanner, layer_done: Callable[[LayerScan], None]) -> None:
        """`chunks` are the bytes of the archive itself, decompressed; raises BadLayer when they are no tar."""
        self._documents: dict[str, bytes] = {}
        self._blobs: dict[str, ScannedBlob | BadLayer] = {}
        self._links: dict[str, str] = {}
        feed = Feed(chunks)
        for member in tar_members(feed):
            name = clean_path(member.name)
            if member.link:
                self._links[name] = _link_target(name, member.kind, member.link)
            elif member.kind is Kind.FILE and member.stored:
                head = feed.take(min(member.stored, 512))
                rest = member.stored - len(head)
                if _is_document(head) and member.stored <= MAX_DOCUMENT:
                    self._documents[name] = head + feed.take(rest)
                elif len(head) == 512 or not head.isascii():
                    self._blobs[name] = blob = _scanned(scanner, _algorithm(name), _pieces(head, feed, rest))
                    if isinstance(blob, ScannedBlob):
                        layer_done(blob.scan)
        feed.drain()

    def __contains__(self, name: str) -> bool:
        target = _resolve(name, self._links)
        return target in self._documents or target in self._blobs

    def document(self, name: str) -> bytes:
        try:
            return self._documents[_resolve(name, self._links)]
        except KeyError:
            raise _missing(name, self.place) from None

    def layers(self, names: Sequence[str], config: ImageConfig) -> tuple[MemberLayer, ...]:  # noqa: ARG002
        return tuple(_member_layer(self._blob(index, name)) for index, name in enumerate(names))

    def _blob(self, index: int, name: str) -> ScannedBlob:
        blob = self._blobs.get(_resolve(name, self._links))
        if isinstance(blob, BadLayer):
            raise blob.of_layer(index)
        if blob is None:
            raise _missing(name, self.place)
        return blob


def _member_layer(blob: ScannedBlob) -> MemberLayer:
    return MemberLayer(blob.scan, blob.digest, blob.blob_bytes, blob.compression is not None)


def file_chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file or named pipe, chunk by chunk.

    Unbuffered: a buffered read would go on filling its chunk from a pipe without letting Ctrl-C in.
    """
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(READ_CHUNK):
            yield chunk


def _scanned(scanner: Scanner, algorithm: str, chunks: Iterator[bytes]) -> ScannedBlob | BadLayer:
    try:
        return scan_blob(scanner, algorithm, chunks)
    except BadLayer as error:
        for _ in chunks:  # the outer stream goes on behind this member
            pass
        return error


def _algorithm(name: str) -> str:
    """Of the digest that a layout verifies this member by: its place says so (image-spec image-layout.md, Blobs)."""
    return "sha512" if clean_path(name).startswith("blobs/sha512/") else "sha256"


def _pieces(head: bytes, feed: Feed, rest: int) -> Iterator[bytes]:
    yield head
    for piece in feed.pieces(rest):
        yield bytes(piece)


def _is_document(head: bytes) -> bool:
    """Whether a member is JSON: it begins like it and is no tar (a layer's first path may begin with a brace)."""
    return (head.lstrip()[:1] in (b"{", b"[") and head[257:262] != b"ustar") or head.strip() == b"null"


def _link_target(name: str, kind: Kind, link: str) -> str:
    """A link inside the archive, as the name of the member it points to."""
    return clean_path(link if kind is Kind.HARDLINK else posixpath.join("/", posixpath.dirname(name), link))


def _resolve(name: str, links: dict[str, str]) -> str:
    target = clean_path(name)
    for _ in range(len(links) + 1):
        if target not in links:
            return target
        target = links[target]
    raise BadImage(f"{name} in the archive is a link to itself")


def _missing(name: str, place: str) -> BadImage:
    return BadImage(f"{place} has no {name}", "it is incomplete; save or copy the image again")
