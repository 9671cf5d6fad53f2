"""The layer scan: one pass over a blob gives its digests, its entries and the small files worth keeping."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from xxhash import xxh3_64, xxh3_64_intdigest

from inspector.layers.build_notes import BuildNotes
from inspector.layers.capture import MAX_CAPTURE, MAX_CAPTURED, reader_of
from inspector.layers.compression import decompress
from inspector.layers.entries import Entries, Kind
from inspector.layers.facts import TELLING, Facts
from inspector.layers.feed import Feed
from inspector.layers.read_ahead import made_ahead
from inspector.layers.secrets import MAX_SECRET, SECRET_ENDS
from inspector.layers.tar import clean_path, tar_members

WHITEOUT_PREFIX = ".wh."
OPAQUE_MARKER = ".wh..wh..opq"
AUFS_PREFIX = ".wh..wh."
"""Bookkeeping of the old AUFS driver in the root of a layer, which Docker leaves out when it unpacks."""


class LayerScan(Struct, frozen=True):
    """All that is kept of one layer, whatever its compression.

    `diff_id` is the sha256 of the uncompressed tar and `tar_bytes` its length. `captured` maps paths to the bytes of
    the files that layers/capture.py names, or to what a program says of its making (layers/build_notes.py); `facts`
    are what was found in the others.
    """

    diff_id: str
    tar_bytes: int
    entries: Entries
    captured: Mapping[str, bytes]
    facts: Facts = field(default_factory=Facts)

    @property
    def size_bytes(self) -> int:
        """Sum of the regular files' sizes as the tar headers say, as `docker history` counts."""
        return sum(self.entries.sizes)


class ScannedBlob(Struct, frozen=True):
    """A layer's scan with the facts of the blob it came in; `compression` is None for a plain tar."""

    scan: LayerScan
    digest: str
    blob_bytes: int
    compression: str | None


class _Hashed:
    """Chunks passed on unchanged, hashed and counted on their way."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._hash = hashlib.sha256()
        self.length = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._hash.update(chunk)
            self.length += len(chunk)
            yield chunk

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


def scan_layer(chunks: Iterable[bytes]) -> ScannedBlob:
    """Scan the blob whose bytes `chunks` yields (non-empty chunks, any size), to its very end.

    Raises BadLayer when it is not a tar in a known compression, or truncated, or damaged.
    """
    blob = _Hashed(chunks)
    compression, plain = decompress(blob)
    if compression is None:
        contents = _read_tar(plain)
        return ScannedBlob(LayerScan(blob.digest, blob.length, *contents), blob.digest, blob.length, None)
    with made_ahead(plain) as inflated:
        tar = _Hashed(inflated)
        contents = _read_tar(tar)
    return ScannedBlob(LayerScan(tar.digest, tar.length, *contents), blob.digest, blob.length, compression)


def _read_tar(chunks: Iterable[bytes]) -> tuple[Entries, dict[str, bytes], Facts]:
    """All chunks are taken, those behind the tar's end too, so that whoever hashes them sees every byte."""
    feed = Feed(chunks)
    found = _read_entries(feed)
    feed.drain()
    return found


def _read_entries(feed: Feed) -> tuple[Entries, dict[str, bytes], Facts]:
    """The hot path: a million members pass here, so columns are bound to locals and small files are hashed in place."""
    entries = Entries.empty()
    captured: dict[str, bytes] = {}
    facts = Facts()
    notes = BuildNotes()
    add_path, add_kind, add_size = entries.paths.append, entries.kinds.append, entries.sizes.append
    add_mode, add_uid, add_gid = entries.modes.append, entries.uids.append, entries.gids.append
    add_mtime, add_content = entries.mtimes.append, entries.contents.append
    room = MAX_CAPTURED
    file, hardlink = Kind.FILE, Kind.HARDLINK  # looking up an Enum's member costs 0.1 µs
    for name, kind, size, stored, mode, uid, gid, mtime, link, device, xattrs in tar_members(feed):
        path = clean_path(name)
        if ".wh." in path:
            marker = _marker(path, kind)
            if marker is None:
                continue
            path, kind = marker
        content = 0
        if kind is file:
            if reader_of(path) and stored <= MAX_CAPTURE and stored <= room:
                captured[path] = data = feed.take(stored)
                room -= stored
                content = xxh3_64_intdigest(data) if stored else 0
            elif stored:
                view = feed.view(stored)
                if view is None and stored <= MAX_SECRET:
                    view = memoryview(feed.take(stored))
                if view is None:
                    content = _content_id(facts.probed(len(entries.paths), path, stored, feed.pieces(stored), notes))
                else:
                    content = xxh3_64_intdigest(view)
                    if view[0] in TELLING or (path[-4:] in SECRET_ENDS and stored <= MAX_SECRET):
                        facts.probe(len(entries.paths), path, view, notes)
        else:
            size = 0
            if link:
                entries.links[len(entries.paths)] = clean_path(link) if kind is hardlink else link
            if device:
                entries.devices[len(entries.paths)] = device
        if xattrs:
            entries.xattrs[len(entries.paths)] = dict(xattrs)
        add_path(path)
        add_kind(kind)
        add_size(size)
        add_mode(mode)
        add_uid(uid)
        add_gid(gid)
        add_mtime(mtime)
        add_content(content)
    captured |= {entries.paths[row]: note for row, note in notes.by_row.items()}
    return entries, captured, facts


def _content_id(pieces: Iterable[memoryview]) -> int:
    content = xxh3_64()
    for piece in pieces:
        content.update(piece)
    return content.intdigest()


def _marker(path: str, kind: Kind) -> tuple[str, Kind] | None:
    """What an entry with `.wh.` in its path is: a whiteout, an opaque marker, a plain entry, or nothing (None).

    For whiteouts and opaque markers the path is the one they act on. Nothing: AUFS bookkeeping, and whiteouts that
    name no file.
    """
    folder, _, name = path.rpartition("/")
    if name == OPAQUE_MARKER:
        return folder, Kind.OPAQUE
    if path.startswith(AUFS_PREFIX):
        return None
    if name.startswith(WHITEOUT_PREFIX):
        target = name.removeprefix(WHITEOUT_PREFIX)
        if target in ("", ".", ".."):
            return None
        return f"{folder}/{target}" if folder else target, Kind.WHITEOUT
    return path, kind
