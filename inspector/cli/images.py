"""Images as the user asks for them: read and accounted for, and opened again for a look into their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from inspector.cli.build_file import read_dockerfile
from inspector.cli.mistaken import explained
from inspector.content.reading import Reopen
from inspector.errors import BadImage, ImageNotFound
from inspector.image.platform import parse_platform
from inspector.inspection import Inspection
from inspector.layers.cache.names import remember
from inspector.layers.cache.scans import user_cache, user_store
from inspector.line import inspect_image
from inspector.reference import parse_reference
from inspector.sources.protocol import Options, Source, Watch
from inspector.sources.resolve import open_source

NAMED = ("docker", "docker-container", "podman", "containerd", "registry")
"""Where images have names; those of files are completed by the shell itself."""


class Asked(Struct, frozen=True, kw_only=True):
    """An image by the reference that the user gave, with the options of these names (options.py)."""

    image: str
    platform: str | None = None
    insecure: bool = False
    no_cache: bool = False
    dockerfile: str | None = None
    target: str | None = None
    base: str | None = None


def asked_image(image: str, options: Mapping[str, Any]) -> Asked:
    """The image and those of a command's options that are about it."""
    return Asked(image=image, **{name: options[name] for name in Asked.__struct_fields__ if name in options})


def inspect_asked(asked: Asked, watch: Watch, ignore: Sequence[str] = ()) -> Inspection:
    """Read the image and account for it; no finding speaks of paths that fit `ignore`. Raises InspectorError."""
    dockerfile = read_dockerfile(asked.dockerfile) if asked.dockerfile else None
    try:
        inspection = inspect_image(
            asked.image,
            platform=asked.platform,
            insecure=asked.insecure,
            dockerfile=dockerfile,
            target=asked.target,
            base=asked.base,
            ignore=ignore,
            cache=None if asked.no_cache else user_cache(),
            watch=watch,
        )
    except (BadImage, ImageNotFound) as error:
        raise explained(error, asked.image) from error
    if inspection.image.source in NAMED and not asked.no_cache:
        _remember(asked.image)
    return inspection


def _remember(name: str) -> None:
    """For the shell's completion."""
    store = user_store()
    if store.limit:
        remember(store, name)


def reopening(asked: Asked) -> Reopen | None:
    """Opens the image once more; None for one on stdin, which is gone."""

    def reopen() -> Source:
        platform = parse_platform(asked.platform) if asked.platform else None
        return open_source(parse_reference(asked.image), Options(platform, asked.insecure))

    return None if asked.image == "-" else reopen
