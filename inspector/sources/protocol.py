"""The small protocol all sources share, and the values that cross it. A source does not know who reads its layers."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Protocol, runtime_checkable

from msgspec import Struct

from inspector.image.config import ImageConfig
from inspector.image.image import NamedImage
from inspector.image.platform import Platform
from inspector.layers.scan import LayerScan


class Progress(Struct, frozen=True):
    """How far reading an image is. Totals are None where the source cannot know them beforehand."""

    bytes_read: int
    bytes_total: int | None
    layers_done: int
    layers_total: int | None


class Stage(Struct, frozen=True):
    """What is done from now on, or waited for, in words: `asking Docker Engine for app:1`.

    Empty where nobody waits any more, for what was wanted is being printed.
    """

    text: str


ReadEvent = Progress | Stage | ImageConfig | LayerScan
"""How far the reading is; what it does now; the image's config, as soon as it is known; a layer, as soon as it is
there."""

Watch = Callable[[ReadEvent], None]
"""Called while bytes arrive, from any thread; raises Cancelled to stop the work."""


def ignore_progress(_: ReadEvent) -> None:
    """The Watch of a caller who does not watch."""


Poll = Callable[[], None]
"""Called while nothing arrives; raises Cancelled to stop the work."""


def do_not_poll() -> None:
    """The Poll of a caller who does not stop."""


Tap = Callable[[Iterable[bytes]], Iterator[bytes]]
"""Passes chunks on unchanged, and counts them; may raise Cancelled."""

Chunks = Generator[bytes]
"""The bytes of a blob, in pieces that are never empty. Closing it early lets go of what it reads from."""

Known = Callable[[str], bytes | None]
"""Digest → the document that has it, where the caller has it already; a source need not fetch that."""


def nothing_known(_: str) -> None:
    """The caller has no documents."""


Wants = Callable[[str], bool]
"""Whether the caller wants the layer with a diff_id."""


def everything(_: str) -> bool:
    """The caller wants all layers."""
    return True


class LayerBlob(Struct, frozen=True):
    """A layer as its image describes it.

    `diff_id` is what the config promises of the uncompressed tar. `digest` and `size` (bytes) are the blob's; it has no
    digest to speak of where `docker save` wrote layers anew, compressed or, mostly, not.
    """

    diff_id: str
    digest: str | None = None
    size: int | None = None
    compressed: bool = False
    media_type: str = ""
    annotations: Mapping[str, str] = {}

    @property
    def compressed_bytes(self) -> int | None:
        """What a registry would call its size; None for a plain tar that is in none."""
        return self.size if self.digest is not None or self.compressed else None


class SourceImage(Struct, frozen=True):
    """All a source has to say about an image: its config blob, its manifest's digest if it has one, and its layers,
    lowest first. `transport` is the source's name in references.

    `provenance` are in-toto statements (JSON) about how the image was built, where BuildKit attached any.
    `annotations` are those of its manifest, and of the index around it. `lower_images` are others in the same place
    whose layers are the lowest ones of this image.
    """

    transport: str
    config: bytes
    manifest_digest: str | None
    layers: tuple[LayerBlob, ...]
    provenance: tuple[bytes, ...] = ()
    annotations: Mapping[str, str] = {}
    lower_images: tuple[NamedImage, ...] = ()


class Source(Protocol):
    """An image that was found. `poll` is called while nothing arrives; it raises Cancelled when the person stops.

    `at_once` is how many layers at least are best read at a time: 1 where that is work for the processor alone.
    """

    at_once: int

    def image(self, known: Known = nothing_known, poll: Poll = do_not_poll) -> SourceImage:
        """Raises BadImage, ImageNotFound or SourceUnavailable."""
        ...

    def open_layer(self, index: int, poll: Poll = do_not_poll) -> Chunks:
        """The blob of a layer, at any time and again. Raises BadImage, BadLayer or SourceUnavailable, while read."""
        ...

    def close(self) -> None:
        """Let go of files and connections; safe to call at any time, from any thread: reads that wait for bytes end."""
        ...


class PassingBlob(Struct, frozen=True):
    """A blob of a stream while it passes: its name there, and its bytes, which may be left before their end."""

    name: str
    chunks: Iterator[bytes]


@runtime_checkable
class OnePass(Source, Protocol):
    """A source whose layers come in one stream, all of them and in the stream's order.

    To open one of them is to wait for it to pass; who wants several takes them as they pass.
    """

    @property
    def expected(self) -> Expected:
        """What is known of the image before any of it was transferred."""
        ...

    def blobs(self, wants: Wants, tap: Tap = iter, poll: Poll = do_not_poll) -> Generator[PassingBlob]:
        """Whatever in the stream may be a layer; once all have passed, `image` is told without a transfer.

        None where it is known beforehand that the image has no layer whose diff_id `wants` says yes to.
        """
        ...

    def name_of(self, index: int) -> str:
        """The name of a layer's blob in the stream. The image must have been asked for."""
        ...


FIRST_BYTE = "waiting for the first byte"
"""What is told while nothing comes in yet."""


@runtime_checkable
class ServesFiles(Protocol):
    """A source that has single files at hand, without a transfer of layers."""

    def live_file(self, path: str, size: int, poll: Poll = do_not_poll) -> bytes | None:
        """What a container of the image has at a path, if that are `size` bytes; whether they are the image's file,
        the caller finds out. None where there is no such file, or the place cannot give it."""
        ...


class Expected(Struct, frozen=True):
    """The config's digest, the layers by their diff_ids and the sum of their bytes, as far as the place tells.

    `silence` says why the first byte may be long in coming.
    """

    config: str | None = None
    diff_ids: tuple[str, ...] = ()
    size_bytes: int | None = None
    silence: str = FIRST_BYTE


class Options(Struct, frozen=True):
    """What may be asked of every source. `insecure` allows plain HTTP and unknown certificates for registries;
    `hurried`: several places are searched, so one that does not answer is given up soon."""

    platform: Platform | None = None
    insecure: bool = False
    hurried: bool = False


Opener = Callable[[str, Options], Source]
"""Finds an image by the name after the scheme. Raises ImageNotFound or SourceUnavailable."""
