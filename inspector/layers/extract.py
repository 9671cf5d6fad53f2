"""Files taken out of one layer, which is streamed again through the reader that scanned it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from tempfile import SpooledTemporaryFile

from xxhash import xxh3_64, xxh3_64_intdigest

from inspector.errors import BadLayer
from inspector.layers.compression import decompress
from inspector.layers.entries import Entry, Kind
from inspector.layers.feed import Feed
from inspector.layers.tar import TarMember, clean_path, tar_members

Sink = Callable[[Entry, Iterable[memoryview]], None]
"""Takes the bytes of a file, in pieces; what it does not take is skipped."""

NO_CONTENT = 0
"""The content id of an empty file (entries.py)."""

IN_MEMORY = 8 << 20
"""Bytes of a file that is set aside which stay in memory; more go to a temporary file."""

PIECE = 1 << 20
"""Bytes of a file that was set aside, at a time."""


def extract_files(chunks: Iterable[bytes], wanted: Mapping[str, Entry], sink: Sink) -> None:
    """Hand over the wanted files of a layer, entries by their path; the rest of the layer is not read.

    So the layer's digest is not checked: each file must have the content id that the first reading gave it. Raises
    BadLayer for one that is not there, and for one that has another at the end of its pieces: before whoever takes
    them all puts a file of them in its place.
    """
    left = dict(wanted)
    _, plain = decompress(chunks)
    feed = Feed(plain)
    for member in tar_members(feed) if left else ():
        entry = left.get(clean_path(member.name))
        if entry is None or not _may_be(member, entry):
            continue
        pieces = _checked(feed.pieces(member.stored), entry)
        sink(entry, pieces)
        for _ in pieces:  # what the sink left
            pass
        del left[entry.path]
        if not left:
            return
    if left:
        raise BadLayer("the layer is another one by now", "inspect the image again")


class FilesSetAside:
    """Files of a layer by path and content id."""

    def __init__(self, files: Mapping[tuple[str, int], SpooledTemporaryFile[bytes]]) -> None:
        self._files = files

    def hand_over(self, wanted: Mapping[str, Entry], sink: Sink) -> None:
        """Those that are wanted. Raises BadLayer where one is not there."""
        for entry in wanted.values():
            file = self._files.get((entry.path, entry.content))
            if file is None:
                raise _other_content(entry)
            sink(entry, _pieces_of(file))


@contextmanager
def set_aside(
    chunks: Iterable[bytes], candidates: Sequence[Mapping[str, Entry]]
) -> Iterator[tuple[str, FilesSetAside]]:
    """The diff_id of a layer, which only its last byte tells, and those of its files that some candidate is.

    They are kept for as long as the block lasts. Raises BadLayer for what is no layer.
    """
    digest = hashlib.sha256()

    def hashed(plain: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in plain:
            digest.update(chunk)
            yield chunk

    _, plain = decompress(chunks)
    feed = Feed(hashed(plain))
    with ExitStack() as files:
        kept: dict[tuple[str, int], SpooledTemporaryFile[bytes]] = {}
        for member in tar_members(feed):
            path = clean_path(member.name)
            if not any(path in wanted and _may_be(member, wanted[path]) for wanted in candidates):
                continue
            file, content = files.enter_context(SpooledTemporaryFile(IN_MEMORY)), xxh3_64()
            for piece in feed.pieces(member.stored):
                file.write(piece)
                content.update(piece)
            kept[path, content.intdigest() if member.stored else NO_CONTENT] = file
        feed.drain()
        yield f"sha256:{digest.hexdigest()}", FilesSetAside(kept)


def _pieces_of(file: SpooledTemporaryFile[bytes]) -> Iterator[memoryview]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield memoryview(piece)


def _may_be(member: TarMember, entry: Entry) -> bool:
    return member.kind is Kind.FILE and member.size == entry.size


def _checked(pieces: Iterator[memoryview], entry: Entry) -> Iterator[memoryview]:
    """Pieces passed on unchanged. Raises BadLayer behind the last one when they are not the entry's."""
    content, empty = xxh3_64(), True
    for piece in pieces:
        empty = False
        content.update(piece)
        yield piece
    if (NO_CONTENT if empty else content.intdigest()) != entry.content:
        raise _other_content(entry)


def is_content(data: bytes, entry: Entry) -> bool:
    """Whether these are the bytes of an entry."""
    return len(data) == entry.size and (xxh3_64_intdigest(data) if data else NO_CONTENT) == entry.content


def _other_content(entry: Entry) -> BadLayer:
    return BadLayer(f"/{entry.path} has another content by now", "inspect the image again")
