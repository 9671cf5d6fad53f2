"""One repository of a registry: its manifests, blobs and tags, by their paths (distribution-spec, Pull)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import msgspec
from requests import Response
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from inspector.errors import BadImage, BadLayer, ImageNotFound, SourceUnavailable
from inspector.image.digest import algorithm_of, digest_of
from inspector.image.manifest import Descriptor, some
from inspector.sources.members import MAX_DOCUMENT
from inspector.sources.registry.image_name import RegistryName
from inspector.sources.registry.problems import is_web_page, no_registry, unreachable
from inspector.sources.registry.retry import Pause, Retries
from inspector.sources.registry.transport import Transport
from inspector.sources.verified import DAMAGED, verified_document

MANIFEST_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)

READ_CHUNK = 1 << 18
"""Bytes per read; progress is told after each."""

TAGS = 1000
"""Tags asked for, to find those like a tag that does not exist."""

_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)").match


class Repository:
    """Reads from one repository. Used from several threads; `pause` is how each waits before trying again."""

    def __init__(self, transport: Transport, name: RegistryName) -> None:
        self._transport, self._name = transport, name

    def root(self, pause: Pause) -> bytes:
        """The manifest or index that the name stands for.

        Raises ImageNotFound, naming tags that exist, BadImage when it is not what its digest says, SourceUnavailable.
        """
        found = self._document(f"manifests/{self._name.version}", MAX_DOCUMENT, pause)
        if found is None:
            raise self._not_found(pause)
        data, headers = found
        # a registry that answers a tag with other bytes than it says would break `docker pull` as well
        promised = self._name.digest or headers.get("Docker-Content-Digest", "")
        if algorithm_of(promised) in ("sha256", "sha512") and digest_of(data, algorithm_of(promised)) != promised:
            raise BadImage(f"{self._name} in {self._name.host} is not the manifest {promised}", DAMAGED)
        return data

    def document(self, blob: Descriptor, pause: Pause) -> bytes:
        """A manifest or config, its size and digest verified. Raises BadImage or SourceUnavailable."""
        kind = "manifests" if blob.media_type in ("", *MANIFEST_TYPES) else "blobs"
        if blob.size > MAX_DOCUMENT:
            raise BadImage(f"the blob {blob.digest} of {blob.size} bytes is too large to be a JSON document")
        found = self._document(f"{kind}/{blob.digest}", blob.size, pause)
        if found is None:
            raise BadImage(
                f"{self._name.host} has no {blob.digest} of {self._name}", "the image was pushed incompletely"
            )
        return verified_document(blob, found[0])

    def chunks(self, index: int, blob: Descriptor, pause: Pause) -> Iterator[bytes]:
        """The bytes of a layer, as many as its descriptor says; when a connection drops, on from where it did.

        Raises BadLayer when there are more or fewer, BadImage when it is not there, SourceUnavailable.
        """
        retries = Retries(pause)
        offset = 0
        while True:
            try:
                for chunk in self._body(index, blob, offset, pause):
                    offset += len(chunk)
                    if offset > blob.size:
                        raise BadLayer(f"layer {index} is longer than the {blob.size} bytes of its manifest", DAMAGED)
                    yield chunk
                    retries.progressed()
                failure: SourceUnavailable | BadLayer = BadLayer(
                    f"layer {index} ends after {offset} of the {blob.size} bytes of its manifest", DAMAGED
                )
            except (RequestException, HTTPError, OSError) as error:
                failure = unreachable(self._transport.host, error)
            if offset == blob.size:
                return
            retries.failed(failure)

    def _body(self, index: int, blob: Descriptor, offset: int, pause: Pause) -> Iterator[bytes]:
        """What one connection brings of a blob from `offset` on, and at most one byte more than there should be."""
        wanted = {"Range": f"bytes={offset}-"} if offset else {}
        with self._transport.get(self._path(f"blobs/{blob.digest}"), pause, wanted) as response:
            if response.status_code == 404:
                raise BadImage(f"{self._name.host} has no layer {index} of {self._name}: {blob.digest}")
            if is_web_page(response):
                raise no_registry(self._transport.host)
            position, total = _extent(response)
            if total not in (None, blob.size):
                raise BadLayer(f"layer {index} has {total} bytes and not the {blob.size} of its manifest", DAMAGED)
            if position > offset:
                raise BadLayer(f"layer {index} cannot be read on: the registry leaves out bytes", "try again")
            while chunk := response.raw.read(min(READ_CHUNK, blob.size + 1 - position), decode_content=False):
                had = max(0, offset - position)  # a registry without ranges sends all of it again
                position += len(chunk)
                if had < len(chunk):
                    yield chunk[had:]

    def _document(self, path: str, limit: int, pause: Pause) -> tuple[bytes, Mapping[str, str]] | None:
        """A small body of at most `limit` bytes with its headers; None when the registry has none."""
        retries = Retries(pause)
        while True:
            try:
                accept = {"Accept": ", ".join(MANIFEST_TYPES)} if path.startswith("manifests/") else {}
                with self._transport.get(self._path(path), pause, accept) as response:
                    if is_web_page(response):
                        raise no_registry(self._transport.host)
                    if response.status_code == 404:
                        return None
                    data = response.raw.read(limit + 1, decode_content=True)
                    if len(data) > limit:
                        raise BadImage(f"{path} of {self._name} has more than {limit} bytes", DAMAGED)
                    return data, response.headers
            except (RequestException, HTTPError, OSError) as error:
                retries.failed(unreachable(self._transport.host, error))

    def _not_found(self, pause: Pause) -> ImageNotFound:
        tags = self._tags(pause)
        if tags is None:
            return ImageNotFound(f"{self._name.host} has no {self._name}", "check the name")
        similar = get_close_matches(self._name.version, tags, n=3)
        hint = f"these tags exist: {some([*similar, *sorted(tags, reverse=True)])}" if tags else "it has no tags"
        return ImageNotFound(f"{self._name.host} has no {self._name}", hint)

    def _tags(self, pause: Pause) -> list[str] | None:
        """The tags there are; None when that is not told, or the repository does not exist."""
        try:
            found = self._document(f"tags/list?n={TAGS}", MAX_DOCUMENT, pause)
            return _tags.decode(found[0]).tags or [] if found else None
        except (BadImage, SourceUnavailable, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def _path(self, path: str) -> str:
        return f"/v2/{self._name.repository}/{path}"


class _Tags(msgspec.Struct):
    tags: list[str] | None = None


_tags = msgspec.json.Decoder(_Tags)


def _extent(response: Response) -> tuple[int, int | None]:
    """At which byte of the blob the body begins, and the blob's length if the headers tell (RFC 9110 §14.4)."""
    if response.status_code == 206 and (found := _RANGE(response.headers.get("Content-Range", ""))):
        return int(found[1]), int(found[2]) if found[2].isdigit() else None
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None
