"""What is in the files of an inspected image: their layers are read once more, from where the image came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from inspector.errors import SourceUnavailable
from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.layers.extract import Complete, Extractor
from inspector.sources.protocol import Source, Watch, ignore_progress

LIMIT = 1 << 20
"""Bytes of a file kept to be looked at."""

Receive = Callable[[int, Iterable[memoryview]], None]
"""Takes the bytes of the file with this entry id, in pieces; what it does not take is skipped."""

Reopen = Callable[[], Source]
"""Opens the image again. Raises as opening it did."""


class FileContent(Struct, frozen=True):
    """The beginning of a file, and how long it is as a whole."""

    data: bytes
    size: int

    @property
    def complete(self) -> bool:
        return len(self.data) >= self.size


class Contents:
    """The files of one image. Without `reopen` the image came from a stream, which is gone."""

    def __init__(self, inspection: Inspection, reopen: Reopen | None) -> None:
        self.inspection = inspection
        self._reopen = reopen

    def read(self, entry_id: int, watch: Watch = ignore_progress, limit: int = LIMIT) -> FileContent:
        """A file's first bytes, in bounded memory whatever its size. Raises InspectorError."""
        kept = bytearray()

        def keep(_: int, pieces: Iterable[memoryview]) -> None:
            for piece in pieces:
                kept.extend(piece[: limit - len(kept)])

        self.stream([entry_id], keep, watch)
        return FileContent(bytes(kept), self.inspection.filesystem.entry(self.file_of(entry_id)).size)

    def stream(self, entry_ids: Sequence[int], receive: Receive, watch: Watch = ignore_progress) -> None:
        """Files, each once and hardlinks as the files they share, handed to `receive`; every layer is read once.

        Raises InspectorError when the image cannot be read again, or is another one by now.
        """
        filesystem = self.inspection.filesystem
        by_layer: dict[int, dict[str, int]] = {}
        for file in {self.file_of(entry_id) for entry_id in entry_ids}:
            entry = filesystem.entry(file)
            if entry.kind == Kind.FILE:
                by_layer.setdefault(filesystem.locate(file)[0], {})[entry.path] = file
        for layer, files in sorted(by_layer.items()):
            self._stream_layer(layer, files, receive, watch)

    def file_of(self, entry_id: int) -> int:
        """The entry that has the bytes: a hardlink's is the file it shares."""
        return self.inspection.filesystem.shares.get(entry_id, entry_id)

    def _stream_layer(self, layer: int, files: dict[str, int], receive: Receive, watch: Watch) -> None:
        if self._reopen is None:
            raise SourceUnavailable(
                "the image came from a stream, which cannot be read twice", "save it to a file and inspect that"
            )
        scans = self.inspection.scans
        wanted = {path: self.inspection.filesystem.entry(file) for path, file in files.items()}
        extractor = Extractor(
            scans, scans[layer].diff_id, wanted, lambda entry, pieces: receive(files[entry.path], pieces)
        )
        source = self._reopen()
        try:
            source.read(extractor, watch)
        except Complete:
            return
        finally:
            source.close()
        raise SourceUnavailable("the image is another one by now", "inspect it again")
