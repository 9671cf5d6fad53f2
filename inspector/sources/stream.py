"""The one adapter for images that come as a stream: an engine's `save`, stdin, an archive that is compressed outside.

Which members are layers is known only at the end, since manifest.json comes last; so whatever is no JSON document is
handed out as it passes, and one that turns out to be no layer matters only if the image asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing

from inspector.errors import BadImage, BadLayer
from inspector.image.platform import Platform
from inspector.layers.compression import compression_of, decompress
from inspector.layers.entries import Kind
from inspector.layers.feed import Feed
from inspector.layers.tar import clean_path, tar_members
from inspector.sources.members import MAX_DOCUMENT, BlobFacts, Layout, Located, link_target, missing, resolve
from inspector.sources.protocol import (
    Chunks,
    Expected,
    Known,
    PassingBlob,
    Poll,
    SourceImage,
    Tap,
    Wants,
    do_not_poll,
    everything,
    nothing_known,
)

OpenStream = Callable[[Poll], AbstractContextManager[Iterable[bytes]]]
"""Begins the stream anew, as often as the place allows. Raises SourceUnavailable."""

BLOCK = 512
"""Bytes of a member that tell whether it is a document."""

NOTHING_EXPECTED = Expected()


class PassedMembers:
    """What is left of a stream that passed (Members): its documents, and what its other members were like."""

    place = "the archive"

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.blobs: dict[str, BlobFacts] = {}
        self.links: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        target = resolve(name, self.links)
        return target in self.documents or target in self.blobs

    def document(self, name: str) -> bytes:
        try:
            return self.documents[resolve(name, self.links)]
        except KeyError:
            raise missing(name, self.place) from None

    def blob(self, name: str) -> BlobFacts:
        try:
            return self.blobs[resolve(name, self.links)]
        except KeyError:
            raise missing(name, self.place) from None


class StreamedImage:
    """An image (OnePass) in an archive, compressed or not, that can only be read front to back."""

    at_once = 1

    def __init__(
        self,
        open_stream: OpenStream,
        layout: Layout,
        *,
        tag: str | None = None,
        platform: Platform | None = None,
        expected: Expected = NOTHING_EXPECTED,
        complaint: str = "the stream is not an image archive",
    ) -> None:
        """`complaint` is how a message begins about what is no tar."""
        self._open, self._layout, self._tag, self._platform = open_stream, layout, tag, platform
        self.expected, self._complaint = expected, complaint
        self._passed: PassedMembers | None = None
        self._located: Located | None = None

    def image(self, known: Known = nothing_known, poll: Poll = do_not_poll) -> SourceImage:  # noqa: ARG002
        return self._locate(poll)[1].image

    def blobs(
        self,
        wants: Wants,  # noqa: ARG002 (an archive says only at its end which layers it has)
        tap: Tap = iter,
        poll: Poll = do_not_poll,
    ) -> Generator[PassingBlob]:
        passed = PassedMembers()
        with self._open(poll) as chunks:
            try:
                _, plain = decompress(tap(chunks))
                yield from _passing(Feed(plain), passed)
            except BadLayer as error:
                raise BadImage(f"{self._complaint}: {error.message}", error.hint) from None
        self._passed = passed

    def name_of(self, index: int, poll: Poll = do_not_poll) -> str:
        passed, located = self._locate(poll)
        return resolve(located.names[index], passed.links)

    def open_layer(self, index: int, poll: Poll = do_not_poll) -> Chunks:
        name = self.name_of(index, poll)
        with closing(self.blobs(everything, iter, poll)) as passing:
            for blob in passing:
                if blob.name == name:
                    yield from blob.chunks
                    return
        raise missing(name, PassedMembers.place)

    def close(self) -> None:
        """Whoever opens a stream closes it with the block that reads it."""

    def _locate(self, poll: Poll) -> tuple[PassedMembers, Located]:
        """What passed, and the image in it; once more through the stream where nothing did yet."""
        if self._passed is None:
            for _ in self.blobs(everything, iter, poll):
                pass
        assert self._passed is not None, "the whole stream has passed"
        if self._located is None:
            self._located = self._layout(self._passed, self._tag, self._platform)
        return self._passed, self._located


def _passing(feed: Feed, passed: PassedMembers) -> Generator[PassingBlob]:
    """Documents are kept, links noted, and whatever else is there is handed out."""
    for member in tar_members(feed):
        name = clean_path(member.name)
        if member.link:
            passed.links[name] = link_target(name, member.kind, member.link)
        elif member.kind is Kind.FILE and member.stored:
            head = feed.take(min(member.stored, BLOCK))
            rest = member.stored - len(head)
            if _is_document(head) and member.stored <= MAX_DOCUMENT:
                passed.documents[name] = head + feed.take(rest)
            elif len(head) == BLOCK or not head.isascii():
                passed.blobs[name] = BlobFacts(member.stored, compression_of(head) is not None)
                yield PassingBlob(name, _pieces(head, feed, rest))
    feed.drain()


def _pieces(head: bytes, feed: Feed, rest: int) -> Iterator[bytes]:
    yield head
    for piece in feed.pieces(rest):
        yield bytes(piece)


def _is_document(head: bytes) -> bool:
    """Whether a member is JSON: it begins like it and is no tar (a layer's first path may begin with a brace)."""
    return (head.lstrip()[:1] in (b"{", b"[") and head[257:262] != b"ustar") or head.strip() == b"null"
