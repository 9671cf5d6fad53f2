"""An image in a registry: its manifest found, its layers downloaded when they are opened."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from inspector.errors import BadImage, SourceUnavailable
from inspector.image.manifest import Descriptor
from inspector.image.platform import Platform
from inspector.layers.read_ahead import made_ahead
from inspector.sources.blobs import image_at
from inspector.sources.parallel import POLL
from inspector.sources.protocol import Chunks, Known, Options, Poll, SourceImage, do_not_poll, nothing_known
from inspector.sources.registry.image_name import RegistryName, parse_name
from inspector.sources.registry.repository import Repository
from inspector.sources.registry.retry import Pause
from inspector.sources.registry.transport import Transport
from inspector.sources.verified import elsewhere

TRANSPORT = "registry"

DOWNLOADS = 4
"""At a time, at least: one connection seldom fills a line. Docker has 3."""

HURRIED_SECONDS = 5.0
"""In which a registry must have answered when other places were searched before: DNS, TLS, tokens and all."""


class RegistryImage:
    """An image that a registry has; `root` is the manifest or index under its name."""

    at_once = DOWNLOADS

    def __init__(self, transport: Transport, repository: Repository, root: bytes, platform: Platform | None) -> None:
        self._transport, self._repository, self._root, self._platform = transport, repository, root, platform
        self._found: tuple[SourceImage, tuple[Descriptor, ...]] | None = None

    def image(self, known: Known = nothing_known, poll: Poll = do_not_poll) -> SourceImage:  # noqa: ARG002
        return self._find(poll)[0]

    def open_layer(self, index: int, poll: Poll = do_not_poll) -> Chunks:
        blob = self._find(poll)[1][index]
        try:
            with made_ahead(self._repository.chunks(index, blob, _pause(poll)), idle=poll) as chunks:
                yield from chunks
        except BadImage:
            raise elsewhere(index, blob) or BadImage(f"layer {index} is missing: {blob.digest}") from None

    def close(self) -> None:
        self._transport.interrupt()
        self._transport.close()

    def _find(self, poll: Poll) -> tuple[SourceImage, tuple[Descriptor, ...]]:
        if self._found is None:
            blobs = _RepositoryBlobs(self._repository, _pause(poll))
            self._found = image_at(blobs, self._root, self._platform, TRANSPORT)
        return self._found


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
    """What `work` gives, if it does so soon; what comes too late is closed.

    A thread, for not even looking up a name can be given a time limit.
    """
    result: Future[RegistryImage] = Future()

    def run() -> None:
        try:
            image = work()
        except BaseException as error:
            if result.set_running_or_notify_cancel():
                result.set_exception(error)
            return
        if result.set_running_or_notify_cancel():
            result.set_result(image)
        else:
            image.close()

    Thread(target=run, daemon=True).start()
    try:
        return result.result(seconds)
    except TimeoutError:
        if result.cancel():
            raise SourceUnavailable(f"the registry {host} does not answer", "check the network, or try later") from None
        return result.result()
    except BaseException:
        result.cancel()
        raise


class _RepositoryBlobs:
    """A repository's documents; `pause` is how to wait before trying again."""

    def __init__(self, repository: Repository, pause: Pause) -> None:
        self._repository, self._pause = repository, pause

    def document(self, blob: Descriptor) -> bytes:
        return self._repository.document(blob, self._pause)


def _pause(poll: Poll) -> Pause:
    """Waits that end when the person wants to stop."""

    def pause(seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            poll()
            time.sleep(min(POLL, left))

    return pause
