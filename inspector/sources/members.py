"""Image archives as named members, whether the file can be sought in or only streamed.

A layout (docker_archive.py) asks for members by name: documents as bytes, layers as scans.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from inspector.errors import BadImage, BadLayer, InspectorError
from inspector.layers.entries import Kind
from inspector.layers.feed import Feed
from inspector.layers.scan import LayerScan
from inspector.layers.tar import clean_path, tar_members
from inspector.sources.meter import Meter
from inspector.sources.protocol import ScanLayer

READ_CHUNK = 1 << 20
"""Bytes per read: large enough that hashing dominates, small enough that several threads' chunks fit in a cache."""

INDEX_CHUNK = 1 << 12
"""Bytes per read while only headers are wanted."""

MAX_DOCUMENT = 16 << 20
"""Bytes of JSON we are willing to keep; registries refuse manifests over 4 MiB."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class Members(Protocol):
    """The named members of an image archive."""

    def __contains__(self, name: str) -> bool: ...

    def document(self, name: str) -> bytes:
        """A JSON member. Raises BadImage when there is none, or it is too large to be one."""
        ...

    def scans(self, names: Sequence[str]) -> tuple[LayerScan, ...]:
        """The layers of these members, in this order. Raises BadImage for an absent one, BadLayer for a bad one."""
        ...


@dataclass(frozen=True, slots=True)
class _Extent:
    offset: int
    size: int


class PlainArchive:
    """An uncompressed archive in a file: members are found by seeking, layers are scanned in parallel."""

    def __init__(self, path: Path, scan: ScanLayer, meter: Callable[[int, int], Meter]) -> None:
        """`meter` makes the Meter once the bytes and the number of layers to read are known."""
        self._path = path
        self._scan = scan
        self._meter = meter
        self._extents, self._links = _index(path)

    def __contains__(self, name: str) -> bool:
        return _resolve(name, self._links) in self._extents

    def document(self, name: str) -> bytes:
        extent = self._extent(name)
        if extent.size > MAX_DOCUMENT:
            raise BadImage(f"{name} in the archive is too large to be a JSON document")
        return b"".join(_read_extent(self._path, extent))

    def scans(self, names: Sequence[str]) -> tuple[LayerScan, ...]:
        extents = {name: self._extent(name) for name in names}
        distinct = sorted(set(extents.values()), key=lambda extent: -extent.size)
        meter = self._meter(sum(extent.size for extent in distinct), len(distinct))

        def scan_one(extent: _Extent) -> LayerScan:
            scanned = self._scan(meter.counted(_read_extent(self._path, extent)))
            meter.layer_done()
            return scanned

        scanned = dict(zip(distinct, in_parallel(scan_one, distinct, meter.stop), strict=True))
        return tuple(scanned[extents[name]] for name in names)

    def _extent(self, name: str) -> _Extent:
        try:
            return self._extents[_resolve(name, self._links)]
        except KeyError:
            raise _missing(name) from None


class StreamedArchive:
    """An archive that comes as a stream: documents are kept and layers scanned as they pass.

    Which members are layers is known only at the end, since manifest.json comes last; so whatever is not a JSON
    document is scanned, and a member that turns out to be no layer matters only if the image asks for it.
    """

    def __init__(self, chunks: Iterable[bytes], scan: ScanLayer, layer_done: Callable[[], None]) -> None:
        """`chunks` are the bytes of the archive itself, decompressed; raises BadLayer when they are no tar."""
        self._documents: dict[str, bytes] = {}
        self._scans: dict[str, LayerScan | InspectorError] = {}
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
                    self._scans[name] = self._scanned(scan, _pieces(head, feed, rest))
                    layer_done()
        feed.drain()

    def __contains__(self, name: str) -> bool:
        target = _resolve(name, self._links)
        return target in self._documents or target in self._scans

    def document(self, name: str) -> bytes:
        try:
            return self._documents[_resolve(name, self._links)]
        except KeyError:
            raise _missing(name) from None

    def scans(self, names: Sequence[str]) -> tuple[LayerScan, ...]:
        scans = []
        for name in names:
            scan = self._scans.get(_resolve(name, self._links))
            if isinstance(scan, InspectorError):
                raise scan
            if scan is None:
                raise _missing(name)
            scans.append(scan)
        return tuple(scans)

    @staticmethod
    def _scanned(scan: ScanLayer, chunks: Iterator[bytes]) -> LayerScan | InspectorError:
        try:
            return scan(chunks)
        except BadLayer as error:
            for _ in chunks:  # the outer stream goes on behind this member
                pass
            return error


def in_parallel(work: Callable[[Item], Result], items: Sequence[Item], stop: Callable[[], None]) -> list[Result]:
    """`work` done on each item, one thread per processor. On the first error calls `stop`, waits, and raises it."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="layer") as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        except BaseException:  # Ctrl-C in the main thread
            stop()
            pool.shutdown(cancel_futures=True)
            raise
        failed = next((future for future in done if future.exception()), None)
        if failed is not None:
            stop()
            pool.shutdown(cancel_futures=True)
            raise failed.exception() or AssertionError
        return [future.result() for future in futures]


def file_chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, chunk by chunk."""
    with path.open("rb") as file:
        while chunk := file.read(READ_CHUNK):
            yield chunk


def _index(path: Path) -> tuple[dict[str, _Extent], dict[str, str]]:
    """Where each member's data is, and which members are links to others."""
    extents: dict[str, _Extent] = {}
    links: dict[str, str] = {}
    with path.open("rb") as file:
        feed = Feed(iter(lambda: file.read(INDEX_CHUNK), b""), jump=lambda count: file.seek(count, os.SEEK_CUR))
        for member in tar_members(feed):
            name = clean_path(member.name)
            if member.link:
                links[name] = _link_target(name, member.kind, member.link)
            elif member.kind is Kind.FILE:
                extents[name] = _Extent(feed.offset, member.stored)
    return extents, links


def _read_extent(path: Path, extent: _Extent) -> Iterator[bytes]:
    left = extent.size
    with path.open("rb") as file:
        file.seek(extent.offset)
        while left:
            chunk = file.read(min(READ_CHUNK, left))
            if not chunk:
                raise BadLayer(
                    f"the archive ends {left} bytes too early", "the file is truncated; save the image again"
                )
            left -= len(chunk)
            yield chunk


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


def _missing(name: str) -> BadImage:
    return BadImage(f"the archive has no {name}", "it is incomplete; save the image again with `docker save`")
