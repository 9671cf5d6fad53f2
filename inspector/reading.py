"""An image read: its layers opened and scanned, side by side or as they pass, but for those that the cache knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from inspector.errors import BadLayer
from inspector.image.config import ImageConfig, parse_config
from inspector.image.digest import algorithm_of
from inspector.image.run import NO_RUN
from inspector.layers.cache.scans import ScanCache
from inspector.layers.scan import LayerScan, ScannedBlob, scan_layer
from inspector.layers.tar import clean_path
from inspector.sources.meter import Meter
from inspector.sources.parallel import biggest_first, in_parallel
from inspector.sources.protocol import (
    FIRST_BYTE,
    Known,
    LayerBlob,
    OnePass,
    Source,
    SourceImage,
    Stage,
    Watch,
    everything,
    ignore_progress,
    nothing_known,
)
from inspector.sources.verified import require_promised

if TYPE_CHECKING:
    from hashlib import _Hash


class ReadImage(Struct, frozen=True):
    """What a source says of an image, and what its layers hold, in their order."""

    image: SourceImage
    scans: tuple[LayerScan, ...]


def read_image(source: Source, cache: ScanCache | None = None, watch: Watch = ignore_progress) -> ReadImage:
    """Every layer scanned, in one pass over its bytes; what the `cache` knows is not read, and what was read is kept.

    `watch` is told the config and each layer as soon as they are there, and how far the reading is; it may raise
    Cancelled. Raises BadImage, BadLayer, ImageNotFound or SourceUnavailable.
    """
    scans = _Scans(cache)
    read = _in_one_pass(source, scans, watch) if isinstance(source, OnePass) else _side_by_side(source, scans, watch)
    for index, (blob, scan) in enumerate(zip(read.image.layers, read.scans, strict=True)):
        if blob.diff_id != scan.diff_id:
            raise BadLayer(
                f"layer {index} is not what the image promises: {scan.diff_id} instead of {blob.diff_id}",
                "its data is damaged; pull or save the image again",
            )
    if cache is not None:
        cache.keep(read.image.config)
    return read


class _Scans:
    """Scans by diff_id: those of the cache, asked for once, and new ones, kept there."""

    def __init__(self, cache: ScanCache | None) -> None:
        self._cache = cache
        self._known: dict[str, LayerScan | None] = {}

    @property
    def document(self) -> Known:
        return self._cache.document if self._cache else nothing_known

    def known(self, diff_id: str) -> LayerScan | None:
        if diff_id not in self._known:
            self._known[diff_id] = self._cache.scan(diff_id) if self._cache else None
        return self._known[diff_id]

    def lacks(self, diff_id: str) -> bool:
        return self.known(diff_id) is None

    def scan(self, algorithm: str, chunks: Iterable[bytes]) -> ScannedBlob:
        """The scan of a blob, with its digest by this algorithm; a scan has sha256 at no further cost."""
        hasher = None if algorithm == "sha256" else hashlib.new(algorithm)
        blob = scan_layer(chunks if hasher is None else _hashed(hasher, chunks))
        if self._cache:
            self._cache.put(blob.scan)
        return blob if hasher is None else replace(blob, digest=f"{algorithm}:{hasher.hexdigest()}")


def _side_by_side(source: Source, scans: _Scans, watch: Watch) -> ReadImage:
    """Layers opened each on its own, the biggest first; what several of them share is read once."""
    watch(Stage("reading what the image is made of"))
    image = source.image(scans.document, Meter(watch).poll)
    watch(parse_config(image.config))
    for diff_id in dict.fromkeys(blob.diff_id for blob in image.layers):
        if (known := scans.known(diff_id)) is not None:
            watch(known)
    missing: dict[object, int] = {}
    for index, blob in enumerate(image.layers):
        if scans.lacks(blob.diff_id):
            missing.setdefault(blob.digest or blob.diff_id, index)
    sizes = [image.layers[index].size for index in missing.values()]
    known_sizes = [size for size in sizes if size is not None]
    bytes_total = sum(known_sizes) if len(known_sizes) == len(sizes) else None
    meter = Meter(watch, bytes_total=bytes_total, layers_total=len(missing))

    def scan_one(index: int) -> ScannedBlob:
        blob = image.layers[index]
        with closing(source.open_layer(index, meter.poll)) as chunks:
            scanned = _of_layer(
                index, lambda: scans.scan(algorithm_of(blob.digest or "sha256:"), meter.counted(chunks))
            )
        meter.layer_done(scanned.scan)
        return scanned

    if missing:
        watch(Stage(FIRST_BYTE))
    order = biggest_first(missing.values(), lambda index: image.layers[index].size or 0)
    found = zip(
        order, in_parallel(scan_one, order, meter, interrupt=source.close, at_least=source.at_once), strict=True
    )
    read = {image.layers[index].digest or image.layers[index].diff_id: scanned for index, scanned in found}
    return ReadImage(
        image,
        tuple(
            _scan_of(index, blob, scans, read.get(blob.digest or blob.diff_id))
            for index, blob in enumerate(image.layers)
        ),
    )


def _in_one_pass(source: OnePass, scans: _Scans, watch: Watch) -> ReadImage:
    """Whatever passes is scanned; which of it are layers, and in which order, the image says at the end."""
    expected = source.expected
    is_known = expected.config is not None and scans.document(expected.config) is not None
    wants = scans.lacks if is_known else everything
    if any(map(wants, expected.diff_ids)):
        watch(ImageConfig(None, None, expected.diff_ids, (), NO_RUN))  # the whole of it comes behind the layers
    if not expected.diff_ids or any(map(wants, expected.diff_ids)):
        watch(Stage(expected.silence))
    meter = Meter(watch, bytes_total=expected.size_bytes, layers_total=len(expected.diff_ids) or None)
    passed: dict[str, ScannedBlob | BadLayer] = {}
    with closing(source.blobs(wants, meter.counted, meter.poll)) as blobs:
        for blob in blobs:
            try:
                passed[blob.name] = scanned = scans.scan(_algorithm(blob.name), blob.chunks)
            except BadLayer as error:
                passed[blob.name] = error
            else:
                meter.layer_done(scanned.scan)
    watch(Stage("reading what the image is made of"))
    image = source.image(scans.document, meter.poll)

    def scan_of(index: int, blob: LayerBlob) -> LayerScan:
        found = passed.get(source.name_of(index)) if scans.lacks(blob.diff_id) else None
        if isinstance(found, BadLayer):
            raise found.of_layer(index)
        return _scan_of(index, blob, scans, found)

    return ReadImage(image, tuple(scan_of(index, blob) for index, blob in enumerate(image.layers)))


def _scan_of(index: int, blob: LayerBlob, scans: _Scans, read: ScannedBlob | None) -> LayerScan:
    """What was read of a layer, which must be what its descriptor promises, or what is known of it."""
    if read is None:
        known = scans.known(blob.diff_id)
        assert known is not None, "a layer that is not known was read"
        return known
    require_promised(index, blob, read.digest, read.blob_bytes)
    return read.scan


def _of_layer(index: int, scan: Callable[[], ScannedBlob]) -> ScannedBlob:
    try:
        return scan()
    except BadLayer as error:
        raise error.of_layer(index) from None


def _algorithm(name: str) -> str:
    """Of the digest that a layout verifies this member by: its place says so (image-spec image-layout.md, Blobs)."""
    return "sha512" if clean_path(name).startswith("blobs/sha512/") else "sha256"


def _hashed(hasher: _Hash, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        hasher.update(chunk)
        yield chunk
