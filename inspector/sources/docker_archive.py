"""The layout of `docker save`, of any Docker version, podman or kaniko.

What is where in it is read from manifest.json alone; folder names changed with Docker 25 (`<id>/layer.tar` before,
`blobs/sha256/…` since), and layers may be links to each other or compressed.
"""

from __future__ import annotations

from inspector.errors import BadImage, ImageNotFound
from inspector.image.archive_manifest import ArchivedImage, images_named, only_image, parse_archive_manifest
from inspector.image.config import parse_config
from inspector.image.manifest import some
from inspector.image.platform import Platform, default_platform
from inspector.sources.members import Located, Members
from inspector.sources.protocol import LayerBlob, SourceImage
from inspector.sources.verified import promised_diff_ids

TRANSPORT = "docker-archive"
MANIFEST = "manifest.json"


def docker_archive_image(members: Members, tag: str | None, platform: Platform | None) -> Located:
    """The image with this tag and platform.

    Raises ImageNotFound when it is not there or several could be meant, BadImage when manifest.json is absent.
    """
    if MANIFEST not in members:
        raise BadImage(
            "not a `docker save` archive: it has no manifest.json", "write one with `docker save -o FILE NAME`"
        )
    images = images_named(parse_archive_manifest(members.document(MANIFEST)), tag)
    image = only_image(_for_platform(members, images, platform))
    config = members.document(image.config)
    diff_ids = promised_diff_ids(parse_config(config), len(image.layers))
    layers = tuple(_layer(members, *pair) for pair in zip(diff_ids, image.layers, strict=True))
    return Located(SourceImage(TRANSPORT, config, None, layers), image.layers)


def _layer(members: Members, diff_id: str, name: str) -> LayerBlob:
    """No digest: `docker save` writes layers anew, so it would be no registry's."""
    blob = members.blob(name)
    return LayerBlob(diff_id, size=blob.size, compressed=blob.compressed)


def _for_platform(
    members: Members, images: tuple[ArchivedImage, ...], wanted: Platform | None
) -> tuple[ArchivedImage, ...]:
    """The images for the wanted platform; when none is wanted and one name has several, those for this machine's."""
    if wanted is None and (len(images) == 1 or len({image.tags for image in images}) > 1):
        return images
    platforms = {image: parse_config(members.document(image.config)).platform for image in images}
    fitting = tuple(i for i in images if (p := platforms[i]) and (wanted or default_platform()).accepts(p))
    if fitting or wanted is None:
        return fitting or images
    there = some(sorted({str(platform) for platform in platforms.values() if platform})) or "none named"
    raise ImageNotFound(f"no image for {wanted} in the archive", f"it holds: {there}")
