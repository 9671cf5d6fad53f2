"""An image in a registry: its manifest found, its layers streamed side by side straight into the scan."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Thread

from inspector.errors import BadImage, BadLayer, SourceUnavailable
from inspector.image.config import ImageConfig
from inspector.image.digest import algorithm_of
from inspector.image.manifest import Descriptor
from inspector.image.platform import Platform
from inspector.layers.scan import ScannedBlob
from inspector.sources.blobs import image_at
from inspector.sources.meter import Meter
from inspector.sources.parallel import POLL, biggest_first, in_parallel
from inspector.sources.protocol import DeliveredLayer, Delivery, Options, Scanner, Watch
from inspector.sources.registry.image_name import RegistryName, parse_name
from inspector.sources.registry.repository import Repository
from inspector.sources.registry.retry import Pause
from inspector.sources.registry.transport import Transport
from inspector.sources.verified import elsewhere, scan_blob, verified_layer

TRANSPORT = "registry"

DOWNLOADS = 4
"""At a time, at least: one connection seldom fills a line. Docker has 3."""

HURRIED_SECONDS = 5.0
"""In which a registry must have answered when other places were searched before: DNS, TLS, tokens and all."""


class RegistryImage:
    """An image that a registry has; `root` is the manifest or index under its name."""

    def __init__(self, transport: Transport, repository: Repository, root: bytes, platform: Platform | None) -> None:
        self._transport, self._repository, self._root, self._platform = transport, repository, root, platform

    def read(self, scanner: Scanner, watch: Watch) -> Delivery:
        blobs = _RegistryBlobs(self._transport, self._repository, scanner, watch)
        return image_at(blobs, self._root, self._platform, TRANSPORT)

    def close(self) -> None:
        self._transport.close()


def open_registry_image(name: str, options: Options) -> RegistryImage:
    """From the registry that the name begins with, or Docker Hub.

    Raises BadReference, ImageNotFound (naming tags that exist), or SourceUnavailable.
    """
    parsed = parse_name(name)
    if options.hurried:
        return _within(HURRIED_SECONDS, lambda: _open(parsed, options), parsed.host)
    return _open(parsed, options)


def _open(name: RegistryName, options: Options) -> RegistryImage:
    transport = Transport(name, insecure=options.insecure, hurried=options.hurried)
    try:
        repository = Repository(transport, name)
        return RegistryImage(transport, repository, repository.root(time.sleep), options.platform)
    except BaseException:
        transport.close()
        raise


def _within(seconds: float, work: Callable[[], RegistryImage], host: str) -> RegistryImage:
    """What `work` gives, if it does so soon. A thread, for not even looking up a name can be given a time limit."""
    results: SimpleQueue[RegistryImage | BaseException] = SimpleQueue()

    def run() -> None:
        try:
            results.put(work())
        except BaseException as error:
            results.put(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise SourceUnavailable(f"the registry {host} does not answer", "check the network, or try later")
    result = results.get()
    if isinstance(result, BaseException):
        raise result
    return result


class _RegistryBlobs:
    """A repository's blobs, layers downloaded side by side and scanned as they come."""

    def __init__(self, transport: Transport, repository: Repository, scanner: Scanner, watch: Watch) -> None:
        self._transport, self._repository, self._scanner, self._watch = transport, repository, scanner, watch

    def document(self, blob: Descriptor) -> bytes:
        return self._repository.document(blob, _pause(Meter(self._watch)))

    def layers(self, blobs: Sequence[Descriptor], config: ImageConfig) -> tuple[DeliveredLayer, ...]:
        self._watch(config)
        known = {
            blob.digest: scan
            for blob, diff_id in zip(blobs, config.diff_ids, strict=False)
            if (scan := self._scanner.known(diff_id))
        }
        for scan in known.values():
            self._watch(scan)
        missing = {blob.digest: (index, blob) for index, blob in enumerate(blobs) if blob.digest not in known}
        fetched = self._fetch([*missing.values()])
        return tuple(
            DeliveredLayer(known[blob.digest], blob.digest, blob.size)
            if blob.digest in known
            else verified_layer(i, blob, (got := fetched[blob.digest]).scan, got.digest, got.blob_bytes)
            for i, blob in enumerate(blobs)
        )

    def _fetch(self, layers: Sequence[tuple[int, Descriptor]]) -> dict[str, ScannedBlob]:
        """The scans of these layers by digest, each blob read once."""
        meter = Meter(self._watch, bytes_total=sum(blob.size for _, blob in layers), layers_total=len(layers))

        def fetch_one(layer: tuple[int, Descriptor]) -> tuple[str, ScannedBlob]:
            index, blob = layer
            try:
                chunks = meter.counted(self._repository.chunks(index, blob, _pause(meter)))
                scanned = scan_blob(self._scanner, algorithm_of(blob.digest), chunks)
            except BadLayer as error:
                raise error.of_layer(index) from None
            except BadImage:
                raise elsewhere(index, blob) or BadImage(f"layer {index} is missing: {blob.digest}") from None
            meter.layer_done(scanned.scan)
            return blob.digest, scanned

        order = biggest_first(layers, lambda layer: layer[1].size)
        interrupt = self._transport.interrupt
        return dict(in_parallel(fetch_one, order, meter, interrupt=interrupt, at_least=DOWNLOADS))


def _pause(meter: Meter) -> Pause:
    """Waits that end when the person wants to stop."""

    def pause(seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            meter.poll()
            time.sleep(min(POLL, left))

    return pause
