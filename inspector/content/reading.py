"""What is in the files of an inspected image: their layers are read once more, from where the image came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing

from msgspec import Struct

from inspector.errors import BadLayer, SourceUnavailable
from inspector.filesystem.stack import VISIBLE
from inspector.inspection import Inspection
from inspector.layers.entries import Entry, Kind
from inspector.layers.extract import Sink, extract_files, is_content, set_aside
from inspector.sources.meter import Meter
from inspector.sources.protocol import OnePass, ServesFiles, Source, Stage, Watch, ignore_progress

LIMIT = 1 << 20
"""Bytes of a file kept to be looked at."""

FEW, SMALL = 8, 4 << 20
"""Files, and bytes of each, up to which they are asked for one by one where the place can do that: more of them would
take longer so than a transfer of the layers."""

SNIFFED = 8 << 10
"""Bytes that decide whether a file is text."""

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
        if not by_layer:
            return
        if self._reopen is None:
            raise SourceUnavailable(
                "the image came from a stream, which cannot be read twice", "save it to a file and inspect that"
            )
        source = self._reopen()
        try:
            if isinstance(source, ServesFiles):
                by_layer = self._without_served(source, by_layer, receive, watch)
            if not by_layer:
                return
            if isinstance(source, OnePass):
                self._as_they_pass(source, by_layer, receive, watch)
            else:
                self._one_by_one(source, by_layer, receive, watch)
        finally:
            source.close()

    def file_of(self, entry_id: int) -> int:
        """The entry that has the bytes: a hardlink's is the file it shares."""
        return self.inspection.filesystem.shares.get(entry_id, entry_id)

    def _without_served(
        self, source: ServesFiles, by_layer: Mapping[int, dict[str, int]], receive: Receive, watch: Watch
    ) -> dict[int, dict[str, int]]:
        """What is left of the wanted files once a few small ones were asked for one by one.

        Only files that are in the final image at their paths, and only if what comes has their content.
        """
        filesystem, poll = self.inspection.filesystem, Meter(watch).poll
        left = {layer: dict(files) for layer, files in by_layer.items()}
        if sum(map(len, left.values())) > FEW:
            return left
        for layer, files in by_layer.items():
            for path, file in files.items():
                entry = filesystem.entry(file)
                if filesystem.leavers[file] != VISIBLE or entry.size > SMALL:
                    continue
                data = source.live_file(path, entry.size, poll)
                if data is not None and is_content(data, entry):
                    receive(file, iter([memoryview(data)] if data else []))
                    del left[layer][path]
        return {layer: files for layer, files in left.items() if files}

    def _one_by_one(
        self, source: Source, by_layer: Mapping[int, Mapping[str, int]], receive: Receive, watch: Watch
    ) -> None:
        """From a place that opens each layer on its own."""
        meter = Meter(watch)
        layers = source.image(poll=meter.poll).layers
        for layer, files in sorted(by_layer.items()):
            if layer >= len(layers) or layers[layer].diff_id != self.inspection.scans[layer].diff_id:
                raise _another_image()
            with closing(source.open_layer(layer, meter.poll)) as chunks:
                extract_files(meter.counted(chunks), self._entries(files), _receiving(files, receive))

    def _as_they_pass(
        self, source: OnePass, by_layer: Mapping[int, Mapping[str, int]], receive: Receive, watch: Watch
    ) -> None:
        """From a stream: which layer it was that passed, its digest says at its end; until then files are set aside."""
        meter = Meter(watch, bytes_total=source.expected.size_bytes)
        wanted: dict[str, dict[str, int]] = {}
        for layer, files in by_layer.items():
            wanted.setdefault(self.inspection.scans[layer].diff_id, {}).update(files)
        candidates = [self._entries(files) for files in wanted.values()]
        watch(Stage(source.expected.silence))
        with closing(source.blobs(wanted.__contains__, meter.counted, meter.poll)) as blobs:
            for blob in blobs:
                with ExitStack() as kept:
                    try:
                        diff_id, found = kept.enter_context(set_aside(blob.chunks, candidates))
                    except BadLayer:  # some member of the archive that is no layer
                        continue
                    if diff_id in wanted:
                        files = wanted.pop(diff_id)
                        found.hand_over(self._entries(files), _receiving(files, receive))
                if not wanted:
                    return
        raise _another_image()

    def _entries(self, files: Mapping[str, int]) -> dict[str, Entry]:
        return {path: self.inspection.filesystem.entry(file) for path, file in files.items()}


def is_text(data: bytes) -> bool:
    """No NUL, and UTF-8 but for what may be cut at the end."""
    head = data[:SNIFFED]
    if b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 4 and len(head) == SNIFFED
    return True


def _another_image() -> SourceUnavailable:
    return SourceUnavailable("the image is another one by now", "inspect it again")


def _receiving(files: Mapping[str, int], receive: Receive) -> Sink:
    return lambda entry, pieces: receive(files[entry.path], pieces)
