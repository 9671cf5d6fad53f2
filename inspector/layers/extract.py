"""Files taken out of one layer, which is streamed again through the reader that scanned it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from tempfile import SpooledTemporaryFile

from xxhash import xxh3_64

from inspector.errors import BadLayer
from inspector.layers.compression import decompress
from inspector.layers.entries import Entry, Kind
from inspector.layers.feed import Feed
from inspector.layers.tar import TarMember, clean_path, tar_members

Sink = Callable[[Entry, Iterable[memoryview]], None]
"""Takes the bytes of a file, in pieces; what it does not take is skipped."""

IN_MEMORY = 8 << 20
"""Bytes of a file that is set aside which stay in memory; more go to a temporary file."""

PIECE = 1 << 20
"""Bytes of a file that was set aside, at a time."""


def extract_files(chunks: Iterable[bytes], wanted: Mapping[str, Entry], sink: Sink) -> None:
    """Hand over the wanted files of a layer, entries by their path; the rest of the layer is not read.

    So the layer's digest is not checked: each file must have the content id that the first reading gave it. Raises
    BadLayer for one that has another, or is not there.
    """
    left = dict(wanted)
    _, plain = decompress(chunks)
    feed = Feed(plain)
    for member in tar_members(feed) if left else ():
        entry = left.get(clean_path(member.name))
        if entry is None or not _may_be(member, entry):
            continue
        checked = _Checked(feed.pieces(member.stored))
        sink(entry, checked)
        checked.finish()
        if checked.content != entry.content:
            raise BadLayer(f"/{entry.path} has another content by now", "inspect the image again")
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
                raise BadLayer(f"/{entry.path} has another content by now", "inspect the image again")
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
            file = files.enter_context(SpooledTemporaryFile(IN_MEMORY))
            checked = _Checked(feed.pieces(member.stored))
            for piece in checked:
                file.write(piece)
            kept[path, checked.content] = file
        feed.drain()
        yield f"sha256:{digest.hexdigest()}", FilesSetAside(kept)


def _pieces_of(file: SpooledTemporaryFile[bytes]) -> Iterator[memoryview]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield memoryview(piece)


def _may_be(member: TarMember, entry: Entry) -> bool:
    return member.kind is Kind.FILE and member.size == entry.size


class _Checked:
    """Pieces passed on unchanged, their content id (entries.py) made on the way."""

    def __init__(self, pieces: Iterator[memoryview]) -> None:
        self._pieces = pieces
        self._hash = xxh3_64()
        self._empty = True

    def __iter__(self) -> Iterator[memoryview]:
        for piece in self._pieces:
            self._empty = False
            self._hash.update(piece)
            yield piece

    @property
    def content(self) -> int:
        """The content id of what has passed; of nothing it is 0."""
        return 0 if self._empty else self._hash.intdigest()

    def finish(self) -> None:
        """Read what was left."""
        for _ in self:
            pass
