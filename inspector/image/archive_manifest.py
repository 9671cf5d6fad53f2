"""manifest.json of a `docker save` file: which images it holds, and where in it their parts are."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from inspector.errors import BadImage, ImageNotFound
from inspector.image.document import decode
from inspector.image.manifest import some

SHORTEST_ID = 4
"""Hex digits; Docker too takes any unambiguous beginning of an id, and shorter ones are more likely a mistake."""


class ArchivedImage(Struct, frozen=True):
    """One image in the archive: names of the members that hold its config and its layers, lowest first."""

    config: str
    layers: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def label(self) -> str:
        return " ".join(self.tags) or _config_id(self)[:12]


class _ManifestEntry(msgspec.Struct):
    Config: str
    Layers: list[str] | None = None
    RepoTags: list[str] | None = None


_decoder = msgspec.json.Decoder(list[_ManifestEntry] | None)


def parse_archive_manifest(data: bytes) -> tuple[ArchivedImage, ...]:
    """Bytes of manifest.json → its images. Raises BadImage when it is not of that form or names no image."""
    raw = decode(data, _decoder, "manifest.json of the archive")
    if not raw:
        raise BadImage("manifest.json of the archive names no image", "save the image again with `docker save`")
    return tuple(ArchivedImage(e.Config, tuple(e.Layers or ()), tuple(e.RepoTags or ())) for e in raw)


def images_named(images: Sequence[ArchivedImage], wanted: str | None) -> tuple[ArchivedImage, ...]:
    """Those with the tag `wanted`, or with an id that begins with it; all of them when nothing is wanted.

    Raises ImageNotFound, naming what there is, when none fits.
    """
    if wanted is None:
        return tuple(images)
    named = tuple(image for image in images if any(full_name(tag) == full_name(wanted) for tag in image.tags))
    wanted_id = wanted.removeprefix("sha256:")
    by_id = tuple(image for image in images if _config_id(image).startswith(wanted_id))
    found = named or (by_id if len(wanted_id) >= SHORTEST_ID else ())
    if not found:
        raise ImageNotFound(f"no image {wanted} in the archive", f"it holds: {_labels(images)}")
    return found


def only_image(images: Sequence[ArchivedImage]) -> ArchivedImage:
    """The one image. Raises ImageNotFound, naming them, when several could be meant."""
    if len(images) > 1:
        raise ImageNotFound(
            f"the archive holds {len(images)} images", f"add one of these after a colon: {_labels(images)}"
        )
    return images[0]


def _labels(images: Sequence[ArchivedImage]) -> str:
    return some([image.label for image in images])


def full_name(name: str) -> str:
    """A name as people compare them: with its tag, and without Docker Hub's prefixes, which may be left out."""
    last = name.rpartition("/")[2]
    tagged = name if ":" in last or "@" in last else f"{name}:latest"
    return tagged.removeprefix("docker.io/").removeprefix("library/")


def _config_id(image: ArchivedImage) -> str:
    return image.config.rpartition("/")[2].removesuffix(".json").removeprefix("sha256:")
