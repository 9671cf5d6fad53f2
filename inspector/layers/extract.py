"""Files taken out of one layer, which is streamed again through the reader that scanned it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from xxhash import xxh3_64

from inspector.errors import BadLayer, Cancelled
from inspector.layers.compression import decompress
from inspector.layers.entries import Entry, Kind
from inspector.layers.feed import Feed
from inspector.layers.scan import LayerScan, ScannedBlob
from inspector.layers.tar import clean_path, tar_members

Sink = Callable[[Entry, Iterable[memoryview]], None]
"""Takes the bytes of a file, in pieces; what it does not take is skipped."""


class Complete(Cancelled):
    """All wanted files were found: the rest of the layer need not be read."""


class Extractor:
    """A Scanner (sources/protocol.py) that knows every layer of an image but one, and hands that one's files over.

    `wanted` are entries of the layer by their path. Reading ends with Complete as soon as all were found, long before
    the layer's digest could be checked; so each file must have the content id that the first reading gave it.
    """

    def __init__(self, scans: Iterable[LayerScan], diff_id: str, wanted: Mapping[str, Entry], sink: Sink) -> None:
        self._scans = {scan.diff_id: scan for scan in scans}
        self._diff_id = diff_id
        self._wanted = dict(wanted)
        self._sink = sink

    @property
    def missing(self) -> frozenset[str]:
        """Paths that were not found."""
        return frozenset(self._wanted)

    def known(self, diff_id: str) -> LayerScan | None:
        return None if diff_id == self._diff_id else self._scans.get(diff_id)

    def document(self, digest: str) -> bytes | None:  # noqa: ARG002
        return None

    def keep(self, document: bytes) -> None:
        pass

    def scan(self, chunks: Iterable[bytes]) -> ScannedBlob:
        """Raises Complete, or BadLayer when the layer is not the one that was scanned."""
        _, plain = decompress(chunks)
        feed = Feed(plain)
        for member in tar_members(feed):
            entry = self._wanted.get(clean_path(member.name))
            if entry is None or member.kind is not Kind.FILE or member.size != entry.size:
                continue
            checked = _Checked(feed.pieces(member.stored), entry)
            self._sink(entry, checked)
            checked.finish()
            del self._wanted[entry.path]
            if not self._wanted:
                raise Complete
        raise BadLayer("the layer is another one by now", "inspect the image again")


class _Checked:
    """Pieces passed on unchanged, their content id made on the way.

    Whoever takes them all gets BadLayer at their end when they are not the entry's: before a file of them is put in
    its place.
    """

    def __init__(self, pieces: Iterator[memoryview], entry: Entry) -> None:
        self._pieces, self._entry = pieces, entry
        self._content = xxh3_64()
        self._empty = True

    def __iter__(self) -> Iterator[memoryview]:
        for piece in self._pieces:
            self._empty = False
            self._content.update(piece)
            yield piece
        if (0 if self._empty else self._content.intdigest()) != self._entry.content:
            raise BadLayer(f"/{self._entry.path} has another content by now", "inspect the image again")

    def finish(self) -> None:
        """Read what the sink left. Raises BadLayer when the bytes are not the entry's."""
        for _ in self:
            pass
